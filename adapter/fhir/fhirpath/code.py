"""Compiled expressions: closures over (focus, environment) in the forms in which others ask for them.

`items` gives the collection as a sequence that is never changed (it may be the resource's own list), `one` its
only item or None, `exists` whether there is any, `truth` its three-valued verdict. Each compiled part offers all
four; the form that was written directly is the fast one, so that mostly no list is built.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from adapter.fhir.fhirpath.fault import EvaluationError
from adapter.fhir.fhirpath.model import Step
from adapter.fhir.fhirpath.value import Typed, converter, system


@dataclass(slots=True, eq=False, repr=False)
class Env:
    """What an expression may ask of the world around its focus.

    resolve: a reference (text or Reference) → the resource, None where there is none. member_of: (code, Coding or
    CodeableConcept; value set) → None where it cannot be told. html_ok: a narrative's div → whether it may be so.
    `index` and `total` are the compiler's own.
    """

    resource: Any = None
    root: Any = None
    resolve: Callable[[Any], Any] | None = None
    member_of: Callable[[Any, str], bool | None] | None = None
    conforms_to: Callable[[Any, str], bool] | None = None
    html_ok: Callable[[str], bool] | None = None
    context: Any = None
    extension: Any = None  # %extension: known to the invariants of an extension's context alone
    now: Any = None  # a datetime with its zone; the clock's where None
    index: Any = None
    total: Any = None


Items: TypeAlias = Callable[[Any, Env], Sequence[Any]]
One: TypeAlias = Callable[[Any, Env], Any]
Exists: TypeAlias = Callable[[Any, Env], bool]
Truth: TypeAlias = Callable[[Any, Env], bool | None]

BOOLEAN = ("boolean", "System.Boolean")


@dataclass(slots=True, eq=False, repr=False)
class Code:
    """One compiled part. `type` is what is known of its raw items, None where each item says it itself."""

    items: Items
    one: One
    exists: Exists
    truth: Truth
    type: str | None
    many: bool
    constant: Sequence[Any] | None = None  # what it always gives, where that is known
    source: Code | None = None  # of a step of a path: what it is taken from
    step: Step | None = None
    key: str | None = None  # of a primitive element of the focus, where its value is what the key holds
    direct: bool = False  # the single focus itself: a step may read it without asking


def of_one(one: One, type_name: str | None) -> Code:
    """Return the code of what is at most one item."""

    def items(this: Any, env: Env) -> Sequence[Any]:
        found = one(this, env)
        return () if found is None else (found,)

    def exists(this: Any, env: Env) -> bool:
        return one(this, env) is not None

    return Code(items, one, exists, _truth(one, type_name), type_name, many=False)


def of_items(items: Items, type_name: str | None) -> Code:
    """Return the code of what may be many items."""
    one = singleton(items)

    def exists(this: Any, env: Env) -> bool:
        return len(items(this, env)) > 0

    return Code(items, one, exists, _truth(one, type_name), type_name, many=True)


def of_truth(truth: Truth) -> Code:
    """Return the code of a verdict: a Boolean, or nothing."""

    def items(this: Any, env: Env) -> Sequence[Any]:
        found = truth(this, env)
        return () if found is None else (found,)

    def exists(this: Any, env: Env) -> bool:
        return truth(this, env) is not None

    return Code(items, truth, exists, truth, "System.Boolean", many=False)


def constant(value: Any, type_name: str | None) -> Code:
    """Return the code of a literal; None is the empty collection."""
    found = of_one(lambda _this, _env: value, type_name)
    found.constant = () if value is None else (value,)
    return found


def nothing() -> Code:
    """Return the code of the empty collection."""
    return constant(None, "System.Boolean")


def singleton(items: Items) -> One:
    """Return what gives the only item. Raises EvaluationError when there are more."""

    def one(this: Any, env: Env) -> Any:
        found = items(this, env)
        if len(found) > 1:
            raise EvaluationError(f"expected at most one item, found {len(found)}")
        return found[0] if found else None

    return one


def _truth(one: One, type_name: str | None) -> Truth:
    """Return the verdict of a singleton: its Boolean; an item of another type counts as true."""
    if type_name is not None and type_name not in BOOLEAN:
        return lambda this, env: None if one(this, env) is None else True

    def truth(this: Any, env: Env) -> bool | None:
        found = one(this, env)
        if found is None or found is True or found is False:
            return found
        return _boolean(found)

    return truth


def _boolean(item: Any) -> bool | None:
    if item.__class__ is Typed and item.type == "boolean":
        return item.value if isinstance(item.value, bool) else None
    return True


def value_of(code: Code) -> One:
    """Return what gives the only item as a System value; None also for an element without value."""
    one, static, key = code.one, code.type, code.key
    if static is not None and static.startswith("System."):
        return one
    if key is not None and converter(static) is None:
        return lambda this, _env: this.get(key)
    if static is None:
        return lambda this, env: system(one(this, env), None)
    convert = converter(static)

    def plain(this: Any, env: Env) -> Any:
        found = one(this, env)
        return found.value if found.__class__ is Typed else found

    def converted(this: Any, env: Env) -> Any:
        found = one(this, env)
        if found.__class__ is Typed:
            found = found.value
        return found if found is None or convert is None else convert(found)

    return plain if convert is None else converted
