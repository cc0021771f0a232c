"""The addon's translation files: merging and checking them; runs in the tools' environment."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import polib

_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdrf]|%%|\{\w*\}|#\{[^}]*\}")
_TAG = re.compile(r"<[^<>]+>")
#: Kept from a translation's own header, and not taken from the template.
_OWN_HEADERS = (
    "Last-Translator",
    "Language-Team",
    "Language",
    "Plural-Forms",
    "PO-Revision-Date",
    "Content-Transfer-Encoding",
)


def update_template(exported: Path, template: Path) -> bool:
    """Put an exported template in place; return whether it says something new.

    One that differs in its dates only is left alone, so that version control stays silent.
    """
    new = polib.pofile(str(exported))
    if template.exists() and _content(new) == _content(polib.pofile(str(template))):
        return False
    template.parent.mkdir(parents=True, exist_ok=True)
    template.write_text(exported.read_text(encoding="utf-8"), encoding="utf-8")
    return True


def merge(template: Path, translation: Path) -> int:
    """Bring a translation to the template's terms; return how many are left to translate.

    What is translated stays so, what the template no longer has goes.
    """
    source, known = polib.pofile(str(template)), polib.pofile(str(translation))
    translated = {entry.msgid: entry.msgstr for entry in known if not entry.obsolete}
    own = {name: known.metadata[name] for name in _OWN_HEADERS if name in known.metadata}
    known.header, known.metadata = source.header, {**source.metadata, **own}
    known[:] = sorted(source, key=lambda entry: entry.msgid)
    for entry in known:
        entry.msgstr = translated.get(entry.msgid, "")
    translation.write_text(str(known), encoding="utf-8")
    return sum(1 for entry in known if not entry.msgstr)


def problems(template: Path, translation: Path) -> list[str]:
    """Return what is wrong with a translation, one sentence each."""
    source = {entry.msgid for entry in polib.pofile(str(template))}
    found, seen = [], set()
    for entry in polib.pofile(str(translation)):
        if entry.obsolete:
            found.append(f"obsolete: {entry.msgid!r}")
            continue
        if entry.msgid in seen:
            found.append(f"twice: {entry.msgid!r}")
        seen.add(entry.msgid)
        if entry.msgid not in source:
            found.append(f"not in the template: {entry.msgid!r}")
        found += [f"{words}: {entry.msgid!r}" for words in _flaws(entry)]
    found += [f"missing: {term!r}" for term in sorted(source - seen)]
    return found


def _flaws(entry: polib.POEntry) -> list[str]:
    given, said = entry.msgid, entry.msgstr
    if not said.strip():
        return ["not translated"]
    flaws = {
        "fuzzy": entry.fuzzy,
        "other placeholders": _count(_PLACEHOLDER, given) != _count(_PLACEHOLDER, said),
        "other HTML": _count(_TAG, given) != _count(_TAG, said),
        "other blanks at its ends": _blanks(given) != _blanks(said),
    }
    return [words for words, wrong in flaws.items() if wrong]


def _count(pattern: re.Pattern[str], text: str) -> Counter[str]:
    return Counter(pattern.findall(text))


def _blanks(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def _content(file: polib.POFile) -> tuple[str | None, list[tuple[str, list[tuple[str, str]]]]]:
    series = file.metadata.get("Project-Id-Version")
    return series, [(entry.msgid, entry.occurrences) for entry in file]


def main(arguments: list[str]) -> int:
    """``check FOLDER`` or ``merge EXPORTED FOLDER``; the addon's template gives the name."""
    action, *exported, folder = arguments
    if exported:
        name = Path(exported[0]).name
        new = update_template(Path(exported[0]), Path(folder) / name)
        print(f"{name}: {'new terms' if new else 'nothing new'}")
    (template,) = Path(folder).glob("*.pot")
    bad = 0
    for translation in sorted(Path(folder).glob("*.po")):
        if action == "merge":
            print(f"{translation.name}: {merge(template, translation)} terms to translate")
            continue
        for problem in problems(template, translation):
            print(f"{translation.name}: {problem}")
            bad = 1
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
