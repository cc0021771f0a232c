"""Orders gone wrong: random, but the same in every run."""

import copy
import json
import random

#: Stands in a JSON text for itself without quotes: what ``json.dumps`` would not write.
RAW = {
    "@huge@": "1e999999",
    "@tiny@": "-1e-999999",
    "@digits@": "9" * 5000,
    "@nan@": "NaN",
    "@infinity@": "-Infinity",
    "@nul@": '"a\\u0000b"',
    "@surrogate@": '"\\ud800"',
    "@pair@": '"\\ud83d\\ude00"',
    "@deep@": "[" * 40 + "]" * 40,
    "@deeper@": '{"a":' * 3000 + "1" + "}" * 3000,
    "@twice@": '{"hashed_id": "one", "hashed_id": "two"}',
}
NASTY = [
    *RAW,
    None,
    True,
    False,
    0,
    -1,
    0.1,
    10**30,
    2**63,
    "",
    " ",
    "0",
    "-5",
    "1e5",
    "abc",
    "\u202e\u0660",
    "x" * 20_000,
    "'; DROP TABLE cartona_inbox; --",
    "%s %(id)s %%",
    "{{ 7 * 7 }} <script>alert(1)</script>",
    "../../etc/passwd",
    [],
    {},
    [[]],
    [1, 2],
    {"hashed_id": "inner"},
    "delivered",
    "editing",
    "synced",
    "2024-13-45",
]


class Mutator:
    """Makes bodies of webhooks from a sound order."""

    def __init__(self, seed=20):
        self.random = random.Random(seed)

    def body(self, order):
        """The order with one to four things gone wrong, as bytes."""
        order = copy.deepcopy(order)
        for _count in range(self.random.randint(1, 4)):
            order = self.change(order)
        if self.random.random() < 0.1:
            order = [order, copy.deepcopy(order), self.random.choice(NASTY)]
        text = json.dumps(order, ensure_ascii=self.random.random() < 0.5)
        for mark, raw in RAW.items():
            text = text.replace(f'"{mark}"', raw)
        body = text.encode()
        return self.damage(body) if self.random.random() < 0.25 else body

    def change(self, order):
        places = [(order, key) for key in order] if isinstance(order, dict) else []
        for key in ("retailer",):
            if isinstance(order.get(key), dict):
                places += [(order[key], name) for name in order[key]]
        if isinstance(order.get("order_details"), list):
            for line in order["order_details"]:
                if isinstance(line, dict):
                    places += [(line, name) for name in line]
        if not places:
            return order
        parent, key = self.random.choice(places)
        action = self.random.randrange(4)
        if action == 0:
            del parent[key]
        elif action == 1 and isinstance(parent[key], list):
            parent[key] = parent[key] * self.random.choice((2, 30))
        else:
            parent[key] = self.random.choice(NASTY)
        return order

    def damage(self, body):
        """Bytes cut, changed or put in."""
        body = bytearray(body)
        for _count in range(self.random.randint(1, 3)):
            place = self.random.randrange(len(body) or 1)
            action = self.random.randrange(3)
            if action == 0:
                del body[place:]
            elif action == 1:
                body[place : place + 1] = bytes([self.random.randrange(256)])
            else:
                body[place:place] = self.random.choice((b"\x00", b"\xff", b'"', b"}", b"[", b","))
        return bytes(body)
