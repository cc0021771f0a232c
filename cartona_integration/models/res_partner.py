from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from ..compat import UniqueIndex


class ResPartner(models.Model):
    _inherit = "res.partner"

    cartona_id = fields.Char(
        "Cartona ID", copy=False, index=True, help="The retailer's number on Cartona."
    )
    cartona_type = fields.Selection([("retailer", "Retailer")], copy=False)

    _cartona_unique = UniqueIndex(
        "(cartona_id, COALESCE(company_id, 0)) WHERE cartona_id IS NOT NULL",
        "Another contact has this Cartona ID already.",
    )

    @api.constrains("cartona_id", "company_id")
    def _check_cartona_id(self):
        for partner in self.filtered("cartona_id"):
            domain = [
                ("cartona_id", "=", partner.cartona_id),
                ("id", "!=", partner.id),
                ("company_id", "=", partner.company_id.id),
            ]
            other = self.with_context(active_test=False).search(domain, limit=1)
            if other:
                raise ValidationError(
                    _(
                        "The Cartona ID %(cartona_id)s belongs to %(name)s already.",
                        cartona_id=partner.cartona_id,
                        name=other.display_name,
                    )
                )

    @api.model
    def _cartona_retailer(self, config, retailer):
        """The customer of an order: by retailer code, else by phone number, else a new one.

        :param retailer: the client's ``Retailer``
        """
        companies = [("company_id", "in", (False, config.company_id.id))]
        code = f"retailer_{retailer.retailer_code}" if retailer.retailer_code else False
        partner = self.browse()
        if code:
            partner = self.search([("cartona_id", "=", code), *companies], limit=1)
        if not partner:
            partner = self._cartona_by_phone(config, retailer, companies)
            if partner and code and not partner.cartona_id:
                partner.write({"cartona_id": code, "cartona_type": "retailer"})
        return partner or self.create(self._prepare_cartona_retailer(config, retailer, code))

    @api.model
    def _cartona_by_phone(self, config, retailer, companies):
        """The one customer with that phone number, in whatever way it is written."""
        numbers = {
            self._cartona_phone(config, number)
            for number in (retailer.retailer_number, retailer.retailer_number2)
            if number
        }
        numbers.discard(False)
        if not numbers:
            return self.browse()
        domain = [("phone_sanitized", "in", list(numbers)), *companies]
        if retailer.retailer_code:  # the number of another retailer proves nothing
            domain.append(("cartona_id", "=", False))
        return self.search(domain, order="cartona_id, id", limit=1).commercial_partner_id

    @api.model
    def _cartona_phone(self, config, number):
        """A phone number in international form (E.164), or False."""
        country = self._cartona_country(config)
        return self.env["res.partner"]._phone_format(
            number=number, country=country, force_format="E164"
        )

    @api.model
    def _cartona_country(self, config):
        return config.company_id.country_id or self.env.ref("base.eg")

    @api.model
    def _prepare_cartona_retailer(self, config, retailer, code):
        return {
            "name": retailer.retailer_name or retailer.retailer_code or _("Cartona retailer"),
            "is_company": True,
            "phone": retailer.retailer_number,
            "email": retailer.retailer_email,
            "street": retailer.retailer_address,
            "street2": retailer.address_notes,
            "country_id": self._cartona_country(config).id,
            "company_id": config.company_id.id,
            "cartona_id": code,
            "cartona_type": "retailer",
        }
