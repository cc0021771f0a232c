"""The company of the demo: an Egyptian one, as Cartona's suppliers are."""

from __future__ import annotations

from .rpc import OdooRpc


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
