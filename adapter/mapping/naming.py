"""Which CRF item an element of a resource is: issues about FHIR are told in the words of the form, too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from adapter.mapping.places import Place, places
from adapter.mapping.plan import ResourcePlan
from adapter.outcome import Issue

_DOT = re.compile(r"\.(?![^(]*\))")
_NAME = re.compile(r"([A-Za-z]\w*)", re.ASCII)
_INDEX = re.compile(r"\[(\d+)\]", re.ASCII)
_URL = re.compile(r"extension\('([^']*)'\)")
_WHERE = re.compile(r"where\(([\w.]+)='([^']*)'\)")
_ENTRY = re.compile(r"Bundle\.entry\[(\d+)\]\.resource")


class Planned(Protocol):
    """What is asked of a compiled study."""

    def plans_of(self, resource: Mapping[str, Any]) -> Sequence[ResourcePlan]: ...


@dataclass(frozen=True, slots=True)
class Step:
    """One element on the way: its name, of an issue its index, of a place what its entry says of itself."""

    name: str
    index: int | None = None
    says: tuple[str, str] | None = None  # ('linkId', 'wheals')


class Naming:
    """Names the items of a study; what it reads of the plans is read once."""

    def __init__(self, study: Planned) -> None:
        self._study = study
        self._known: dict[int, list[tuple[tuple[Step, ...], str]]] = {}

    def named(self, issues: Iterable[Issue], resource: Any) -> list[Issue]:
        """Return the issues of a resource with the form and the item of the element each is about, where it is one.

        Every element of a restricted resource is its restricted item's: what else it says may reveal as much.
        """
        return [
            each if each.expression is None or each.item is not None else self._named(each, resource) for each in issues
        ]

    def _named(self, issue: Issue, resource: Any) -> Issue:
        held, expression = _inner(resource, issue.expression or "")
        if not isinstance(held, dict) or not expression or issue.item is not None:
            return issue
        plans = self._study.plans_of(held)
        forms = {plan.form for plan in plans}
        found = {(plan.form, item) for plan in plans for item in self._items(plan, _steps(expression), held)}
        if plans and all(plan.restricted for plan in plans):
            hidden = {(plan.form, item) for plan in plans for item in _restricted(plan)}
            found = found & hidden or set(sorted(hidden)[:1]) or found
        if len(found) == 1:
            form, item = found.pop()
            return replace(issue, form=form, item=item)
        return replace(issue, form=forms.pop()) if len(forms) == 1 else issue

    def _items(self, plan: ResourcePlan, asked: tuple[Step, ...], resource: Mapping[str, Any]) -> list[str]:
        """Return the items of the places nearest to an element: at it, around it, or the only one below."""
        known = self._known.get(id(plan))
        if known is None:
            known = self._known[id(plan)] = list(_of(plan))
        fitting = [(way, item) for way, item in known if _fits(way, asked, resource)]
        at = [(len(way), item) for way, item in fitting if len(way) <= len(asked)]
        if at:
            longest = max(length for length, _ in at)
            return [item for length, item in at if length == longest]
        below = {item for _, item in fitting}
        return list(below) if len(below) == 1 and asked else []


def ways(plan: ResourcePlan) -> frozenset[tuple[str, ...]]:
    """The names of the elements that lead to each item of a plan, of a choice its base: ('component', 'value')."""
    return frozenset(tuple(step.name for step in way) for way, _ in _of(plan))


def ways_to(plan: ResourcePlan) -> list[tuple[tuple[Step, ...], str]]:
    """The ways to the items of a plan, those where an item is at home, and alone, before the others."""
    known = [(place, hole) for place in places(plan) for hole in place.holes]
    known.sort(key=lambda one: (not one[1].counts, one[0].node is not one[1]))
    return [(_steps(f"{plan.type}.{place.path}"), hole.item.id) for place, hole in known]


def entries_below(value: Any, step: Step) -> Iterator[tuple[list[str], Any]]:
    """Yield what a step leads to from a value, with the names and positions on the way; of a list, the entries that the
    step speaks of."""
    key = _key(value, step) if isinstance(value, dict) else None
    if key is None:
        return
    below = value[key]
    listed = [([key, str(n)], one) for n, one in enumerate(below)] if isinstance(below, list) else [([key], below)]
    yield from (each for each in listed if step.says is None or _says(each[1], *step.says))


def _of(plan: ResourcePlan) -> Iterable[tuple[tuple[Step, ...], str]]:
    for place in places(plan):
        for hole in _items_at(place):
            yield _steps(f"{plan.type}.{place.path}"), hole


def _items_at(place: Place) -> list[str]:
    return list(dict.fromkeys(hole.item.id for hole in place.holes))


def _restricted(plan: ResourcePlan) -> set[str]:
    return {hole.item.id for place in places(plan) for hole in place.holes if hole.item.restricted}


def _inner(resource: Any, expression: str) -> tuple[Any, str]:
    """Return the resource of a Bundle's entry that an expression goes into, and the way from there."""
    while (entry := _ENTRY.match(expression)) and isinstance(resource, dict):
        entries = resource.get("entry")
        if (
            not isinstance(entries, list)
            or int(entry[1]) >= len(entries)
            or not isinstance(entries[int(entry[1])], dict)
        ):
            return None, expression
        resource = entries[int(entry[1])].get("resource")
        expression = "Resource" + expression[entry.end() :]
    return resource, expression


def _steps(path: str) -> tuple[Step, ...]:
    """Return the steps below the type of a FHIRPath as issues and places write it; types of choices left aside."""
    found: list[Step] = []
    for part in _DOT.split(path)[1:]:
        url, where, name, index = _URL.match(part), _WHERE.match(part), _NAME.match(part), _INDEX.search(part)
        if part.startswith("ofType("):
            continue
        if url is not None:
            found.append(Step("extension", says=("url", url[1])))
        elif where is not None and found:
            found[-1] = replace(found[-1], says=(where[1], where[2]))
        elif name is not None:
            found.append(Step(name[1], None if index is None else int(index[1])))
    return tuple(found)


def _fits(way: tuple[Step, ...], asked: tuple[Step, ...], resource: Any) -> bool:
    """Tell whether two ways are one as far as both go, entries being those that the place speaks of."""
    here: Any = resource
    for place, step in zip(way, asked, strict=False):
        if place.name != step.name:
            return False
        here = _at(here, step)
        if place.says is not None and step.index is not None and not _says(here, *place.says):
            return False
    return True


def _at(value: Any, step: Step) -> Any:
    if not isinstance(value, dict):
        return None
    key = _key(value, step)
    below = value.get(key) if key is not None else None
    if isinstance(below, list) and step.index is not None:
        return below[step.index] if step.index < len(below) else None
    return below


def _key(value: Mapping[str, Any], step: Step) -> str | None:
    """The member that a step names: itself, its sibling of R4's primitives, or one of the types of a choice."""
    key = next((key for key in (step.name, f"_{step.name}") if key in value), None)
    if key is not None:
        return key
    return next((key for key in value if key.startswith(step.name) and key[len(step.name) :][:1].isupper()), None)


def _says(entry: Any, path: str, expected: str) -> bool:
    """Tell whether an entry has a text at a path, in any entry of lists on the way."""
    here = [entry]
    for name in path.split("."):
        below = [each[name] for each in here if isinstance(each, dict) and name in each]
        here = [one for each in below for one in (each if isinstance(each, list) else [each])]
    return expected in here
