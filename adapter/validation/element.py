"""The step of a plan that judges one element of an object: single or repeating, primitive or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapter.fhir.constraints import UNBOUNDED, Constraints
from adapter.fhir.definitions import Field, is_primitive
from adapter.validation import value as values
from adapter.validation.codes import no_code
from adapter.validation.finding import Check, Finding, Found, below, error
from adapter.validation.slicing import Chosen, Sorter, sorter_of

if TYPE_CHECKING:
    from adapter.validation.plan import Kind, Plans
    from adapter.validation.scope import Scope

Step = Callable[[dict[str, Any], "Scope"], Found]
"""Judges one element of an object that has it; findings begin with the element's name."""


ENTRY = 8
"""Bytes that an entry of a remembered list takes: a reference to its check."""

MOST_FOUND = 100_000
"""Findings in one list; what stands behind is not judged, which is told. Only the first thousand are shown."""


@dataclass(frozen=True, slots=True)
class Element:
    """An element that is there, with what profiles state about it."""

    field: Field
    kind: Kind
    path: str  # without the type of a choice: 'Observation.value[x]'
    stated: tuple[Constraints, ...]
    has_value: bool = True
    has_twin: bool = False

    @property
    def step(self) -> str:
        """How FHIRPath goes there: '.status', '.value.ofType(Quantity)'."""
        if self.field.element == self.field.key:
            return f".{self.field.key}"
        return f".{self.field.element[:-3]}.ofType({self.field.type})"


def is_single(element: Element) -> bool:
    """Tell whether the check of its value is all that an element needs: it does not repeat, nothing slices it."""
    entry = element.kind.type == "Bundle.entry" and element.field.key == "resource"
    sliced = any(each.slices for each in element.stated)
    return not (element.field.many or element.has_twin or sliced or entry)


def step_of(plans: Plans, element: Element) -> Step:
    """Return the step for an element of a shape."""
    if is_primitive(element.field.type) and element.has_twin:
        return _with_twin(plans, element)
    if element.kind.type == "Bundle.entry" and element.field.key == "resource":
        return _entry(plans, element)
    sorter = sorter_of(plans, element)
    if element.field.many:
        return _many(plans, element, sorter)
    if sorter is not None:
        return _sliced_single(plans, element, sorter)
    return _single(element, values.check_of(plans, element, element.stated))


def _single(element: Element, check: Check) -> Step:
    key, name = element.field.key, element.step

    def step(owner: dict[str, Any], scope: Scope) -> Found:
        wrong = check(owner[key], scope)
        return None if wrong is None else below(wrong, name)

    return step


def _entry(plans: Plans, element: Element) -> Step:
    """A Bundle entry's resource is judged as seen from its fullUrl."""
    check = values.resource_check(plans, element, element.stated)

    def step(owner: dict[str, Any], scope: Scope) -> Found:
        url = owner.get("fullUrl")
        wrong = check(owner["resource"], scope, url if type(url) is str else "")
        return None if wrong is None else below(wrong, ".resource")

    return step


def _sliced_single(plans: Plans, element: Element, sorter: Sorter) -> Step:
    key = element.field.key
    judge = _sliced(plans, element, sorter, values.check_of(plans, element, element.stated))

    def step(owner: dict[str, Any], scope: Scope) -> Found:
        return judge([owner[key]], scope)

    return step


def _many(plans: Plans, element: Element, sorter: Sorter | None) -> Step:
    key, name = element.field.key, element.step
    check = values.check_of(plans, element, element.stated)
    judge = _each(check, name) if sorter is None else _sliced(plans, element, sorter, check)
    low, high, by = limits(element)

    def step(owner: dict[str, Any], scope: Scope) -> Found:
        entries = owner[key]
        if type(entries) is not list:
            return [error("structure", f"{key} repeats: a list is expected, not a single value.", "type", name)]
        if low <= len(entries) <= high and entries:
            return judge(entries, scope)
        if not entries:
            return [error("structure", "A list is never empty in FHIR: leave the element out.", "empty", name)]
        return [_count(len(entries), low, high, by, name), *(judge(entries, scope) or ())]

    return step


def _each(check: Check, name: str) -> Callable[[list[Any], Scope], Found]:
    """Judge every entry by one check."""

    def judge(entries: list[Any], scope: Scope) -> Found:
        found: Found = None
        for position, entry in enumerate(entries):
            wrong = check(entry, scope)
            if wrong is not None:
                found = _joined(found, below(wrong, f"{name}[{position}]"))
                if len(found) >= MOST_FOUND:
                    return _given_up(found, name, position)
        return found

    return judge


def _sliced(plans: Plans, element: Element, sorter: Sorter, check: Check) -> Callable[[list[Any], Scope], Found]:
    """Judge every entry by what is stated of all and of its own slices, and the slices as a whole."""
    name, many = element.step, element.field.many
    row_of = _rows(plans, element, sorter, check)

    def judge(entries: list[Any], scope: Scope) -> Found:
        own, wrong_slices = row_of(entries, scope)
        found: Found = below(wrong_slices if many else _without_place(wrong_slices), name) if wrong_slices else None
        for position, one in enumerate(own):
            wrong = one(entries[position], scope)
            if wrong is not None:
                found = _joined(found, below(wrong, f"{name}[{position}]" if many else name))
                if len(found) >= MOST_FOUND:
                    return _given_up(found, name, position)
        return found

    return judge


