from odoo import _, api, fields, models
from odoo.addons.phone_validation.tools.phone_validation import phone_format
from odoo.exceptions import UserError, ValidationError

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
    def _cartona_retailer(self, config, retailer, told_at):
        """The customer of an order: by retailer code, else by phone number, else a new one.

        :param retailer: the client's ``Retailer``
        :param told_at: when the order was placed, in UTC
        """
        partner = self._cartona_told_retailer(config, retailer, told_at)
        if partner:
            return partner
        code = self._cartona_code(retailer)
        config._claim(
            "retailer",
            {code, *self._cartona_phones(retailer)} - {False},
            lambda own: own.env[self._name]._cartona_known_retailer(own, retailer, code),
        )
        return self.create(self._prepare_cartona_retailer(config, retailer, told_at))

    @api.model
    def _cartona_told_retailer(self, config, retailer, told_at):
        """The customer that Odoo has already, with what Cartona tells of him now; or none."""
        code = self._cartona_code(retailer)
        partner = self._cartona_known_retailer(config, retailer, code)
        if partner:
            if code and not partner.cartona_id:
                partner.write({"cartona_id": code, "cartona_type": "retailer"})
            partner._cartona_follow(self._prepare_cartona_contact(retailer), told_at)
        return partner

    @api.model
    def _cartona_code(self, retailer):
        return f"retailer_{retailer.retailer_code}" if retailer.retailer_code else False

    @api.model
    def _cartona_known_retailer(self, config, retailer, code):
        """The customer that Odoo has already, or none."""
        companies = [("company_id", "in", (False, config.company_id.id))]
        partner = self.browse()
        if code:  # also an archived one: the number is his for ever
            partner = self.with_context(active_test=False).search(
                [("cartona_id", "=", code), *companies], order="company_id, id", limit=1
            )
        partner = partner or self._cartona_by_phone(retailer, companies)
        return partner.with_context(active_test=True)

    @api.model
    def _cartona_phones(self, retailer):
        """The retailer's phone numbers in international form."""
        numbers = (retailer.retailer_number, retailer.retailer_number2)
        return {self._cartona_phone(number) for number in numbers if number} - {False}

    @api.model
    def _cartona_by_phone(self, retailer, companies):
        """The one customer with that phone number, in whatever way it is written."""
        numbers = self._cartona_phones(retailer)
        if not numbers:
            return self.browse()
        # Odoo's own international form needs a country, so the digits are searched as well
        fields_ = [name for name in ("phone", "mobile") if name in self._fields]
        patterns = ["%" + "%".join(number[-9:]) for number in numbers]
        written = [(name, "=like", pattern) for name in fields_ for pattern in patterns]
        domain = ["|"] * len(written) + [("phone_sanitized", "in", list(numbers)), *written]
        # a retailer's delivery address has his number, and is nobody
        domain = ["&", ("cartona_type", "!=", "address"), *domain]
        if retailer.retailer_code:  # the number of another retailer proves nothing
            domain = ["&", ("cartona_id", "=", False), *domain]
        for partner in self.search([*companies, *domain], order="cartona_id, id"):
            own = {self._cartona_phone(partner[name]) for name in fields_ if partner[name]}
            if partner.phone_sanitized in numbers or own & numbers:
                company = partner.commercial_partner_id
                return partner if retailer.retailer_code and company.cartona_id else company
        return self.browse()

    @api.model
    def _cartona_phone(self, number):
        """A phone number in international form (E.164), or False."""
        country = self._cartona_country()
        try:
            return phone_format(number, country.code, country.phone_code, force_format="E164")
        except UserError:
            return False

    @api.model
    def _cartona_country(self):
        return self.env.ref("base.eg")  # Cartona is Egyptian, whatever the company is

    @api.model
    def _prepare_cartona_retailer(self, config, retailer, told_at):
        told = {
            "name": retailer.retailer_code or _("Cartona retailer"),
            **self._prepare_cartona_contact(retailer),
            **self._prepare_cartona_address(retailer),
        }
        return {
            **told,
            **self._prepare_cartona_lang(config),
            "is_company": True,
            "country_id": self._cartona_country().id,
            "company_id": config.company_id.id,
            "cartona_id": self._cartona_code(retailer),
            "cartona_type": "retailer",
            "cartona_told": self._prepare_cartona_told(told, told_at),
        }

    @api.model
    def _prepare_cartona_lang(self, config):
        """The language of a new contact: who sells to retailers speaks as they do.

        Cartona tells none, and Odoo's default for contacts is the language that it was made with.
        """
        lang = config._as_writer().env.lang
        return {"lang": lang} if lang else {}
