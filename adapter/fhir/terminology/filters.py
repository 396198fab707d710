"""The filters by which a value set takes concepts from a code system.

Source: https://hl7.org/fhir/R4/valueset-filter-operator.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from adapter.fhir.regex import PatternError, TooCostly, compile_regex
from adapter.fhir.terminology.concepts import CHILD, PARENT, Concept, Concepts, Resource, as_text

Test = Callable[[Concept], bool]

# Every concept has these; a system's own are those that it declares, or that its concepts carry.
OF_EACH = ("concept", "code", "display")
HIERARCHY = (PARENT, CHILD)


class Unfilterable(Exception):  # noqa: N818 (an answer, not a failure)
    """What a filter lets pass cannot be told here; the text says why."""


def passing(concepts: Concepts, filters: Iterable[Resource]) -> frozenset[str]:
    """Return the codes that pass every filter. Raises Unfilterable."""
    tests = [_test(concepts, stated) for stated in filters]
    return frozenset(concept.code for concept in concepts if all(test(concept) for test in tests))


def _test(concepts: Concepts, stated: Resource) -> Test:
    """Return what tells whether a concept passes one filter."""
    name, operator, value = str(stated.get("property")), stated.get("op"), as_text(stated.get("value", ""))
    if name in ("concept", "code") and operator in BY_PLACE:
        chosen = BY_PLACE[operator](concepts, value)
        return lambda concept: concept.code in chosen
    test = BY_VALUE.get(str(operator))
    if test is None or not _is_known(concepts, name):
        raise Unfilterable(f"the filter {name} {operator} {value} is not known here")
    read = _reader(concepts, name)
    return partial(_apply, read, test(value))


def _apply(read: Callable[[Concept], list[str]], test: Callable[[list[str]], bool], concept: Concept) -> bool:
    return test(read(concept))


def _is_known(concepts: Concepts, name: str) -> bool:
    """Tell whether concepts of this system may have a property; a name nobody knows proves nothing by its absence."""
    if name in OF_EACH or name in HIERARCHY or name in concepts.declared:
        return True
    return any(name == carried for concept in concepts for carried, _ in concept.properties)


def _reader(concepts: Concepts, name: str) -> Callable[[Concept], list[str]]:
    """Return what reads a property's values from a concept."""
    if name in ("concept", "code"):
        return lambda concept: [concept.code]
    if name == "display":
        return lambda concept: list(concept.displays[:1])
    if name == PARENT:
        return lambda concept: list(concept.parents)
    if name == CHILD:
        return lambda concept: sorted(concepts.children(concept.code))
    return lambda concept: [value for carried, value in concept.properties if carried == name]


BY_PLACE: dict[str, Callable[[Concepts, str], frozenset[str]]] = {
    "is-a": lambda concepts, code: concepts.descendants(code) | {code},
    "descendent-of": lambda concepts, code: concepts.descendants(code),
    "is-not-a": lambda concepts, code: concepts.codes - concepts.descendants(code) - {code},
    "generalizes": lambda concepts, code: concepts.ancestors(code) | {code},
}


def _is_one_of(listed: str) -> frozenset[str]:
    return frozenset(each.strip() for each in listed.split(","))


def _matching(pattern: str) -> Callable[[list[str]], bool]:
    try:
        match = compile_regex(pattern)
    except PatternError as reason:
        raise Unfilterable(f"the regular expression {pattern} is not understood: {reason}") from None

    def test(values: list[str]) -> bool:
        try:
            return any(match(value) for value in values)
        except TooCostly as reason:
            raise Unfilterable(f"the regular expression {pattern} is not judged: {reason}") from None

    return test


def _existing(wanted: str) -> Callable[[list[str]], bool]:
    return lambda values: bool(values) is (wanted == "true")


BY_VALUE: dict[str, Callable[[str], Callable[[list[str]], bool]]] = {
    "=": lambda wanted: lambda values: wanted in values,
    "in": lambda listed: lambda values: not _is_one_of(listed).isdisjoint(values),
    "not-in": lambda listed: lambda values: _is_one_of(listed).isdisjoint(values),
    "regex": _matching,
    "exists": _existing,
}
