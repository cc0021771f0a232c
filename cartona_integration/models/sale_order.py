from decimal import Decimal

from odoo import _, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..compat import check_write, is_locked
from .cartona_inbox import Hold
from .cartona_order import CANCELLED
from .cartona_outbox import next_status

SYNC_STATUSES = [
    ("synced", "Up to date"),
    ("waiting", "Waiting"),
    ("frozen", "Retailer is editing"),
    ("refused", "Refused by Cartona"),
]


class SaleOrder(models.Model):
    _inherit = "sale.order"

    cartona_order_id = fields.Many2one(
        "cartona.order", readonly=True, copy=False, index=True, ondelete="restrict"
    )
    cartona_config_id = fields.Many2one(
        related="cartona_order_id.config_id", string="Cartona account"
    )
    cartona_id = fields.Char(related="cartona_order_id.hashed_id", string="Cartona ID")
    cartona_number = fields.Char(
        related="cartona_order_id.receipt_id", string="Cartona order number"
    )
    cartona_status = fields.Selection(related="cartona_order_id.status", string="Cartona status")
    cartona_last_sync = fields.Datetime(related="cartona_order_id.last_sync")
    cartona_error = fields.Char(related="cartona_order_id.error")
    cartona_sync_status = fields.Selection(
        SYNC_STATUSES,
        "Cartona sync",
        compute="_compute_cartona_sync_status",
        search="_search_cartona_sync_status",
    )

    def _compute_cartona_sync_status(self):
        # read for display only; the tables are closed to users
        waiting = (
            self.env["cartona.outbox"]
            .sudo()
            .search([("order_id", "in", self.cartona_order_id.ids)])
        )
        waiting = set(waiting.mapped("order_id").ids)
        for order in self:
            known = order.cartona_order_id
            if not known:
                order.cartona_sync_status = False
            elif known.error:
                order.cartona_sync_status = "refused"
            elif known.status == "editing":
                order.cartona_sync_status = "frozen"
            else:
                order.cartona_sync_status = "waiting" if known.id in waiting else "synced"

    @api.model
    def _search_cartona_sync_status(self, operator, value):
        # Odoo 19 passes sets of its own
        wanted = {value} if isinstance(value, (str, bool)) else set(value)
        if operator in ("!=", "not in"):
            wanted = {False, *dict(SYNC_STATUSES)} - wanted
        known = self.env["cartona.order"].sudo()
        waiting = self.env["cartona.outbox"].sudo().search([]).mapped("order_id")
        refused = known.search([("error", "!=", False)])
        frozen = known.search([("status", "=", "editing")]) - refused
        found = {
            "refused": refused,
            "frozen": frozen,
            "waiting": waiting - refused - frozen,
        }
        ids = [order_id for status in wanted for order_id in found.get(status, known).ids]
        domain = [("cartona_order_id", "in", ids)]
        if False in wanted:
            domain = ["|", *domain, ("cartona_order_id", "=", False)]
        if "synced" in wanted:
            others = [order_id for orders in found.values() for order_id in orders.ids]
            domain = [
                "|",
                *domain,
                "&",
                ("cartona_order_id", "!=", False),
                ("cartona_order_id", "not in", others),
            ]
        return domain

    # -- from Cartona ------------------------------------------------------------------------------

    @api.model
    def _cartona_create(self, config, known, data):
        """The sale order of a Cartona order, with exactly its money.

        :param known: its ``cartona.order``
        :param data: the client's ``Order``
        :raise Hold: unknown products, or a total that cannot be reached
        """
        products = self.env["product.product"]._cartona_find(config, data.order_details)
        values = self._prepare_cartona_order(config, known, data)
        lines = self.env["sale.order.line"]
        values["order_line"] = [
            (0, 0, lines._prepare_cartona_line(line, product, line_id))
            for line, product, line_id in zip(
                data.order_details, products, lines._cartona_line_ids(data.order_details)
            )
        ]
        order = self.with_company(config.company_id).create(values)
        order._cartona_settle_total(config, data)
        return order

    @api.model
    def _prepare_cartona_order(self, config, known, data):
        partner = self.env["res.partner"]._cartona_retailer(
            config, data.retailer, self._cartona_told_at(data)
        )
        values = {
            "partner_id": partner.id,
            "company_id": config.company_id.id,
            "cartona_order_id": known.id,
            "client_order_ref": known.receipt_id,
            "origin": _("Cartona %(number)s", number=known.receipt_id),
            "warehouse_id": config._warehouses()[:1].id,
            **self._prepare_cartona_defaults(config, partner),
        }
        if data.created_at:
            values["date_order"] = data.created_at.replace(tzinfo=None)
        if data.note_message:
            values["note"] = plaintext2html(data.note_message)
        if data.estimated_delivery_day:
            values["commitment_date"] = fields.Datetime.to_datetime(data.estimated_delivery_day)
        return values

    def _cartona_update(self, data):
        """Follow an edit of the retailer or of Cartona, line by line.

        :raise Hold: the order may no longer change in Odoo
        """
        self.ensure_one()
        self._cartona_check_sum(data)
        config = self.cartona_config_id
        lines = {line.cartona_line_id: line for line in self.order_line if line.cartona_line_id}
        commands, seen = [], set()
        products = self.env["product.product"]._cartona_find(config, data.order_details)
        model = self.env["sale.order.line"]
        line_ids = model._cartona_line_ids(data.order_details)
        for incoming, product, line_id in zip(data.order_details, products, line_ids):
            line = lines.get(line_id)
            if line and line.product_id == product:
                seen.add(line.id)
                if line._cartona_differs(incoming):
                    commands.append((1, line.id, model._prepare_cartona_change(incoming)))
            else:
                commands.append((0, 0, model._prepare_cartona_line(incoming, product, line_id)))
        gone = self.order_line.filtered(lambda line: line.cartona_line_id and line.id not in seen)
        if self.state in ("draft", "sent"):
            commands += [(2, line.id, 0) for line in gone]
        else:  # Odoo deletes no lines of a confirmed order; emptied, it is no line of Cartona's
            commands += [
                (1, line.id, {"product_uom_qty": 0, "cartona_line_id": False}) for line in gone
            ]
        if not commands:
            return
        if (
            self.state == "cancel"
            or self.invoice_ids
            or any(self.order_line.mapped("qty_delivered"))
        ):
            raise Hold(
                "closed_order",
                _(
                    "The order changed on Cartona, but it is shipped, invoiced or cancelled in "
                    "Odoo."
                ),
            )
        self.write({"order_line": commands})
        self._cartona_settle_total(config, data)
        self.message_post(body=_("The order was changed on Cartona."))

    def _cartona_settle_total(self, config, data):
        """Make the order's total equal to Cartona's, or hold it.

        A difference that rounding explains is carried by one explicit line; another one is none
        of ours to hide.

        :raise Hold: the totals differ
        """
        self.ensure_one()
        self._cartona_check_sum(data)
        included = config.price_tax == "included"
        lines = self.order_line.filtered("cartona_line_id")
        lines._cartona_fit_tax("total_included" if included else "total_excluded")
        model = self.env["sale.order.line"]
        model._cartona_set_rounding(self, 0.0)
        difference = self._cartona_difference(data, included)
        if self.currency_id.is_zero(difference):
            return
        if abs(difference) <= lines._cartona_rounding_tolerance():
            model._cartona_set_rounding(self, difference)
        difference = self._cartona_difference(data, included)
        if not self.currency_id.is_zero(difference):
            raise Hold(
                "total_mismatch",
                _(
                    "Cartona's total is %(total)s, in Odoo it would be %(actual)s. "
                    "Check the taxes of the products.",
                    total=data.total_price,
                    actual=round(float(data.total_price) - difference, 4),
                ),
            )

    def _cartona_difference(self, data, included):
        actual = self.amount_total if included else self.amount_untaxed
        return self.currency_id.round(self.currency_id.round(float(data.total_price)) - actual)

    def _cartona_check_sum(self, data):
        """:raise Hold: Cartona's own figures do not agree"""
        # half a piastre may have been rounded either way
        allowed = Decimal(str(self.currency_id.rounding or 0.01)) / 2
        if abs(data.total_price - data.lines_total) > allowed:
            raise Hold(
                "total_mismatch",
                _(
                    "Cartona's total is %(total)s, but its lines add up to %(lines)s.",
                    total=data.total_price,
                    lines=data.lines_total,
                ),
            )

    def _cartona_follow_status(self, data):
        """Take the action in Odoo that Cartona's status stands for.

        :raise Hold: Odoo cannot follow
        """
        self.ensure_one()
        status = data.status
        if status in CANCELLED:
            self._cartona_cancel()
        elif status in ("approved", "assigned_to_salesman", "delivered") and self.state in (
            "draft",
            "sent",
        ):
            self.action_confirm()
        pickings = self._cartona_open_pickings()
        if status == "assigned_to_salesman" and pickings:  # without any, Odoo refuses
            pickings.action_assign()
        elif status == "delivered":
            while pickings:  # in several steps: the next delivery may come with the one before
                pickings._cartona_complete()
                pickings = self._cartona_open_pickings() - pickings
        elif status == "returned":
            self._cartona_cancel()

    def _cartona_cancel(self):
        if self.state == "cancel":
            return
        if any(self.order_line.mapped("qty_delivered")):
            raise Hold(
                "closed_order",
                _(
                    "The order was cancelled or returned on Cartona, but its goods are delivered "
                    "in Odoo. Take them back there."
                ),
            )
        self._cartona_unlock()
        self.with_context(disable_cancel_warning=True).action_cancel()

    def _cartona_unlock(self):
        if is_locked(self):
            self.action_unlock()

    def _cartona_open_pickings(self):
        return self.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))

    # -- to Cartona --------------------------------------------------------------------------------

    def _cartona_target_status(self):
        """The Cartona status that the order's and its deliveries' states stand for, or None."""
        self.ensure_one()
        # on the way out, the goods may pass several pickings, of which the last come late
        pickings = self.picking_ids.filtered(
            lambda picking: picking.picking_type_code != "incoming"
        )
        done = pickings.filtered(
            lambda picking: picking.state == "done" and picking.picking_type_code == "outgoing"
        )
        still_open = pickings.filtered(lambda picking: picking.state not in ("done", "cancel"))
        return target_status(self.state, bool(done), bool(still_open))

    def _cartona_next_status(self):
        """The status to send next, or None."""
        self.ensure_one()
        known = self.cartona_order_id
        return next_status(known.status, self._cartona_target_status(), known.delivered_by_cartona)

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self.env["cartona.outbox"]._note(self)
        return result

    def copy_data(self, default=None):
        """A copy is no order of Cartona's, and has nothing to round."""
        rounding = self.env.ref("cartona_integration.product_rounding", raise_if_not_found=False)
        copies = super().copy_data(default)
        for order, values in zip(self, copies):
            if not order.cartona_order_id:
                continue
            if "origin" not in (default or {}):
                values["origin"] = False
            values["order_line"] = [
                command
                for command in values.get("order_line", ())
                if not (
                    rounding and command[0] == 0 and command[2].get("product_id") == rounding.id
                )
            ]
        return copies

    @api.ondelete(at_uninstall=False)
    def _unlink_except_cartona(self):
        if any(order.cartona_order_id for order in self):
            raise UserError(_("An order of Cartona cannot be deleted. Cancel it instead."))

    def action_cartona_sync(self):
        """Send the order's status again now."""
        check_write(self)
        orders = self.filtered("cartona_order_id")
        # whoever may change the order may send it; the tables are closed to users
        known = orders.sudo().cartona_order_id
        known.filtered("error").write({"error": False})
        self.env["cartona.outbox"].sudo()._add(known)
        return True


def target_status(state, any_done, any_open):
    """Cartona's status for an order of Odoo, or None where it stands for none.

    :param state: of the sale order
    :param any_done: whether an outgoing picking is done
    :param any_open: whether a picking on the way out is neither done nor cancelled
    """
    if state == "cancel":
        return "cancelled_by_supplier"
    if state not in ("sale", "done"):
        return None
    return "delivered" if any_done and not any_open else "approved"
