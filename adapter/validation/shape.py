"""What the keys of an object decide by themselves: unknown ones, missing ones, two of one choice, nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from adapter.fhir.constraints import Constraints
from adapter.fhir.definitions import Field, fields, is_primitive, is_resource
from adapter.fhir.terminology.suggestion import nearest
from adapter.validation.finding import Finding, error

if TYPE_CHECKING:
    from adapter.validation.plan import Kind

Fault = Callable[[], Finding]
"""Makes the finding anew each time: a finding is given its path by whoever asked."""

LONGEST_NAME = 80


def settled(kind: Kind, shape: tuple[str, ...]) -> Iterator[Fault]:
    """Yield the faults that objects of this kind and shape have, whatever their values."""
    known = fields(kind.type)
    if is_resource(kind.type):
        shape = tuple(key for key in shape if key != "resourceType")
    yield from (partial(_no_key, key) for key in shape if not isinstance(key, str))
    shape = tuple(key for key in shape if isinstance(key, str))
    there = dict.fromkeys(key.removeprefix("_") for key in shape)
    yield from _unknown(kind, shape)
    nothing = set() if is_primitive(kind.type) else {"id"}  # beside a value an id says something
    if there.keys() <= nothing and not is_resource(kind.type):
        text = f"A {kind.type} that says nothing: leave the element out, or give it a value."
        yield partial(error, "invariant", text, "ele-1")
    present = [known[key].element for key in there if key in known]
    yield from _choices(present, [known[key] for key in there if key in known])
    yield from _missing(kind, set(present))
    yield from _prohibited(kind, set(present))
    yield from _extension(kind, there)


def _unknown(kind: Kind, shape: tuple[str, ...]) -> Iterator[Fault]:
    known = fields(kind.type)
    for key in shape:
        field = known.get(key.removeprefix("_"))
        if field is None or (key.startswith("_") and not is_primitive(field.type)):
            yield partial(_no_element, kind.type, key)


def _no_key(key: object) -> Finding:
    """Return the finding of what no JSON has: Python's dicts may have any keys."""
    return error(
        "structure", f"The key {str(key)[:LONGEST_NAME]} is of the type {type(key).__name__}: expected a str.", "syntax"
    )


def _no_element(type_name: str, key: str) -> Finding:
    found = error("structure", partial(_misspelt, type_name, key), "unknown-element")
    found.name = key
    return found


def _misspelt(type_name: str, key: str) -> str:
    near = nearest(_names(type_name), key.removeprefix("_"))
    hint = "remove it, or carry it in an extension." if near is None else f"did you mean {near!r}?"
    return f"{type_name} has no element {key[:LONGEST_NAME]!r}: {hint}"


@lru_cache(1_000)
def _names(type_name: str) -> frozenset[str]:
    return frozenset(fields(type_name))


def _choices(present: list[str], there: list[Field]) -> Iterator[Fault]:
    for element in dict.fromkeys(name for name in present if present.count(name) > 1):
        keys = " and ".join(field.key for field in there if field.element == element)
        text = f"{keys} are types of one element, {element}: send one of them."
        yield partial(error, "structure", text, "choice")


def _missing(kind: Kind, present: set[str]) -> Iterator[Fault]:
    least = {field.element: field.min for field in fields(kind.type).values()}
    for element, low in least.items():
        stated = [overlay.children[element] for overlay in kind.overlays if element in overlay.children]
        if element in present:
            continue
        wanted = next((each for each in stated if each.min), None)
        if low or wanted is not None:
            by = "R4" if low else f"the profile {wanted.profile}" if wanted is not None else ""
            text = (
                f"{kind.type}.{element} is missing: {by} wants {wanted.min if wanted and wanted.min else low} or more."
            )
            yield partial(error, "required", text, "cardinality-min", "", None if low or not wanted else wanted.profile)
            continue
        yield from _missing_slices(element, stated)


def _missing_slices(element: str, stated: list[Constraints]) -> Iterator[Fault]:
    for each in stated:
        for part in each.slices.values():
            if part.min and "/" not in (part.slice_name or ""):
                text = f"{element}:{part.slice_name} is missing: the profile {part.profile} wants {part.min} or more."
                yield partial(error, "required", text, "slice-min", "", part.profile)


def _prohibited(kind: Kind, present: set[str]) -> Iterator[Fault]:
    for overlay in kind.overlays:
        for element, stated in overlay.children.items():
            if stated.max == 0 and element in present:
                text = f"{element} must not be there: the profile {stated.profile} allows none."
                yield partial(
                    error, "structure", text, "cardinality-max", f".{element.removesuffix('[x]')}", stated.profile
                )


def _extension(kind: Kind, there: dict[str, None]) -> Iterator[Fault]:
    if kind.type == "Extension":
        valued = any(key.startswith("value") for key in there)
        if valued == ("extension" in there):
            text = "An extension has either a value[x] or extensions of its own, one of the two."
            yield partial(error, "invariant", text, "ext-1")
