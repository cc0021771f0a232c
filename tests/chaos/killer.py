"""Processes that die at random moments, and the supervisor that starts again what must run.

Killed is only what this run started: the children of its own Odoo, and the backends that its own
PostgreSQL server has for its own database.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from typing import ClassVar

from kit.console import say
from kit.processes import children
from kit.rpc import OdooError, OdooRpc
from kit.services import wait_until
from kit.stack import Stack

from .actors import Diary, NothingToDo
from .plan import Step, plan

_UP_AGAIN = 300.0
_LOOK = 0.2
#: People get that much time before the next step, also when the time is over.
_BREATH = 5.0
#: So long is waited for something to happen on a machine that is too slow.
_LONGER = 900.0


class Killer:
    """Kills by plan. It works in the main thread: a child lives as long as who started it."""

    HABITS: ClassVar = {"kill_worker": 8, "kill_backend": 2, "kill_odoo": 1}
    #: Between the moment when everything works again and the next step.
    PAUSE = 9.0

    def __init__(self, live: Stack, seed: int, diary: Diary) -> None:
        self._live = live
        self._steps = plan(seed, "killer", self.HABITS, self.PAUSE)
        self._diary = diary
        self.restarts: Counter[str] = Counter()

    def rage(self, seconds: float, is_enough: Callable[[], bool]) -> None:
        """Kill for so many seconds, and leave everything running.

        On a machine that is too slow for it, until enough has happened, but not for ever.
        """
        began = time.monotonic()
        for step in self._steps:
            self._supervise(min(step.pause, max(began + seconds - time.monotonic(), _BREATH)))
            passed = time.monotonic() - began
            if passed >= seconds and (is_enough() or passed >= seconds + _LONGER):
                break
            try:
                details = getattr(self, step.kind)(step)
            except (NothingToDo, ProcessLookupError):
                self._diary.note(step, "nothing to do")
            else:
                self._diary.note(step, "done", details)
            self.wait_up()

    def kill_worker(self, step: Step) -> str:
        """End one of Odoo's processes: it serves people, runs jobs, the cron or the runner."""
        pid = self._live.odoo_service.pid
        workers = children(pid) if pid else []
        if not workers:
            raise NothingToDo
        victim = step.random.choice(workers)
        os.kill(victim, signal.SIGKILL)
        return f"process {victim}"

    def kill_backend(self, step: Step) -> str:
        """End a process of PostgreSQL, which then ends all others and recovers."""
        cluster = self._live.odoo.cluster
        backends = cluster.backends(self._live.database) if cluster.answers() else []
        if not backends:
            raise NothingToDo
        victim = step.random.choice(backends)
        os.kill(victim, signal.SIGKILL)
        return f"process {victim}"

    def kill_odoo(self, _step: Step) -> str:
        """End Odoo with all its processes at once."""
        self._live.odoo_service.kill()
        return "all processes"

    def wait_up(self) -> None:
        """Wait until everything answers."""
        self._supervise(0)
        wait_until("PostgreSQL has recovered", self._live.odoo.cluster.answers, _UP_AGAIN)
        wait_until("Odoo lets people in", self._lets_in, _UP_AGAIN, 0.5)

    def _lets_in(self) -> bool:
        self._supervise(0)
        live = self._live
        try:
            OdooRpc(live.odoo_url, live.database, live.login, live.password)
        except (OdooError, OSError, ValueError):
            return False
        return True

    def _supervise(self, seconds: float) -> None:
        """Start Odoo again where it has ended, for so many seconds."""
        until = time.monotonic() + seconds
        while True:
            if not self._live.odoo_service.running:
                say("… Odoo has ended and is started again")
                self._live.odoo_service.start()
                self.restarts["Odoo"] += 1
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(_LOOK, left))
