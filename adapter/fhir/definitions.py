"""FHIR R4 as its own definitions state it: the reader of the generated table under `adapter/fhir/r4`.

Types load one by one when they are first asked for; nothing here reads a package. Source of the table:
hl7.fhir.r4.core 4.0.1 and hl7.fhir.uv.ae-research-backport-ig 1.0.1, by `adapter.fhir.generate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from adapter.fhir.kept import kept
from adapter.fhir.table import FOLDER, Table

_TYPES = Table(FOLDER / "types.ndjson")
_EXTENSIONS = Table(FOLDER / "extensions.ndjson")
_VALUE_SETS = Table(FOLDER / "value_sets.ndjson")
_CODE_SYSTEMS = Table(FOLDER / "code_systems.ndjson")

# The types of a choice that a binding binds: those that hold a code.
QUANTITIES = frozenset({"Quantity", "Age", "Count", "Distance", "Duration", "Money"})
BINDABLE = QUANTITIES | {"code", "string", "uri", "Coding", "CodeableConcept"}


class UnknownType(LookupError):  # noqa: N818 (the name that callers know)
    """R4 has no type of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"R4 has no type {name!r}")


@dataclass(frozen=True, slots=True)
class Field:
    """One JSON key of an object type. The keys of a choice share `element`, `path` and `order`."""

    key: str  # 'effectiveDateTime'
    element: str  # 'effective[x]' for a choice, else the key
    path: str  # 'MedicationAdministration.effective[x]'
    type: str  # 'dateTime'; a backbone is named by its path, a contentReference is followed
    many: bool
    min: int
    max: int | None  # None: no limit
    order: int  # position in the type, for R4's order
    targets: tuple[str, ...]  # of a Reference or canonical; () = any type
    codes: frozenset[str] | None  # of a required binding; None where they cannot be enumerated
    binding: str | None  # the value set's url without version
    strength: str | None  # required, extensible, preferred, example
    profile: str | None = None  # 'SimpleQuantity' where a Quantity must be one
    modifier: bool = False
    summary: bool = False


@dataclass(frozen=True, slots=True)
class Invariant:
    """A constraint as R4 states it. Keys repeat with different expressions (inv-1)."""

    key: str
    severity: str  # error, warning
    expression: str  # FHIRPath
    human: str = ""  # what it says to people


@dataclass(frozen=True, slots=True)
class ExtensionDefinition:
    """What a known extension may hold: a value, or nested extensions by url."""

    url: str
    values: Mapping[str, Field]  # by key: 'valueReference'; empty where no value may stand
    nested: Mapping[str, ExtensionDefinition]
    contexts: tuple[str, ...]  # where it may stand: element paths; () for a nested one
    min: int
    max: int | None
    modifier: bool

    @property
    def types(self) -> tuple[str, ...]:
        """The types its value may have."""
        return tuple(field.type for field in self.values.values())


@dataclass(frozen=True, slots=True)
class CodeSystem:
    """All codes of a code system. R4 leaves `case_sensitive` unsaid in many: it is False then."""

    url: str
    codes: frozenset[str]
    case_sensitive: bool


@cache
def _row(name: str) -> dict[str, Any]:
    row: dict[str, Any] | None = _TYPES.get(name)
    if row is None:
        raise UnknownType(name)
    return row


def kind(name: str) -> str:
    """Return 'resource', 'complex', 'primitive', 'backbone' or 'profile'. Raises UnknownType."""
    return str(_row(name)["kind"])


def is_type(name: str) -> bool:
    """Tell whether R4 has a type or backbone of this name."""
    return name in _TYPES


@kept(1_000)
def is_resource(name: str) -> bool:
    """Tell whether this is a resource type an instance can have: not Resource, not DomainResource."""
    return name in _TYPES and kind(name) == "resource" and "abstract" not in _row(name)


def is_primitive(name: str) -> bool:
    """Tell whether this is a primitive type; xhtml is one."""
    return name in _TYPES and kind(name) == "primitive"


@cache
def resource_types() -> tuple[str, ...]:
    """Return the names of all resource types that are not abstract, in alphabetical order."""
    return tuple(sorted(name for name in _TYPES if "." not in name and is_resource(name)))


@cache
def bases(name: str) -> tuple[str, ...]:
    """Return the types this one is made from, the nearest first: Patient → DomainResource, Resource."""
    found: list[str] = []
    base: str | None = _row(name).get("base")
    while base is not None:
        found.append(base)
        base = _row(base).get("base")
    return tuple(found)


@cache
def _elements(name: str) -> dict[str, dict[str, Any]]:
    """Return the element rows of a type by name, its bases' first, as the type itself states them."""
    found: dict[str, dict[str, Any]] = {}
    for ancestor in (*reversed(bases(name)), name):
        found.update({row["name"]: row for row in _row(ancestor)["elements"]})
    return {element: row for element, row in found.items() if row["max"] != 0}


@cache
def fields(type_name: str) -> Mapping[str, Field]:
    """Return every JSON key of a type in R4's order; a choice under each of its keys.

    A primitive has `id` and `extension` only (of its `_key` twin); `resourceType` is no element.
    Raises UnknownType.
    """
    found: dict[str, Field] = {}
    for order, row in enumerate(_elements(type_name).values()):
        found.update((field.key, field) for field in _expanded(type_name, row, order))
    return MappingProxyType(found)


