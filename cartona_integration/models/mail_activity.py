from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    cartona_cause = fields.Char(
        readonly=True, help="The field of the Cartona order that says so as long as it stands."
    )
