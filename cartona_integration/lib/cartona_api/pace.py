"""Spreads requests evenly, so that Cartona's limit is never met.

One process has one queue per account, whatever the number of clients and threads.
Source: cartona-api.md, "The default pace is 5 requests a second".
"""

from __future__ import annotations

import random
import threading
import time
from typing import Callable, Hashable


class Timing:
    """Clock, sleep and chance in one place, so that tests need neither time nor luck."""

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ):
        self.monotonic = monotonic
        self.sleep = sleep
        self.now = now
        self.chance = chance


class Pacer:
    """Hands out start times per key. Thread-safe."""

    def __init__(self):
        self._lock = threading.Lock()
        self._free_at: dict[Hashable, float] = {}

    def wait(self, key: Hashable, rate: float, timing: Timing) -> float:
        """Sleep until the next request of ``key`` may start; returns the seconds slept.

        :param rate: requests a second; 0 for no limit
        """
        if rate <= 0:
            return 0.0
        with self._lock:
            now = timing.monotonic()
            start = max(now, self._free_at.get(key, now))
            self._free_at[key] = start + 1.0 / rate
        # Sleeping outside the lock: other accounts must not queue behind this one.
        delay = start - now
        if delay > 0:
            timing.sleep(delay)
        return delay


#: The process's own.
PACER = Pacer()
