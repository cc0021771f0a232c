"""The stages of dev/test, in the order in which they run: the quick ones first."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from . import chaos, install, lint, odoo, results, roundtrip, stack, uninstall, venvs
from .browser import chromium
from .console import say
from .paths import ADDON, DEV, REPOSITORY, folder
from .postgres import Cluster
from .results import Result


@dataclass
class Run:
    """What the stages share: the Odoo under test, the cluster and the running stack."""

    named: str | None
    expression: str | None
    exit_stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    @functools.cached_property
    def install(self) -> install.Install:
        """The Odoo under test."""
        return install.find(self.named)

    @functools.cached_property
    def cluster(self) -> Cluster:
        """The PostgreSQL cluster, running until the end of all stages."""
        return self.exit_stack.enter_context(Cluster())

    @functools.cached_property
    def live(self) -> stack.Stack:
        """The whole line, running until the end of all stages."""
        instance = self.installed("test_live", demo=True)
        return self.exit_stack.enter_context(stack.running(instance, **stack.LIVE))

    def database(self, name: str) -> odoo.Odoo:
        """Return an Odoo on a fresh database in which the addon can be installed."""
        template = odoo.template(self.install, self.cluster)
        odoo.copy(self.cluster, template, name, durable=False)
        return odoo.Odoo(self.install, self.cluster, name, name)

    def installed(self, name: str, *, demo: bool) -> odoo.Odoo:
        """Return an Odoo on a fresh database with the addon installed."""
        instance = self.database(name)
        say(f"… installing {ADDON} into '{name}'")
        instance.install_addon(demo=demo)
        return instance


def python_tests(_run: Run) -> Result:
    """The tests that need no Odoo: those of the client, the sandbox, the tooling and the like."""
    names = ("client", "catalogue", "sandbox", "dev", "chaos")
    places = [REPOSITORY / "tests" / name for name in names]
    found = [place for place in places if place.is_dir()]
    python = venvs.python(venvs.tools_venv())
    return results.pytest(python, ["-q", *found], folder("run", "python"), cwd=REPOSITORY)


def odoo_tests(run: Run) -> Result:
    """The addon's own tests, inside Odoo: on two databases at the same time, one for each core."""
    first = run.installed("test_odoo", demo=False)
    if run.expression:
        with _inside_odoo(run, first, [REPOSITORY / ADDON / "tests"]) as finish:
            return finish()
    odoo.copy(run.cluster, first.database, "test_odoo_2", durable=False)
    second = odoo.Odoo(run.install, run.cluster, "test_odoo_2", "test_odoo_2")
    files = sorted(
        (REPOSITORY / ADDON / "tests").glob("test_*.py"), key=lambda path: -path.stat().st_size
    )
    # no threads: an interrupt reaches the main one only, which then has to end both
    with contextlib.ExitStack() as both:
        halves = [
            both.enter_context(_inside_odoo(run, instance, sorted(files[place::2])))
            for place, instance in enumerate((first, second))
        ]
        return sum((finish() for finish in halves), Result())


def _inside_odoo(
    run: Run, instance: odoo.Odoo, places: list[Path]
) -> contextlib.AbstractContextManager[Callable[[], Result]]:
    instance.write_config(http_port=stack.free_port(), max_cron_threads=0)
    arguments = ["-q", "--odoo-http", "-p", "odoo_thread", "--rootdir", str(REPOSITORY)]
    if run.expression:
        arguments += ["-k", run.expression]
    return results.started(
        run.install.python,
        [*arguments, *places],
        instance.folder,
        cwd=REPOSITORY,
        env={
            **instance.environment(),
            "PYTHONPATH": str(DEV / "plugins"),
            # no job runner beside the tests: it would take the jobs of their committed transactions
            "ODOO_QUEUE_JOB_CHANNELS": "root:0",
        },
    )


def round_trip(run: Run) -> Result:
    """One round trip through all layers, as dev/demo --check does it."""
    return roundtrip.check(run.live)


def scenarios(run: Run) -> Result:
    """The life of orders, case by case, in all the ways in which Cartona may tell of it."""
    tests = REPOSITORY / "tests" / "scenarios"
    python = venvs.python(venvs.tools_venv())
    env = _addresses(run, run.live)
    return results.pytest(
        python, ["-q", tests], folder("run", "scenarios"), cwd=REPOSITORY, env=env
    )


def browser_tests(run: Run) -> Result:
    """A new user's way in a real browser, from the Apps list of an Odoo without the addon."""
    program = chromium()
    place = folder("run", "browser")
    for picture in place.glob("*.png"):
        picture.unlink()
    tests = REPOSITORY / "tests" / "browser"
    with stack.running(run.database("test_browser")) as live:
        variables = {
            **_addresses(run, live),
            "CARTONA_TEST_CHROMIUM": program,
            "CARTONA_TEST_PICTURES": str(place),
        }
        python = venvs.python(venvs.tools_venv())
        return results.pytest(python, ["-q", tests], place, cwd=REPOSITORY, env=variables)


def _addresses(run: Run, live: stack.Stack) -> dict[str, str]:
    """Return what tests from outside must know of the servers, as environment variables."""
    return {
        "CARTONA_TEST_ODOO_URL": live.odoo_url,
        "CARTONA_TEST_SANDBOX_URL": live.sandbox_url,
        "CARTONA_TEST_TOKEN": live.token,
        "CARTONA_TEST_WEBHOOK_TOKEN": live.webhook_token,
        "CARTONA_TEST_DATABASE": live.database,
        "CARTONA_TEST_LOGIN": live.login,
        "CARTONA_TEST_PASSWORD": live.password,
        "CARTONA_TEST_SERIES": run.install.series,
    }


STAGES: dict[str, Callable[[Run], Result]] = {
    "lint": lambda _run: lint.run(),
    "python": python_tests,
    "odoo": odoo_tests,
    "uninstall": lambda run: uninstall.check(run.database("test_uninstall")),
    "roundtrip": round_trip,
    "scenarios": scenarios,
    "chaos": lambda run: chaos.check(run.install, chaos.SHORT_MINUTES, chaos.SHORT_SEED),
    "browser": browser_tests,
}
