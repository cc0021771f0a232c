"""Keeps within Cartona's limit of requests a second.

One process has one queue per account, whatever the number of clients and threads. Who has several
processes gives the client a pacer of his own.
Source: cartona-api.md, "The default pace is 5 requests a second".
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Hashable, Sequence
from typing import Callable


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


def burst_of(rate: float) -> int:
    """How many requests may start at once, and how many starts must be remembered."""
    return max(int(rate), 1)


def next_start(starts: Sequence[float], rate: float, now: float) -> float:
    """When the next request may start, at most ``rate`` in any second.

    :param starts: of the last requests, the oldest first, in seconds
    :param rate: requests a second, more than 0
    """
    burst = burst_of(rate)
    return max(now, starts[-burst] + burst / rate) if len(starts) >= burst else now


class Pacer:
    """Hands out start times per key, at most ``rate`` in any second. Thread-safe.

    A few calls in a row go out at once: a price change does not wait behind the call before it.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._starts: dict[Hashable, deque[float]] = {}

    def wait(self, key: Hashable, rate: float, timing: Timing) -> float:
        """Sleep until the next request of ``key`` may start; returns the seconds slept.

        :param rate: requests a second; 0 for no limit
        """
        if rate <= 0:
            return 0.0
        burst = burst_of(rate)
        with self._lock:
            starts = self._starts.get(key)
            if starts is None or starts.maxlen != burst:
                starts = self._starts[key] = deque(starts or (), maxlen=burst)
            now = timing.monotonic()
            start = next_start(starts, rate, now)
            starts.append(start)
        # Sleeping outside the lock: other accounts must not queue behind this one.
        delay = start - now
        if delay > 0:
            timing.sleep(delay)
        return delay


#: The process's own.
PACER = Pacer()
