"""People who work at the same time, each by a plan of his own."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from kit.control import refusal
from kit.errors import DevError
from kit.rpc import OdooError, OdooRpc
from kit.staff import Staff

from .plan import Step, plan
from .shops import Shop
from .world import World

_UNANSWERED = "Odoo does not answer"


class Diary:
    """What was done, by whom, and what came of it: counted, and written down line by line."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._path = path
        self._began = time.monotonic()
        path.write_text("", encoding="utf-8")
        self.deeds: Counter[tuple[str, str]] = Counter()
        #: How much each actor has done.
        self.busy: Counter[str] = Counter()

    def note(self, step: Step, outcome: str, details: str = "") -> None:
        """Note a step: "done", "refused", "unanswered" or "nothing to do"."""
        moment = f"{time.monotonic() - self._began:7.1f}"
        line = f"{moment} {step}: {outcome} {details}".rstrip().replace("\n", " ")
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            self.deeds[step.kind, outcome] += 1
            self.busy[step.actor] += outcome == "done"
            file.write(f"{line[:300]}\n")

    def idle(self, actors: Iterable[str]) -> list[str]:
        """Return those of the actors who have done nothing."""
        return [actor for actor in actors if not self.busy[actor]]

    def done(self, *kinds: str) -> int:
        """Return how many steps of these kinds were done."""
        return sum(self.deeds[kind, "done"] for kind in kinds)


class NothingToDo(Exception):
    """There is nothing now that the step could be done to."""


class Actor(threading.Thread):
    """Somebody who takes the steps of his plan until he is told to go home.

    Subclasses have a method for each of their `HABITS`; it takes the step's own chance.
    """

    HABITS: ClassVar[Mapping[str, float]] = {}
    PAUSE = 1.0

    def __init__(self, name: str, world: World, seed: int, diary: Diary, shop: Shop) -> None:
        super().__init__(name=name, daemon=True)
        self.world = world
        #: Where he works, or orders.
        self.shop = shop
        self.sandbox = world.sandbox
        self.diary = diary
        self._steps: Iterator[Step] = plan(seed, name, self.HABITS, self.PAUSE * shop.calm)
        self._home = threading.Event()
        #: What ended the thread, and must not have.
        self.problem: Exception | None = None

    def go_home(self) -> None:
        """Take no further step."""
        self._home.set()

    def run(self) -> None:
        try:
            for step in self._steps:
                if self._home.wait(step.pause):
                    return
                self._take(step)
        except Exception as error:  # noqa: BLE001 - a fault of the suite: it is told at the end
            self.problem = error

    def _take(self, step: Step) -> None:
        try:
            details = getattr(self, step.kind)(step.random)
        except NothingToDo:
            self.diary.note(step, "nothing to do")
        except (OdooError, OSError, ValueError) as error:
            lost = not isinstance(error, OdooError) or _UNANSWERED in str(error)
            self.diary.note(step, "unanswered" if lost else "refused", str(error))
        except DevError as error:
            self.diary.note(step, "refused", str(error))
        except refusal() as error:
            self.diary.note(step, "refused", str(error))
        else:
            self.diary.note(step, "done", str(details or ""))


class Employee(Actor):
    """Somebody who works in Odoo, without any right on Cartona."""

    _rpc: OdooRpc | None = None

    @property
    def rpc(self) -> OdooRpc:
        """The employee's session, as soon as Odoo answers."""
        if self._rpc is None:
            self._rpc = self.world.colleague(self.shop)
        return self._rpc

    @property
    def staff(self) -> Staff:
        """The usual work."""
        return Staff(self.rpc)
