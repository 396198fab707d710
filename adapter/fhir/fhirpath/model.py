"""R4's types as paths see them: which keys an element name reads, of which type, and how often.

Built on `definitions.fields`; each answer is made once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from adapter.fhir import definitions
from adapter.fhir.fhirpath.fault import FhirPathError

SYSTEM = frozenset({"Boolean", "String", "Integer", "Decimal", "Date", "DateTime", "Time", "Quantity"})
ABSTRACT = frozenset({"Resource", "DomainResource"})
"""Types whose instances say themselves what they are, by `resourceType`."""
UNTYPED = frozenset({"Element", "BackboneElement"})
"""Types of which an instance's other elements are not known."""

TO_SYSTEM = {
    "boolean": "Boolean",
    **dict.fromkeys(("integer", "positiveInt", "unsignedInt"), "Integer"),
    "decimal": "Decimal",
    "date": "Date",
    **dict.fromkeys(("dateTime", "instant"), "DateTime"),
    "time": "Time",
    **dict.fromkeys(
        ("Quantity", "Age", "Count", "Distance", "Duration", "SimpleQuantity", "MoneyQuantity"), "Quantity"
    ),
}
"""FHIR type → the System type it is in a comparison; a primitive that is not here is a String."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Choice:
    """One JSON key under which an element stands; `twin` is its `_key`, None where it can have none."""

    key: str
    twin: str | None
    type: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Step:
    """An element by its name: one key, or the keys of a choice."""

    choices: tuple[Choice, ...]
    many: bool

    @property
    def type(self) -> str | None:
        """The type of its values, None where they may have several."""
        return self.choices[0].type if len(self.choices) == 1 else None

    @property
    def keys(self) -> frozenset[str]:
        """Every key whose presence is the element's."""
        return frozenset(key for each in self.choices for key in (each.key, each.twin) if key is not None)

    def narrowed(self, type_name: str) -> Step:
        """Return the step to the values of one type (or of types made from it)."""
        return Step(tuple(each for each in self.choices if is_kind_of(each.type, type_name)), self.many)


@cache
def _steps(type_name: str) -> Mapping[str, Step]:
    """Return the steps of a type by element name: a choice without its [x]."""
    found: dict[str, Step] = {}
    for field in definitions.fields(type_name).values():
        twin = f"_{field.key}" if definitions.is_primitive(field.type) else None
        name = field.element.removesuffix("[x]")
        before = found[name].choices if name in found else ()
        found[name] = Step((*before, Choice(field.key, twin, field.type)), field.many)
    return MappingProxyType(found)


def step(type_name: str, name: str) -> Step | None:
    """Return how an element of a type is read, or None where the type has none of this name."""
    return _steps(type_name).get(name)


@cache
def by_key(type_name: str) -> Mapping[str, tuple[Choice, bool]]:
    """Return (choice, whether it repeats) by JSON key, for each key and its twin."""
    found: dict[str, tuple[Choice, bool]] = {}
    for each in _steps(type_name).values():
        for choice in each.choices:
            found[choice.key] = (choice, each.many)
            if choice.twin is not None:
                found[choice.twin] = (choice, each.many)
    return MappingProxyType(found)


def is_type(name: str) -> bool:
    """Tell whether this is a type of R4."""
    return definitions.is_type(name)


@cache
def is_kind_of(type_name: str, wanted: str) -> bool:
    """Tell whether a type is another or made from it: code → string, Age → Quantity."""
    if type_name == wanted or (type_name == "System.Quantity" and wanted == "Quantity"):
        return True  # FHIR has a type of that name, which hides the System's
    return definitions.is_type(type_name) and wanted in definitions.bases(type_name)


@cache
def is_primitive(type_name: str) -> bool:
    """Tell whether this is one of R4's primitive types."""
    return definitions.is_primitive(type_name)


def resolved(name: str, position: int) -> str:
    """Return the type that a specifier means: 'Patient', 'System.String'; FHIR's own before the System's.

    Raises FhirPathError where there is no such type.
    """
    space, _, plain = name.rpartition(".")
    if space in ("", "FHIR") and definitions.is_type(plain):
        return plain
    if space in ("", "System") and plain in SYSTEM:
        return f"System.{plain}"
    raise FhirPathError(f"there is no type {name!r}", position)


_OWN = {
    "System.Boolean": "boolean",
    "System.String": "string",
    "System.Integer": "integer",
    "System.Decimal": "decimal",
}
_OWN |= {"System.Date": "date", "System.DateTime": "dateTime", "System.Time": "time"}


def cast(wanted: str, given: str | None) -> str:
    """Return the type that `as` asks for: published invariants write `as String` of a FHIR string.

    `wanted` is what the specifier names, `given` the static type of what it is asked of. HL7's validator reads it so
    in R4; `is` and `ofType` keep the two apart.
    """
    of_system = given is not None and given.startswith("System.")
    return wanted if of_system else _OWN.get(wanted, wanted)


def system_type(type_name: str | None) -> str | None:
    """Return the System type of a FHIR type's values, 'String' for one; None for what is not converted."""
    if type_name is None:
        return None
    if type_name.startswith("System."):
        return type_name.removeprefix("System.")
    if type_name in TO_SYSTEM:
        return TO_SYSTEM[type_name]
    return "String" if definitions.is_primitive(type_name) else None
