"""How often somebody may call, counted in this process."""

import threading
import time
from collections import OrderedDict, deque


class Throttle:
    """Lets each caller through so many times in a period. Thread-safe, of bounded size.

    :param count: calls that a caller has in any period
    :param period: in seconds
    :param callers: how many are remembered; who did not call for longest is forgotten first
    """

    def __init__(self, count, period, callers=10_000, clock=time.monotonic):
        self._count, self._period, self._callers, self._clock = count, period, callers, clock
        self._lock = threading.Lock()
        self._calls = OrderedDict()

    def wait(self, caller):
        """Seconds until the caller may come again; 0: he is let through, and it is counted."""
        now = self._clock()
        with self._lock:
            calls = self._calls.setdefault(caller, deque(maxlen=self._count))
            self._calls.move_to_end(caller)
            if len(self._calls) > self._callers:
                self._calls.popitem(last=False)
            wait = calls[0] + self._period - now if len(calls) == self._count else 0
            if wait > 0:
                return wait
            calls.append(now)
            return 0
