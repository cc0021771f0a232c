"""What a supplier's staff does in Odoo, by its public methods, on every series."""

from __future__ import annotations

from typing import Any

from .errors import DevError
from .rpc import OdooRpc


class Staff:
    """A salesperson and storekeeper."""

    def __init__(self, rpc: OdooRpc) -> None:
        self._rpc = rpc

    def own_product(self, code: str, price: float, stock: int) -> dict[str, Any]:
        """Return a stored product without taxes, made at the first call."""
        domain = [("default_code", "=", code)]
        if not self._rpc.search("product.product", domain):
            storable = {"is_storable": True, "type": "consu"}
            if "is_storable" not in self._rpc.fields("product.template"):
                storable = {"type": "product"}
            self._rpc.create(
                "product.product",
                name=f"Round trip {code}",
                default_code=code,
                list_price=price,
                taxes_id=[(6, 0, [])],
                **storable,
            )
        product = self._rpc.read("product.product", domain, "default_code", "list_price")[0]
        self._count(product["id"], stock)
        return product

    def _count(self, product: int, quantity: int) -> None:
        """Book an inventory count in the first warehouse."""
        warehouse = self._rpc.read("stock.warehouse", [], "lot_stock_id", limit=1, order="id")[0]
        quant = self._rpc.call(
            "stock.quant",
            "create",
            {
                "product_id": product,
                "location_id": warehouse["lot_stock_id"][0],
                "inventory_quantity": quantity,
            },
            context={"inventory_mode": True},
        )
        self._rpc.call("stock.quant", "action_apply_inventory", [quant])

    def sell(self, product: int, quantity: int) -> int:
        """Sell over the counter: a confirmed order reserves its stock."""
        partner = self._rpc.create("res.partner", name="Walk-in customer")
        line = {"product_id": product, "product_uom_qty": quantity}
        order = self._rpc.create("sale.order", partner_id=partner, order_line=[(0, 0, line)])
        self._rpc.call("sale.order", "action_confirm", [order])
        return order

    def to_deliver(self, order: int) -> list[int]:
        """Return the deliveries that an order still has to come."""
        domain = [("sale_id", "=", order), ("state", "not in", ("done", "cancel"))]
        return self._rpc.search("stock.picking", domain)

    def enter_otp(self, order: int, otp: str) -> None:
        """Type the retailer's OTP into the open deliveries of an order."""
        for picking in self.to_deliver(order):
            self._rpc.write("stock.picking", picking, cartona_otp=otp)

    def deliver(self, order: int) -> None:
        """Deliver all that an order still has to deliver."""
        pickings = self.to_deliver(order)
        if not pickings:
            raise DevError("The sale order has nothing to deliver.")
        self._rpc.call("stock.picking", "action_assign", pickings)
        context = {"skip_backorder": True, "skip_sms": True}
        answer = self._rpc.call("stock.picking", "button_validate", pickings, context=context)
        # 15, 16: 'you have not recorded done quantities yet, process all?' – yes.
        if isinstance(answer, dict) and answer.get("res_model") == "stock.immediate.transfer":
            context = {**context, **answer["context"]}
            wizard = self._rpc.call(answer["res_model"], "create", {}, context=context)
            self._rpc.call(answer["res_model"], "process", [wizard], context=context)
        if self.to_deliver(order):
            raise DevError(f"The delivery was not done: {answer}")
