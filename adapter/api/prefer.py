"""The Prefer header (RFC 7240), read once for all: what an answer holds, and how strict a search is."""

from __future__ import annotations

from adapter.api.failure import failure

RETURNS = ("minimal", "representation", "OperationOutcome")
HANDLING = ("strict", "lenient")


def preferences(header: str) -> dict[str, str]:
    """The preferences of a header: name -> value ('' for one without); the first of a name counts, names in lower
    case."""
    found: dict[str, str] = {}
    for part in header.replace(";", ",").split(","):
        name, _, value = part.partition("=")
        if name.strip():
            found.setdefault(name.strip().lower(), value.strip().strip('"'))
    return found


def returned(header: str) -> str:
    """What an answer to a push holds: one of RETURNS. What is not known is not preferred, as RFC 7240 says."""
    asked = preferences(header).get("return", "")
    known = {name.lower(): name for name in RETURNS}
    return known.get(asked.lower(), "representation")


def is_strict(header: str) -> bool:
    """True if the request is to be refused rather than carried out in part.

    Failure 400 for a handling that is neither strict nor lenient.
    """
    asked = preferences(header).get("handling", "lenient")
    if asked not in HANDLING:
        raise failure("invalid", f"handling is one of {', '.join(HANDLING)}.")
    return asked == "strict"
