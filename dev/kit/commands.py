"""The commands behind dev/demo and dev/test: options in, exit code out."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from . import demo as demo_runner
from . import services
from .console import fail, say
from .errors import DevError
from .once import locked
from .results import Result, failure
from .stages import STAGES, Run

_ODOO_HELP = (
    "an Odoo of series 15.0 to 19.0 to use instead of Debian's package of 19: a source "
    "checkout, or the folder of an installed Odoo"
)


def main(command: Callable[[], int]) -> None:
    """Run a command: errors for people as a sentence, Ctrl-C without a traceback."""
    services.raise_on_termination()
    try:
        code = command()
    except DevError as error:
        fail(str(error))
        code = 1
    except KeyboardInterrupt:
        say("\nStopped.")
        code = 130
    sys.exit(code)


def test() -> int:
    """Run the chosen stages; 0 only if every test passed and each stage ran one."""
    parser = argparse.ArgumentParser(
        prog="dev/test", description="Everything that can be tested, from a bare machine."
    )
    parser.add_argument("--odoo", metavar="PATH", help=_ODOO_HELP)
    parser.add_argument("--only", metavar="STAGE[,STAGE]", help=f"of: {', '.join(STAGES)}")
    parser.add_argument("-k", dest="expression", metavar="EXPR", help="Odoo tests by name")
    options = parser.parse_args()
    chosen = options.only.split(",") if options.only else list(STAGES)
    unknown = [name for name in chosen if name not in STAGES]
    if unknown:
        parser.error(f"unknown stage {', '.join(unknown)}: choose of {', '.join(STAGES)}")
    run = Run(options.odoo, options.expression)
    total, started = Result(), time.monotonic()
    with locked("dev-test"), run.exit_stack:
        for name in STAGES:
            if name in chosen:
                total += _stage(name, run)
    say(f"All stages took {time.monotonic() - started:.0f} s.")
    say(total.summary)
    return 1 if total.failed or not total.passed else 0


def demo() -> int:
    """Show life until Ctrl-C, or go once round with --check."""
    parser = argparse.ArgumentParser(
        prog="dev/demo", description="Odoo and a stand-in for Cartona, from a bare machine."
    )
    parser.add_argument("--odoo", metavar="PATH", help=_ODOO_HELP)
    parser.add_argument("--check", action="store_true", help="one round trip, then end 0 or 1")
    parser.add_argument("--keep", action="store_true", help="go on with the last demo's database")
    parser.add_argument(
        "--every", type=float, default=5.0, metavar="SECONDS", help="between retailers' orders"
    )
    options = parser.parse_args()
    return demo_runner.run(
        options.odoo, check=options.check, keep=options.keep, every_seconds=options.every
    )


def _stage(name: str, run: Run) -> Result:
    """Run one stage with its progress lines; show its output if something failed."""
    say(f"\n=== {name}")
    started = time.monotonic()
    try:
        result = STAGES[name](run)
    except DevError as error:
        result = failure(str(error))
    if not result.failed and not result.passed:
        result += failure("No test ran in this stage.")
    if result.failed:
        say(result.output)
    mark = "✗" if result.failed else "✓"
    say(f"{mark} {name}: {result.summary} ({time.monotonic() - started:.1f} s)")
    return result
