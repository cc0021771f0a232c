from decimal import Decimal

from odoo import _, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_is_zero, plaintext2html

from ..compat import check_write
from .cartona_inbox import Hold
from .cartona_outbox import next_status

SYNC_STATUSES = [
    ("synced", "Up to date"),
    ("waiting", "Waiting"),
    ("frozen", "Retailer is editing"),
    ("unfinished", "To finish in Odoo"),
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
        held = set(self.env["cartona.inbox"].sudo()._with_held(self.sudo().cartona_order_id).ids)
        for order in self:
            known = order.cartona_order_id
            if not known:
                order.cartona_sync_status = False
            elif known.error or order.sudo()._cartona_refused():
                order.cartona_sync_status = "refused"
            elif known.status == "editing":
                order.cartona_sync_status = "frozen"
            elif known.delivery_error or known.invoice_error or known.unsettled or known.id in held:
                order.cartona_sync_status = "unfinished"
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
        lines = self.env["cartona.order.line"].sudo().search([("error", "!=", False)])
        refused = known.search([("error", "!=", False)]) | lines.mapped("order_id")
        frozen = known.search([("status", "=", "editing")]) - refused
        errors = ("delivery_error", "invoice_error", "unsettled")
        unfinished = known.search(["|"] * 2 + [(name, "!=", False) for name in errors])
        unfinished |= self.env["cartona.inbox"].sudo()._with_held()
        unfinished -= refused + frozen
        found = {
            "refused": refused,
            "frozen": frozen,
            "unfinished": unfinished,
            "waiting": waiting - refused - frozen - unfinished,
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
        self._cartona_check_amounts(data)
        products = self.env["product.product"]._cartona_find(config, data.order_details)
        values = self._prepare_cartona_order(config, known, data)
        lines, packs = self.env["sale.order.line"], self.env["cartona.pack"]
        values["order_line"] = [
            (0, 0, lines._prepare_cartona_line(*line))
            for line in zip(
                data.order_details,
                products,
                lines._cartona_line_ids(data.order_details),
                packs._of_lines(config, data.order_details),
            )
        ]
        creating = self.with_company(config.company_id).with_context(cartona_creating=True)
        order = creating.create(values).with_context(cartona_creating=False)
        order._cartona_learn(known, order.order_line, data.order_details)
        order._cartona_settle_total(data)
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

    def _cartona_settle_total(self, data):
        """Make the order's total equal to Cartona's, or hold it.

        :raise Hold: the totals differ
        """
        self.ensure_one()
        self._cartona_check_sum(data)
        if not self._cartona_carry_rounding(data.total_price):
            raise Hold(
                "total_mismatch",
                _(
                    "Cartona's total is %(total)s, in Odoo it would be %(actual)s. "
                    "Check the taxes of the products.",
                    total=data.total_price,
                    actual=round(self._cartona_total(), 4),
                ),
            )

    def _cartona_total(self):
        """The order's total as Cartona counts it: with tax or without."""
        return self.amount_total if self._cartona_prices_include_tax() else self.amount_untaxed

    def _cartona_carry_rounding(self, total):
        """Let one explicit line carry the difference to a total, where rounding explains it.

        Another one is none of ours to hide.

        :return: whether the order now has that total
        """
        self.ensure_one()
        zero = self.currency_id.is_zero
        if zero(self._cartona_total() - self.currency_id.round(float(total))):
            return True
        kind = "price_total" if self._cartona_prices_include_tax() else "price_subtotal"
        carried = sum(self.order_line.filtered("is_cartona_rounding").mapped(kind))
        actual = self._cartona_total() - carried
        difference = self.currency_id.round(self.currency_id.round(float(total)) - actual)
        tolerance = self.order_line._cartona_sold()._cartona_rounding_tolerance()
        amount = 0.0 if zero(difference) or abs(difference) > tolerance else difference
        if not zero(amount - carried):
            with self._cartona_unlocked():
                self.env["sale.order.line"]._cartona_set_rounding(self, amount)
        return zero(difference - amount)

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

    @api.model
    def _cartona_check_amounts(self, data):
        """:raise Hold: Odoo would round a quantity"""
        field = self.env["sale.order.line"]._fields["product_uom_qty"]
        _size, kept = field.get_digits(self.env) or (0, 6)
        for line in data.order_details:
            decimals = -line.amount.normalize().as_tuple().exponent
            if decimals > kept:
                raise Hold(
                    "refused_by_odoo",
                    _(
                        "%(product)s: the quantity %(amount)s has more decimals than Odoo keeps. "
                        "Turn on the developer mode and open Settings > Technical > Decimal "
                        "Accuracy, give '%(accuracy)s' %(decimals)s digits, then try again.",
                        product=line.product_name or line.internal_product_id or "?",
                        amount=line.amount,
                        accuracy=field._digits,
                        decimals=decimals,
                    ),
                )

    # -- to Cartona --------------------------------------------------------------------------------

    def _cartona_target_status(self):
        """The Cartona status that the order's and its deliveries' states stand for, or None."""
        self.ensure_one()
        pickings = self.picking_ids._cartona_way_out()
        done = pickings.filtered(lambda picking: picking.state == "done")
        arrived = done._cartona_arrived()
        any_open = pickings & self._cartona_open_pickings()
        if arrived and not any_open:
            # amounts go before "delivered", which is final
            any_open = self._cartona_to_come() or self._cartona_over()
        return target_status(
            self.state,
            any_done=bool(arrived) or self._cartona_is_served(),
            any_open=bool(any_open),
            left=bool(done) and self.cartona_config_id.send_assigned,
            returned=bool(arrived) and not self._cartona_stays_with_retailer(),
        )

    def _cartona_is_served(self):
        """Whether the order is of services only, and all of them are delivered."""
        lines = self.order_line._cartona_sold()
        return bool(lines) and all(line._cartona_is_served() for line in lines)

    def _cartona_to_come(self):
        """The lines with goods that nobody has put on their way yet, nor given up."""
        return self.order_line._cartona_sold().filtered(lambda line: line._cartona_is_to_come())

    def _cartona_over(self):
        """The lines of which the retailer has more than was ordered."""
        return self.order_line.filtered(lambda line: line._cartona_is_over())

    def _cartona_stays_with_retailer(self):
        """Whether the retailer has anything of what was delivered, after all returns."""
        balance = {}
        for move in self.picking_ids._cartona_moves():
            there = move.location_dest_id.usage == "customer"
            here = move.location_id.usage == "customer"
            balance.setdefault(move.product_id, 0.0)
            balance[move.product_id] += move._cartona_done_quantity() * (there - here)
        return any(
            not float_is_zero(quantity, precision_rounding=product.uom_id.rounding)
            for product, quantity in balance.items()
        )

    def _cartona_came_back(self):
        """Whether all that was delivered came back; also where the order was cancelled then."""
        self.ensure_one()
        if self.state != "cancel":
            return self._cartona_target_status() == "returned"
        return self._cartona_is_all_back()

    def _cartona_is_all_back(self):
        """Whether goods arrived, and the retailer has none of them now."""
        done = self.picking_ids._cartona_way_out().filtered(lambda picking: picking.state == "done")
        return bool(done._cartona_arrived()) and not self._cartona_stays_with_retailer()

    def _cartona_is_theirs(self):
        """Whether the order is delivered on Cartona, and the goods did not come back."""
        return self.cartona_status == "delivered" and self._cartona_stays_with_retailer()

    def _cartona_next_status(self, status=None):
        """The status to send next, or None.

        :param status: that Cartona may have; None: the one that it is known to have
        """
        self.ensure_one()
        known = self.cartona_order_id
        step = next_status(
            status or known.status,
            self._cartona_target_status(),
            known.delivered_by_cartona,
            self.cartona_config_id.send_assigned,
        )
        # shortened amounts go first: what is delivered must be what Cartona counts
        if step == "delivered" and (self._cartona_changes() or self._cartona_edit_wait()):
            return None  # nor over the head of a version that waits for a person
        return step

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
        """Send the order's edits and its status again now."""
        check_write(self)
        # whoever may change the order may send it; the tables are closed to users
        known = self.sudo().cartona_order_id
        known.filtered(lambda order: order.error or any(order.line_ids.mapped("error")))._log_act(
            _("%(user)s tries again: %(names)s")
        )
        return self._cartona_send_again()

    def _cartona_send_again(self):
        orders = self.filtered("cartona_order_id")
        known = orders.sudo().cartona_order_id
        known.line_ids.filtered("error")._forget_refusal()
        self.env["cartona.outbox"].sudo()._add(known)
        self.env["cartona.outbox"]._note(orders)
        paused = known.config_id.filtered("paused")
        if not paused:
            return True
        message = _("The account is paused. Ask a manager of Cartona to resume it.")
        return paused._notify(message, "warning")


def target_status(state, any_done, any_open, left=False, returned=False):
    """Cartona's status for an order of Odoo, or None where it stands for none.

    :param state: of the sale order
    :param any_done: whether a delivery to the retailer is done
    :param any_open: whether anything is yet to be delivered, or to be settled before the end
    :param left: whether Cartona is to hear that goods are on their way
    :param returned: whether all that was delivered came back
    """
    if state == "cancel":
        return "cancelled_by_supplier"
    if state not in ("sale", "done"):
        return None
    if any_done and not any_open:
        return "returned" if returned else "delivered"
    return "assigned_to_salesman" if left else "approved"
