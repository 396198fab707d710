"""The concepts of one code system: which codes it has, which lie below which, how each is displayed.

Source: https://hl7.org/fhir/R4/codesystem.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

Resource = dict[str, Any]

# https://hl7.org/fhir/R4/codesystem-concept-properties.html
PARENT = "parent"
CHILD = "child"


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept; `parents` are those it is nested in or names, `displays` begins with its display."""

    code: str
    displays: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()  # (name, value as text)


class Concepts:
    """A code system that is held. `complete` False: it has codes that are not here."""

    def __init__(
        self,
        concepts: Iterator[Concept],
        *,
        version: str | None = None,
        complete: bool = True,
        case_sensitive: bool = False,
        declared: frozenset[str] = frozenset(),
    ) -> None:
        self.version = version
        self.complete = complete
        self.case_sensitive = case_sensitive
        self.declared = declared  # the properties that its concepts may carry
        self._found: Mapping[str, Concept] = MappingProxyType({concept.code: concept for concept in concepts})

    def __iter__(self) -> Iterator[Concept]:
        return iter(self._found.values())

    @cached_property
    def codes(self) -> frozenset[str]:
        """Every code that is here."""
        return frozenset(self._found)

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {code.casefold(): code for code in reversed(tuple(self._found))}

    def get(self, code: str) -> Concept | None:
        """Return the concept of a code, whatever its case where the system says nothing about case."""
        found = self._found.get(code)
        if found is None and not self.case_sensitive:
            found = self._found.get(self._folded.get(code.casefold(), code))
        return found

    def has(self, code: str) -> bool | None:
        """Tell whether this is a code of the system; None: it is not among those that are here."""
        if self.get(code) is not None:
            return True
        return False if self.complete else None

    @cached_property
    def _below(self) -> dict[str, list[str]]:
        """The children of each code."""
        found: dict[str, list[str]] = {}
        for concept in self:
            for parent in concept.parents:
                found.setdefault(parent, []).append(concept.code)
        return found

    @cached_property
    def _parents(self) -> dict[str, list[str]]:
        return {concept.code: list(concept.parents) for concept in self}

    def children(self, code: str) -> frozenset[str]:
        """Return the codes directly below one."""
        return frozenset(self._below.get(code, ()))

    def descendants(self, code: str) -> frozenset[str]:
        """Return the codes that lie below one at any depth, without itself."""
        return _reached(code, self._below) - {code}

    def ancestors(self, code: str) -> frozenset[str]:
        """Return the codes that one lies under at any height, without itself."""
        return _reached(code, self._parents) - {code}


def _reached(start: str, steps: Mapping[str, list[str]]) -> frozenset[str]:
    """Return what can be reached; a hierarchy that runs in a circle ends all the same."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for code in steps.get(waiting.pop(), ()):
            if code not in seen:
                seen.add(code)
                waiting.append(code)
    return frozenset(seen)


def from_resource(resource: Resource) -> Concepts:
    """Return the concepts of a CodeSystem."""
    return Concepts(
        concepts_of(resource),
        version=resource.get("version"),
        complete=resource.get("content") == "complete",
        case_sensitive=resource.get("caseSensitive") is True,
        declared=frozenset(str(stated.get("code")) for stated in rows(resource, "property")),
    )


def concepts_of(resource: Resource) -> Iterator[Concept]:
    """Yield every concept of a CodeSystem in its order; what is no concept is passed over."""
    adopted = _adopted(resource)
    for entry, parents in nested(resource):
        code = entry["code"]
        properties = tuple(_properties(entry))
        stated = [value for name, value in properties if name == PARENT]
        above = tuple(dict.fromkeys((*parents, *stated, *adopted.get(code, ()))))
        yield Concept(code, tuple(_displays(entry)), above, properties)


def nested(resource: Resource) -> Iterator[tuple[Resource, tuple[str, ...]]]:
    """Yield each concept's entry with the code that it stands in."""
    waiting: list[tuple[Resource, tuple[str, ...]]] = [(entry, ()) for entry in reversed(rows(resource, "concept"))]
    while waiting:
        entry, parents = waiting.pop()
        code = entry.get("code")
        if not isinstance(code, str):
            continue
        yield entry, parents
        waiting.extend((below, (code,)) for below in reversed(rows(entry, "concept")))


def _adopted(resource: Resource) -> dict[str, list[str]]:
    """Return the parents of codes that another concept names as its children (HL7 version 3 does)."""
    found: dict[str, list[str]] = {}
    for entry, _ in nested(resource):
        for name, value in _properties(entry):
            if name == CHILD:
                found.setdefault(value, []).append(entry["code"])
    return found


def _displays(entry: Resource) -> Iterator[str]:
    texts = [entry.get("display"), *(stated.get("value") for stated in rows(entry, "designation"))]
    yield from dict.fromkeys(text for text in texts if isinstance(text, str))


def _properties(entry: Resource) -> Iterator[tuple[str, str]]:
    for stated in rows(entry, "property"):
        for key, value in stated.items():
            if key.startswith("value"):
                yield str(stated.get("code")), as_text(value)


def as_text(value: Any) -> str:
    """Return a property's value as a filter writes it: true, 3, a Coding by its code."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.get("code", "")) if isinstance(value, dict) else str(value)


def rows(resource: Resource, name: str) -> list[Resource]:
    """Return the objects of a repeating element; [] where it is absent or no list."""
    stated = resource.get(name)
    return [each for each in stated if isinstance(each, dict)] if isinstance(stated, list) else []
