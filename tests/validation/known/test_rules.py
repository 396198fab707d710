"""All rules of single types at once: their cases stand in tests/validation/cases; here, that none ever raises."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.fhir.conformance import load_definitions
from adapter.fhir.definitions import is_type
from adapter.validation.known import CANONICAL, RULES, rules_of
from adapter.validation.scope import Scope
from adapter.validation.validator import Validator
from tests.validation.cases import Case, cases

JUDGED = sorted({*RULES, *CANONICAL})
JUNK: list[Any] = [None, True, 0, -1, "", "#", "|", "a b", "http://example.org", [], {}, [None], [[]], [{}], {"a": 1}]
OURS = [case for case in cases() if case.rule.startswith(("bundle", "code-", "concept-", "dom-", "enable-"))]
OURS += [
    case for case in cases() if case.rule.startswith(("attachment", "identifier", "measure", "meta", "profile-el"))
]
OURS += [case for case in cases() if case.rule.startswith(("search", "structure-map", "value-set", "contained", "ref"))]


@cache
def validator() -> Validator:
    return Validator(load_definitions())


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in steps:
        yield (*path, step)
        yield from places(below, (*path, step))


def test_each_type_that_has_rules_is_one_of_r4() -> None:
    assert [name for name in JUDGED if not is_type(name)] == []
    assert all(rules_of(name) for name in JUDGED)
    assert rules_of("Patient") == ()


@settings(max_examples=300)
@given(st.sampled_from(OURS), st.data())
def test_no_resource_makes_a_rule_raise(case: Case, data: st.DataObject) -> None:
    broken = copy.deepcopy(case.resource)
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(list(places(broken))))
        at = broken
        for step in way:
            at = at[step]
        at[last] = copy.deepcopy(data.draw(st.sampled_from(JUNK)))
    assert isinstance(validator().check(broken), list)
    for check in rules_of(case.resource["resourceType"]):
        check(broken, Scope(validator(), broken, broken))


@given(st.sampled_from(JUDGED), st.dictionaries(st.text(max_size=8), st.sampled_from(JUNK), max_size=5))
def test_no_object_makes_a_rule_raise(name: str, value: dict[str, Any]) -> None:
    for check in rules_of(name):
        check(value, Scope(validator(), value, value))
