"""Items of a collection: raw JSON values where the expression knows their type, `Typed` where it cannot.

A raw primitive has no extension of its own. What has one (its `_key` twin), what stands in a choice, and what
`children()` finds is a `Typed`. Items of System types (results and literals) are str, bool, int, Decimal,
Temporal and Quantity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from adapter.fhir.fhirpath import model
from adapter.fhir.fhirpath.model import Choice
from adapter.fhir.fhirpath.quantity import Quantity, from_element
from adapter.fhir.fhirpath.temporal import Temporal, parse_temporal


class Typed:
    """A FHIR value that says of which type it is; `value` is None for a primitive that has only a twin."""

    __slots__ = ("twin", "type", "value")

    def __init__(self, value: Any, type_name: str, twin: Any = None) -> None:
        self.value = value
        self.type = type_name
        self.twin = twin

    def __repr__(self) -> str:
        return f"Typed({self.value!r}, {self.type!r})"


TYPE_INFO = "System.TypeInfo"
"""Type of what `type()` gives: an object with `namespace` and `name`."""


def bare(item: Any) -> Any:
    """Return the JSON or System value of an item."""
    return item.value if item.__class__ is Typed else item


_BY_CLASS: dict[type, str] = {
    bool: "System.Boolean",
    str: "System.String",
    int: "System.Integer",
    Decimal: "System.Decimal",
    Quantity: "System.Quantity",
}


def type_of(item: Any, static: str | None) -> str | None:
    """Return the type of an item; `static` is what the expression knows of it."""
    if item.__class__ is Typed:
        static, item = item.type, item.value
    if static is None or static in model.ABSTRACT:
        if isinstance(item, dict):
            named = item.get("resourceType")
            return named if isinstance(named, str) and model.is_type(named) else static
        if item.__class__ is Temporal:
            return f"System.{item.kind}"
        return _BY_CLASS.get(item.__class__, static)
    return static


def _temporal(kind: str) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        return (parse_temporal(value, kind) or value) if isinstance(value, str) else value

    return convert


def _quantity(value: Any) -> Any:
    return from_element(value) if isinstance(value, dict) else value


_CONVERT: dict[str, Callable[[Any], Any]] = {
    "Date": _temporal("Date"),
    "DateTime": _temporal("DateTime"),
    "Time": _temporal("Time"),
    "Quantity": _quantity,
}


def converter(type_name: str | None) -> Callable[[Any], Any] | None:
    """Return what makes System values of raw values of a FHIR type; None where they are the same."""
    if type_name is None or type_name.startswith("System."):
        return None
    return _CONVERT.get(model.system_type(type_name) or "")


def system(item: Any, static: str | None) -> Any:
    """Return an item as a System value where it has one; None for an element without value."""
    if item.__class__ is Typed:
        static, item = item.type, item.value
    convert = converter(static)
    return item if convert is None or item is None else convert(item)


def paired(values: Sequence[Any], twins: Any, type_name: str) -> list[Any]:
    """Return the items of a primitive array, those with a twin as `Typed`."""
    found: list[Any] = []
    others = twins if isinstance(twins, list) else ()
    for place in range(max(len(values), len(others))):
        value = values[place] if place < len(values) else None
        twin = others[place] if place < len(others) else None
        if twin is not None:
            found.append(Typed(value, type_name, twin))
        elif value is not None:
            found.append(value)
    return found


def members(item: Any, name: str, static: str | None) -> Iterable[Any]:
    """Return the children of this name of an item whose type only the item knows."""
    if item.__class__ is Typed and isinstance(item.value, dict):
        known = _objects(item.type, name)
        if known is not None:
            below = item.value.get(known.key)
            return [Typed(each, known.type) for each in below if each is not None] if isinstance(below, list) else ()
    type_name = type_of(item, static)
    value = item.value if item.__class__ is Typed else item
    if type_name is None or type_name.startswith("System."):
        return [value[name]] if type_name == TYPE_INFO and name in value else ()
    if model.is_primitive(type_name):
        value = item.twin if item.__class__ is Typed else None
    if not isinstance(value, dict):
        return ()
    if type_name in model.UNTYPED or type_name in model.ABSTRACT:
        return [child for child, key in _untyped(value) if _is_called(key, name)]
    step = model.step(type_name, name)
    return () if step is None else [each for choice in step.choices for each in read(value, choice, many=step.many)]


@lru_cache(4096)
def _objects(type_name: str, name: str) -> Choice | None:
    """Return where objects that repeat stand below an object of a type, as most do; None where they are others."""
    if model.is_primitive(type_name) or type_name in model.ABSTRACT | model.UNTYPED or type_name.startswith("System."):
        return None
    step = model.step(type_name, name)
    return step.choices[0] if step is not None and step.many and step.choices[0].twin is None else None


def read(value: dict[str, Any], choice: Choice, *, many: bool) -> Iterator[Any]:
    """Yield the values under one key as `Typed`."""
    found = value.get(choice.key)
    twin = None if choice.twin is None else value.get(choice.twin)
    if not many:
        if found is not None or twin is not None:
            yield Typed(found, choice.type, twin)
        return
    for each in paired(found if isinstance(found, list) else (), twin, choice.type):
        yield each if each.__class__ is Typed else Typed(each, choice.type)


def children(item: Any, static: str | None) -> list[Any]:
    """Return every child of an item, as `Typed`."""
    type_name = type_of(item, static)
    value = item.value if item.__class__ is Typed else item
    if type_name is None or type_name.startswith("System."):
        return []
    if model.is_primitive(type_name):
        value = item.twin if item.__class__ is Typed else None
    if not isinstance(value, dict):
        return []
    if type_name in model.UNTYPED or type_name in model.ABSTRACT:
        return [child for child, _ in _untyped(value)]
    known = model.by_key(type_name)
    found: list[Any] = []
    for key in value:
        if key in known:
            choice, many = known[key]
            if key == choice.key or choice.key not in value:
                found.extend(read(value, choice, many=many))
    return found


def descendants(items: Iterable[Any], static: str | None) -> list[Any]:
    """Return all children, their children, and so on, of items."""
    found = [child for item in items for child in children(item, static)]
    for each in found:  # the list grows while it is read
        found.extend(children(each, None))
    return found


_GUESSED: dict[type, str] = {bool: "boolean", int: "integer", Decimal: "decimal", str: "string"}


def _untyped(value: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    """Yield (child, key) of an element of unknown type; the types are those that JSON shows."""
    for key, content in value.items():
        if key == "resourceType" or key[:1] == "_":
            if key[1:] in value or key == "resourceType":
                continue
            yield from ((Typed(None, "string", twin), key[1:]) for twin in _listed(content) if twin is not None)
            continue
        twins = _listed(value.get(f"_{key}"))
        for place, each in enumerate(_listed(content)):
            twin = twins[place] if place < len(twins) else None
            yield Typed(each, _guessed(each, key), twin), key


def _listed(content: Any) -> list[Any]:
    return content if isinstance(content, list) else [content]


def _guessed(content: Any, key: str) -> str:
    if isinstance(content, dict):
        return "Extension" if key in ("extension", "modifierExtension") else "Element"
    return _GUESSED.get(content.__class__, "string")


def _is_called(key: str, name: str) -> bool:
    """Tell whether a key is an element's: its name, or its name with a type behind it."""
    if key == name:
        return True
    type_name = key[len(name) :] if key.startswith(name) else ""
    return model.is_type(type_name) or model.is_type(type_name[:1].lower() + type_name[1:])
