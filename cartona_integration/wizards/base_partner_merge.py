from odoo import _, models
from odoo.exceptions import UserError


class MergePartner(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        """The contact that stays takes over the Cartona ID.

        Odoo copies it before it deletes the other contact, but two may not have it.

        :raise UserError: they have several, of which one could stay: the next order of another
            would make a new customer
        """
        retailers = src_partners.filtered("cartona_id")
        known = retailers | dst_partner.filtered("cartona_id")
        if len(set(known.mapped("cartona_id"))) > 1:
            raise UserError(
                _(
                    "These are different retailers on Cartona and cannot be merged: %(names)s. "
                    "To see them together, make one the company of the others.",
                    names=", ".join(
                        f"{partner.display_name} ({partner.cartona_id})" for partner in known
                    ),
                )
            )
        if dst_partner.cartona_type != "address":
            # a contact of the user's is none of ours to archive
            addresses = src_partners.filtered(lambda partner: partner.cartona_type == "address")
            addresses.write({"cartona_type": False, "cartona_told": False})
        if retailers:
            cartona_id = dst_partner.cartona_id or retailers[0].cartona_id
            retailers.write({"cartona_id": False})
            retailers.flush_model(["cartona_id"])
            dst_partner.write({"cartona_id": cartona_id, "cartona_type": "retailer"})
        return super()._update_values(src_partners, dst_partner)
