"""Steps of a path: an element of each item, read by the keys that its type gives it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapter.fhir.fhirpath import model
from adapter.fhir.fhirpath.code import Code, Env, Exists, Items, One, nothing, of_items, of_one
from adapter.fhir.fhirpath.focus import Focus
from adapter.fhir.fhirpath.model import Step
from adapter.fhir.fhirpath.value import Typed, members, paired


def this(focus: Focus) -> Code:
    """Return the code of the focus itself."""
    if focus.collection:
        return of_items(lambda this, _env: this, focus.type)
    found = of_one(lambda this, _env: this, focus.type)
    found.direct = True
    return found


def step_of(source: Code, name: str) -> Code:
    """Return the code of `source.name`."""
    if source.type is None or source.type in model.UNTYPED:
        return _dynamic(source, name)
    if source.type.startswith("System."):
        return nothing()
    if model.is_primitive(source.type):
        return _of_primitive(source, name)
    step = model.step(source.type, name)
    if step is None and source.type == "Resource":
        step = model.step("DomainResource", name)  # a resource without it has no such key either
    if step is None:
        return _dynamic(source, name) if source.type in model.ABSTRACT else nothing()
    return along(source, step)


def along(source: Code, step: Step) -> Code:
    """Return the code of a known step from a source of a known complex type."""
    if not step.choices:
        return nothing()
    found = _many(source, step) if source.many or step.many else _single(source, step)
    found.source, found.step = source, step
    return found


def _dynamic(source: Code, name: str) -> Code:
    items, static = source.items, source.type

    def found(this: Any, env: Env) -> Sequence[Any]:
        return [child for item in items(this, env) for child in members(item, name, static)]

    return of_items(found, None)


def _of_primitive(source: Code, name: str) -> Code:
    """Return the step from a primitive: what its twin holds."""
    items = source.items
    if name not in ("id", "extension"):
        return nothing()

    def found(this: Any, env: Env) -> Sequence[Any]:
        twins = [item.twin for item in items(this, env) if item.__class__ is Typed and isinstance(item.twin, dict)]
        values = [twin[name] for twin in twins if name in twin]
        return [each for value in values for each in value] if name == "extension" else values

    return of_items(found, "Extension" if name == "extension" else "string")


def reader(step: Step) -> One:
    """Return what reads a step that does not repeat from one object."""
    if len(step.choices) > 1:
        return _choice_reader(step)
    key, twin, type_name = step.choices[0].key, step.choices[0].twin, step.choices[0].type

    def complex_(this: Any, _env: Env) -> Any:
        return this.get(key)

    def primitive(this: Any, _env: Env) -> Any:
        if twin in this:
            return Typed(this.get(key), type_name, this[twin])
        return this.get(key)

    return complex_ if twin is None else primitive


def _choice_reader(step: Step) -> One:
    by_key = {key: each for each in step.choices for key in (each.key, each.twin) if key is not None}

    def choice(this: Any, _env: Env) -> Any:
        for key in this:
            found = by_key.get(key)
            if found is not None:
                return Typed(this.get(found.key), found.type, this.get(found.twin))
        return None

    return choice


def _there(step: Step) -> Exists:
    """Return what tells whether one object has a step."""
    keys = step.keys
    if len(keys) == 1:
        (key,) = keys
        return lambda this, _env: key in this
    if len(step.choices) == 1:
        first, twin = step.choices[0].key, step.choices[0].twin
        return lambda this, _env: first in this or twin in this
    return lambda this, _env: not keys.isdisjoint(this)


def _list_reader(step: Step) -> Items:
    """Return what reads a step that repeats from one object."""
    key, twin, type_name = step.choices[0].key, step.choices[0].twin, step.choices[0].type

    def complex_(this: Any, _env: Env) -> Sequence[Any]:
        return this.get(key, ())  # type: ignore[no-any-return]  # a list, as its type says

    def primitive(this: Any, _env: Env) -> Sequence[Any]:
        values: Sequence[Any] = this.get(key, ())
        return paired(values, this[twin], type_name) if twin in this else values

    return complex_ if twin is None else primitive


def _single(source: Code, step: Step) -> Code:
    read, there = reader(step), _there(step)
    if source.direct:
        found = of_one(read, step.type)
        found.exists = there
        found.key = step.choices[0].key if len(step.choices) == 1 and step.choices[0].twin is not None else None
        return found
    before = source.one

    def one(this: Any, env: Env) -> Any:
        above = before(this, env)
        return None if above is None else read(above, env)

    def exists(this: Any, env: Env) -> bool:
        above = before(this, env)
        return above is not None and there(above, env)

    found = of_one(one, step.type)
    found.exists = exists
    return found


def _many(source: Code, step: Step) -> Code:
    there = _there(step)
    if not source.many:
        found = of_items(_listed_from_one(source, step), step.type)
        found.exists = there if source.direct else _one_has(source, there)
        return found
    above = source.items
    if step.many:
        read_all = _list_reader(step)

        def items(this: Any, env: Env) -> Sequence[Any]:
            return [each for item in above(this, env) for each in read_all(item, env)]
    else:
        read = reader(step)

        def items(this: Any, env: Env) -> Sequence[Any]:
            return [each for item in above(this, env) if (each := read(item, env)) is not None]

    def exists(this: Any, env: Env) -> bool:
        return any(there(item, env) for item in above(this, env))

    found = of_items(items, step.type)
    found.exists = exists
    return found


def _listed_from_one(source: Code, step: Step) -> Items:
    read_all = _list_reader(step)
    if source.direct:
        return read_all
    before = source.one

    def items(this: Any, env: Env) -> Sequence[Any]:
        above = before(this, env)
        return () if above is None else read_all(above, env)

    return items


def _one_has(source: Code, there: Exists) -> Exists:
    before = source.one

    def exists(this: Any, env: Env) -> bool:
        above = before(this, env)
        return above is not None and there(above, env)

    return exists
