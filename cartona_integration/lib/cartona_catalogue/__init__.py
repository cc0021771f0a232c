"""Which product of Cartona is which of Odoo: names and units made comparable, and scores.

Plain Python.
"""

from __future__ import annotations

from .amounts import PIECE, UNCLEAR, Amount, how_many, of_cartona
from .match import Catalogue, Item, Match, Packing, amount_of, choose, packing
from .names import Name, fold, read

__all__ = [
    "PIECE",
    "UNCLEAR",
    "Amount",
    "Catalogue",
    "Item",
    "Match",
    "Name",
    "Packing",
    "amount_of",
    "choose",
    "fold",
    "how_many",
    "of_cartona",
    "packing",
    "read",
]
