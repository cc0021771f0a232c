from odoo import _, api, models
from odoo.exceptions import UserError


class CartonaProduct(models.Model):
    """Links: which product of Cartona is which of Odoo, and how Cartona gets to know it."""

    _inherit = "cartona.product"

    def _link_known(self):
        """Link those that Cartona knows by an id of ours."""
        for config in self.mapped("config_id"):
            rows = self.filtered(
                lambda row, config=config: row.config_id == config and row.internal_product_id
            )
            identifiers = rows.mapped("internal_product_id")
            known = self.env["product.product"]._cartona_known(config, identifiers)
            linked = self.search(
                [
                    ("config_id", "=", config.id),
                    ("product_id", "in", [product.id for product in known.values()]),
                ]
            )
            by_product = {row.product_id.id: row for row in linked}
            pairs = {}
            for row in rows:
                product = known.get(row.internal_product_id)
                other = product and by_product.get(product.id)
                if not product or row == other:
                    continue
                # Cartona lists our id twice: the first one stays, see the filter "Doubled"
                if other and other.internal_product_id == row.internal_product_id:
                    continue
                pairs[row] = product
                by_product[product.id] = row
            self._assign(config, pairs, "id")
            refused = self.env["cartona.product.state"].search(
                [
                    ("config_id", "=", config.id),
                    ("product_id", "in", [product.id for product in pairs.values()]),
                    ("error", "!=", False),
                ]
            )
            refused.mapped("product_id")._cartona_note_kinds()
        self._send_links()

    @api.model
    def _assign(self, config, pairs, found_by):
        """Write down who is who.

        :param pairs: ``{row: product}``
        """
        own = [("config_id", "=", config.id)]
        product_ids = [product.id for product in pairs.values()]
        moved = self.search([*own, ("product_id", "in", product_ids)])
        moved.write({"product_id": False, "found_by": False})
        # the unique pair is checked by the database: in the order of these writes
        moved.flush_model(["product_id"])
        # they are no longer to be suggested
        self.search([*own, ("suggested_id", "in", product_ids)]).write(
            {"suggested_id": False, "confidence": 0}
        )
        for row, product in pairs.items():
            row.write(
                {
                    "product_id": product.id,
                    "found_by": found_by,
                    "suggested_id": False,
                    "confidence": 100,
                }
            )

    def _link(self, product, found_by="person"):
        """This product of Cartona is that product of Odoo, and Cartona is to know it.

        :raise UserError: the one or the other belongs to another product already
        """
        self.ensure_one()
        for refusal in self._link_all(self.config_id, {self: product}, found_by).values():
            raise UserError(refusal)

    @api.model
    def _link_all(self, config, pairs, found_by):
        """Link products that stand in one pair each.

        The product's own Cartona ID goes before what Cartona has; where it has none, it takes
        over Cartona's, else its reference becomes the id.

        :param pairs: ``{row: product}``
        :return: ``{row: why it cannot be linked}``
        :raise UserError: a Cartona ID cannot be; none is linked then
        """
        refusals = self._link_refusals(config, pairs)
        pairs = {row: product for row, product in pairs.items() if row not in refusals}
        identifiers = self._identifiers(config, pairs)
        self._assign(config, pairs, found_by)
        products = self.env["product.product"].concat(*pairs.values())
        for row, product in pairs.items():
            only_ids = config.product_scope == "linked" and not product.cartona_id
            if only_ids or identifiers[row] != product._cartona_internal_id():
                # checked and noted for all at once
                product.with_context(cartona_linking=True).cartona_id = identifiers[row]
        products._check_cartona_id()
        # also those that shared a reference with them
        codes = products.mapped("default_code")
        (products | products._cartona_refused_with(codes))._cartona_note_all()
        numbers = {self._token(row.supplier_product_id) for row in pairs}
        self.env["cartona.inbox"]._products_identified(numbers)
        return refusals

    def _link_refusal(self, product):
        """Why this cannot be that product, in words; nothing where it can."""
        return self._link_refusals(self.config_id, {self: product}).get(self, "")

    @api.model
    def _link_refusals(self, config, pairs):
        """``{row: why it cannot be linked}``.

        :param pairs: ``{row: product}``
        """
        owners = self.env["product.product"]._cartona_known(
            config, [*filter(None, (row.internal_product_id for row in pairs))]
        )
        identifiers = self._identifiers(config, pairs)
        taken = {}
        for row in self.search(
            [
                ("config_id", "=", config.id),
                ("internal_product_id", "in", [*identifiers.values()]),
                ("is_gone", "=", False),
            ]
        ):
            taken.setdefault(row.internal_product_id, []).append(row)
        refusals = {}
        for row, product in pairs.items():
            owner = row.product_id or owners.get(row.internal_product_id, row.product_id)
            others = [other for other in taken.get(identifiers[row], ()) if other != row]
            if product.company_id.id not in (False, config.company_id.id):
                refusals[row] = _(
                    "%(product)s belongs to another company.", product=product.display_name
                )
            elif owner and owner != product:
                refusals[row] = _(
                    "%(cartona)s is %(owner)s in Odoo already.",
                    cartona=row.display_name,
                    owner=owner.display_name,
                )
            elif others:
                refusals[row] = _(
                    "Cartona knows %(product)s as %(cartona)s already.",
                    product=product.display_name,
                    cartona=others[0].display_name,
                )
        return refusals

    @api.model
    def _identifiers(self, config, pairs):
        """``{row: id}`` by which Cartona is to know the products.

        :param pairs: ``{row: product}``
        """
        products = self.env["product.product"].concat(*pairs.values())
        codes = [*filter(None, products.mapped("default_code"))]
        known = products._cartona_known(config, codes)
        doubled = products._cartona_doubled(config)

        def own(product):
            code = product.default_code
            clear = code and product not in doubled and known.get(code, product) == product
            return code if clear else f"odoo-{product.id}"

        return {
            row: product.cartona_id or row.internal_product_id or own(product)
            for row, product in pairs.items()
        }

    def _unlink_product(self):
        """A person says that it is no product of Odoo, or another one.

        :raise UserError: Cartona knows it by the product's id, and takes no link back
        """
        for row in self:
            if not row._is_unsent():
                raise UserError(
                    _(
                        "Cartona knows %(product)s by the ID %(identifier)s. To end the link, "
                        "change its Cartona ID or internal reference.",
                        product=row.product_id.display_name,
                        identifier=row.internal_product_id,
                    )
                )
            product = row.product_id
            row.write({"product_id": False})
            row._reject(product)

    def _approve(self):
        """Link the suggested products; say which ones cannot be linked.

        :return: what a button returns
        """
        problems, amounts = {}, self.env["uom.uom"]._cartona_amounts()
        for config in self.mapped("config_id"):
            rows = self.filtered(lambda row, config=config: row.config_id == config)
            packings, pairs, counts, refused = rows._packings(), {}, {}, {}
            for row in rows:
                wrong = row._wrong_unit(packings, amounts)
                if wrong:
                    refused[row] = f"{row.display_name}: {wrong}"
                else:
                    pairs[row] = row.suggested_id
                    counts[row] = row._pack_to_take(packings, amounts)[0]
            refused.update(self._try_link_all(config, pairs, "person"))
            for row, product in pairs.items():
                if row not in refused and counts[row]:
                    product.cartona_pack_quantity = counts[row]
            problems.update(refused)
        if not problems:
            return True
        message = _(
            "Linked: %(count)s. %(problems)s",
            count=len(self) - len(problems),
            problems=" ".join(problems.values()),
        )
        return self.env["cartona.config"]._notify(message, "warning", sticky=True)

    @api.model
    def _token(self, number):
        """How held orders name a product that Cartona knows by no id of ours."""
        return f"[{number}]"

    @api.model
    def _linked_tokens(self, config):
        linked = self.search([("config_id", "=", config.id), ("product_id", "!=", False)])
        return {self._token(number) for number in linked.mapped("supplier_product_id")}

    @api.model
    def _products_of(self, config, numbers):
        """``{number on Cartona: product}`` of those that are linked."""
        rows = self.search(
            [
                ("config_id", "=", config.id),
                ("supplier_product_id", "in", [*filter(None, numbers)]),
                ("product_id", "!=", False),
            ]
        )
        return {row.supplier_product_id: row.product_id for row in rows}

    @api.model
    def _try_link_all(self, config, pairs, found_by):
        """Link what can be, and say in words why the rest cannot: ``{row: reason}``."""
        try:
            with self.env.cr.savepoint():
                return self._link_all(config, pairs, found_by)
        except UserError as error:  # of the Cartona ID's own check: it names one of them
            if len(pairs) == 1:
                return dict.fromkeys(pairs, str(error))
        refusals = {}
        for row, product in pairs.items():
            refusals.update(self._try_link_all(config, {row: product}, found_by))
        return refusals

    def _reject(self, product):
        """A person says that it is another product: it is not offered again."""
        self.write(
            {
                "suggested_id": False,
                "confidence": 0,
                "found_by": False,
                "rejected_ids": [(4, product.id)],
            }
        )

    @api.model
    def _identified(self, products, identifiers):
        """Products got ids, or lost them: who is who follows.

        A product that only got another name stays linked, and Cartona is told the name.
        """
        self.search(
            [("internal_product_id", "in", [*identifiers]), ("is_gone", "=", False)]
        )._link_known()
        lost = self.search([("product_id", "in", products.ids)]).filtered(
            lambda row: not row.product_id._cartona_offered(row.config_id)
        )
        lost.write({"product_id": False, "found_by": False})

    # -- sending the link --------------------------------------------------------------------------

    @api.model
    def _unsent(self, config, products):
        """``{product id: row}`` of linked products that Cartona knows by no id or another one."""
        rows = self.search(
            [
                ("config_id", "=", config.id),
                ("product_id", "in", products.ids),
                ("is_gone", "=", False),
            ]
        )
        return {row.product_id.id: row for row in rows if row._is_unsent()}

    @api.model
    def _renamed(self, config, products):
        """The names by which Cartona still knows linked products that have other names now."""
        unsent = self._unsent(config, products)
        return {row.internal_product_id for row in unsent.values() if row.internal_product_id}

    def _is_unsent(self):
        self.ensure_one()
        return self.internal_product_id != self.product_id._cartona_internal_id()

    def _send_links(self):
        """Let the push send those links that Cartona has not or has lost."""
        unsent = self.filtered(lambda row: row.product_id and row._is_unsent())
        unsent.mapped("product_id")._cartona_note_kinds()

    @api.model
    def _book_links(self, config, sent):
        """Cartona accepted these links.

        :param sent: ``{number on Cartona: our id}``
        """
        for row in self.search(
            [("config_id", "=", config.id), ("supplier_product_id", "in", [*sent])]
        ):
            row.internal_product_id = sent[row.supplier_product_id]
