"""Coverage-guided fuzzing of what a webhook does with a body: read, understood, written down.

``python fuzz_webhook.py [FOLDER] -runs=100000 -seed=1``. Ends other than 0 where anything but a
``PayloadError`` comes out, or where what is stored does not read back as the same order.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path

import atheris

ADDON = Path(__file__).resolve().parents[2] / "cartona_integration"
sys.path[:0] = [str(ADDON / "lib"), str(ADDON / "tests")]

with atheris.instrument_imports(include=["cartona_api"]):
    from cartona_api import RawOrder, parse_webhook
    from cartona_api.errors import PayloadError

from client_support import order_json
from mutator import Mutator


def mutate(body: bytes, longest: int, seed: int) -> bytes:
    """Bytes that found something new, changed; now and then an order with things gone wrong."""
    gone_wrong = b"" if seed % 16 else Mutator(seed).body(order_json())
    return gone_wrong if 0 < len(gone_wrong) <= longest else atheris.Mutate(body, longest)


def take(body: bytes) -> None:
    """What the controller and the job do with it, without a database."""
    try:
        orders = parse_webhook(body)
    except PayloadError:
        return
    for raw in orders:
        stored = json.dumps(raw.payload, ensure_ascii=False)
        stored.encode("utf-8")  # PostgreSQL takes no half characters
        if "\\u0000" in stored.replace("\\\\", ""):
            raise AssertionError("PostgreSQL takes no NUL")
        again = RawOrder.from_payload(json.loads(stored))
        if (again.hashed_id, again.digest) != (raw.hashed_id, raw.digest):
            raise AssertionError("What is stored is another order")
        try:
            order = raw.order()
        except PayloadError:
            continue
        if not all(map(Decimal.is_finite, (order.total_price, order.lines_total))):
            raise AssertionError("Money is a number")


if __name__ == "__main__":
    atheris.Setup(sys.argv, take, custom_mutator=mutate)
    atheris.Fuzz()
