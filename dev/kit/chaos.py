"""dev/chaos: faults, crashes and busy people on both sides; then the sides are compared.

It has a PostgreSQL server of its own: a killed backend takes all databases of its server down.
"""

from __future__ import annotations

import argparse
import random
import sys

from . import install, odoo, stack
from .console import say, step
from .once import locked
from .paths import REPOSITORY
from .postgres import Cluster
from .results import Result

#: What dev/test runs.
SHORT_MINUTES, SHORT_SEED = 1.0, 20_261
_NAME = "chaos"


def main() -> int:
    """Run for so many minutes; 0 only if both sides are the same in the end."""
    parser = argparse.ArgumentParser(prog="dev/chaos", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0, help="of trouble (default 10)")
    parser.add_argument("--seed", type=int, help="the same seed, the same plans; default: any")
    parser.add_argument("--odoo", metavar="PATH", help="another Odoo than Debian's package of 19")
    options = parser.parse_args()
    seed = random.randrange(1_000_000) if options.seed is None else options.seed
    result = check(install.find(options.odoo), options.minutes, seed)
    if result.failed:
        say(f"\n{result.output}")
    say(result.summary)
    return 1 if result.failed or not result.passed else 0


def check(found: install.Install, minutes: float, seed: int) -> Result:
    """Start everything, let it go wrong, compare."""
    sys.path.insert(0, str(REPOSITORY / "tests"))
    from chaos.run import run

    with locked(_NAME), Cluster(_NAME) as cluster:
        instance = odoo.Odoo(found, cluster, _NAME, _NAME)
        with step("Making a database with the addon on a PostgreSQL server of its own"):
            odoo.copy(cluster, _template(found, cluster), _NAME)
            instance.install_addon(demo=False)
        with stack.running(instance, **stack.LIVE) as live:
            return run(live, minutes, seed)


def _template(found: install.Install, cluster: Cluster) -> str:
    """Return the template database, taken over from the common server at the first call."""
    with Cluster() as common:
        name = odoo.template(found, common)
        if not cluster.exists(name):
            cluster.take_over(common, name)
    return name
