from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adapter.fhir import json
from adapter.fhir.definitions import UnknownType
from adapter.fhir.fhirpath import Env, EvaluationError, FhirPathError, Typed, Undecided, compile_expression

CASES = Path(__file__).parent / "cases"
GROUPS = json.parse((CASES / "expressions.json").read_bytes())
PATIENT = GROUPS[0]["resource"]


def shown(item: Any) -> Any:
    """An item as the tables write it: JSON values as they are, the rest as text."""
    value = item.value if isinstance(item, Typed) else item
    plain = value is None or (isinstance(value, bool | int | str | dict))
    return value if plain else str(value)


def evaluated(text: str, resource: Any, type_name: str | None = None, **world: Any) -> list[Any]:
    env = Env(resource=resource, root=resource, **world)
    return compile_expression(text, type_name or resource["resourceType"]).evaluate(resource, env)


@pytest.mark.parametrize(("group", "case"), [(group, case) for group in GROUPS for case in group["cases"]])
def test_an_expression_gives_what_fhirpath_says(group: Any, case: Any) -> None:
    text, expected = case
    found = [shown(item) for item in evaluated(text, group["resource"])]
    assert (found, [type(item) for item in found]) == (expected, [type(item) for item in expected])


@pytest.mark.parametrize(("text", "reason", "position"), json.parse((CASES / "refused.json").read_bytes()))
def test_what_is_no_expression_is_refused_with_its_place(text: str, reason: str, position: int) -> None:
    with pytest.raises(FhirPathError) as refused:
        compile_expression(text, "Patient")
    assert reason in str(refused.value)
    assert refused.value.position == position


@pytest.mark.parametrize(("text", "reason"), json.parse((CASES / "failing.json").read_bytes()))
def test_what_has_no_answer_says_why(text: str, reason: str) -> None:
    with pytest.raises(EvaluationError) as failed:
        evaluated(text, PATIENT)
    assert reason in str(failed.value)


def test_a_type_that_r4_has_not_is_no_focus() -> None:
    with pytest.raises(UnknownType):
        compile_expression("id.exists()", "Nothing")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("true", True), ("false", False), ("{}", False), ("gender", True), ("active", False), ("photo", False)],
)
def test_an_invariant_holds_by_one_item_that_is_not_false(text: str, verdict: bool) -> None:
    resource = {"resourceType": "Patient", "gender": "male", "active": False}
    assert compile_expression(text, "Patient").holds(resource, Env()) is verdict


def test_several_items_are_no_verdict() -> None:
    with pytest.raises(EvaluationError):
        compile_expression("name", "Patient").holds({"name": [{}, {}]}, Env())


def test_an_expression_is_compiled_once_for_a_type() -> None:
    assert compile_expression("id.exists()", "Patient") is compile_expression("id.exists()", "Patient")


def test_an_expression_says_what_it_is() -> None:
    assert repr(compile_expression("id", "Patient")) == "<Expression 'id' on Patient>"


def test_content_of_the_wrong_type_is_a_failure_and_no_crash() -> None:
    for resource in ({"name": "x"}, {"name": [1]}, {"name": {"given": 3}}, {"name": None}):
        with pytest.raises(EvaluationError, match="not of the types"):
            evaluated("name.given.first().length() > 0 or name.family = 'a'", {"resourceType": "Patient", **resource})


def test_a_result_is_a_list_of_its_own() -> None:
    resource = {"resourceType": "Patient", "name": [{"family": "A"}]}
    evaluated("name", resource).clear()
    assert resource["name"] == [{"family": "A"}]


NAMES = {"resourceType": "Patient", "name": [{"given": [None, "b", "c"], "_given": [{"id": "x"}, None, {"id": "y"}]}]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name.given.count()", [3]),
        ("name.given.where(hasValue()).count()", [2]),
        ("name.given.id", ["x", "y"]),
        ("name.given contains 'c'", [True]),
        ("name.given.first().exists()", [True]),
        ("name.given.first() = 'b'", []),
        ("name.given.first().hasValue()", [False]),
        ("name.given.getValue()", []),
        ("name.given[1].getValue()", ["b"]),
        ("name.descendants().count()", [5]),
    ],
)
def test_a_primitive_may_have_an_extension_and_no_value(text: str, expected: list[Any]) -> None:
    assert [shown(item) for item in evaluated(text, NAMES)] == expected


def test_a_primitive_with_its_twin_may_be_the_focus() -> None:
    birth = Typed("2020", "date", {"extension": [{"url": "u", "valueString": "x"}]})
    assert compile_expression("extension('u').exists() and $this > @2019", "date").holds(birth, Env())


