"""dev/bench: two databases side by side, with and without the addon, in one run.

The figures are ratios wherever that is possible: machines are noisy. What is measured inside
Odoo is in dev/measure/, which runs with Odoo's own Python.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from typing import Any

from . import install, odoo, stack
from .console import say, step
from .errors import DevError
from .odoo import Odoo
from .once import locked
from .paths import REPOSITORY
from .postgres import Cluster
from .processes import environment, tail

#: name of the figure, unit, goal as text and as a test, what it is
FIGURES = {
    "price_write_ratio": ("×", "≤ 1.05", "price of 1,000 products in one transaction, ÷ without"),
    "price_write_extra_queries": ("", "≤ 5", "queries more for the same"),
    "push_jobs_1000": ("", "1", "jobs that 1,000 changes in one transaction ask for"),
    "push_calls_1000": ("", "10", "calls for 1,000 changes, 100 a batch"),
    "push_calls_1000_8_workers": ("", "10", "the same with eight workers"),
    "latency_p95_ms": ("ms", "< 100", "one change committed → on the sandbox, 95th percentile"),
    "latency_median_ms": ("ms", "", "the same, median"),
    "webhook_median_ms": ("ms", "< 50", "webhook answered, median"),
    "webhook_ratio": ("×", "≤ 3", "the same ÷ an empty Odoo controller"),
    "link_1000_seconds": ("s", "< 10", "1,000 products matched with 1,000 of Cartona and linked"),
    "link_1000_right": ("", "1000", "of them linked"),
    "import_ratio_pending": ("×", "≤ 1.25", "import of an order of 5 lines ÷ bare create"),
    "import_ratio_approved": ("×", "≤ 1.25", "the same with confirmation"),
    "acknowledge_calls_100": ("", "1", "calls that acknowledge 100 orders"),
    "full_push_calls_over": ("", "0", "calls of a push of all variants beyond ⌈variants / 100⌉"),
    "full_push_seconds": ("s", "", "the same in one process, 20 ms a call"),
    "full_push_memory_mb": ("MB", "< 50", "the same, more memory than before"),
    "full_push_rows": ("", "≤ 1.1", "the same, rows written per variant; one, and some a call"),
    "price_wave_seconds": ("s", "< 60", "a fifth of them changes its price → all on the sandbox"),
    "stock_wave_ratio": ("×", "≤ 1.05", "an inventory of as many ÷ without the addon"),
    "log_rows": ("", "", "lines of the log for the next two, of 30 days"),
    "dashboard_ms": ("ms", "< 300", "the dashboard's card, server time"),
    "log_cleanup_seconds": ("s", "", "a day's lines deleted"),
}
#: 100 orders are acknowledged together, and each round brings 16.
LEAST_ROUNDS = 6


def main() -> int:
    """Measure and print; the goals are read by people, not asserted."""
    parser = argparse.ArgumentParser(prog="dev/bench", description=__doc__.splitlines()[0])
    parser.add_argument("--odoo", metavar="PATH", help="another Odoo than Debian's package of 19")
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--rounds", type=_rounds, default=9, help="of each comparison (default 9)")
    parser.add_argument("--variants", type=int, default=50_000, help="products (default 50000)")
    parser.add_argument("--log-rows", type=int, default=5_000_000, help="(default 5000000)")
    options = parser.parse_args()
    found = install.find(options.odoo)
    with locked("bench", wait=False), Cluster() as cluster:
        figures = _measure(found, cluster, options)
    _print_table(figures)
    if options.json:
        say(json.dumps(figures))
    return 0


def _rounds(text: str) -> int:
    """Return how many rounds: in fewer, too few orders come in to be acknowledged together."""
    if int(text) < LEAST_ROUNDS:
        raise argparse.ArgumentTypeError(f"{LEAST_ROUNDS} rounds are the least")
    return int(text)


def _measure(
    found: install.Install, cluster: Cluster, options: argparse.Namespace
) -> dict[str, Any]:
    template = odoo.template(found, cluster)
    bare = Odoo(found, cluster, "bench", "bench_bare")
    with step("Making a database with the addon and one without"):
        odoo.copy(cluster, template, "bench_bare")
        odoo.copy(cluster, template, "bench")
        instance = Odoo(found, cluster, "bench", "bench")
        instance.install_addon(demo=False)
    # an empty controller to compare the webhook with
    places = f"{found.addons_path},{REPOSITORY / 'dev' / 'measure' / 'addons'}"
    with stack.running(
        instance, addons_path=places, server_wide_modules="base,web,queue_job,empty_controller"
    ) as running:
        with step("Measuring a served Odoo with its job runner"):
            figures = _inside("served", running, bare.database, options)
        running.odoo_service.stop()
        with step("Measuring transactions side by side (some minutes)"):
            return {**figures, **_inside("alone", running, bare.database, options)}


def _inside(
    phase: str, running: stack.Stack, bare: str, options: argparse.Namespace
) -> dict[str, Any]:
    """Run a phase of dev/measure with Odoo's Python; returns its figures."""
    instance = running.odoo
    log = instance.folder / "measure.log"
    command = [
        str(instance.install.python),
        "-m",
        "measure",
        phase,
        *("--config", str(instance.config), "--database", instance.database, "--bare", bare),
        *("--odoo", running.odoo_url, "--sandbox", running.sandbox_url),
        *("--rounds", str(options.rounds), "--variants", str(options.variants)),
        *("--log-rows", str(options.log_rows)),
        *("--token", running.token),
    ]
    env = environment({**instance.environment(), "PYTHONPATH": str(REPOSITORY / "dev")})
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            command,
            cwd=instance.folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            check=False,
        )
    if done.returncode:
        raise DevError(f"Measuring failed. The end of {log}:\n{tail(log)}")
    return json.loads(done.stdout.splitlines()[-1])


def _print_table(figures: dict[str, Any]) -> None:
    say(f"\n{'figure':28} {'measured':>12}  {'goal':8}  what")
    for name, (unit, goal, what) in FIGURES.items():
        value = figures[name]
        shown = f"{value:.2f}" if isinstance(value, float) else str(value)
        say(f"{name:28} {shown + ' ' + unit:>12}  {goal:8}  {what}")
    say("")
