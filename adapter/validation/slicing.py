"""Slicing: a switch that sorts the entries of an element into cases by their discriminators.

Each entry goes to the first slice whose tests it passes; slices of a slice are tried after it. Source:
http://hl7.org/fhir/R4/profiling.html#slicing
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapter.fhir import json
from adapter.fhir.constraints import UNBOUNDED, Constraints, Slicing
from adapter.validation.discriminator import Test, signs_of, tests_of, texts_of
from adapter.validation.finding import Finding, error
from adapter.validation.reader import Signs, signs_at

if TYPE_CHECKING:
    from adapter.validation.element import Element
    from adapter.validation.plan import Plans
    from adapter.validation.scope import Scope

Chosen = tuple[Constraints, ...]
"""The slices that an entry belongs to, one of each slicing at most, with its slices of slices."""


@dataclass(frozen=True, slots=True)
class Case:
    """A slice with the tests that tell it, and the cases within it."""

    constraints: Constraints
    tests: tuple[Test, ...]
    within: tuple[Case, ...] = ()


def sorter_of(plans: Plans, element: Element) -> Sorter | None:
    """Return what sorts an element's entries, or None where no profile slices it."""
    sliced = [each for each in element.stated if each.slices]
    return Sorter(plans, element, sliced) if sliced else None


class Sorter:
    """Sorts entries by the slicings of all profiles, and judges the numbers and the order that they ask."""

    def __init__(self, plans: Plans, element: Element, sliced: list[Constraints]) -> None:
        self._slicings = [Switch(plans, element, each) for each in sliced]
        self._signs = _together([each.signs for each in self._slicings])

    def signs(self, entries: list[Any], scope: Scope) -> bytes | None:
        """Return all that tells the slices of the entries, as JSON; None where that is more than what they say."""
        return json.write(self._signs(entries)) if scope.is_read and self._signs is not None else None

    def sort(self, entries: list[Any], scope: Scope) -> tuple[list[Finding], list[Chosen]]:
        """Return what is wrong with the whole, steps beginning at the element, and the slices of each entry."""
        found: list[Finding] = []
        if len(self._slicings) == 1:
            only = self._slicings[0]
            return only.judge(chosen := only.sort(entries, scope)), chosen
        chosen = [()] * len(entries)
        for switch in self._slicings:
            sorted_ = switch.sort(entries, scope)
            found += switch.judge(sorted_)
            chosen = [one + more for one, more in zip(chosen, sorted_, strict=True)]
        return found, chosen


def _together(signs: list[Signs | None]) -> Signs | None:
    every = [each for each in signs if each is not None]
    if len(every) < len(signs):
        return None
    return every[0] if len(every) == 1 else lambda entries: [each(entries) for each in every]


class Switch:
    """One slicing: sorts entries into its cases."""

    def __init__(self, plans: Plans, element: Element, stated: Constraints) -> None:
        self._stated = stated
        self._cases = _cases(plans, element, stated)
        self._limited = [each for each in stated.slices.values() if each.min or each.max not in (None, UNBOUNDED)]
        slicing = stated.slicing
        self._placed = _is_placed(slicing)
        self._resliced = [each for each in self._cases if each.within and _is_placed(each.constraints.slicing)]
        self._by_text = texts_of(plans, element, slicing, [case.constraints for case in self._cases])
        self.signs = self._told_by(element)

    def _told_by(self, element: Element) -> Signs | None:
        """Return what gives the parts of entries that tell their slices, if there are such."""
        if any(case.within for case in self._cases):
            return None
        return signs_of(element, self._stated.slicing) if self._by_text is None else signs_at([self._by_text[0]])

    def sort(self, entries: list[Any], scope: Scope) -> list[Chosen]:
        """Return the slices of each entry."""
        if self._by_text is None:
            return [_sorted(entry, self._cases, scope) for entry in entries]
        key, places = self._by_text
        return [self._looked_up(entry, key, places, scope) for entry in entries]

    def _looked_up(self, entry: Any, key: str, places: dict[str, int], scope: Scope) -> Chosen:
        text = entry.get(key) if type(entry) is dict else None
        place = places.get(text) if type(text) is str else None
        if place is None:
            return ()
        case = self._cases[place]
        return (case.constraints, *_sorted(entry, case.within, scope))

    def judge(self, chosen: list[Chosen]) -> list[Finding]:
        """Return what is wrong with the numbers of the slices, with entries outside them, and with their order."""
        found: list[Finding] = []
        every = [id(part) for each in chosen for part in each]
        for part in self._limited:
            count = every.count(id(part))
            if not (part.min or 0) <= count <= most(part):
                found.append(wrong_count(part, count))
        if self._placed:
            found += _judged(self._stated, self._cases, chosen, range(len(chosen)))
        for case in self._resliced:
            places = [place for place, each in enumerate(chosen) if case.constraints in each]
            found += _judged(case.constraints, case.within, [chosen[place][1:] for place in places], places)
        return found


