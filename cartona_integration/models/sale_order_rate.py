from odoo import models


class SaleOrder(models.Model):
    """Orders whose taxes got another rate after their prices were agreed on Cartona.

    Odoo's amounts follow the rate with the next edit, or on the invoice; the retailer pays what
    was agreed. Odoo's prices are refitted, so that they come to Cartona's again.
    """

    _inherit = "sale.order"

    def _cartona_carry_rounding(self, total):
        """Another rate is no rounding."""
        if not self.currency_id.is_zero(
            self._cartona_total() - self.currency_id.round(float(total))
        ):
            self._cartona_refit()
        return super()._cartona_carry_rounding(total)

    def _cartona_refit(self):
        """Give lines whose price nobody changed the one with which Cartona's stands.

        :return: whether any had another one
        """
        self.ensure_one()
        rows = {row.sale_line_id: row for row in self.cartona_order_id.line_ids}
        refits = []
        for line in self.order_line._cartona_sold():
            row = rows.get(line.id)
            if row and not row._is_new() and row.product_id == line.product_id:
                price_unit = line._cartona_refitted(row)
                if not line._cartona_is_near(price_unit, line.price_unit):
                    refits.append((line, row, price_unit))
        if refits:
            with self._cartona_unlocked():
                for line, row, price_unit in refits:
                    line.price_unit = price_unit
                    row.write(row._prepare_terms(line, row.terms))
        return bool(refits)

    def _create_invoices(self, *args, **kwargs):
        # whoever may invoice the order; the tables are closed to users
        for order in self.filtered("cartona_order_id").sudo():
            order = order.with_company(order.company_id)
            if order._cartona_refit():
                order._cartona_tidy()
        return super()._create_invoices(*args, **kwargs)
