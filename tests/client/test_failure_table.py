"""docs/reliability.md says what happens when something fails: what the client does of each row.

What comes of it in Odoo is tried there, with the same rows: ``test_failures.py`` of the addon.
"""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from client_support import FakeTime, answer, make_client

from cartona_api import CartonaError, ProductUpdate
from cartona_api import errors as errors_module

REPOSITORY = Path(__file__).resolve().parents[2]
#: Beside the addon's tests, which use it, too.
ROWS = runpy.run_path(str(REPOSITORY / "cartona_integration" / "tests" / "failures.py"))["ROWS"]
DOC = REPOSITORY / "docs" / "reliability.md"
HEADING = "## What happens when something fails"
WRITE = [ProductUpdate(internal_product_id="SALT-1", in_stock=True)]
#: Repetitions in one call, and the first try.
ATTEMPTS = {"at once": 3}


def scripted(given):
    """The answer as the client's fake adapter takes it."""
    if isinstance(given, Exception):
        return given
    status, body, headers = given
    return answer(body.encode() if isinstance(body, str) else body, status, headers)


def table():
    """The cells of the first table behind the heading, row by row."""
    section = DOC.read_text(encoding="utf-8").partition(HEADING)[2].partition("\n## ")[0]
    first = section.partition("\n|")[2].partition("\n\n")[0]
    lines = [line for line in f"|{first}".splitlines() if line.startswith("|")]
    _heading, _rule, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines
    ]
    return rows


def error_of(call):
    try:
        call()
    except CartonaError as error:
        return error
    return None


def test_the_documentation_has_the_rows_that_are_tried():
    assert table() == [row.cells for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@pytest.mark.parametrize("heading", ["reading", "writing"])
def test_the_client_does_what_the_table_says(row, heading):
    for given in row.answers:
        seen = []
        client = make_client(*[scripted(given)] * 3, timing=FakeTime(), observer=seen.append)
        calls = {
            "reading": client.pull_orders,
            "writing": lambda client=client: client.update_supplier_products(WRITE),
        }
        error = error_of(calls[heading])
        kind = type(error).__name__ if error else "–"
        assert kind == getattr(row, heading), given
        attempts = next((n for words, n in ATTEMPTS.items() if words in row.wait), 1)
        assert seen[0].attempts == attempts, given


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_table_says_what_the_errors_say_of_trying_again(row):
    again = {
        "yes": ("again", "again"),
        "no": ("book", "book"),
        "reading": ("again", "book"),
        "by itself": ("pause", "pause"),
    }
    said = tuple(
        "book" if kind == "–" else getattr(errors_module, kind).then
        for kind in (row.reading, row.writing)
    )
    assert said == again[row.again]


def test_refused_items_are_told_one_by_one():
    (given,) = next(row for row in ROWS if "single items" in row.name).answers
    result = make_client(scripted(given)).update_supplier_products(WRITE)
    assert not result.ok(0)
    assert result.errors[0].message == "Cartona says no"


def test_every_error_says_what_is_to_be_done():
    for kind in vars(errors_module).values():
        if isinstance(kind, type) and issubclass(kind, CartonaError) and kind is not CartonaError:
            assert kind.then in ("again", "pause", "book")