def test_a_boolean_without_a_value_is_no_verdict() -> None:
    resource = {"resourceType": "Patient", "_active": {"id": "x"}}
    assert evaluated("active.not()", resource) == []
    assert evaluated("active.exists()", resource) == [True]


def test_an_element_of_unknown_type_is_read_by_its_keys() -> None:
    focus = {"id": "a", "valueCode": "c", "_valueCode": {"id": "b"}, "extension": [{"url": "u"}], "_x": [None, {}]}
    for text, expected in [
        ("value", ["c"]),
        ("value.id", ["b"]),
        ("extension.url", ["u"]),
        ("children().count()", [4]),
        ("val", []),
        ("hasValue()", [False]),
    ]:
        found = compile_expression(text, "Element").evaluate(focus, Env())
        assert [shown(item) for item in found] == expected


def test_a_resource_says_itself_what_it_is() -> None:
    bundle = {"resourceType": "Bundle", "entry": [{"resource": PATIENT}, {"resource": {"resourceType": "Nothing"}}]}
    assert evaluated("entry.resource.gender", bundle)[0].value == "male"
    assert evaluated("entry.resource.ofType(Patient).gender", bundle) == ["male"]
    assert evaluated("entry.first().resource is Patient", bundle) == [True]
    assert evaluated("entry.resource.where($this is Group)", bundle) == []
    assert evaluated("Patient.gender", PATIENT, "Resource") == ["male"]
    assert evaluated("Group.type", PATIENT, "Resource") == []


def test_a_reference_is_resolved_by_who_knows_it() -> None:
    resource = {"resourceType": "Patient", "generalPractitioner": [{"reference": "a"}, {"reference": "b"}]}
    known = {"a": {"resourceType": "Practitioner", "id": "1"}}
    found = evaluated("generalPractitioner.resolve().id", resource, resolve=lambda each: known.get(each["reference"]))
    assert found == ["1"]
    assert evaluated("generalPractitioner.resolve()", resource) == []


def test_what_is_contained_is_resolved_without_help() -> None:
    resource = {"resourceType": "Patient", "managingOrganization": {"reference": "#"}, "contained": [{"id": "o"}]}
    assert evaluated("managingOrganization.resolve()", resource) == [resource]
    assert evaluated("'#o'.resolve()", resource) == [{"id": "o"}]
    assert evaluated("'#p'.resolve()", resource) == []


def test_the_world_around_answers_what_the_content_cannot() -> None:
    asked = []

    def answer(value: Any, url: str) -> bool | None:
        asked.append((value, url))
        return None if url == "unknown" else url == "yes"

    world = {"member_of": answer, "conforms_to": answer}
    assert evaluated("gender.memberOf('yes')", PATIENT, **world) == [True]
    assert evaluated("conformsTo('no')", PATIENT, **world) == [False]
    assert evaluated("photo.title.memberOf('yes')", PATIENT, **world) == []
    with pytest.raises(Undecided):
        evaluated("gender.memberOf('unknown')", PATIENT, **world)
    assert [url for _, url in asked] == ["yes", "no", "unknown"]


def test_the_context_is_the_focus_unless_somebody_says_otherwise() -> None:
    focus = {"family": "A", "given": ["b"]}
    inside = compile_expression("given.all(%context.family = 'A')", "HumanName")
    assert inside.holds(focus, Env())
    assert not inside.holds(focus, Env(context={"family": "B"}))


def test_decimals_keep_their_digits() -> None:
    resource = {"resourceType": "Observation", "valueQuantity": {"value": Decimal("7.50")}}
    assert evaluated("value.value.toString()", resource) == ["7.50"]
    assert evaluated("value.value = 7.5", resource) == [True]
    assert evaluated("value.value + 0.05 = 7.55", resource) == [True]


def test_an_index_is_given_back_after_a_criterion_that_fails() -> None:
    env = Env(resource=PATIENT)
    with pytest.raises(EvaluationError):
        compile_expression("name.where($index > 'a')", "Patient").evaluate(PATIENT, env)
    assert env.index is None


def test_an_extension_is_known_where_its_context_is_judged_alone() -> None:
    rule = compile_expression("%extension.value = 'a' and %context = $this", "Element")
    assert rule.holds({"id": "x"}, Env(extension={"url": "http://example.org/a", "valueString": "a"}))
    with pytest.raises(EvaluationError, match="%extension"):
        rule.holds({"id": "x"}, Env())
