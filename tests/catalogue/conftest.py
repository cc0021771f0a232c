"""Puts the addon's plain-Python parts on the path: their tests need no Odoo."""

from __future__ import annotations

import sys
from pathlib import Path

LIB = Path(__file__).resolve().parents[2] / "cartona_integration" / "lib"
if str(LIB) not in sys.path:
    sys.path.insert(0, str(LIB))
