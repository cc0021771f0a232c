"""``python -m measure``: all figures as one JSON object on the last line."""

import argparse
import json
import logging

import odoo

from measure import bulk, imports, latency, linking, log, prices, webhook, workers
from measure.database import Database


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("phase", choices=("served", "alone"))
    for name in (
        "config",
        "database",
        "bare",
        "odoo",
        "sandbox",
        "token",
        "rounds",
        "variants",
        "log-rows",
    ):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    odoo.tools.config.parse_config(["-c", options.config])
    logging.getLogger().setLevel(logging.WARNING)
    ours = Database(options.database)
    figures = {}
    if options.phase == "served":  # by an Odoo with its job runner
        ours.connect(options.sandbox, options.token)
        figures.update(latency.measure(ours, options.sandbox))
        figures.update(webhook.measure(options.odoo, options.token))
    else:
        ours.find_account()
        bare, rounds = Database(options.bare), int(options.rounds)
        figures.update(prices.measure(ours, bare, rounds))
        figures.update(workers.measure(ours, options.sandbox))
        figures.update(linking.measure(ours))
        figures.update(imports.measure(ours, bare, rounds, options.sandbox))
        variants = int(options.variants)
        figures.update(
            bulk.measure(ours, bare, options.sandbox, options.token, variants, variants // 5)
        )
        figures.update(log.measure(ours, int(options.log_rows)))
    print(json.dumps(figures))


main()
