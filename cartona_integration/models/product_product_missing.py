from odoo import _, api, fields, models

from ..compat import storable

#: Cartona's units that are one of Odoo's, and how many pieces one may have at most to be that.
UNITS = {
    "piece": ("uom.product_uom_unit", 1),
    "dozen": ("uom.product_uom_dozen", 12),
    "kg": ("uom.product_uom_kgm", 1),
    "ton": ("uom.product_uom_ton", 1),
}
FAR = 1e6


class ProductProduct(models.Model):
    """Products of orders that Odoo does not know, where the account has them created."""

    _inherit = "product.product"

    @api.model
    def _cartona_create_missing(self, config, lines, number):
        """Create the products that Odoo does not know, each once on however many workers.

        Not those that Cartona names without an ID, or with a reference that some product has: a
        person decides there.

        :param lines: the client's ``OrderLine`` objects of an order
        :param number: of the order, for people
        :raise RetryableJobError: another worker creates one of them, or did
        """
        if not config.create_missing_products:
            return
        lines = {line.internal_product_id: line for line in reversed(lines)}
        lines.pop(None, None)
        numbers = [line.supplier_product_id for line in lines.values()]
        linked = self.env["cartona.product"]._products_of(config, numbers)
        linked.update(self.env["cartona.pack"]._of_numbers(config, numbers))
        lines = {
            name: line for name, line in lines.items() if line.supplier_product_id not in linked
        }
        known = self._cartona_known(config, lines)
        missing = self._cartona_creatable(config, lines.keys() - known.keys())
        config._claim(
            "product",
            missing,
            lambda own: own.env[self._name]._cartona_known(own, missing),
        )
        for name in sorted(missing):
            self._cartona_create_product(config, lines[name], number)

    @api.model
    def _cartona_creatable(self, config, names):
        """Those of the unknown names that a product may be created for.

        Not the reference of some product: a person decides there. Nor what only Cartona's catalogue
        calls a product by.
        """
        referred = self.with_context(active_test=False).search(
            [
                ("default_code", "in", list(names)),
                ("company_id", "in", (False, config.company_id.id)),
            ]
        )
        numbers = {name for name in names if name.startswith("[")}
        return {*names} - {*referred.mapped("default_code")} - numbers

    @api.model
    def _cartona_create_product(self, config, line, number):
        product = self.with_company(config.company_id).create(
            self._prepare_cartona_product(config, line)
        )
        # only now it is known which taxes Odoo gives it
        product.list_price = product._cartona_list_price(config, float(line.list_price))
        product.product_tmpl_id.message_post(
            body=_(
                "Created from the Cartona order %(number)s, which has it under the ID %(id)s. "
                "Check price, taxes and category.",
                number=number,
                id=line.internal_product_id,
            )
        )
        return product

    @api.model
    def _prepare_cartona_product(self, config, line):
        values = {
            "name": (line.product_name or line.internal_product_id)[:250],
            "cartona_id": line.internal_product_id,
            "company_id": config.company_id.id,
            "sale_ok": True,
            **storable(self),
        }
        unit, pieces = UNITS.get(line.unit, (None, 0))
        unit = unit and self.env.ref(unit, raise_if_not_found=False)
        if unit and (line.unit_count or 1) in (1, pieces):
            values.update(
                (name, unit.id) for name in ("uom_id", "uom_po_id") if name in self._fields
            )
        return values

    def _cartona_list_price(self, config, price):
        """The list price that is ``price`` on Cartona, in the company's currency.

        Taxes of percent and of fixed amounts grow linearly with the price: two points tell.
        """
        self.ensure_one()
        taxes = self._cartona_taxes(config)
        total = "total_included" if config.price_tax == "included" else "total_excluded"

        def at(amount):
            return taxes.compute_all(amount, config.currency_id, 1.0, self)[total]

        if not all(tax.price_include == (config.price_tax == "included") for tax in taxes):
            price = (price - at(0.0)) * FAR / (at(FAR) - at(0.0))
        return config.currency_id._convert(
            price,
            self.currency_id,
            config.company_id,
            fields.Date.context_today(self),
            round=False,
        )

    def action_cartona_choose(self):
        """This is the product that the held order waits for, from which the list was opened."""
        self.env["cartona.config"]._check_manager()
        context = self.env.context
        entry = self.env["cartona.inbox"].browse(context.get("cartona_entry_id")).exists()
        missing = context.get("cartona_missing")
        if not entry or not missing:
            return True
        self.ensure_one()
        entry.read(["state"])  # only orders of the user's companies
        return entry._choose(self, missing)
