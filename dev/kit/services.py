"""Long-running children: started, waited for by a condition, and always stopped again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .errors import DevError
from .processes import die_with_parent, environment, tail


def free_port(wanted: int | None = None) -> int:
    """Return the wanted loopback port if it is free, else any free one."""
    for port in (wanted, 0):
        if port is None:
            continue
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DevError("No free port on 127.0.0.1.")


def wait_until(what: str, condition: Callable[[], bool], seconds: float, pause: float = 0.1):
    """Ask `condition` again and again until it holds; DevError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise DevError(f"Waited {seconds:.0f} s in vain: {what}.")
        time.sleep(pause)


def answers(url: str) -> bool:
    """Tell whether something speaks HTTP at the address without an error of its own."""
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            return response.status < 500
    except urllib.error.HTTPError as error:
        return error.code < 500
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


class Service:
    """A child process with its output in a file; use it with `with`."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        *,
        cwd: Path,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log = log
        self._command = [str(word) for word in command]
        self._cwd = cwd
        self._env = environment(env)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Service:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the child in a session of its own: Ctrl-C reaches us alone, we stop it."""
        with self.log.open("ab") as output:
            output.write(f"$ {' '.join(self._command)}\n".encode())
            output.flush()
            self._process = subprocess.Popen(
                self._command,
                cwd=self._cwd,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - no other thread runs then
            )

    @property
    def running(self) -> bool:
        """Tell whether the child lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The child's number, while it lives."""
        return self._process.pid if self.running else None

    def wait_ready(self, what: str, condition: Callable[[], bool], seconds: float = 120) -> None:
        """Wait until the condition holds; DevError with the log's end if the child ends."""

        def ready_or_ended() -> bool:
            return not self.running or condition()

        try:
            wait_until(what, ready_or_ended, seconds)
        except DevError as error:
            raise DevError(f"{error}\nThe end of {self.log}:\n{tail(self.log)}") from None
        if not self.running:
            raise DevError(
                f"{self.name} ended while it was started. The end of {self.log}:\n{tail(self.log)}"
            )

    def wait(self) -> int:
        """Wait until the child ends by itself; return its exit code."""
        if self._process is None:
            raise DevError(f"{self.name} does not run.")
        return self._process.wait()

    def stop(self, seconds: float = 20) -> None:
        """Ask the child to end, and end it if it does not within `seconds`."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        self._process = None

    def kill(self) -> None:
        """End the child and its own children at once, as a crash would."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def raise_on_termination() -> None:
    """Turn SIGTERM and SIGHUP into what Ctrl-C does, so that everything is stopped."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
