"""Build a thing once: under a file lock, and again if an earlier build was cut short."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .console import say
from .errors import DevError
from .paths import folder

_MARKER = ".complete"


@contextmanager
def locked(name: str, *, wait: bool = True) -> Iterator[None]:
    """Hold the named lock; the kernel frees it even if this process is killed."""
    path = folder("locks") / f"{name}.lock"
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not wait:
                raise DevError(f"'{name}' already runs: stop it first (Ctrl-C).") from None
            say(f"… waiting for another run that holds '{name}'")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def digest(*texts: str) -> str:
    """Return a short key of the given texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]


def build_once(target: Path, build: Callable[[Path], None]) -> Path:
    """Return `target`, built by `build(target)` unless an earlier call finished it.

    The marker is written last: a directory without it is the rest of a run that was
    killed, and is thrown away.
    """
    marker = target / _MARKER
    if marker.exists():
        return target
    with locked(f"build-{target.parent.name}-{target.name}"):
        if not marker.exists():
            if target.exists():
                shutil.rmtree(target)
            target.mkdir(parents=True)
            build(target)
            marker.touch()
    return target
