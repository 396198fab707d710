"""Where in a type's JSON a search parameter finds its values: its FHIRPath expression, turned into keys.

R4 words its parameters in a few shapes: a path, a cast to one type of a choice, `where` with a constant or
with `resolve() is T`, an extension by its url. These become paths of JSON keys; a parameter whose expression is of
another shape is not searched by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

from adapter.fhir.definitions import Field, fields, is_type, systems
from adapter.fhir.search_parameters import SearchParameter

KINDS = {"quantity": "number"}
"""Types of parameter whose values stand in the table of another."""

_CAST = re.compile(r"\((?P<path>[A-Za-z.]+) as (?P<type>[A-Za-z]+)\)(?P<rest>.*)", re.ASCII)
_AS = re.compile(r"(?P<path>.+)\.(?:as|ofType)\((?P<type>[A-Za-z]+)\)(?P<rest>.*)", re.ASCII)
_STEP = re.compile(
    r"\.(?:where\(resolve\(\) is (?P<target>[A-Za-z]+)\)|where\((?P<child>[a-z]+)='(?P<wanted>[^']+)'\)"
    r"|extension\('(?P<url>[^']+)'\)|(?P<name>[a-zA-Z]+))",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One key of JSON; with `only`, of its values those alone that have this text at this key."""

    key: str
    only: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where values of one FHIR type stand; `implied`: the system of a code that is bound to one alone."""

    steps: tuple[Step, ...]
    type: str
    implied: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where one part of a parameter finds its values, and the number that its rows carry.

    `kind`: token, string, date, number, reference, uri, or `identifier` of a reference. Parameters with one path share
    it.
    """

    kind: str
    path: str
    leaves: tuple[Leaf, ...]

    @property
    def number(self) -> int:
        """The place's number: made from its name, so that every database has the same."""
        return number(f"{self.kind} {self.path}")


@dataclass(frozen=True, slots=True)
class Sought:
    """Where a parameter looks: its places, and the types of what its references lead to (empty: any)."""

    parameter: SearchParameter
    places: tuple[Place, ...]
    targets: frozenset[str]


@cache
def number(name: str) -> int:
    """A number from 1 to 2^31 - 1 for a name; a test holds that no two of R4's are one."""
    return int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "big") % (2**31 - 1) + 1


@cache
def sought(parameter: SearchParameter, type_: str) -> Sought | None:
    """Where a parameter looks in resources of a type; None when a part of it cannot be turned into keys."""
    places: list[Place] = []
    targets = frozenset(parameter.targets)
    for expression in parameter.expressions:
        found = _place(parameter, expression, type_)
        if found is None:
            return None
        place, narrowed = found
        targets = frozenset([narrowed]) if narrowed is not None else targets
        if place.leaves:
            places.append(place)
    return Sought(parameter, tuple(dict.fromkeys(places)), targets) if places else None


def identifier_of(place: Place) -> Place:
    """Where the identifiers of a reference stand."""
    leaves = tuple(
        Leaf((*leaf.steps, Step("identifier")), "Identifier") for leaf in place.leaves if leaf.type == "Reference"
    )
    return Place("identifier", f"{place.path}.identifier", leaves)


def _place(parameter: SearchParameter, expression: str, type_: str) -> tuple[Place, str | None] | None:
    text, cast, rest = _parts(expression)
    head = text.partition(".")[0]
    steps = [*_steps(text.removeprefix(head)), *([("", cast)] if cast is not None else []), *_steps(rest)]
    if None in steps:
        return None
    walked: list[Leaf] = [Leaf((), type_)]
    names, target = [], None
    for step in steps:
        kind, value = step  # type: ignore[misc]
        names.append(f"{kind}{value}" if kind != "?" else "")
        if kind == "?":
            target = value
        else:
            walked = [leaf for before in walked for leaf in _walked(before, kind, value)]
    kind_ = KINDS.get(parameter.type, parameter.type)
    return Place(kind_, type_ + "".join(names), tuple(walked)), target


def _parts(expression: str) -> tuple[str, str | None, str]:
    match = _CAST.fullmatch(expression) or _AS.fullmatch(expression)
    if match is None:
        return expression, None, ""
    return match["path"], match["type"], match["rest"]


def _steps(text: str) -> Iterator[tuple[str, str] | None]:
    """Yield (`.`, name), (`?`, target type) or (`[…`, …) for each step; None where one is of no known shape."""
    place = 0
    while place < len(text):
        match = _STEP.match(text, place)
        if match is None:
            yield None
            return
        place = match.end()
        if match["target"] is not None:
            yield "?", match["target"]
        elif match["child"] is not None:
            yield f"[{match['child']}=", match["wanted"]
        elif match["url"] is not None:
            yield ".extension", ""
            yield "[url=", match["url"]
            yield ".", "value"
        else:
            yield ".", match["name"]


def _walked(leaf: Leaf, kind: str, value: str) -> Iterator[Leaf]:
    if kind == "":  # a cast: to one type of a choice
        if leaf.type == value:
            yield leaf
    elif kind.startswith("["):
        yield Leaf((*leaf.steps[:-1], Step(leaf.steps[-1].key, (kind[1:-1], value))), leaf.type)
    elif is_type(leaf.type):
        name = value or kind.removeprefix(".")
        for field in fields(leaf.type).values():
            if field.element.removesuffix("[x]") == name:
                yield Leaf((*leaf.steps, Step(field.key)), field.type, _implied(field))


def _implied(field: Field) -> str | None:
    if field.type != "code" or field.strength != "required" or field.binding is None:
        return None
    found = systems(field.binding)
    return next(iter(found)) if found is not None and len(found) == 1 else None
