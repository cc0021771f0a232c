"""The same seed, the same plans."""

from __future__ import annotations

from itertools import islice

from chaos.plan import Step, plan

_HABITS = {"order": 5.0, "edit": 2.0, "never": 0.0}


def _steps(seed: int, actor: str = "retailer", count: int = 200) -> list[Step]:
    return list(islice(plan(seed, actor, _HABITS, 0.5), count))


def test_a_seed_gives_the_same_steps_again() -> None:
    again = _steps(7)
    assert _steps(7) == again
    assert [step.random.random() for step in _steps(7)] == [step.random.random() for step in again]


def test_other_seeds_and_actors_do_something_else() -> None:
    kinds = [step.kind for step in _steps(7)]
    assert [step.kind for step in _steps(8)] != kinds
    assert [step.kind for step in _steps(7, "another")] != kinds


def test_what_a_step_does_with_its_chance_changes_no_other_step() -> None:
    first, second = _steps(7, count=2)
    expected = second.random.random()
    first.random.sample(range(100), 50)
    assert second.random.random() == expected


def test_habits_are_kept() -> None:
    kinds = [step.kind for step in _steps(7, count=700)]
    assert 400 < kinds.count("order") < 600
    assert kinds.count("edit") + kinds.count("order") == 700


def test_pauses_are_near_their_mean() -> None:
    pauses = [step.pause for step in _steps(7, count=500)]
    assert min(pauses) > 0
    assert 0.45 < sum(pauses) / len(pauses) < 0.55
