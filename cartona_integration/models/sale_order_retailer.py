from odoo import api, fields, models


class SaleOrder(models.Model):
    """The retailer of an order, and where its goods go."""

    _inherit = "sale.order"

    @api.model
    def _cartona_create(self, config, known, data):
        order = super()._cartona_create(config, known, data)
        known.delivery_address_id = order.partner_shipping_id
        return order

    @api.model
    def _prepare_cartona_order(self, config, known, data):
        values = super()._prepare_cartona_order(config, known, data)
        customer = self.env["res.partner"].browse(values["partner_id"])
        address = customer._cartona_delivery_address(
            config, data.retailer, self._cartona_told_at(data)
        )
        if address:
            values["partner_shipping_id"] = address.id
        return values

    def _cartona_follow_retailer(self, data):
        """Follow what Cartona changed of the retailer, and of where his order goes."""
        self.ensure_one()
        config, told_at = self.cartona_config_id, self._cartona_told_at(data)
        customer = self.env["res.partner"]._cartona_told_retailer(config, data.retailer, told_at)
        if not customer or customer != self.partner_id:
            return  # a user gave the order to somebody else
        known = self.cartona_order_id
        if (
            self.state == "cancel"
            or any(self.order_line.mapped("qty_delivered"))
            or self.partner_shipping_id != known.delivery_address_id
        ):
            return  # too late, or a user sends it elsewhere
        former = self.partner_shipping_id
        address = customer._cartona_delivery_address(config, data.retailer, told_at, self)
        if address and address != former:
            self._cartona_open_pickings().filtered(
                lambda picking: picking.partner_id == former
            ).partner_id = address
            # Odoo would take the address's fiscal position, and other taxes for new lines
            position = self.fiscal_position_id
            self.write({"partner_shipping_id": address.id, "fiscal_position_id": position.id})
            known.delivery_address_id = address

    def _cartona_told_at(self, data):
        """When the order was placed, in UTC: what it tells of the retailer is of then."""
        now = fields.Datetime.now()
        placed = data.created_at and data.created_at.replace(tzinfo=None, microsecond=0)
        return min(placed or self.create_date or now, now)
