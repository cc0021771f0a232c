"""What happened and what came of it, in columns for people."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from .actors import Diary
from .compare import Judgement
from .killer import Killer

#: So many differences of a column are told in full.
_SHOWN = 8


def happened(
    diary: Diary,
    killer: Killer,
    counters: dict[str, Any],
    people: Counter[str],
    settled_in: float,
) -> str:
    """Say what was done to whom."""
    calls, faults = counters["total"], counters["faults"]
    share = 100 * sum(faults.values()) / max(calls, 1)
    deeds: dict[str, Counter[str]] = defaultdict(Counter)
    for (kind, outcome), count in diary.deeds.items():
        deeds[kind][outcome] += count
    lines = [f"  calls to Cartona: {calls}, with a fault: {share:.0f} %", _list(faults)]
    lines += [
        f"  webhooks: {_list(Counter(counters['webhooks'])).strip()}",
        f"  started again: {_list(killer.restarts).strip() or 'nothing'}",
        "  deeds: done, refused, unanswered",
    ]
    lines += [
        f"    {kind:18}{count['done']:6}{count['refused']:6}{count['unanswered']:6}"
        for kind, count in sorted(deeds.items())
    ]
    lines += [f"  at rest after {settled_in:.0f} s; what people decided then:"]
    lines += [f"    {count:4}  {what}" for what, count in sorted(people.items())] or ["    nothing"]
    return "\n".join(lines)


def columns(judgement: Judgement) -> str:
    """Say what differs, column by column."""
    compared = ", ".join(f"{count} {name}" for name, count in judgement.compared.items())
    lines = [f"  compared: {compared}"]
    for column, found in judgement.by_column().items():
        lines.append(f"  {'✗' if found else '✓'} {column:18}{len(found):5}")
        lines += [f"      {item.item}: {item.text}" for item in found[:_SHOWN]]
    lines.append(f"    for people to sort out{len(judgement.conflicts):5}")
    return "\n".join(lines)


def _list(counts: Counter[str] | dict[str, int]) -> str:
    return "    " + ", ".join(f"{name} {count}" for name, count in sorted(counts.items()) if count)
