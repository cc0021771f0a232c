"""How fast a webhook is answered, beside an empty controller of the same Odoo."""

import json
import statistics

import requests

from measure.database import seconds
from measure.orders import order

SAMPLES = 100


def measure(odoo_url, token):
    session = requests.Session()
    headers = {"AuthorizationToken": token, "Content-Type": "application/json"}

    def empty():
        answer = session.post(f"{odoo_url}/empty_controller", data="{}", timeout=60)
        answer.raise_for_status()

    def webhook(number):
        # an unknown product: what follows the answer is short and the same each time
        body = json.dumps(order(f"webhook-{number}", "Unknown-{}"))
        url = f"{odoo_url}/cartona_integration/webhook/orders"
        session.post(url, data=body, headers=headers, timeout=60).raise_for_status()

    empty(), webhook("first")
    times, empties = [], []
    for number in range(SAMPLES):
        times.append(seconds(webhook, number) * 1000)
        empties.append(seconds(empty) * 1000)
    return {
        "webhook_median_ms": statistics.median(times),
        "webhook_ratio": statistics.median(times) / statistics.median(empties),
    }
