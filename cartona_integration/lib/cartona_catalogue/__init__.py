"""Which product of Cartona is which of Odoo: names made comparable, and scores. Plain Python."""

from __future__ import annotations

from .match import Catalogue, Item, Match, match
from .names import Name, fold, read

__all__ = ["Catalogue", "Item", "Match", "Name", "fold", "match", "read"]
