"""What a resource can be found by, read from its bytes: its business identifiers and the span of its date."""

from __future__ import annotations

from typing import Any

import msgspec

from adapter.store.moment import Span, span_of

DATES = (
    "effectiveDateTime",
    "effectivePeriod",
    "effectiveInstant",
    "occurrenceDateTime",
    "occurrencePeriod",
    "performedDateTime",
    "performedPeriod",
    "onsetDateTime",
    "period",
    "authored",
    "authoredOn",
    "date",
)
"""Elements that the search parameter `date` looks at; a resource is found by the first that it has."""


class Dated(msgspec.Struct):
    """The elements of any resource by which it is found, and no others: decoding skips the rest."""

    identifier: Any = None
    effectiveDateTime: Any = None  # noqa: N815  FHIR's spelling
    effectivePeriod: Any = None  # noqa: N815
    effectiveInstant: Any = None  # noqa: N815
    occurrenceDateTime: Any = None  # noqa: N815
    occurrencePeriod: Any = None  # noqa: N815
    performedDateTime: Any = None  # noqa: N815
    performedPeriod: Any = None  # noqa: N815
    onsetDateTime: Any = None  # noqa: N815
    period: Any = None
    authored: Any = None
    authoredOn: Any = None  # noqa: N815
    date: Any = None


_decode = msgspec.json.Decoder(Dated).decode


def index(body: bytes, zone: str) -> tuple[tuple[tuple[str, str], ...], Span | None]:
    """The (system, value) pairs of the resource's identifiers, and the span of its date in UTC, if it has
    one."""
    found = _decode(body)
    dates = (getattr(found, name) for name in DATES)
    given = next((date for date in dates if date is not None), None)
    return identifiers(found.identifier), span_of(given, zone)


def identifiers(element: Any) -> tuple[tuple[str, str], ...]:
    """The (system, value) pairs of an `identifier` element, single or repeating; an absent system is ''. What is no
    text is none: of what arrives only the shape is certain when it is asked for its identifiers."""
    entries = element if isinstance(element, list) else [element]
    pairs = ((entry.get("system", ""), entry.get("value")) for entry in entries if isinstance(entry, dict))
    return tuple(
        dict.fromkeys((system, value) for system, value in pairs if isinstance(system, str) and isinstance(value, str))
    )
