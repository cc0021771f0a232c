"""Run commands to their end, with their output in a file that an error message can quote."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from .errors import DevError

_TAIL_LINES = 40
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent() -> None:
    """In a child, before its program starts: let the kernel end it if we are killed."""
    if _libc is not None:
        _libc.prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def tail(path: Path, lines: int = _TAIL_LINES) -> str:
    """Return the last lines of a text file, or an empty text."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def children(parent: int) -> list[int]:
    """Return the living children of a process."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, owner = place.read_text(encoding="utf-8").rpartition(")")[2].split()[:2]
        except OSError:  # it has ended meanwhile
            continue
        if int(owner) == parent and state != "Z":
            found.append(int(place.parent.name))
    return sorted(found)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for a child process: ours and some more."""
    return {**os.environ, **(extra or {})}


def as_user(name: str | None) -> dict[str, object]:
    """Return subprocess arguments that run a command as another system user (root only)."""
    if name is None:
        return {}
    account = pwd.getpwnam(name)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def run(
    command: Sequence[str | Path],
    log: Path,
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    hint: str = "",
    outlive: bool = False,
) -> None:
    """Run a command, its output appended to `log`; raise DevError if it fails.

    If we are killed meanwhile, so is the command, unless it is to `outlive` us.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    words = [str(word) for word in command]
    with log.open("a", encoding="utf-8") as output:
        output.write(f"$ {' '.join(words)}\n")
        output.flush()
        code = subprocess.run(
            words,
            cwd=cwd,
            env=environment(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=user is not None,
            preexec_fn=None if outlive else die_with_parent,
            check=False,
            **as_user(user),
        ).returncode
    if code:
        message = f"'{words[0]}' ended with exit code {code}."
        if hint:
            message += f" {hint}"
        raise DevError(f"{message}\nThe end of {log}:\n{tail(log)}")


def capture(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
) -> str:
    """Run a command and return what it printed; raise DevError if it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words,
        cwd=cwd,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **as_user(user),
    )
    if done.returncode:
        raise DevError(
            f"'{' '.join(words)}' ended with exit code {done.returncode}:\n"
            f"{(done.stderr or done.stdout).strip()}"
        )
    return done.stdout
