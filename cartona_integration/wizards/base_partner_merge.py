from odoo import models


class MergePartner(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        """The contact that stays takes over the Cartona ID.

        Odoo copies it before it deletes the other contact, but two may not have it.
        """
        retailers = src_partners.filtered("cartona_id")
        if retailers:
            cartona_id = dst_partner.cartona_id or retailers[0].cartona_id
            retailers.write({"cartona_id": False})
            retailers.flush_model(["cartona_id"])
            dst_partner.write({"cartona_id": cartona_id, "cartona_type": "retailer"})
        return super()._update_values(src_partners, dst_partner)
