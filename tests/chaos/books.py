"""What both sides have written down, read as a whole and made comparable."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from kit.rpc import OdooRpc

from .compare import Good, Line, Money, Order, Sale
from .shops import Shop, money, price

#: Cartona's words where the supplier wants to move what is not his to move.
_NOT_OURS = "Cartona delivers this order"
_MONEY = ("cash_to_collect", "credit", "installment_cost", "wallet_top_up", "due_from", "due_to")
_SALE = ("name", "state", "amount_total", "amount_untaxed", "partner_id", "company_id")
_SALE += ("cartona_id", "cartona_status", "cartona_config_id", "cartona_edits_state")
_SALE += ("cartona_return_untold", *(f"cartona_{name}" for name in _MONEY))


def cartonas_order(row: dict[str, Any], shop: Shop) -> Order:
    """Return an order from what Cartona shows of it."""
    return Order(
        row["status"],
        money(row["total_price"]),
        tuple(
            Line(
                shop.item(line["internal_product_id"]),
                Decimal(str(line["amount"])),
                shop.in_odoo(line["internal_product_id"], line["selling_price"]),
            )
            for line in row["order_details"]
        ),
        bool(row.get("synced")),
        shop.name,
        _cartonas_money(row),
        row["delivered_by"] == "delivered_by_cartona",
        tuple(words for words in row.get("refusals", ()) if _NOT_OURS in words),
    )


def _cartonas_money(row: dict[str, Any]) -> Money:
    """Return who pays what, counted anew from what Cartona tells (contract, Money on delivery)."""
    credit, instalments, top_up = (
        Decimal(str(row[name])) for name in ("cartona_credit", "installment_cost", "wallet_top_up")
    )
    offers = sum(
        Decimal(str(line["applied_cartona_discount"])) * Decimal(str(line["amount"]))
        for line in row["order_details"]
    )
    cash = Decimal(str(row["total_price"])) - credit - instalments + top_up
    amounts = (cash, credit, instalments, top_up, credit + instalments + offers, top_up)
    return Money(*map(money, amounts))


def cartonas_goods(sandbox: Any, shop: Shop) -> dict[str, Good]:
    """Return the products that Cartona lists for a shop."""
    return {
        shop.item(row["internal_product_id"]): Good(
            Decimal(row["selling_price"]),
            # nobody can order what is said to be out of stock
            int(row["available_stock_quantity"] or 0) if row["in_stock"] else 0,
            bool(row["is_published"]),
        )
        for row in sandbox.products(token=shop.token)
    }


def odoos_goods(rpc: OdooRpc, shop: Shop) -> dict[str, Good]:
    """Return the products that Odoo has of a shop, with what Cartona should show of them."""
    domain = [("default_code", "in", shop.codes), ("active", "in", [True, False])]
    domain.append(("company_id", "=", shop.company))
    fields = ("default_code", "lst_price", "free_qty", "sale_ok")
    there = {"allowed_company_ids": [shop.company]}
    return {
        shop.item(row["default_code"]): Good(
            shop.on_cartona(row["default_code"], row["lst_price"]),
            max(int(row["free_qty"]), 0),
            row["sale_ok"],
        )
        for row in rpc.read("product.product", domain, *fields, context=there)
    }


def odoos_orders(rpc: OdooRpc, shops: list[Shop]) -> tuple[dict[str, list[Sale]], list[str]]:
    """Return the sales orders by Cartona's id, and the names of those that nobody made."""
    lines, goods = _lines_of(rpc, shops), _Goods(rpc)
    by_company = {shop.company: shop for shop in shops}
    by_account = {shop.account: shop.name for shop in shops}
    sales, strays = defaultdict(list), []
    for row in rpc.read("sale.order", [], *_SALE):
        if not row["cartona_id"]:
            if "Walk-in" not in row["partner_id"][1]:
                strays.append(row["name"])
            continue
        shop, order = by_company[row["company_id"][0]], row["id"]
        account = by_account[row["cartona_config_id"][0]]
        sales[row["cartona_id"]].append(
            Sale(
                row["name"],
                row["state"],
                money(row["amount_total" if shop.with_tax else "amount_untaxed"]),
                tuple(lines[order]),
                row["cartona_status"],
                has_delivered=goods.states[order]["done"] > 0,
                is_open=sum(goods.states[order].values()) > goods.closed(order),
                is_kept=any(goods.balance[order].values()),
                has_late_edits=row["cartona_edits_state"] == "blocked",
                is_return_shown=row["cartona_return_untold"],
                shop=shop.name if shop.name == account else f"{shop.name}, account of {account}",
                money=Money(*(money(row[f"cartona_{name}"]) for name in _MONEY)),
            )
        )
    return sales, strays


class _Goods:
    """Where the goods of all orders are: their deliveries' states, and what retailers have."""

    def __init__(self, rpc: OdooRpc) -> None:
        there = set(rpc.search("stock.location", [("usage", "=", "customer")]))
        of_sale, self.states = {}, defaultdict(Counter)
        fields = ("sale_id", "state", "location_dest_id")
        for row in rpc.read("stock.picking", [("sale_id", "!=", False)], *fields):
            of_sale[row["id"]] = row["sale_id"][0]
            if row["location_dest_id"][0] in there:
                self.states[row["sale_id"][0]][row["state"]] += 1
        done = "quantity_done" if "quantity_done" in rpc.fields("stock.move") else "quantity"
        domain = [("picking_id", "in", list(of_sale)), ("state", "=", "done")]
        fields = ("picking_id", "product_id", "location_id", "location_dest_id", done)
        #: By order and product.
        self.balance = defaultdict(Counter)
        for row in rpc.read("stock.move", domain, *fields):
            gone = (row["location_dest_id"][0] in there) - (row["location_id"][0] in there)
            order = of_sale[row["picking_id"][0]]
            self.balance[order][row["product_id"][0]] += gone * row[done]

    def closed(self, order: int) -> int:
        """Return how many deliveries of the order are at their end."""
        return self.states[order]["done"] + self.states[order]["cancel"]


def _lines_of(rpc: OdooRpc, shops: list[Shop]) -> dict[int, list[Line]]:
    """Return the lines with goods, by order; a line that carries a rounding is none."""
    items = {number: shop.item(code) for shop in shops for code, number in shop.products.items()}
    lines = defaultdict(list)
    domain = [("product_uom_qty", "!=", 0), ("is_cartona_rounding", "=", False)]
    fields = ("order_id", "product_id", "product_uom_qty", "price_unit")
    for row in rpc.read("sale.order.line", domain, *fields):
        amount = Decimal(f"{row['product_uom_qty']:.4f}").normalize()
        item = items.get(row["product_id"][0], row["product_id"][1])
        lines[row["order_id"][0]].append(Line(item, amount, price(row["price_unit"])))
    return lines
