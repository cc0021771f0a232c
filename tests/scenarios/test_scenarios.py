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


@pytest.mark.parametrize("name", [case.name for case in _CASES if not case.needs])
def test_the_end_is_the_same_in_all_ways(name: str, runs: dict[tuple[str, str], Run]) -> None:
    """Also what the table does not speak of, unless it says that anything may come of it."""
    told = [run for (played, _way), run in runs.items() if played == name]
    if len(told) < 2:
        pytest.skip("only one way was chosen")
    whatever = {word for word, value in told[0].case.then.items() if value == "any"}
    if "refused" in whatever:
        whatever.add("why refused")
    ends = {
        run.way: [
            {word: value for word, value in fact.items() if word not in whatever}
            for fact in run.seen
        ]
        for run in told
    }
    first = ends[told[0].way]
    assert ends == dict.fromkeys(ends, first)


def test_no_job_failed(world: World, runs: dict[tuple[str, str], Run]) -> None:
    assert world.failed_jobs() == []
