import pytest

from adapter.fhir.terminology.concepts import as_text, from_resource, rows

ANIMALS = {
    "resourceType": "CodeSystem",
    "url": "animals",
    "version": "2",
    "content": "complete",
    "property": [{"code": "legs", "type": "integer"}],
    "concept": [
        {
            "code": "mammal",
            "display": "Mammal",
            "designation": [{"language": "de", "value": "Säugetier"}, {"value": "Mammal"}],
            "concept": [{"code": "Dog", "property": [{"code": "legs", "valueInteger": 4}]}],
        },
        {"code": "swimmer", "property": [{"code": "child", "valueCode": "whale"}]},
        {"code": "whale", "property": [{"code": "parent", "valueCode": "mammal"}], "concept": [{"code": "orca"}]},
    ],
}


def test_a_system_has_its_concepts_at_every_depth():
    assert from_resource(ANIMALS).codes == {"mammal", "Dog", "swimmer", "whale", "orca"}
    assert [concept.code for concept in from_resource(ANIMALS)] == ["mammal", "Dog", "swimmer", "whale", "orca"]


def test_a_code_lies_under_what_it_is_nested_in_or_names_or_is_named_by():
    animals = from_resource(ANIMALS)
    assert animals.descendants("mammal") == {"Dog", "whale", "orca"}
    assert animals.descendants("swimmer") == {"whale", "orca"}
    assert animals.ancestors("orca") == {"whale", "mammal", "swimmer"}
    assert animals.children("mammal") == {"Dog", "whale"}
    assert animals.descendants("nobody") == frozenset()


def test_a_hierarchy_in_a_circle_ends():
    circle = {"content": "complete", "concept": [
        {"code": "a", "property": [{"code": "parent", "valueCode": "b"}]},
        {"code": "b", "property": [{"code": "parent", "valueCode": "a"}]},
    ]}  # fmt: skip
    assert from_resource(circle).descendants("a") == {"b"}
    assert from_resource(circle).ancestors("a") == {"b"}


def test_displays_begin_with_the_display_and_do_not_repeat():
    mammal = from_resource(ANIMALS).get("mammal")
    assert mammal is not None
    assert mammal.displays == ("Mammal", "Säugetier")


def test_without_a_word_about_case_it_does_not_count():
    assert from_resource(ANIMALS).has("dog") is True
    assert from_resource({**ANIMALS, "caseSensitive": True}).has("dog") is False
    assert from_resource({**ANIMALS, "caseSensitive": False}).has("DOG") is True


def test_codes_that_differ_in_case_alone_are_each_their_own():
    both = from_resource({"content": "complete", "concept": [{"code": "m", "display": "x"}, {"code": "M"}]})
    assert [concept.displays for concept in map(both.get, ("m", "M")) if concept is not None] == [("x",), ()]


@pytest.mark.parametrize("content", ["fragment", "example", "not-present", None])
def test_a_system_that_is_not_complete_cannot_deny_a_code(content):
    part = from_resource({**ANIMALS, "content": content})
    assert part.has("mammal") is True
    assert part.has("fish") is None


def test_a_system_knows_its_version_and_the_properties_it_declares():
    assert from_resource(ANIMALS).version == "2"
    assert from_resource(ANIMALS).declared == {"legs"}


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), (False, "false"), (3, "3"), ({"system": "s", "code": "c"}, "c"), ("x", "x")]
)
def test_a_propertys_value_is_as_a_filter_writes_it(value, text):
    assert as_text(value) == text


@pytest.mark.parametrize(
    "concept", [None, "x", [None, 3], [{"display": "no code"}], [{"code": 3}], [{"code": "a", "concept": "x"}]]
)
def test_what_is_no_concept_is_passed_over(concept):
    assert from_resource({"content": "complete", "concept": concept}).codes <= {"a"}


def test_rows_are_the_objects_of_a_list():
    assert rows({"a": [{"b": 1}, 2, None]}, "a") == [{"b": 1}]
    assert rows({"a": {"b": 1}}, "a") == []
    assert rows({}, "a") == []
