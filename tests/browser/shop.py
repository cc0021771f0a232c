"""A supplier's goods: his products in Odoo, and what Cartona's side holds of them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from kit.rpc import OdooRpc
from kit.services import wait_until
from kit.staff import Staff

_PATIENCE = 30.0
_GOODS = [
    ("SUG-1KG", "White Sugar 1 kg – سكر أبيض 1 كجم", 36.5, 480),
    ("SUG-1KG-C10", "White Sugar 1 kg, Carton of 10 – كرتونة سكر 10", 354.0, 60),
    ("RICE-1KG", "Short-Grain Rice 1 kg – أرز مصري 1 كجم", 34.0, 620),
    ("OIL-SUN-800", "Sunflower Oil 800 ml – زيت عباد 800 مل", 68.0, 240),
    ("FOUL-400", "Fava Beans 400 g – فول مدمس 400 جم", 17.25, 900),
    ("TUNA-140", "Tuna Chunks 140 g – تونة قطع 140 جم", 54.0, 310),
    ("MILK-1L", "Full-Cream Milk 1 l – لبن كامل الدسم 1 لتر", 44.0, 200),
    ("TEA-250", "Black Tea 250 g – شاي أسود 250 جم", 78.0, 150),
    ("WATER-1.5L", "Water 1.5 l – مياه معدنية 1.5 لتر", 9.5, 1200),
    ("DET-2.5", "Washing Powder 2.5 kg – مسحوق غسيل 2.5 كجم", 189.0, 75),
]


class Shop:
    """The products, and questions to both sides."""

    def __init__(self, rpc: OdooRpc, sandbox: Any) -> None:
        self.rpc = rpc
        self.sandbox = sandbox
        self.codes = [code for code, *_rest in _GOODS]

    def offered(self, code: str) -> dict[str, Any]:
        """Return what Cartona shows of a product."""
        return self.sandbox.product(internal_product_id=code)

    def all_are_live(self) -> bool:
        """Tell whether Cartona has a price for every product."""
        return all(Decimal(self.offered(code)["selling_price"] or 0) for code in self.codes)

    def template(self, code: str) -> int:
        """Return the id of a product's form."""
        return self.product(code, "product_tmpl_id")["product_tmpl_id"][0]

    def product(self, code: str, *fields: str) -> dict[str, Any]:
        """Return fields of a product."""
        return self.rpc.read("product.product", [("default_code", "=", code)], *fields)[0]

    def price(self, code: str, price: float) -> None:
        """Change a price in Odoo."""
        self.rpc.write("product.product", self.product(code, "id")["id"], list_price=price)

    def price_arrives(self, code: str, price: str) -> None:
        """Wait until Cartona shows a price, and Odoo knows that it does."""
        self.wait_for(
            f"{code} costs {price} on Cartona",
            lambda: Decimal(str(self.offered(code)["selling_price"])) == Decimal(price),
        )
        self.wait_state(code, "live")

    def wait_state(self, code: str, state: str) -> None:
        """Wait until Odoo shows a product in a state."""
        self.wait_for(
            f"{code} is {state}",
            lambda: self.product(code, "cartona_state")["cartona_state"] == state,
        )

    def wait_status(self, hashed_id: str, status: str) -> None:
        """Wait until Cartona has an order in a status, and Odoo knows it."""
        domain = [("cartona_id", "=", hashed_id), ("cartona_status", "=", status)]
        self.wait_for(
            f"the order {hashed_id} is {status} on Cartona",
            lambda: (
                self.sandbox.order(hashed_id)["status"] == status
                and bool(self.rpc.search("sale.order", domain))
            ),
        )

    def order(self, lines: dict[str, int], **how: Any) -> dict[str, Any]:
        """Let a retailer order: ``{code: quantity}``, at the prices that Cartona shows."""
        return self.sandbox.place_order(
            [{"internal_product_id": code, "amount": amount} for code, amount in lines.items()],
            **how,
        )

    def sale_order(self, hashed_id: str) -> dict[str, Any]:
        """Return the sale order of a Cartona order as soon as Odoo has it."""
        found: list[dict[str, Any]] = []
        domain = [("cartona_id", "=", hashed_id)]

        def look() -> bool:
            found[:] = self.rpc.read("sale.order", domain, "name", "state", "partner_id")
            return bool(found)

        self.wait_for(f"the order {hashed_id} is in Odoo", look)
        return found[0]

    def settled(self, hashed_id: str) -> dict[str, Any]:
        """Return the sale order of a Cartona order once Cartona knows that Odoo has it."""
        order = self.sale_order(hashed_id)
        self.wait_for(
            f"the order {hashed_id} is acknowledged",
            lambda: bool(self.sandbox.order(hashed_id)["synced"]),
        )
        return order

    def held(self, hashed_id: str) -> int:
        """Return the id of the inbox entry that holds an order."""
        domain = [("hashed_id", "=", hashed_id), ("state", "=", "held")]
        found: list[int] = []

        def look() -> bool:
            found[:] = self.rpc.search("cartona.inbox", domain)
            return bool(found)

        self.wait_for(f"the order {hashed_id} is held", look)
        return found[0]

    def wait_for(self, what: str, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds; fail with what was waited for."""
        wait_until(what, condition, _PATIENCE)


def open_shop(rpc: OdooRpc, sandbox: Any) -> Shop:
    """Put the goods into Odoo, as they stand in a company before it hears of Cartona."""
    _earn_pounds(rpc)
    staff = Staff(rpc)
    known = {product["internal_product_id"] for product in sandbox.products()}
    for code, name, price, stock in _GOODS:
        if not rpc.search("product.product", [("default_code", "=", code)]):
            product = staff.own_product(code, price=price, stock=stock)
            rpc.write("product.product", product["id"], name=name)
        if code not in known:
            sandbox.add_product(
                internal_product_id=code,
                supplier_product_name=name,
                base_product_name=name,
                selling_price="0",
                available_stock_quantity=0,
            )
    return Shop(rpc, sandbox)


def _earn_pounds(rpc: OdooRpc) -> None:
    """Let the company count in Egyptian pounds."""
    domain = [("name", "=", "EGP"), ("active", "in", [True, False])]
    pound = rpc.search("res.currency", domain)[0]
    rpc.write("res.currency", pound, active=True)
    rpc.write("res.company", rpc.search("res.company", [], limit=1)[0], currency_id=pound)
