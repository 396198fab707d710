from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.fhir.conformance import load_definitions
from adapter.fhir.constraints import Binding, Constraints
from adapter.fhir.definitions import fields, is_primitive
from adapter.fhir.primitive import judge_of
from adapter.validation import quick
from adapter.validation.element import Element
from adapter.validation.plan import Kind
from adapter.validation.validator import Validator

TEXTS = [
    *(
        "a",
        "final",
        "male",
        "",
        " ",
        " a",
        "a ",
        "a b",
        "a  b",
        "a\nb",
        "\t",
        "\u00a0",
        "\x00",
        "\x7f",
        "\u2028",
        "ä",
        "\ud800",
    ),
    *("2020", "2020-02-30", "2020-01-01", "2020-01-01T10:00:00Z", "http://example.org/a b", "http://example.org/a|1"),
    *("urn:uuid:x", "urn:oid:x", "urn:oid:1.2.3", "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "id:", "-", "A-1.b"),
]
VALUES = st.sampled_from([*TEXTS, True, False, 0, 1, -1, 2**31, None, [], {}]) | st.text(max_size=4)


@cache
def validator() -> Validator:
    return Validator(load_definitions())


def element(type_name: str, key: str, *stated: Constraints) -> Element:
    field = fields(type_name)[key]
    return Element(field, Kind(type_name, type_name), field.path, stated)


OBJECTS = {
    "Patient": ("active", "birthDate", "gender", "id", "language", "implicitRules", "deceasedDateTime"),
    "Observation": (
        "status",
        "effectiveDateTime",
        "issued",
        "valueString",
        "valueInteger",
        "valueTime",
        "valueBoolean",
    ),
    "Library": (
        "url",
        "version",
        "name",
        "status",
        "experimental",
        "date",
        "publisher",
        "description",
        "lastReviewDate",
    ),
    "ValueSet": ("url", "status", "immutable", "copyright", "purpose", "title", "version"),
    "StructureDefinition": ("fhirVersion", "kind", "abstract", "type", "baseDefinition", "derivation", "url"),
}


@st.composite
def objects(draw: st.DrawFn) -> dict[str, Any]:
    type_name = draw(st.sampled_from(sorted(OBJECTS)))
    keys = draw(st.lists(st.sampled_from(OBJECTS[type_name]), unique=True))
    return {"resourceType": type_name, **{key: draw(VALUES) for key in keys}}


@settings(max_examples=500, suppress_health_check=[])
@given(st.data())
def test_a_glance_lets_pass_nothing_that_the_single_checks_refuse(data: st.DataObject) -> None:
    resource = data.draw(objects())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("adapter.validation.plan.is_plain", lambda element, codes_of: False)
        refused = slow().check(copy.deepcopy(resource))
    assert sorted(map(str, validator().check(resource))) == sorted(map(str, refused))


@cache
def slow() -> Validator:
    return Validator(validator().definitions)


@given(st.sampled_from(["Patient", "Observation", "Library", "StructureDefinition"]), VALUES, st.data())
def test_a_value_at_which_a_glance_was_taken_is_of_its_format(type_name: str, value: Any, data: st.DataObject) -> None:
    primitives = sorted(key for key, field in fields(type_name).items() if is_primitive(field.type))
    one = element(type_name, data.draw(st.sampled_from(primitives)))
    codes_of = validator().plans.terminology.codes
    if not quick.is_plain(one, codes_of):
        return
    look = quick.glance([one], codes_of)
    assert look is not None
    if look({one.field.key: value}):
        assert judge_of(one.field.type)(value) is None


@pytest.mark.parametrize(
    ("stated", "plain"),
    [
        ({}, True),
        ({"min": 1, "max": 1}, True),
        ({"pattern": "a"}, True),
        ({"fixed": "a"}, True),
        ({"max_length": 2}, False),
        ({"min_value": "a"}, False),
        ({"fixed": {"value": "a"}}, False),
        ({"binding": Binding("example", "http://example.org/none")}, True),
        ({"binding": Binding("required", "http://example.org/none")}, False),
    ],
)
def test_a_glance_is_taken_at_what_profiles_say_little_of(stated: dict[str, Any], plain: bool) -> None:
    one = element("Library", "name", Constraints("Library.name", "http://example.org/p", **stated))
    assert quick.is_plain(one, lambda url: None) is plain


def test_no_glance_is_taken_at_what_repeats_or_has_something_beside_it_or_a_rule() -> None:
    codes_of = validator().plans.terminology.codes
    name = fields("Library")["name"]
    assert not quick.is_plain(Element(name, Kind("Library", "Library"), "Library.name", (), True, True), codes_of)
    assert not quick.is_plain(Element(name, Kind("Library", "Library"), "Library.name", (), False, True), codes_of)
    assert not quick.is_plain(element("HumanName", "given"), codes_of)
    assert not quick.is_plain(element("ElementDefinition", "max"), codes_of)


def test_codes_are_those_of_every_binding() -> None:
    narrower = Constraints("Patient.gender", "p", binding=Binding("required", "http://example.org/two"))
    one = element("Patient", "gender", narrower)
    sets = {"http://example.org/two": frozenset({"male", "x"})}
    look = quick.glance([one], lambda url: sets.get(url, frozenset({"male", "female"})))
    assert look is not None
    assert [look({"gender": each}) for each in ("male", "female", "x", [], True)] == [True, False, False, False, False]


def test_true_is_not_1_at_a_glance() -> None:
    look = quick.glance([element("Patient", "active")], lambda url: None)
    assert look is not None
    assert [look({"active": each}) for each in (True, False, 1, 0, "true")] == [True, True, False, False, False]
