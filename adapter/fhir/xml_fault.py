"""What is wrong with FHIR XML that can be read on all the same: gathered while reading, told with its place.

A place is kept as a chain of fields, which costs sound input nothing to speak of; words are made where a fault is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from adapter.fhir.definitions import Field
from adapter.fhir.locate import locate_xml
from adapter.fhir.syntax import FhirSyntaxError, TextFault

Place: TypeAlias = "tuple[Place | None, Field | str, int]"
"""What is around an element, its field and how many stand before it; of a resource its type instead of a field."""

MOST_FAULTS = 1_000
"""Faults of one text that are told; one alone refuses it."""


class Faults:
    """The faults of one text, in the order in which they were met."""

    def __init__(self) -> None:
        self._noted: dict[tuple[TextFault, str], None] = {}

    def note(
        self,
        place: Place,
        message: str,
        key: str,
        issue_code: str = "structure",
        *,
        step: str = "",
        name: str | None = None,
    ) -> None:
        """Note a fault of an element, or of `step` within it; `name` is what R4 has not in there."""
        if len(self._noted) < MOST_FAULTS:
            fault = TextFault(message, key, issue_code, f"{expression(place)}{step}", name)
            self._noted[fault, f"{way(place)}{step}{f'.{name}' if name is not None else ''}"] = None

    def told(self, raw: bytes) -> tuple[TextFault, ...]:
        """Return them with the lines and columns that they have in the text."""
        if not self._noted:
            return ()
        found = locate_xml(raw, [where for _, where in self._noted])
        return tuple(
            TextFault(each.message, each.key, each.issue_code, each.expression, each.name, *found[where])
            for each, where in self._noted
        )


def refusal(faults: tuple[TextFault, ...]) -> FhirSyntaxError:
    """Return the error of a text with these faults: the first, which holds them all."""
    first = faults[0]
    return FhirSyntaxError(first.message, first.issue_code, first.line, first.column, faults)


def said(place: Place) -> str:
    """Return how messages name a place: from the innermost resource on, without indices."""
    names: list[str] = []
    for step in _outwards(place):
        names.append(_key(step))
        if isinstance(step[1], str):
            break
    return ".".join(reversed(names))


def expression(place: Place) -> str:
    """Return the FHIRPath of a place, as the checks of a resource write it."""
    outer, step, index = place
    if isinstance(step, str):
        return step if outer is None else expression(outer)
    choice = step.element != step.key
    name = f"{step.element[:-3]}.ofType({step.type})" if choice else step.key
    around = "" if outer is None else f"{expression(outer)}."
    return f"{around}{name}[{index}]" if step.many else f"{around}{name}"


def way(place: Place) -> str:
    """Return how the XML leads to a place: each element by its own name, and which of them."""
    steps = list(_outwards(place))[::-1]
    return ".".join(
        [_key(steps[0]), *(f"{_key(each)}[{each[2]}]" for each in steps[1:] if not isinstance(each[1], str))]
    )


def _outwards(place: Place | None) -> Iterator[Place]:
    while place is not None:
        yield place
        place = place[0]


def _key(step: Place) -> str:
    return step[1] if isinstance(step[1], str) else step[1].key
