"""What the observer of a client gets to see of each call."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Exchange:
    """One call, successful or not, without secrets; repetitions inside the client included.

    :ivar path: below the base URL
    :ivar request_body: what was sent, JSON-able; None for GETs
    :ivar status: of the last answer, None where there was none
    :ivar response_body: its text, cut to 10 kB
    :ivar duration_ms: with waiting and repetitions
    :ivar error: words of the error that the caller gets, None for a success
    :ivar items: number of items sent
    :ivar kind: the name of its class
    :ivar said: Cartona's own words in it
    :ivar attempts: 1 plus the repetitions
    """

    method: str
    path: str
    url: str
    request_body: Any
    status: int | None
    response_body: str | None
    duration_ms: int
    error: str | None
    items: int
    request_id: str | None
    attempts: int = 1
    kind: str | None = None
    said: str = ""

    @property
    def message(self) -> str | None:
        """As an error has it."""
        return self.error
