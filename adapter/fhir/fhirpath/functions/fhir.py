"""What FHIR adds to FHIRPath. Source: https://hl7.org/fhir/R4/fhirpath.html#functions"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapter.fhir.fhirpath import model
from adapter.fhir.fhirpath.code import Code, Env, Items, of_items, of_one, of_truth, value_of
from adapter.fhir.fhirpath.fault import EvaluationError, Undecided
from adapter.fhir.fhirpath.focus import Builder, Focus, function
from adapter.fhir.fhirpath.functions.scalar import text
from adapter.fhir.fhirpath.path import step_of
from adapter.fhir.fhirpath.tree import Call
from adapter.fhir.fhirpath.value import bare, system, type_of


@function("extension", 1)
def _extension(target: Code, call: Call, focus: Focus) -> Code:
    step, argument = step_of(target, "extension"), focus.code(call.arguments[0])
    extensions, url = step.items, value_of(argument)

    def found(this: Any, env: Env) -> Sequence[Any]:
        wanted = url(this, env)
        return [item for item in extensions(this, env) if bare(item).get("url") == wanted]

    if step.type != "Extension":
        return of_items(found, None)
    return of_items(found if not argument.constant else _of_url(extensions, argument.constant[0]), "Extension")


def _of_url(extensions: Items, url: Any) -> Items:
    """Return what gives the extensions with a url that is known beforehand, as it mostly is."""
    return lambda this, env: [item for item in extensions(this, env) if item.get("url") == url]


@function("hasValue")
def _has_value(target: Code, _call: Call, _focus: Focus) -> Code:
    items, static, key = target.items, target.type, target.key
    if key is not None:
        return of_truth(lambda this, _env: this.get(key) is not None)

    def has(this: Any, env: Env) -> bool:
        found = items(this, env)
        return len(found) == 1 and _is_primitive(found[0], static)

    return of_truth(has)


def _is_primitive(item: Any, static: str | None) -> bool:
    """Tell whether an item is a primitive with a value."""
    actual = type_of(item, static)
    primitive = actual is not None and not actual.startswith("System.") and model.is_primitive(actual)
    value = bare(item)
    return value is not None and not isinstance(value, dict) and (primitive or static in (None, "Element"))


@function("getValue")
def _get_value(target: Code, _call: Call, _focus: Focus) -> Code:
    items, static = target.items, target.type

    def value(this: Any, env: Env) -> Any:
        found = items(this, env)
        return system(found[0], static) if len(found) == 1 and _is_primitive(found[0], static) else None

    return of_one(value, None)


@function("resolve")
def _resolve(target: Code, _call: Call, _focus: Focus) -> Code:
    items = target.items

    def found(this: Any, env: Env) -> Sequence[Any]:
        references = [bare(item) for item in items(this, env)]
        resources = [resolved(reference, env) for reference in references]
        return [resource for resource in resources if resource is not None]

    return of_items(found, "Resource")


def resolved(reference: Any, env: Env) -> Any:
    """Return what a Reference or its text refers to, or None: what is contained, or what the environment knows."""
    if env.resolve is not None:
        return env.resolve(reference)
    target = reference.get("reference") if isinstance(reference, dict) else reference
    if not isinstance(target, str) or target[:1] != "#":
        return None
    root = env.resource if env.root is None else env.root
    contained = root.get("contained", ()) if isinstance(root, dict) else ()
    return root if target == "#" else next((each for each in contained if each.get("id") == target[1:]), None)


@function("memberOf", 1)
def _member_of(target: Code, call: Call, focus: Focus) -> Code:
    one, value_set = target.one, value_of(focus.code(call.arguments[0]))

    def member(this: Any, env: Env) -> bool | None:
        found = bare(one(this, env))
        url = None if found is None else value_set(this, env)
        if url is None:
            return None
        verdict = None if env.member_of is None else env.member_of(found, text(url))
        if verdict is None:
            raise Undecided(f"whether a code is in {url} cannot be told here")
        return verdict

    return of_truth(member)


@function("conformsTo", 1)
def _conforms_to(target: Code, call: Call, focus: Focus) -> Code:
    one, profile = target.one, value_of(focus.code(call.arguments[0]))

    def conforms(this: Any, env: Env) -> bool | None:
        found = bare(one(this, env))
        url = None if found is None else profile(this, env)
        if url is None:
            return None
        if env.conforms_to is None:
            raise Undecided(f"whether a value conforms to {url} cannot be told here")
        return env.conforms_to(found, text(url))

    return of_truth(conforms)


@function("htmlChecks")
def _html_checks(target: Code, _call: Call, _focus: Focus) -> Code:
    one = target.one

    def sound(this: Any, env: Env) -> bool | None:
        found = bare(one(this, env))
        if found is None:
            return None
        if env.html_ok is None:
            raise Undecided("a narrative cannot be judged here")
        return env.html_ok(text(found))

    return of_truth(sound)


def _unsupported(name: str) -> Builder:
    def build(_target: Code, _call: Call, _focus: Focus) -> Code:
        def refused(_this: Any, _env: Env) -> Any:
            raise EvaluationError(f"{name}() is not supported")

        return of_one(refused, None)

    return build


for _name, _arguments in {
    "elementDefinition": 0,
    "slice": 2,
    "checkModifiers": 1,
    "subsumes": 1,
    "subsumedBy": 1,
}.items():
    function(_name, _arguments, 20 if _name == "checkModifiers" else _arguments)(_unsupported(_name))
