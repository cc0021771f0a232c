"""Merging and checking of the translation files."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest

from kit import translations
from kit.paths import ADDON, REPOSITORY

_HEADER = {"Project-Id-Version": "Odoo Server 19.0", "Content-Type": "text/plain; charset=UTF-8"}


def _write(path: Path, terms: dict[str, str], **header: str) -> Path:
    file = polib.POFile()
    file.metadata = {**_HEADER, **header}
    for term, translated in terms.items():
        file.append(polib.POEntry(msgid=term, msgstr=translated, comment="module: x"))
    path.write_text(str(file), encoding="utf-8")
    return path


def _problems(folder: Path, term: str, translated: str) -> list[str]:
    template = _write(folder / "x.pot", {term: ""})
    return translations.problems(template, _write(folder / "ar.po", {term: translated}))


def test_the_addons_translations_are_complete() -> None:
    folder = REPOSITORY / ADDON / "i18n"
    (template,) = folder.glob("*.pot")
    assert len(polib.pofile(str(template))) > 300
    assert (folder / "ar.po").exists()
    for translation in folder.glob("*.po"):
        assert translations.problems(template, translation) == []


@pytest.mark.parametrize(
    ("term", "translated", "words"),
    [
        ("Order", "", "not translated"),
        ("Order", "  ", "not translated"),
        ("%(count)s products", "منتجات", "other placeholders"),
        ("%(count)s products", "%(number)s منتجات", "other placeholders"),
        ("%s of %s", "%s", "other placeholders"),
        ("100 %", "%(x)s", "other placeholders"),
        ('<span class="a">Order</span>', "طلب", "other HTML"),
        ('<span class="a">Order</span>', '<span class="b">طلب</span>', "other HTML"),
        ("Order ", "طلب", "other blanks"),
        ("Order", "\nطلب", "other blanks"),
    ],
)
def test_a_flaw_is_found(tmp_path: Path, term: str, translated: str, words: str) -> None:
    found = _problems(tmp_path, term, translated)
    assert len(found) == 1
    assert words in found[0]


def test_what_is_right_is_no_flaw(tmp_path: Path) -> None:
    assert _problems(tmp_path, "%(a)s of <b>%(b)s</b>", "<b>%(b)s</b> من %(a)s") == []


def test_missing_strange_and_fuzzy_terms_are_found(tmp_path: Path) -> None:
    template = _write(tmp_path / "x.pot", {"Order": "", "Price": "", "Stock": ""})
    file = polib.pofile(str(_write(tmp_path / "ar.po", {"Price": "السعر", "Tax": "ضريبة"})))
    file.append(polib.POEntry(msgid="Stock", msgstr="المخزون", flags=["fuzzy"]))
    file.append(polib.POEntry(msgid="Gone", msgstr="ذهب", obsolete=True))
    file.save()
    assert translations.problems(template, tmp_path / "ar.po") == [
        "not in the template: 'Tax'",
        "fuzzy: 'Stock'",
        "obsolete: 'Gone'",
        "missing: 'Order'",
    ]


def test_merging_keeps_adds_and_drops_terms(tmp_path: Path) -> None:
    template = _write(tmp_path / "x.pot", {"Price": "", "Order": ""})
    known = {"Price": "السعر", "Tax": "ضريبة"}
    translation = _write(tmp_path / "ar.po", known, Language="ar")
    assert translations.merge(template, translation) == 1
    merged = polib.pofile(str(translation))
    assert [(entry.msgid, entry.msgstr) for entry in merged] == [("Order", ""), ("Price", "السعر")]
    assert merged.metadata["Language"] == "ar"
    written = translation.read_bytes()
    translations.merge(template, translation)
    assert translation.read_bytes() == written


def test_a_template_with_new_dates_only_stays_as_it_is(tmp_path: Path) -> None:
    date = "POT-Creation-Date"
    template = _write(tmp_path / "x.pot", {"Price": ""}, **{date: "2026-01-01 00:00+0000"})
    exported = _write(tmp_path / "new.pot", {"Price": ""}, **{date: "2026-02-02 00:00+0000"})
    assert not translations.update_template(exported, template)
    assert "2026-01-01" in template.read_text(encoding="utf-8")
    _write(exported, {"Price": "", "Order": ""})
    assert translations.update_template(exported, template)
    assert "Order" in template.read_text(encoding="utf-8")


def test_the_command_checks_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _write(tmp_path / "x.pot", {"Price": ""})
    _write(tmp_path / "ar.po", {"Price": ""})
    assert translations.main(["check", str(tmp_path)]) == 1
    assert "ar.po: not translated: 'Price'" in capsys.readouterr().out
    _write(tmp_path / "ar.po", {"Price": "السعر"})
    assert translations.main(["check", str(tmp_path)]) == 0