def _cases(plans: Plans, element: Element, stated: Constraints, prefix: str = "") -> tuple[Case, ...]:
    """Return the cases of a slicing; those of a reslice are found by their names, `a/b`."""
    slicing = stated.slicing
    own = {name: each for name, each in stated.slices.items() if "/" not in name}
    cases = []
    for name, each in own.items():
        tests = tests_of(plans, element, slicing, each)
        inner = {
            key.removeprefix(f"{name}/"): below for key, below in stated.slices.items() if key.startswith(f"{name}/")
        }
        within = _within(plans, element, each, inner)
        cases.append(Case(each, tests, within))
    return tuple(cases)


def _within(plans: Plans, element: Element, stated: Constraints, inner: dict[str, Constraints]) -> tuple[Case, ...]:
    every = {**inner, **stated.slices}
    return tuple(
        Case(each, tests_of(plans, element, stated.slicing, each)) for name, each in every.items() if "/" not in name
    )


def _sorted(entry: Any, cases: tuple[Case, ...], scope: Scope) -> Chosen:
    for case in cases:
        if all(test(entry, scope) for test in case.tests):
            return (case.constraints, *_sorted(entry, case.within, scope))
    return ()


def _is_placed(slicing: Slicing | None) -> bool:
    """Tell whether a slicing asks more than how many: that nothing stands outside it, or its order."""
    return slicing is not None and (slicing.rules != "open" or slicing.ordered)


def _judged(
    stated: Constraints, cases: Sequence[Case], chosen: Sequence[Chosen], places: Sequence[int]
) -> list[Finding]:
    """Return what is wrong with entries outside a slicing and with its order; `places` are those of the entries."""
    found: list[Finding] = []
    names = [each[0].slice_name if each else None for each in chosen]
    order = [str(case.constraints.slice_name) for case in cases]
    slicing = stated.slicing
    if slicing is None:
        return found
    outside = [place for place, name in zip(places, names, strict=True) if name is None]
    last = max((place for place, name in zip(places, names, strict=True) if name is not None), default=-1)
    if slicing.rules == "closed":
        found += [_outside(stated, order, place) for place in outside]
    elif slicing.rules == "openAtEnd":
        found += [_outside(stated, order, place) for place in outside if place < last]
    if slicing.ordered:
        found += _disordered(stated, order, names)
    return found


def most(part: Constraints) -> int:
    """Return how often a slice may be there."""
    return UNBOUNDED if part.max is None else part.max


def wrong_count(part: Constraints, count: int) -> Finding:
    """Return the finding of a slice that is there too seldom, or too often."""
    low, high = part.min or 0, most(part)
    wanted = f"{low}..{'*' if high == UNBOUNDED else high}"
    code, key = ("required", "slice-min") if count < low else ("structure", "slice-max")
    text = f"{count} of slice {part.slice_name}, the profile {part.profile} allows {wanted}."
    return error(code, text, key, "", part.profile)


def _outside(stated: Constraints, order: list[str], place: int) -> Finding:
    text = f"This belongs to no slice, and the profile {stated.profile} allows these alone: {', '.join(order)}."
    return error("structure", text, "slice-closed", f"[{place}]", stated.profile)


def _disordered(stated: Constraints, order: list[str], names: list[str | None]) -> list[Finding]:
    places = [order.index(name) for name in names if name is not None]
    if places == sorted(places):
        return []
    text = f"The slices stand in another order than the profile {stated.profile} wants: {', '.join(order)}."
    return [error("structure", text, "slice-order", "", stated.profile)]
