"""What each actor does, and when: all of it follows from the seed."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One deed. What it chooses among depends on the moment, how it chooses on the seed alone."""

    seed: int
    actor: str
    number: int
    kind: str
    #: Seconds to wait before it.
    pause: float

    @property
    def random(self) -> random.Random:
        """Chance for this step, whatever the steps before it used up."""
        return random.Random(f"{self.seed}/{self.actor}/{self.number}")

    def __str__(self) -> str:
        return f"{self.actor} #{self.number} {self.kind}"


def plan(seed: int, actor: str, habits: Mapping[str, float], pause: float) -> Iterator[Step]:
    """Yield the actor's steps, without end.

    :param habits: kinds of steps, and how often each is taken in relation to the others
    :param pause: mean seconds between two steps
    """
    chance = random.Random(f"{seed}/{actor}")
    for number in itertools.count(1):
        (kind,) = chance.choices([*habits], [*habits.values()])
        yield Step(seed, actor, number, kind, chance.uniform(0.2, 1.8) * pause)
