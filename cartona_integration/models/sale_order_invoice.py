import psycopg2

from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError

from ..compat import check_write


class SaleOrder(models.Model):
    """The draft invoice that an account may want once all is delivered."""

    _inherit = "sale.order"

    cartona_invoice_error = fields.Char(
        related="cartona_order_id.invoice_error", string="No draft invoice"
    )

    def _cartona_ask_invoice(self):
        """Ask for the jobs that make the draft invoices of those that are delivered by now."""
        for order in self:
            if order._cartona_wants_invoice():
                order.cartona_order_id._ask_invoice()
            elif order.cartona_order_id.invoice_error:  # returned or cancelled since
                order.cartona_order_id.invoice_error = False

    def _cartona_wants_invoice(self):
        """Whether the order's draft invoice at delivery is to be made, once."""
        self.ensure_one()
        known = self.cartona_order_id
        return (
            known.config_id.invoice_at_delivery
            and not known.invoiced
            and self.invoice_status == "to invoice"
            and self._cartona_target_status() == "delivered"
        )

    def _cartona_invoice(self):
        """Make the draft invoice by Odoo's own method, or show why there is none."""
        self.ensure_one()
        known = self.cartona_order_id
        try:
            with self.env.cr.savepoint():
                self._create_invoices()
                known.write({"invoiced": True, "invoice_error": False})
        except (UserError, RedirectWarning, psycopg2.IntegrityError) as error:
            message = str(error.args[0])  # the database's, where an account is missing
            if known.invoice_error != message:
                known.write({"invoice_error": message})
                known._alert("invoice_error", message)

    def _create_invoices(self, *args, **kwargs):
        invoices = super()._create_invoices(*args, **kwargs)
        # whoever may invoice the order; the tables are closed to users
        known = self.sudo().cartona_order_id.filtered("invoice_error")
        if known:
            known.write({"invoiced": True, "invoice_error": False})
        return invoices

    def action_cartona_invoice(self):
        """Make the draft invoice that Odoo could not make by itself.

        :raise UserError: it still cannot
        """
        check_write(self)
        for order in self.filtered("cartona_invoice_error"):
            order._create_invoices()
        return True
