"""The sandbox's control API, as far as measurements need it."""

import requests


class Sandbox:
    def __init__(self, url):
        self.url = f"{url}/_control"
        self.session = requests.Session()

    def get(self, path, **params):
        return self.session.get(f"{self.url}/{path}", params=params, timeout=60).json()

    def post(self, path, body=None):
        answer = self.session.post(f"{self.url}/{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def offer(self, codes):
        """Products that are linked by these internal ids."""
        products = [
            {
                "internal_product_id": code,
                "supplier_product_name": code,
                "unit": "piece",
                "unit_count": 1,
                "selling_price": "1",
            }
            for code in codes
        ]
        self.post("products", products)

    def product(self, code):
        return self.get("products", internal_product_id=code)[0]

    def reset_counters(self):
        self.session.delete(f"{self.url}/counters", timeout=60).raise_for_status()

    def calls(self, path):
        """How often the API was called with that path since the last reset."""
        counts = self.get("counters")["calls"]
        return sum(count["total"] for name, count in counts.items() if name.endswith(path))
