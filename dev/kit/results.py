"""What a test stage found, counted reliably from pytest's JUnit files."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .processes import tail
from .services import Service


@dataclass(frozen=True)
class Result:
    """Counts of one stage, and what to show of it if it failed."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    output: str = ""

    def __add__(self, other: Result) -> Result:
        return Result(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            "\n".join(text for text in (self.output, other.output) if text),
        )

    @property
    def summary(self) -> str:
        """The line that closes a run of tests."""
        text = f"{self.passed} passed, {self.failed} failed"
        return f"{text}, {self.skipped} skipped" if self.skipped else text


def failure(output: str) -> Result:
    """Return the result of something that could not run at all."""
    return Result(failed=1, output=output)


def pytest(
    python: Path,
    arguments: Sequence[str | Path],
    folder: Path,
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
) -> Result:
    """Run pytest with the given interpreter; its log and JUnit file go into `folder`."""
    with started(python, arguments, folder, cwd=cwd, env=env) as finish:
        return finish()


@contextmanager
def started(
    python: Path,
    arguments: Sequence[str | Path],
    folder: Path,
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
) -> Iterator[Callable[[], Result]]:
    """Start pytest as above, to run beside others: what comes of it waits for the result.

    Whoever leaves the block earlier, as Ctrl-C and SIGTERM do, ends it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log, junit = folder / "pytest.log", folder / "junit.xml"
    junit.unlink(missing_ok=True)
    options = ["-p", "no:cacheprovider", f"--junitxml={junit}", "-o", "junit_family=xunit2"]
    command = [str(word) for word in (python, "-m", "pytest", *options, *arguments)]
    variables = {"PYTHONDONTWRITEBYTECODE": "1", **(env or {})}
    log.unlink(missing_ok=True)
    service = Service("pytest", command, log, cwd=cwd, env=variables)
    service.start()
    try:
        yield lambda: _result(service.wait(), junit, log)
    finally:
        service.stop(seconds=5)


def _result(code: int, junit: Path, log: Path) -> Result:
    counts = _read(junit) if junit.exists() else Result()
    shown = tail(log, 400)
    if code and not counts.failed:
        reason = "no test was found" if code == 5 else f"pytest ended with exit code {code}"
        return counts + failure(f"{reason}\n{shown}")
    return counts + Result(output=shown if counts.failed else "")


def _read(junit: Path) -> Result:
    """Count the tests of a JUnit file; the subtests of a test count as one with it."""
    outcomes: dict[tuple[str, str], str] = {}
    for case in ElementTree.parse(junit).getroot().iter("testcase"):
        name = (case.get("classname", ""), case.get("name", ""))
        if case.find("failure") is not None or case.find("error") is not None:
            outcomes[name] = "failed"
        elif case.find("skipped") is not None:
            outcomes.setdefault(name, "skipped")
        elif outcomes.get(name) != "failed":
            outcomes[name] = "passed"
    counts = Counter(outcomes.values())
    return Result(counts["passed"], counts["failed"], counts["skipped"])
