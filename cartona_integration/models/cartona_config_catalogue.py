from odoo import _, api, fields, models


class CartonaConfig(models.Model):
    """The account's catalogue on Cartona: fetched by a button, seen in figures and lists."""

    _inherit = "cartona.config"

    catalogue_ids = fields.One2many("cartona.product", "config_id")
    catalogue_count = fields.Integer("Products on Cartona", compute="_compute_catalogue")
    catalogue_suggested = fields.Integer("Suggested links", compute="_compute_catalogue")
    catalogue_left = fields.Integer(
        "Left over on Cartona", compute="_compute_catalogue", help="Not linked to a product here."
    )
    products_left = fields.Integer(
        "Left over in Odoo", compute="_compute_catalogue", help="Not linked to Cartona."
    )
    catalogue_fetched = fields.Datetime("Catalogue fetched", compute="_compute_catalogue")

    @api.model
    def _default_product_scope(self):
        """Cartona's own Odoo knows its products by their Cartona ID; a supplier's sells others."""
        products = self.env["product.product"].sudo()  # how many there are, whoever may see them
        linked = products.search_count([("cartona_id", "!=", False)])
        sold = [("sale_ok", "=", True), ("cartona_id", "=", False), ("default_code", "!=", False)]
        return "linked" if linked > products.search_count(sold) else "all"

    def _compute_catalogue(self):
        rows = self.env["cartona.product"]
        for config in self:
            own = [("config_id", "=", config.id), ("is_gone", "=", False)]
            config.catalogue_count = rows.search_count(own)
            config.catalogue_suggested = rows.search_count([*own, ("suggested_id", "!=", False)])
            config.catalogue_left = rows.search_count(
                [*own, ("product_id", "=", False), ("pack_ids", "=", False)]
            )
            config.catalogue_fetched = rows.search(own, order="fetched DESC", limit=1).fetched
            config.products_left = (
                self.env["product.product"]
                .with_context(cartona_config_id=config.id)
                .search_count(config._unlinked_domain())
                if config.catalogue_count
                else 0
            )

    def _count_linked(self, products):
        """How many of these Odoo knows: by an id of ours, or as linked in the catalogue.

        :param products: the client's ``SupplierProduct`` objects
        """
        self.ensure_one()
        names = {product.internal_product_id for product in products} - {None}
        # of all that the account offers, whatever the manager may see
        known = self.env["product.product"].sudo()._cartona_known(self, names)
        listed = [
            ("supplier_product_id", "in", [product.supplier_product_id for product in products])
        ]
        linked = self.env["cartona.product"].search([*self._linked_domain(), *listed])
        numbers = {*linked.mapped("supplier_product_id")}
        return sum(
            product.internal_product_id in known or product.supplier_product_id in numbers
            for product in products
        )

    def _linked_domain(self):
        """Cartona's products that are products of Odoo, or packs of them."""
        self.ensure_one()
        linked = ["|", ("product_id", "!=", False), ("pack_ids", "!=", False)]
        return [("config_id", "=", self.id), *linked]

    def _unlinked_domain(self):
        """What could be sold on Cartona and is not known there."""
        self.ensure_one()
        return [
            ("company_id", "in", (False, self.company_id.id)),
            ("sale_ok", "=", True),
            ("cartona_linked", "=", False),
        ]

    def action_fetch_catalogue(self):
        """Read Cartona's list of the account's products and match it with Odoo's."""
        self._check_manager()
        tasks = self.env["cartona.task"]
        for config in self._running():
            if not tasks._of(config, "catalogue"):
                tasks._start(config, "catalogue")
        return self._notify(_("The catalogue is being fetched and matched."), "info")

    def action_open_catalogue(self):
        return self._open(
            "action_cartona_product",
            domain=[("config_id", "=", self.id)],
            context={"search_default_shown": 1},
        )

    def action_open_left_over(self):
        return self._open(
            "action_cartona_product",
            domain=[("config_id", "=", self.id)],
            context={"search_default_left_over": 1},
        )

    def action_open_suggested(self):
        """Odoo's products for which Cartona has one that looks the same."""
        return self._open(
            "action_product_linking",
            domain=[("cartona_suggested_id", "!=", False)],
            context={"cartona_config_id": self.id},
        )

    def action_open_unlinked(self):
        """Odoo's products that Cartona does not know."""
        return self._open(
            "action_product_linking",
            domain=self._unlinked_domain(),
            context={"cartona_config_id": self.id},
        )