def _expanded(type_name: str, row: dict[str, Any], order: int) -> Iterator[Field]:
    """Yield the fields of one element: one, or one a type of the choice."""
    name = row["name"]
    for code, *targets in row["types"]:
        yield Field(
            key=choice_key(name, code),
            element=name,
            path=f"{type_name}.{name}",
            type=code,
            many=row["max"] != 1,
            min=row["min"],
            max=row["max"],
            order=order,
            targets=tuple(targets),
            profile=row.get("profile") if code == "Quantity" else None,
            modifier=row.get("modifier", False),
            summary=row.get("summary", False),
            **_bound(row.get("binding"), code, alone=len(row["types"]) == 1),
        )


def choice_key(element: str, type_name: str) -> str:
    """Return the JSON key of an element for a type: ('value[x]', 'dateTime') → 'valueDateTime'."""
    if not element.endswith("[x]"):
        return element
    return element[:-3] + type_name[0].upper() + type_name[1:]


def _bound(binding: list[str] | None, code: str, *, alone: bool) -> dict[str, Any]:
    """Return the binding of a field; in a choice only the types that hold codes are bound."""
    if binding is None or not (alone or code in BINDABLE):
        return {"codes": None, "binding": None, "strength": None}
    url, strength = binding
    codes = required_codes(url) if strength == "required" else None
    return {"codes": codes, "binding": url, "strength": strength}


def choice(type_name: str, element: str) -> tuple[str, ...]:
    """Return the keys of a choice: ('Observation', 'value[x]') → ('valueQuantity', …); () for no choice."""
    return tuple(key for key, field in fields(type_name).items() if field.element == element != key)


@kept(10_000)
def invariants(path: str) -> tuple[Invariant, ...]:
    """Return the invariants of a type (its bases' first) or those stated at an element alone.

    `invariants("Patient")` has dom-*; ele-1 and ext-1 are those of `Element` and `Extension`, and are not
    repeated at each element. Raises UnknownType when the path's type is none.
    """
    if is_type(path):
        rows = [_row(name) for name in (*reversed(bases(path)), path)]
        stated = [invariant for row in (*rows, _as_element(path)) for invariant in row.get("invariants", ())]
        return tuple(Invariant(*invariant) for invariant in stated)
    return tuple(Invariant(*invariant) for invariant in _as_element(path).get("invariants", ()))


def _as_element(path: str) -> dict[str, Any]:
    parent, _, name = path.rpartition(".")
    return _elements(parent).get(name, {}) if parent else {}


def systems(binding_url: str) -> Mapping[str, frozenset[str]] | None:
    """Return the codes of a value set by their system's url, or None where they cannot be enumerated."""
    url = binding_url.partition("|")[0]
    if url in _VALUE_SETS:
        return _systems(url)
    whole = code_system(url)  # four bindings of R4 name a code system
    return None if whole is None else MappingProxyType({url: whole.codes})


@cache
def _systems(url: str) -> Mapping[str, frozenset[str]]:
    stated: dict[str, list[str] | None] = _VALUE_SETS.get(url)
    return MappingProxyType({system: _chosen(system, codes) for system, codes in stated.items()})


def _chosen(system: str, codes: list[str] | None) -> frozenset[str]:
    if codes is not None:
        return frozenset(codes)
    whole = code_system(system)
    return frozenset() if whole is None else whole.codes


def required_codes(binding_url: str) -> frozenset[str] | None:
    """Return the codes of a value set whatever their system, or None where they cannot be enumerated."""
    by_system = systems(binding_url)
    return None if by_system is None else frozenset().union(*by_system.values())


def code_system(url: str) -> CodeSystem | None:
    """Return a code system that the packages hold in full, or None."""
    name = url.partition("|")[0]
    return _code_system(name) if name in _CODE_SYSTEMS else None


def listed_codes(url: str) -> tuple[list[str], bool] | None:
    """Return the codes of a code system in their order and whether case matters, or None: not held in full."""
    row = _CODE_SYSTEMS.get(url)
    return None if row is None else (row["codes"], row["case"])


@cache
def _code_system(url: str) -> CodeSystem:
    row = _CODE_SYSTEMS.get(url)
    return CodeSystem(url, frozenset(row["codes"]), row["case"])


def extension(url: str) -> ExtensionDefinition | None:
    """Return a known extension's definition, or None: an unknown one may hold anything."""
    name = url.partition("|")[0]
    return _known_extension(name) if name in _EXTENSIONS else None


@cache  # of known urls alone: what comes in may name any number of others
def _known_extension(url: str) -> ExtensionDefinition:
    return _extension(url, _EXTENSIONS.get(url))


def _extension(url: str, row: dict[str, Any]) -> ExtensionDefinition:
    nested = {name: _extension(name, below) for name, below in row.get("nested", {}).items()}
    return ExtensionDefinition(
        url=url,
        values=MappingProxyType(dict(_values(row))),
        nested=MappingProxyType(nested),
        contexts=tuple(row.get("contexts", ())),
        min=row["min"],
        max=row["max"],
        modifier=row.get("modifier", False),
    )


def _values(row: dict[str, Any]) -> Iterator[tuple[str, Field]]:
    """Yield Extension's own value fields, narrowed to what this extension allows."""
    value = {key: field for key, field in fields("Extension").items() if field.element == "value[x]"}
    allowed: list[list[str]] = row.get("types", [[field.type] for field in value.values()])
    for code, *targets in allowed:
        key = choice_key("value[x]", code)
        bound = _bound(row.get("binding"), code, alone=len(allowed) == 1)
        yield key, replace(value[key], targets=tuple(targets), **bound)
