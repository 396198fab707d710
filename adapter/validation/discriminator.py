"""How an entry is known to belong to a slice: the tests that its discriminators make of the slice's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from adapter.fhir.constraints import Constraints, Discriminator, Slicing
from adapter.fhir.fhirpath import EvaluationError, compile_expression
from adapter.validation import fixed
from adapter.validation.reader import Reader, Signs, is_local, is_named, reader_of, signs_at

if TYPE_CHECKING:
    from adapter.validation.element import Element
    from adapter.validation.plan import Plans
    from adapter.validation.scope import Scope

Test = Callable[[Any, "Scope"], bool]
"""Whether an entry shows the sign of a slice."""

DEFAULT = "@default"
"""The slice of all that is in no other (profiling.html#default)."""

BY_URL = Slicing((Discriminator("value", "url"),))


def tests_of(plans: Plans, element: Element, slicing: Slicing | None, part: Constraints) -> tuple[Test, ...]:
    """Return the tests that tell one slice; without discriminators, whether the entry conforms to it."""
    if part.slice_name == DEFAULT:
        return ()
    if slicing is None or not slicing.discriminators:
        slicing = BY_URL if element.field.type == "Extension" else slicing
    if slicing is None or not slicing.discriminators:
        return (_by_trying(plans, element, part),)
    tests = [_test(plans, element, each, part) for each in slicing.discriminators]
    told = tuple(test for test in tests if test is not None)
    return told or tuple(_is_there(reader_of(each.path, element.field.type)) for each in slicing.discriminators)


def texts_of(
    plans: Plans, element: Element, slicing: Slicing | None, parts: list[Constraints]
) -> tuple[str, dict[str, int]] | None:
    """Return key and text of each slice where a single text at a key tells them all, as urls do; None otherwise."""
    if slicing is None or not slicing.discriminators:
        slicing = BY_URL if element.field.type == "Extension" else None
    if slicing is None or len(slicing.discriminators) != 1 or any(part.slice_name == DEFAULT for part in parts):
        return None
    only = slicing.discriminators[0]
    if only.kind not in ("value", "pattern") or "." in only.path or not is_named(only.path, element.field.type):
        return None
    stated = [list(_at(plans, part, only.path)) for part in parts]
    fixed_texts = [[each.fixed or each.pattern for each in at if each.fixed or each.pattern] for at in stated]
    if not all(len(set(map(str, each))) == 1 and isinstance(each[0], str) for each in fixed_texts):
        return None
    places: dict[str, int] = {}
    for place, each in enumerate(fixed_texts):
        places.setdefault(each[0], place)
    return only.path, places


def signs_of(element: Element, slicing: Slicing | None) -> Signs | None:
    """Return what gives all of entries that tells their slices; None where that is not within them."""
    if slicing is None or not slicing.discriminators:
        return None
    by, type_ = slicing.discriminators, element.field.type
    if not all(each.kind in ("value", "pattern", "exists") and is_local(each.path, type_) for each in by):
        return None
    return signs_at([each.path for each in by])


def _test(plans: Plans, element: Element, by: Discriminator, part: Constraints) -> Test | None:
    """Return the test of one discriminator; None where the slice says nothing at its path."""
    read, stated = reader_of(by.path, element.field.type), list(_at(plans, part, by.path))
    if by.kind == "exists":
        return _exists(read, stated)
    if by.kind == "type":
        return _type(plans, element, by.path, part)
    if by.kind == "profile":
        return _profile(read, stated)
    if any(each.max == 0 for each in stated):
        return lambda entry, scope: not read(entry, scope)
    return _value(plans, read, stated)


def _is_there(read: Reader) -> Test:
    return lambda entry, scope: bool(read(entry, scope))


def steps(path: str) -> list[str]:
    """Return the steps of a discriminator's path: dots within parentheses and quotes do not part them."""
    found, depth, quoted = [""], 0, False
    for letter in path:
        quoted ^= letter == "'"
        depth += (letter == "(") - (letter == ")") if not quoted else 0
        if letter == "." and depth == 0 and not quoted:
            found.append("")
        else:
            found[-1] += letter
    return [step for step in found if step != "$this"]


def _at(plans: Plans, part: Constraints, path: str) -> Iterator[Constraints]:
    """Yield what the slice states at a path: along children, slices within, and profiles of types."""
    here = [*_with_profiles(plans, part)]
    for step in steps(path):
        if step.startswith(("ofType(", "resolve(", "as(")):
            here = [more for each in here for more in [each, *_targets(plans, each)]] if step[0] == "r" else here
            continue
        here = [more for each in here for below in _child(each, step) for more in _with_profiles(plans, below)]
    yield from here


def _child(stated: Constraints, step: str) -> Iterator[Constraints]:
    if step.startswith("extension("):
        url = step[len("extension(") :].strip("')\"")
        extensions = stated.children.get("extension")
        for each in extensions.slices.values() if extensions is not None else ():
            if url in (profile for one in each.types for profile in one.profiles) or _url_of(each) == url:
                yield each
        return
    found = stated.children.get(step) or stated.children.get(f"{step}[x]")
    if found is not None:
        yield found
        yield from found.slices.values()


def _url_of(stated: Constraints) -> Any:
    url = stated.children.get("url")
    return None if url is None else url.fixed


def _with_profiles(plans: Plans, stated: Constraints) -> Iterator[Constraints]:
    yield stated
    for each in stated.types:
        for url in each.profiles if len(each.profiles) == 1 else ():
            profile = plans.element_profile(url)
            if profile is not None:
                yield profile.root


def _targets(plans: Plans, stated: Constraints) -> Iterator[Constraints]:
    for each in stated.types:
        for url in each.targets:
            profile = plans.profile(url)
            if profile is not None:
                yield profile.root


def _exists(read: Reader, stated: list[Constraints]) -> Test:
    wanted = not any(each.max == 0 for each in stated)
    return lambda entry, scope: bool(read(entry, scope)) == wanted


def _type(plans: Plans, element: Element, path: str, part: Constraints) -> Test | None:
    """Whether what stands at the path is of one of the slice's types."""
    names = [each.code for one in _at(plans, part, path) for each in one.types]
    targets = [plans.type_of(url) for one in _at(plans, part, path) for each in one.types for url in each.targets]
    if "resolve()" in path:
        names = [name for name in targets if name is not None] or names
    if not names:
        return None
    at = "" if path == "$this" else f"{path}."
    tests = [compile_expression(f"{at}ofType({name}).exists()", element.field.type) for name in names]

    def holds(entry: Any, scope: Scope) -> bool:
        try:
            return any(test.holds(entry, scope.env) for test in tests)
        except EvaluationError:
            return False  # an entry of the wrong shape is of no type

    return holds


def _profile(read: Reader, stated: list[Constraints]) -> Test | None:
    urls = {url for one in stated for each in one.types for url in (each.profiles or each.targets)}
    if not urls:
        return None

    def test(entry: Any, scope: Scope) -> bool:
        return any(_conforms(value, url, scope) for value in read(entry, scope) for url in urls)

    return test


def _conforms(value: Any, url: str, scope: Scope) -> bool:
    found = scope.judge.conforms(value, url, scope)
    return found is None or not any(each.severity == "error" for each in found)


def _value(plans: Plans, read: Reader, stated: list[Constraints]) -> Test | None:
    """Whether the values at the path are those that the slice fixes, or in the value set that it requires."""
    expected = [each for one in stated for each in _expectations(plans, one)]
    if not expected:
        return _is_there(read) if any(each.min for each in stated) else None
    if len(expected) == 1:
        only = expected[0]
        return lambda entry, scope: any(only(value) for value in read(entry, scope))

    def test(entry: Any, scope: Scope) -> bool:
        values = read(entry, scope)
        return all(any(each(value) for value in values) for each in expected)

    return test


def _expectations(plans: Plans, stated: Constraints) -> Iterator[Callable[[Any], bool]]:
    if stated.fixed is not None:
        yield fixed.matcher(stated.fixed) if isinstance(stated.fixed, str) else partial(fixed.same, stated.fixed)
    elif stated.pattern is not None:
        yield fixed.matcher(stated.pattern)
    elif stated.binding is not None and stated.binding.strength == "required":
        url = stated.binding.value_set
        yield lambda value: plans.member_of(value, url) is True
    else:
        for name, below in stated.children.items():
            for inner in _expectations(plans, below):
                yield _within(name, inner)


def _within(name: str, expected: Callable[[Any], bool]) -> Callable[[Any], bool]:
    def test(value: Any) -> bool:
        below = value.get(name) if type(value) is dict else None
        return any(map(expected, below)) if isinstance(below, list) else below is not None and expected(below)

    return test


def _by_trying(plans: Plans, element: Element, part: Constraints) -> Test:
    from adapter.validation import value as values

    def test(entry: Any, scope: Scope) -> bool:
        found = values.check_of(plans, element, (*element.stated, part))(entry, scope)
        return found is None or not any(each.severity == "error" for each in found)

    return test
