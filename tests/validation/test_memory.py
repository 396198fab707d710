from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.fhir.conformance import load_definitions
from adapter.fhir.constraints import Constraints
from adapter.fhir.definitions import Invariant
from adapter.validation.finding import Found, error
from adapter.validation.memory import KEPT, KEYS, UNKEYED, has_rules, remembering
from adapter.validation.scope import Scope
from adapter.validation.validator import Validator


class Counting:
    """A check that counts what it looks at, and refuses what is no text 'sound'."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def __call__(self, value: Any, scope: Scope) -> Found:
        self.seen.append(value)
        return [error("value", "no", "x")] if value["text"] == "wrong" else None


@pytest.fixture
def scope() -> Scope:
    return validator()._scope({"resourceType": "Basic"}, {"resourceType": "Basic"}, None)


@cache
def validator() -> Validator:
    return Validator(load_definitions())


@cache
def forgetful() -> Validator:
    """One that looks at each value anew."""
    return Validator(validator().definitions)


def concept(text: Any = "a", **more: Any) -> dict[str, Any]:
    return {"coding": [{"system": "http://example.org/s", "code": "b"}], "text": text, **more}


def test_a_sound_value_is_looked_at_once_and_a_wrong_one_each_time(scope: Scope) -> None:
    looks = Counting()
    check = remembering(looks, KEYS["CodeableConcept"])
    for _ in range(3):
        assert check(concept(), scope) is None
        assert check(concept("wrong"), scope) is not None
    assert len(looks.seen) == 4


def test_true_is_not_1_and_numbers_are_not_remembered(scope: Scope) -> None:
    looks = Counting()
    check = remembering(looks, KEYS["CodeableConcept"])
    for value in (concept(1), concept(True), concept(1)):
        check(value, scope)
    assert len(looks.seen) == 3


def test_what_holds_more_than_such_values_do_is_looked_at_each_time(scope: Scope) -> None:
    looks = Counting()
    check = remembering(looks, KEYS["CodeableConcept"])
    for _ in range(2):
        check(concept(extension=[{"url": "http://example.org/a", "valueCode": "b"}]), scope)
    assert len(looks.seen) == 2


def test_no_more_is_remembered_than_is_kept(scope: Scope) -> None:
    looks = Counting()
    check = remembering(looks, KEYS["CodeableConcept"])
    for place in range(KEPT + 1):
        check(concept(str(place)), scope)
    check(concept(str(KEPT)), scope)  # began anew with it
    assert len(looks.seen) == KEPT + 1
    check(concept("0"), scope)
    assert len(looks.seen) == KEPT + 2


def test_rules_may_stand_here_or_below_or_in_a_slice() -> None:
    rule = Invariant("a-1", "error", "true")
    ruled = Constraints("a", "p", invariants=(rule,))
    assert has_rules(ruled)
    assert has_rules(Constraints("a", "p", children={"b": ruled}))
    assert has_rules(Constraints("a", "p", slices={"b": ruled}))
    assert not has_rules(Constraints("a", "p", children={"b": Constraints("b", "p")}))


PARTS = st.sampled_from(["a", "b", "http://loinc.org", "http://loinc.org/", "", " ", 1, True, None, [], {}])
CODINGS = st.dictionaries(st.sampled_from(["system", "code", "display", "id", "version", "junk"]), PARTS, max_size=3)
CONCEPTS = st.fixed_dictionaries(
    {"coding": st.lists(CODINGS, max_size=2)}, optional={"text": PARTS, "id": PARTS, "junk": PARTS}
)
TEXTS = ["Patient/1", "#a", "#", "Patient/", "urn:uuid:x", "http://example.org/Patient/1", "Group/1", "Patient?a=b"]
REFERENCES = st.fixed_dictionaries(
    {},
    optional={
        "reference": st.sampled_from(TEXTS) | PARTS,
        "type": st.sampled_from(["Patient", "Group"]) | PARTS,
        "display": PARTS,
        "identifier": st.dictionaries(st.sampled_from(["system", "value", "use", "junk"]), PARTS, max_size=3) | PARTS,
    },
)


@settings(max_examples=400)
@given(st.lists(st.tuples(CONCEPTS, REFERENCES), min_size=1, max_size=3))
def test_what_is_remembered_is_what_was_judged(drawn: list[tuple[Any, Any]]) -> None:
    """One validator remembers from all examples, the other is made to forget before each."""
    for code, subject in drawn * 2:
        resource = {"resourceType": "Observation", "status": "final", "code": code, "subject": subject}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("adapter.validation.value.KEYS", {})
            judged = forgetful().check(copy.deepcopy(resource))
        assert validator().check(resource) == judged


@given(CONCEPTS | PARTS, REFERENCES | PARTS)
def test_two_values_with_one_key_are_equal(concept_: Any, reference: Any) -> None:
    for type_name, value in (("CodeableConcept", concept_), ("Reference", reference)):
        try:
            key = KEYS[type_name](value)
        except UNKEYED:
            continue
        assert KEYS[type_name](copy.deepcopy(value)) == key
