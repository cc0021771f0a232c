"""Progress lines: what is being done now, and how long it took."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()


def say(text: str) -> None:
    """Print one line at once, whole, also when several threads speak."""
    with _lock:
        print(text, flush=True)


def fail(text: str) -> None:
    """Print an error for a person on standard error."""
    with _lock:
        print(f"error: {text}", file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a long step, then tell its duration (or that it failed)."""
    started = time.monotonic()
    say(f"… {title}")
    try:
        yield
    except BaseException:
        say(f"✗ {title} ({time.monotonic() - started:.1f} s)")
        raise
    say(f"✓ {title} ({time.monotonic() - started:.1f} s)")
