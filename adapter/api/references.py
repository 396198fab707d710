"""References between the entries of a transaction: those that lead nowhere, and those that get their target's
id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapter.outcome import Issue

_DANGLING = "No entry of this Bundle has this fullUrl: send that entry too, or refer to a stored resource."
_CONDITIONAL = "A reference by search is not looked up here: refer to the resource, or give its identifier."


def unresolved(entries: Sequence[Mapping[str, Any]]) -> Iterator[Issue]:
    """Yield an issue for each reference to an entry that the Bundle does not hold, and each that is a search.

    The entries are FHIR.
    """
    known = {entry["fullUrl"] for entry in entries if "fullUrl" in entry}
    for position, entry in enumerate(entries):
        for reference, path in _references(entry.get("resource"), f"Bundle.entry[{position}].resource"):
            if reference.startswith("urn:") and reference not in known:
                yield Issue("error", "not-found", _DANGLING, path)
            elif "?" in reference and "://" not in reference:
                yield Issue("error", "not-supported", _CONDITIONAL, path)


def resolved(value: Any, known: Mapping[str, str]) -> Any:
    """The value with each reference that `known` names (fullUrl -> Type/id) replaced, and nothing else."""
    if not known:
        return value
    if isinstance(value, list):
        return [resolved(entry, known) for entry in value]
    if not isinstance(value, dict):
        return value
    found = {key: resolved(entry, known) for key, entry in value.items()}
    reference = found.get("reference")
    if isinstance(reference, str) and reference in known:
        found["reference"] = known[reference]
    return found


def _references(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for position, entry in enumerate(value):
            yield from _references(entry, f"{path}[{position}]")
    elif isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"], f"{path}.reference"
        for key, entry in value.items():
            yield from _references(entry, f"{path}.{key}")
