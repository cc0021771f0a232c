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
        return self.own_products({code: price}, stock)[0]

    def own_products(
        self,
        prices: dict[str, float],
        stock: int,
        company: int | None = None,
        taxes: dict[str, int] | None = None,
    ) -> list[dict[str, Any]]:
        """Return stored products, by code and price; made at the first call.

        :param company: whose they are, with their stock; without it, everybody's
        :param taxes: ids by code; the others have none
        """
        domain: list[Any] = [("default_code", "in", list(prices))]
        owner = {"company_id": company} if company else {}
        if company:
            domain.append(("company_id", "=", company))
        rows = self._rpc.read("product.product", domain, "default_code")
        known = {row["default_code"] for row in rows}
        storable = {"is_storable": True, "type": "consu"}
        if "is_storable" not in self._rpc.fields("product.template"):
            storable = {"type": "product"}
        new = [
            {
                "name": f"Round trip {code}",
                "default_code": code,
                "list_price": price,
                "taxes_id": [(6, 0, [taxes[code]] if taxes and code in taxes else [])],
                **owner,
                **storable,
            }
            for code, price in prices.items()
            if code not in known
        ]
        if new:
            self._rpc.call("product.product", "create", new)
        products = self._rpc.read("product.product", domain, "default_code", "list_price")
        self._count([product["id"] for product in products], stock, company)
        return products

    def _count(self, products: list[int], quantity: int, company: int | None) -> None:
        """Book an inventory count in the first warehouse, or the company's."""
        domain = [("company_id", "=", company)] if company else []
        (warehouse,) = self._rpc.read(
            "stock.warehouse", domain, "lot_stock_id", limit=1, order="id"
        )
        counts = [
            {
                "product_id": product,
                "location_id": warehouse["lot_stock_id"][0],
                "inventory_quantity": quantity,
            }
            for product in products
        ]
        context: dict[str, Any] = {"inventory_mode": True}
        if company:
            context["allowed_company_ids"] = [company]
        quants = self._rpc.call("stock.quant", "create", counts, context=context)
        self._rpc.call("stock.quant", "action_apply_inventory", quants)

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

    def returned(self, order: int) -> float:
        """Return how many pieces came back from the retailer."""
        domain = [
            ("picking_id.sale_id", "=", order),
            ("location_id.usage", "=", "customer"),
            ("state", "=", "done"),
        ]
        rows = self._rpc.read("stock.move", domain, "product_uom_qty")
        return sum(row["product_uom_qty"] for row in rows)

    def enter_otp(self, order: int, otp: str) -> None:
        """Type the retailer's OTP into the open deliveries of an order."""
        for picking in self.to_deliver(order):
            self._rpc.write("stock.picking", picking, cartona_otp=otp)

    def send_otp(self, order: int, otp: str) -> None:
        """Type the retailer's OTP into what is delivered already, and send it."""
        domain = [
            ("sale_id", "=", order),
            ("state", "=", "done"),
            ("location_dest_id.usage", "=", "customer"),
        ]
        delivered = next(iter(self._rpc.search("stock.picking", domain, limit=1)), None)
        if not delivered:
            raise DevError("Nothing of the order is delivered.")
        self._rpc.write("stock.picking", delivered, cartona_otp=otp)
        self._rpc.call("stock.picking", "action_cartona_send_otp", [delivered])

    def deliver(self, order: int) -> None:
        """Deliver all that an order still has to deliver."""
        pickings = self.to_deliver(order)
        if not pickings:
            raise DevError("The sale order has nothing to deliver.")
        self._rpc.call("stock.picking", "action_assign", pickings)
        answer = self._validate(pickings)
        if self.to_deliver(order):
            raise DevError(f"The delivery was not done: {answer}")

    def deliver_part(self, order: int, quantities: dict[str, float]) -> None:
        """Deliver so much of each product, by its code; the rest stays for another delivery."""
        pickings = self.to_deliver(order)
        moves = self._rpc.read("stock.move", [("picking_id", "in", pickings)], "product_id")
        codes = {
            row["id"]: row["default_code"]
            for row in self._rpc.read(
                "product.product",
                [("id", "in", [move["product_id"][0] for move in moves])],
                "default_code",
            )
        }
        fields = self._rpc.fields("stock.move")
        for move in moves:
            quantity = quantities.get(codes[move["product_id"][0]], 0.0)
            if "picked" in fields:
                values = {"quantity": quantity, "picked": bool(quantity)}
            else:  # 15, 16
                values = {"quantity_done": quantity}
            self._rpc.write("stock.move", move["id"], **values)
        answer = self._validate(pickings)
        left = self.to_deliver(order)
        if not left or left == pickings:
            raise DevError(f"The delivery was not parted: {answer}")

    def to_return(self, picking: int) -> dict[int, float]:
        """Return how much of each move of a delivery is not on its way back yet."""
        done = "quantity_done" if "quantity_done" in self._rpc.fields("stock.move") else "quantity"
        moves = self._rpc.read("stock.move", [("picking_id", "=", picking)], "state", done)
        left = {move["id"]: move[done] for move in moves if move["state"] == "done"}
        domain = [("origin_returned_move_id", "in", list(left)), ("state", "!=", "cancel")]
        for back in self._rpc.read(
            "stock.move", domain, "origin_returned_move_id", "product_uom_qty"
        ):
            left[back["origin_returned_move_id"][0]] -= back["product_uom_qty"]
        return {move: quantity for move, quantity in left.items() if quantity > 0}

    def take_back(self, picking: int, quantities: dict[int, float]) -> None:
        """Return so much of each move of a delivery by Odoo's wizard, and put it into stock."""
        model = "stock.return.picking"
        domain = [("id", "in", list(quantities))]
        lines = [
            {
                "product_id": move["product_id"][0],
                "move_id": move["id"],
                "quantity": quantities[move["id"]],
            }
            for move in self._rpc.read("stock.move", domain, "product_id")
        ]
        values: dict[str, Any] = {"picking_id": picking}
        values["product_return_moves"] = [(0, 0, line) for line in lines]
        method = "action_create_returns"
        if "location_id" in self._rpc.fields(model):  # up to 17
            (delivery,) = self._rpc.read("stock.picking", [("id", "=", picking)], "location_id")
            method, values["location_id"] = "create_returns", delivery["location_id"][0]
        wizard = self._rpc.create(model, **values)
        back = self._rpc.call(model, method, [wizard])["res_id"]
        answer = self._validate([back])
        (returned,) = self._rpc.read("stock.picking", [("id", "=", back)], "state")
        if returned["state"] != "done":
            raise DevError(f"The goods did not come back: {answer}")

    def _validate(self, pickings: list[int]) -> Any:
        """Press 'Validate', and say yes to what Odoo asks."""
        context = {"skip_backorder": True, "skip_sms": True}
        answer = self._rpc.call("stock.picking", "button_validate", pickings, context=context)
        # 15, 16: 'you have not recorded done quantities yet, process all?' – yes.
        if isinstance(answer, dict) and answer.get("res_model") == "stock.immediate.transfer":
            context = {**context, **answer["context"]}
            wizard = self._rpc.call(answer["res_model"], "create", {}, context=context)
            self._rpc.call(answer["res_model"], "process", [wizard], context=context)
        return answer