Row = tuple[list[Check], list[Finding]]
"""The check of each entry of a list, by its slices, and what is wrong with the slices as a whole."""


def _rows(plans: Plans, element: Element, sorter: Sorter, check: Check) -> Callable[[list[Any], Scope], Row]:
    """Return what gives the row of a list; told once of lists with the same signs, where nothing is wrong with it."""
    checks: dict[tuple[int, ...], Check] = {(): check}
    memories, rows = plans.memories, plans.memories.new()

    def own(slices: Chosen) -> Check:
        known = tuple(map(id, slices))
        if known not in checks:
            checks[known] = values.check_of(plans, element, element.stated + slices)
        return checks[known]

    def row_of(entries: list[Any], scope: Scope) -> Row:
        signs = sorter.signs(entries, scope)
        row: Row | None = None if signs is None else rows.get(signs)
        if row is None:
            found, chosen = sorter.sort(entries, scope)
            row = [own(slices) for slices in chosen], found
            if signs is not None and not found:
                memories.remember(rows, signs, row, ENTRY * len(row[0]))
        return row

    return row_of


def _without_place(found: list[Finding]) -> list[Finding]:
    """Return findings of a value that stands alone: it has no place in a list."""
    for each in found:
        each.steps.clear()
    return found


def _given_up(found: list[Finding], name: str, position: int) -> list[Finding]:
    text = f"{len(found)} issues up to here: the entries behind this one were not judged."
    return [*found, error("too-costly", text, "not-judged", f"{name}[{position}]")]


def limits(element: Element) -> tuple[int, int, str]:
    """Return how many entries are allowed, by R4 and by all profiles, and who says so."""
    low, high, by = element.field.min, element.field.max or UNBOUNDED, "R4"
    for each in element.stated:
        if (each.min or 0) > low or (each.max is not None and each.max < high):
            by = each.profile
        low = max(low, each.min or 0)
        high = min(high, each.max if each.max is not None else high)
    return low, high or UNBOUNDED, by


def _count(count: int, low: int, high: int, by: str, name: str) -> Finding:
    wanted = f"{low}..{'*' if high == UNBOUNDED else high}"
    code, key = ("required", "cardinality-min") if count < low else ("structure", "cardinality-max")
    text = f"{count} entries, {wanted} allowed by {by}."
    return error(code, text, key, name, None if by == "R4" else by)


def _with_twin(plans: Plans, element: Element) -> Step:
    """A primitive with `_name` beside it: the value, what is said about it, or both; lists side by side."""
    check = values.check_of(plans, element, element.stated)
    about = values.about_primitive(plans, element)
    key, missing = element.field.key, no_code(element.field, element.stated)

    def one(value: Any, beside: Any, scope: Scope) -> list[Finding]:
        if value is None and beside is None:
            return [error("structure", f"null: {key} has neither a value nor an extension.", "null")]
        if value is None and type(beside) is dict and beside.keys() <= {"id"}:
            return [error("invariant", f"{key} says nothing: give it a value or an extension.", "ele-1")]
        found = missing() if value is None else [*(check(value, scope) or ())]
        return found if beside is None else [*found, *(about(beside, scope) or ())]

    return _twin_lists(element, one) if element.field.many else _twin(element, one)


Pair = Callable[[Any, Any, "Scope"], list[Finding]]
"""Judges a primitive value and what is said about it; either may be None."""


def _twin(element: Element, one: Pair) -> Step:
    key, name, twin = element.field.key, element.step, f"_{element.field.key}"

    def step(owner: dict[str, Any], scope: Scope) -> Found:
        if (key in owner and owner[key] is None) or owner[twin] is None:
            return [error("structure", "null stands for nothing here: leave the element out.", "null", name)]
        return _below(one(owner.get(key), owner[twin], scope), name)

    return step


def _twin_lists(element: Element, one: Pair) -> Step:
    key, name, twin = element.field.key, element.step, f"_{element.field.key}"
    low, high, by = limits(element)

    def step(owner: dict[str, Any], scope: Scope) -> Found:
        beside = owner[twin]
        entries = owner.get(key, [None] * len(beside) if type(beside) is list else [])
        if type(entries) is not list or type(beside) is not list:
            return [error("structure", f"{key} repeats: lists are expected, of {key} and {twin}.", "type", name)]
        if not beside or len(entries) != len(beside):
            text = f"{key} and {twin} have an entry for each other, null where one has nothing to say."
            return [error("structure", text, "twin-length", name)]
        found = [] if low <= len(entries) <= high else [_count(len(entries), low, high, by, name)]
        for position, (value, said) in enumerate(zip(entries, beside, strict=True)):
            found += below(one(value, said, scope), f"{name}[{position}]")
            if len(found) >= MOST_FOUND:
                return _given_up(found, name, position)
        return found or None

    return step


def _below(found: list[Finding], step: str) -> Found:
    return below(found, step) if found else None


def _joined(found: Found, more: list[Finding]) -> list[Finding]:
    if found is None:
        return more
    found.extend(more)
    return found
