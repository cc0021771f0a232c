"""The whole life of an order, case by case (cases.yaml), in all the ways of telling."""

from __future__ import annotations

import pytest
from steps import Run, known
from table import Case, cases
from world import World

_CASES = cases()


def _parameters() -> list:
    return [
        pytest.param(
            case,
            way,
            id=f"{case.name} - {way}",
            marks=[pytest.mark.xfail(reason=f"needs {case.needs}", strict=True)]
            if case.needs
            else [],
        )
        for case in _CASES
        for way in case.ways
    ]


@pytest.mark.parametrize("name", [case.name for case in _CASES])
def test_the_table_speaks_words_that_are_known(name: str) -> None:
    (case,) = [case for case in _CASES if case.name == name]
    actions = [action for phase in case.phases for action in phase.actions]
    assert [action for action in actions if not known(action)] == []


@pytest.mark.parametrize(("case", "way"), _parameters())
def test_scenario(case: Case, way: str, runs: dict[tuple[str, str], Run]) -> None:
    problem = runs[case.name, way].problem
    assert not problem, f"{case.name}, by {way}:\n{problem}"


def test_no_job_failed(world: World, runs: dict[tuple[str, str], Run]) -> None:
    assert world.failed_jobs() == []
