"""Orders of Cartona and their deliveries, as people work with them."""

from ..compat import create_return, set_done
from .common import create_product


class WithDeliveries:
    """For a CartonaCase."""

    def without_stock(self):
        """Stock is not sent: it would go ahead of the orders' own calls, and take their answers."""
        self.config.sync_stock = False
        self.settle()

    def bring(self, hashed_id="abc1", **values):
        """An order from Cartona, and all that comes of it."""
        self.place(self.order(hashed_id, **values))
        self.run_jobs(limit=200)
        return self.sale_orders(hashed_id)

    def validate(self, pickings, quantity=None, user=None, **context):
        """Move all of it, or that quantity of each line, and click on Validate."""
        for picking in pickings.with_user(user) if user else pickings:
            for move in self.env["stock.move"].search([("picking_id", "=", picking.id)]):
                set_done(
                    move.with_env(picking.env),
                    move.product_uom_qty if quantity is None else quantity,
                )
            context = {"skip_backorder": True, "skip_immediate": True, **context}
            picking.with_context(**context).button_validate()
            self.assertEqual(picking.state, "done")

    def deliver(self, order, quantity=None, **context):
        """Validate the open delivery, of that quantity only where it is given."""
        picking = order._cartona_open_pickings()
        self.validate(picking, quantity, **context)
        return picking

    def take_back(self, picking, quantity=None, validate=True):
        """Odoo's return of a delivery, as the storekeeper makes it.

        :param quantity: of each line; all of it where none is given
        """
        moves = self.env["stock.move"].search([("picking_id", "=", picking.id)])
        quantities = {
            move: move.product_uom_qty if quantity is None else quantity for move in moves
        }
        back = create_return(picking, quantities)
        if validate:
            self.validate(back)
        return back

    def cancel(self, order):
        order.with_context(disable_cancel_warning=True).action_cancel()

    def warehouse(self):
        return self.config._warehouses()[:1]

    def in_stock(self, product):
        """What lies in the stock itself, reserved or not."""
        location = self.warehouse().lot_stock_id
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "child_of", location.id)]
        )
        return sum(quants.mapped("quantity"))

    def serial_product(self, *serials):
        """A product of which each piece has a number; those are in stock."""
        product = create_product(self.env, "Phone", "PHO-1", 30.0, tracking="serial")
        for serial in serials:
            self.add_serial(product, serial)
        return product

    def add_serial(self, product, name):
        lot_model = "stock.lot" if "stock.lot" in self.env else "stock.production.lot"
        lot = self.env[lot_model].create(
            {"name": name, "product_id": product.id, "company_id": self.config.company_id.id}
        )
        location = self.warehouse().lot_stock_id
        self.env["stock.quant"]._update_available_quantity(product, location, 1, lot_id=lot)
        return lot

    # -- invoices ----------------------------------------------------------------------------------

    def with_accounts(self):
        """What an invoice needs of a company without a chart of accounts."""
        company, journals = self.config.company_id, self.env["account.journal"]
        company.currency_id.active = True
        if journals.search([("company_id", "=", company.id), ("type", "=", "sale")], limit=1):
            return
        kinds = {"asset_receivable": "receivable", "income": "revenue"}
        accounts = {}
        model = self.env["account.account"]
        for number, (kind, old) in enumerate(kinds.items()):
            values = {"code": f"99000{number}", "name": kind}
            if "account_type" in model._fields:
                values["account_type"] = kind
            else:
                values["user_type_id"] = self.env.ref(f"account.data_account_type_{old}").id
            accounts[kind] = model.create(dict(values, reconcile=kind != "income"))
        if "ir.property" in self.env:  # where Odoo takes what it finds for none
            self.env["ir.property"]._set_default(
                "property_account_receivable_id",
                "res.partner",
                accounts["asset_receivable"],
                company,
            )
        journals.create(
            {
                "name": "Sales",
                "code": "CSAL",
                "type": "sale",
                "company_id": company.id,
                "default_account_id": accounts["income"].id,
            }
        )

    def invoices(self, order, kind="out_invoice"):
        return order.invoice_ids.filtered(lambda move: move.move_type == kind)
