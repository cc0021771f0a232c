from odoo import _, api, fields, models

from ..compat import Constraint
from ..lib.cartona_api import StatusUpdate, is_final
from .cartona_inbox import UNREAD, Hold

STATUSES = [
    ("pending", "Pending"),
    ("editing", "Retailer is editing"),
    ("approved", "Approved"),
    ("assigned_to_salesman", "Assigned to salesman"),
    ("delivered", "Delivered"),
    ("returned", "Returned"),
    ("cancelled_by_retailer", "Cancelled by retailer"),
    ("cancelled_by_supplier", "Cancelled by supplier"),
]
CANCELLED = ("cancelled_by_retailer", "cancelled_by_supplier")
#: Of what nobody will have.
IN_VAIN = (*CANCELLED, "returned")
#: More lines take Odoo longer than a worker may live: the order would come again for ever, and no
#: other would come in meanwhile.
MAX_LINES = 1000


class CartonaOrder(models.Model):
    """An order as Cartona last told it or accepted it: one row for each ``hashed_id``.

    Jobs write here and not to the sale order, so that they do not get into the users' way.
    """

    _name = "cartona.order"
    _description = "Cartona Order"
    _log_access = False
    _rec_name = "hashed_id"

    config_id = fields.Many2one("cartona.config", required=True, ondelete="restrict")
    company_id = fields.Many2one(related="config_id.company_id")
    hashed_id = fields.Char(required=True, index=True)
    receipt_id = fields.Char("Order number", index=True)
    supplier_code = fields.Char()
    sale_order_id = fields.Many2one("sale.order", ondelete="cascade", index=True)
    delivery_address_id = fields.Many2one(
        "res.partner", ondelete="set null", help="Where the sale order went as Cartona told it."
    )
    status = fields.Selection(STATUSES, required=True)
    delivered_by_cartona = fields.Boolean()
    total_price = fields.Float(digits=(16, 4), help="As Cartona counts it.")
    needs_otp = fields.Boolean()
    applied_digest = fields.Char(help="Version that the sale order stands on.")
    is_behind = fields.Boolean(help="Of that version, all but the lines: Odoo had cancelled it.")
    seen_arrival = fields.Integer(help="The inbox' newest arrival when a pull last showed it.")
    shown_date = fields.Datetime(help="When a pull last showed it; its acknowledgement follows.")
    last_sync = fields.Datetime()
    error = fields.Char()
    given_up = fields.Char(help="What Cartona refused, and a person said that it may.")
    cancellation_reason = fields.Char(help="As Cartona gave it: a word of the contract or text.")
    return_reason = fields.Char(help="As Cartona gave it: a word of the contract or text.")
    delivery_error = fields.Char(help="Why Odoo could not move the goods as Cartona's status says.")
    unsettled = fields.Char(help="What differs for good until a person settles it.")
    settled = fields.Char(help="What differs, and a person said that it may.")
    invoice_error = fields.Char(help="Why there is no draft invoice of what is delivered.")
    invoiced = fields.Boolean(help="The draft invoice at delivery was made.")

    _order_unique = Constraint(
        "UNIQUE (config_id, hashed_id)", "A Cartona order is one sale order."
    )

    @api.model
    def _of(self, config, hashed_ids):
        """``{hashed id: order}`` of those that are known."""
        orders = self.search(
            [("config_id", "=", config.id), ("hashed_id", "in", list(filter(None, hashed_ids)))]
        )
        return {order.hashed_id: order for order in orders}

    # -- acknowledging -----------------------------------------------------------------------------

    @api.model
    def _to_acknowledge(self, config, raw_orders):
        """Orders that stand here, committed, as a pull just showed them.

        Not those with news in the inbox: acknowledged, a pull would not show the newer version.
        Nor those that an edit of ours may have changed: what it made of them is yet to be seen.

        :param raw_orders: ``[RawOrder]``, what the pull showed
        """
        shown = {raw.hashed_id: raw.digest for raw in raw_orders}
        orders = self.browse(order.id for order in self._of(config, shown).values()).filtered(
            lambda order: order.applied_digest == shown[order.hashed_id]
        )
        news = self.env["cartona.inbox"].search(
            [
                ("config_id", "=", config.id),
                ("hashed_id", "in", orders.mapped("hashed_id")),
                ("state", "in", UNREAD),
            ]
        )
        edits = self.env["cartona.edit.call"].search([("order_id", "in", orders.ids)])
        unread, edited = set(news.mapped("hashed_id")), set(edits.mapped("order_id"))
        return orders.filtered(
            lambda order: order.hashed_id not in unread and order.id not in edited
        )

    def _book_acknowledgement(self, refusal):
        """Write down why Cartona would not hear that we have the order; the next pull tries again.

        What a person gave up is not shown again until the order changes, or the reason does.

        :param refusal: Cartona's reason, or None
        """
        self.ensure_one()
        if refusal:
            message = _("Cartona did not take the acknowledgement: %(reason)s", reason=refusal)
            if message not in (self.error, self.given_up):
                self.write({"error": message})
        elif self.error:
            self.env["cartona.outbox"]._add(self)  # what was refused may be over

    # -- sending -----------------------------------------------------------------------------------

    def _lock(self):
        """Nobody else changes the orders until the end of the transaction.

        What another transaction changed since this one began fails here (serialization), before
        Cartona is called, and not after.
        """
        if self:
            self.env.cr.execute(
                "SELECT FROM cartona_order WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                (tuple(self.ids),),
            )

    def _prepare_status_update(self, status):
        """The client's update for one step."""
        self.ensure_one()
        values = {"hashed_id": self.hashed_id, "status": status}
        if status == "cancelled_by_supplier":
            values["cancellation_reason"] = self.sale_order_id.cartona_cancel_reason or None
        return StatusUpdate(**values)

    def _book_status(self, status, refusal):
        """Write down that Cartona took the step, or why it did not.

        :param refusal: Cartona's reason, or None
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if not refusal:
            known = {"status": status, "last_sync": now, "error": False, "given_up": False}
            self.write(known)
            return
        label = dict(self._fields["status"]._description_selection(self.env))[status]
        message = _(
            "Cartona did not take the status '%(status)s': %(reason)s",
            status=label,
            reason=refusal,
        )
        self._book_refusal(message)

    def _book_refusal(self, message):
        """Show what Cartona did not take, and tell the salesperson."""
        self.ensure_one()
        self.write({"last_sync": fields.Datetime.now(), "error": message})
        self._alert("error", message)
        # Cartona may know something that we do not
        self.env["cartona.pull"]._ask(self.config_id)

    def _log_act(self, words, names=None):
        """Log what a person did with the orders, each for itself.

        :param words: with places for user, names and number
        :param names: instead of the order's number
        """
        for order in self:
            number = order.receipt_id or order.hashed_id
            self.env["cartona.log"]._add_act(
                order.config_id,
                "status",
                words,
                [number] if names is None else names,
                reference=order.hashed_id,
                number=number,
            )

    # -- applying ----------------------------------------------------------------------------------

    @api.model
    def _apply(self, config, raw, order):
        """Make Odoo's sale order what Cartona says.

        :param raw: ``RawOrder``
        :param order: the one that is known, None where this is the first that is heard of it
        :return: the cartona.order
        :raise Hold: it cannot be applied now
        :raise PayloadError: the data has no sense
        """
        data = raw.order()
        if len(data.order_details) > MAX_LINES:
            message = _(
                "The order has %(count)s lines. More than %(limit)s cannot come in at once: enter "
                "it by hand, or ask the retailer for several orders.",
                count=len(data.order_details),
                limit=MAX_LINES,
            )
            raise Hold("bad_data", message)
        if not order:
            # claimed before any side effect: the unique index refuses a second one
            order = self.create(dict(self._prepare_values(data), config_id=config.id))
        elif is_final(order.status):
            values = {}
            if order.status == "delivered" and is_final(data.status):
                # we closed it before we knew of this version: what differs is for people
                order.sale_order_id._cartona_check_closed(data)
                values = self._prepare_values(data)
            order._write_known(raw, values)
            return order
        sale_order = order.sale_order_id
        if not sale_order:
            sale_order = order._create_sale_order(data)
            order.sale_order_id = sale_order
            self.env["cartona.outbox"]._forget_new(sale_order)
        elif sale_order._cartona_follows(data):
            sale_order._cartona_create_products(order.config_id, order, data)
            sale_order._cartona_update(data)
            sale_order._cartona_follow_retailer(data)
        is_behind = sale_order.state == "cancel"
        order._write_known(raw, dict(self._prepare_values(data), is_behind=is_behind))
        if sale_order:
            sale_order._cartona_follow_status(data)
        return order

    def _create_sale_order(self, data):
        """The sale order; none for an order that was over before Odoo could take it."""
        sale_orders = self.env["sale.order"]
        if data.status not in IN_VAIN:
            return sale_orders._cartona_create(self.config_id, self, data)
        try:
            with self.env.cr.savepoint():
                return sale_orders._cartona_create(self.config_id, self, data)
        except Hold:
            return sale_orders

    def _write_known(self, raw, values):
        self.write(
            dict(
                values,
                applied_digest=raw.digest,
                last_sync=fields.Datetime.now(),
                error=False,
                given_up=False,
            )
        )

    @api.model
    def _prepare_values(self, data):
        """The row of an order, from the client's ``Order``."""
        return {
            "hashed_id": data.hashed_id,
            "receipt_id": data.receipt_id or data.hashed_id,
            "supplier_code": data.supplier_code,
            "status": data.status,
            "delivered_by_cartona": data.is_delivered_by_cartona,
            "total_price": float(data.total_price),
            "needs_otp": data.needs_otp,
            "cancellation_reason": data.cancellation_reason,
            "return_reason": data.return_reason,
        }
