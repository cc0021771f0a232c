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
            assigned = self.env["product.product"]
            for row in rows:
                product = known.get(row.internal_product_id)
                other = product and by_product.get(product.id)
                if not product or row == other:
                    continue
                # Cartona lists our id twice: the first one stays, see the filter "Doubled"
                if other and other.internal_product_id == row.internal_product_id:
                    continue
                row._assign(product, "id")
                by_product[product.id] = row
                assigned |= product
            refused = self.env["cartona.product.state"].search(
                [
                    ("config_id", "=", config.id),
                    ("product_id", "in", assigned.ids),
                    ("error", "!=", False),
                ]
            )
            refused.mapped("product_id")._cartona_note_kinds()
        self._send_links()

    def _assign(self, product, found_by):
        self.ensure_one()
        self.search(
            [
                ("config_id", "=", self.config_id.id),
                ("product_id", "=", product.id),
                ("id", "!=", self.id),
            ]
        ).write({"product_id": False, "found_by": False})
        # it is no longer to be suggested
        self.search(
            [("config_id", "=", self.config_id.id), ("suggested_id", "=", product.id)]
        ).write({"suggested_id": False, "confidence": 0})
        self.write(
            {
                "product_id": product.id,
                "found_by": found_by,
                "suggested_id": False,
                "confidence": 100,
            }
        )
        # the unique pair is checked by the database: in the order of these writes
        self.flush_model(["product_id"])

    def _link(self, product, found_by="person"):
        """This product of Cartona is that product of Odoo, and Cartona is to know it.

        The product's own Cartona ID goes before what Cartona has; where it has none, it takes
        over Cartona's, else its reference becomes the id.

        :raise UserError: the one or the other belongs to another product already
        """
        self.ensure_one()
        refusal = self._link_refusal(product)
        if refusal:
            raise UserError(refusal)
        identifier = self._identifier_for(product)
        self._assign(product, found_by)
        if identifier != product._cartona_internal_id() or (
            self.config_id.product_scope == "linked" and not product.cartona_id
        ):
            product.cartona_id = identifier
        else:
            product._cartona_note_all()
        self.env["cartona.inbox"]._products_identified({self._token(self.supplier_product_id)})

    def _link_refusal(self, product):
        """Why this cannot be that product, in words; nothing where it can."""
        self.ensure_one()
        config = self.config_id
        if product.company_id and product.company_id != config.company_id:
            return _("%(product)s belongs to another company.", product=product.display_name)
        owner = self.product_id
        if not owner and self.internal_product_id:
            known = product._cartona_known(config, [self.internal_product_id])
            owner = known.get(self.internal_product_id, owner)
        if owner and owner != product:
            return _(
                "%(cartona)s is %(owner)s in Odoo already.",
                cartona=self.display_name,
                owner=owner.display_name,
            )
        taken = self.search(
            [
                ("config_id", "=", config.id),
                ("internal_product_id", "=", self._identifier_for(product)),
                ("is_gone", "=", False),
                ("id", "!=", self.id),
            ],
            limit=1,
        )
        return taken and _(
            "Cartona knows %(product)s as %(cartona)s already.",
            product=product.display_name,
            cartona=taken.display_name,
        )

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
        outcomes = [row._try_link(row.suggested_id, "person") for row in self]
        problems = [problem for problem in outcomes if problem]
        if not problems:
            return True
        message = _(
            "Linked: %(count)s. %(problems)s",
            count=len(outcomes) - len(problems),
            problems=" ".join(problems),
        )
        action = self.env["cartona.config"]._notify(message, "warning")
        # the list reads itself again
        action["params"].update(sticky=True, next={"type": "ir.actions.act_window_close"})
        return action

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

    def _try_link(self, product, found_by):
        """Link, or say in words why that cannot be."""
        try:
            with self.env.cr.savepoint():
                self._link(product, found_by)
        except UserError as error:  # of the Cartona ID's own check, too
            return str(error)
        return ""

    def _suggest(self, product, confidence, found_by):
        """Offer a product for approval, unless another one is more like it."""
        self.ensure_one()
        others = self.search(
            [("config_id", "=", self.config_id.id), ("suggested_id", "=", product.id)]
        )
        better = max((others | self).mapped("confidence"), default=0) >= confidence
        if self.product_id or better:
            return
        others.write({"suggested_id": False, "confidence": 0, "found_by": False})
        self.write({"suggested_id": product.id, "confidence": confidence, "found_by": found_by})

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

    def _identifier_for(self, product):
        """By which id Cartona is to know the product."""
        if product.cartona_id:
            return product.cartona_id
        if self.internal_product_id:
            return self.internal_product_id
        code = product.default_code
        if code:
            known = product._cartona_known(self.config_id, [code]).get(code, product)
            if known == product and not product._cartona_doubled(self.config_id):
                return code
        return f"odoo-{product.id}"

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
