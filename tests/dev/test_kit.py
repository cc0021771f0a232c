"""The parts of the tooling that everything else leans on."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kit import install, once, paths, processes, results, services
from kit.errors import DevError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache directory of the test's own."""
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_build_once_builds_once(cache: Path) -> None:
    calls = []
    for _turn in range(2):
        once.build_once(cache / "thing", calls.append)
    assert len(calls) == 1


def test_what_a_killed_run_left_is_built_anew(cache: Path) -> None:
    def fail(target: Path) -> None:
        (target / "half").touch()
        raise DevError("killed")

    with pytest.raises(DevError):
        once.build_once(cache / "thing", fail)
    built = once.build_once(cache / "thing", lambda target: (target / "whole").touch())
    assert (built / "whole").exists()
    assert not (built / "half").exists()


def _hold(seconds: float) -> None:
    with once.locked("name"):
        time.sleep(seconds)


def test_a_held_lock_is_told_or_waited_for() -> None:
    holder = multiprocessing.get_context("fork").Process(target=_hold, args=(1.0,))
    holder.start()
    services.wait_until("the lock is taken", _taken, 5)
    with once.locked("name"):
        assert not holder.is_alive() or holder.join(1) is None
    holder.join()


def _taken() -> bool:
    try:
        with once.locked("name", wait=False):
            return False
    except DevError:
        return True


@pytest.mark.parametrize("series", install.SUPPORTED)
def test_series_is_read_without_running_odoo(tmp_path: Path, series: str) -> None:
    release = tmp_path / "odoo" / "release.py"
    release.parent.mkdir()
    release.write_text(f"version_info = ({series[:2]}, 0, 0, 'final', 0, '')\nraise SystemExit\n")
    assert install._series(tmp_path) == series


def test_unsupported_series_and_no_odoo_are_told(tmp_path: Path) -> None:
    with pytest.raises(DevError, match="No Odoo in"):
        install.find(str(tmp_path))
    release = tmp_path / "odoo" / "release.py"
    release.parent.mkdir()
    release.write_text("version_info = (14, 0, 0, 'final', 0, '')\n")
    with pytest.raises(DevError, match=r"Odoo 14\.0 .* supported are 15\.0"):
        install.find(str(tmp_path))


@pytest.mark.parametrize("place", ["", "odoo-bin", "odoo"])
def test_a_checkout_may_be_named_in_several_ways(tmp_path: Path, place: str) -> None:
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").touch()
    (tmp_path / "odoo-bin").touch()
    assert install._source(tmp_path / place) == tmp_path


def test_counts_come_from_the_junit_file(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import pytest\n"
        "def test_good(): pass\n"
        "def test_bad(): assert 0\n"
        "@pytest.mark.skip\n"
        "def test_skipped(): pass\n"
        "@pytest.fixture\n"
        "def broken(): raise ValueError\n"
        "def test_error(broken): pass\n"
    )
    found = results.pytest(Path(sys.executable), [tmp_path], tmp_path / "run", cwd=tmp_path)
    assert (found.passed, found.failed, found.skipped) == (1, 2, 1)
    assert "assert 0" in found.output
    assert found.summary == "1 passed, 2 failed, 1 skipped"


def test_no_test_is_a_failure(tmp_path: Path) -> None:
    found = results.pytest(Path(sys.executable), [tmp_path], tmp_path / "run", cwd=tmp_path)
    assert (found.passed, found.failed) == (0, 1)
    assert "no test was found" in found.output


def test_an_unimportable_test_file_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("import does_not_exist\n")
    found = results.pytest(Path(sys.executable), [tmp_path], tmp_path / "run", cwd=tmp_path)
    assert found.failed
    assert "does_not_exist" in found.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_tests_that_run_side_by_side(tmp_path: Path, number: int) -> None:
    (tmp_path / "test_it.py").write_text(
        "import os, pathlib, time\n"
        "def test_long():\n"
        "    pathlib.Path(f'pid-{os.getpid()}').touch()\n"
        "    time.sleep(600)\n"
    )
    (tmp_path / "run.py").write_text(
        f"import contextlib, pathlib, signal, sys\n"
        f"signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background\n"
        f"sys.path.insert(0, {str(paths.DEV)!r})\n"
        f"from kit import commands, results\n"
        f"here = pathlib.Path({str(tmp_path)!r})\n"
        f"def test():\n"
        f"    with contextlib.ExitStack() as both:\n"
        f"        runs = [both.enter_context(results.started(pathlib.Path(sys.executable),\n"
        f"                [here], here / name, cwd=here)) for name in 'ab']\n"
        f"        return [finish() for finish in runs]\n"
        f"commands.main(test)\n"
    )
    command = subprocess.Popen([sys.executable, tmp_path / "run.py"], stdout=subprocess.PIPE)
    try:
        services.wait_until("both run", lambda: len([*tmp_path.glob("pid-*")]) == 2, 60)
        command.send_signal(number)
        assert command.wait(30) == 130
    finally:
        command.kill()
    for place in tmp_path.glob("pid-*"):
        assert not (Path("/proc") / place.name.partition("-")[2]).exists()


def test_a_service_that_ends_early_is_told_with_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('no such setting'); raise SystemExit(3)"]
    service = services.Service("It", command, tmp_path / "log", cwd=tmp_path)
    with service, pytest.raises(DevError, match="no such setting"):
        service.wait_ready("ready", lambda: False, 30)


def test_a_service_is_stopped(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    with services.Service("It", command, tmp_path / "log", cwd=tmp_path) as service:
        assert service.running
    assert not service.running


def test_children_are_found_as_long_as_they_live(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    with services.Service("It", command, tmp_path / "log", cwd=tmp_path) as service:
        assert service.pid in processes.children(os.getpid())
        pid = service.pid
        service.kill()
        assert service.pid is None
        assert pid not in processes.children(os.getpid())
