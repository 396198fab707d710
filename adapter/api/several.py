"""How much one request may hold: more is refused before it is looked at, and can be sent in parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapter.api.failure import failure

MOST = 5000
"""Records of one push, entries of one transaction."""


def bounded(values: Sequence[Any], what: str) -> None:
    """Failure 413 when there are more than MOST of these (`records`, `entries`)."""
    if len(values) > MOST:
        raise failure("too-costly", f"At most {MOST} {what} in one request: send them in parts.", status=413)


def records_of(value: Any) -> list[Any]:
    """The records of a body: a list of them, or one by itself."""
    found = value if isinstance(value, list) else [value]
    bounded(found, "records")
    return found
