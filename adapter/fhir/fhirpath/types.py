"""Questions about types: `is`, `as`, `ofType`; answered when compiled where the type is known by then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapter.fhir.fhirpath import model
from adapter.fhir.fhirpath.code import Code, Env, Exists, Truth, nothing, of_items, of_one, of_truth
from adapter.fhir.fhirpath.fault import FhirPathError
from adapter.fhir.fhirpath.path import along
from adapter.fhir.fhirpath.tree import Child, Node
from adapter.fhir.fhirpath.value import TYPE_INFO, Typed, type_of


def specifier(node: Node) -> str:
    """Return the type that an argument names: `is(Patient)`, `ofType(FHIR.Quantity)`."""
    if isinstance(node, Child) and node.target is None:
        return model.resolved(node.name, node.position)
    if isinstance(node, Child) and isinstance(node.target, Child) and node.target.target is None:
        return model.resolved(f"{node.target.name}.{node.name}", node.position)
    raise FhirPathError("expected the name of a type", node.position)


def _open(code: Code) -> bool:
    """Tell whether only an item itself can say of which type it is."""
    return code.type is None or code.type in model.ABSTRACT or code.type in model.UNTYPED


def cast(code: Code, wanted: str) -> Code:
    """Return the items of one type: `as`, which R4's invariants ask of collections too."""
    return narrowed(code, model.cast(wanted, code.type))


def narrowed(code: Code, wanted: str) -> Code:
    """Return the items of one type: `ofType`."""
    if code.source is not None and code.step is not None and len(code.step.choices) > 1:
        return along(code.source, code.step.narrowed(wanted))
    if code.type is not None and model.is_kind_of(code.type, wanted):
        return code
    if not _open(code):
        return nothing()
    return _filtered(code, wanted)


def _filtered(code: Code, wanted: str) -> Code:
    static, result = code.type, None if wanted in model.UNTYPED else wanted
    if not code.many:
        one = code.one

        def only(this: Any, env: Env) -> Any:
            found = one(this, env)
            return unboxed(found) if found is not None and _is(found, static, wanted) else None

        return of_one(only, result)
    items = code.items

    def found(this: Any, env: Env) -> Sequence[Any]:
        return [unboxed(item) for item in items(this, env) if _is(item, static, wanted)]

    return of_items(found, result)


def unboxed(item: Any) -> Any:
    """Return an item as one of known type is: raw, but a primitive with a twin, and what is no known type."""
    if item.__class__ is not Typed or item.twin is not None or item.type in model.UNTYPED:
        return item
    return item.value


def _is(item: Any, static: str | None, wanted: str) -> bool:
    actual = type_of(item, static)
    return actual is not None and model.is_kind_of(actual, wanted)


def tested(code: Code, wanted: str) -> Code:
    """Return `is`: whether the only item is of a type; nothing where there is none."""
    one, static = code.one, code.type
    if code.source is not None and code.step is not None and not code.many and len(code.step.choices) > 1:
        return of_truth(_if_there(code, along(code.source, code.step.narrowed(wanted)).exists))
    if not _open(code):
        kind = static is not None and model.is_kind_of(static, wanted)
        return of_truth(lambda this, env: None if one(this, env) is None else kind)

    def truth(this: Any, env: Env) -> bool | None:
        found = one(this, env)
        return None if found is None else _is(found, static, wanted)

    return of_truth(truth)


def _if_there(code: Code, judge: Exists) -> Truth:
    exists = code.exists
    return lambda this, env: judge(this, env) if exists(this, env) else None


def described(code: Code) -> Code:
    """Return `type()`: namespace and name of the type of each item."""
    items, static = code.items, code.type

    def found(this: Any, env: Env) -> Sequence[Any]:
        return [_description(type_of(item, static)) for item in items(this, env)]

    return of_items(found, None)


def _description(type_name: str | None) -> Typed:
    space, _, name = (type_name or "Element").rpartition(".")
    system = space == "System"
    return Typed({"namespace": "System" if system else "FHIR", "name": name if system else type_name}, TYPE_INFO)
