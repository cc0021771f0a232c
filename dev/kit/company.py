"""Egyptian companies, as Cartona's suppliers are: their currency, and their VAT."""

from __future__ import annotations

from .rpc import OdooRpc

#: Egypt's, in per cent.
VAT = 14.0


def settle_in_egypt(rpc: OdooRpc) -> None:
    """Let the company count in pounds; Odoo takes that only before anything is booked."""
    anything = {"active_test": False}
    pounds = rpc.search("res.currency", [("name", "=", "EGP")], context=anything)[0]
    company = rpc.read("res.company", [], "currency_id", limit=1, order="id")[0]
    if company["currency_id"][0] == pounds:  # a demo that was kept
        return
    rpc.write("res.currency", pounds, active=True)
    egypt = rpc.search("res.country", [("code", "=", "EG")])[0]
    rpc.write("res.company", company["id"], currency_id=pounds, country_id=egypt)


def open_company(rpc: OdooRpc, name: str) -> int:
    """Return another company like the first one, with a warehouse of its own."""
    first = rpc.read("res.company", [], "currency_id", "country_id", limit=1, order="id")[0]
    like_it = {field: first[field][0] for field in ("currency_id", "country_id")}
    company = rpc.create("res.company", name=name, **like_it)
    if not rpc.search("stock.warehouse", [("company_id", "=", company)]):  # from 18 on
        rpc.create("stock.warehouse", name=name, code=name[:5].upper(), company_id=company)
    return company


def vat(rpc: OdooRpc, company: int, *, in_price: bool) -> int:
    """Return the company's VAT, in the price or on top of it; made at the first call."""
    name = f"{VAT:g} % {'in the price' if in_price else 'on top'}"
    found = rpc.search("account.tax", [("name", "=", name), ("company_id", "=", company)])
    if found:
        return found[0]
    included = {"price_include": in_price}
    if "price_include_override" in rpc.fields("account.tax"):
        included = {"price_include_override": f"tax_{'included' if in_price else 'excluded'}"}
    country = {"country_id": rpc.search("res.country", [("code", "=", "EG")])[0]}
    owner = {"company_id": company}
    of_group = owner if "company_id" in rpc.fields("account.tax.group") else {}
    group = rpc.create("account.tax.group", name=name, **country, **of_group)
    return rpc.create(
        "account.tax",
        name=name,
        amount=VAT,
        amount_type="percent",
        tax_group_id=group,
        **country,
        **owner,
        **included,
    )
