import pytest

from adapter.fhir.generation import expansion
from adapter.fhir.generation.expansion import NotEnumerable
from adapter.fhir.generation.package import Published

COLOURS = {
    "resourceType": "CodeSystem",
    "url": "colours",
    "content": "complete",
    "concept": [
        {
            "code": "red",
            "property": [{"code": "warm", "valueBoolean": True}],
            "concept": [{"code": "crimson", "concept": [{"code": "carmine"}]}],
        },
        {"code": "blue"},
    ],
}
FRAGMENT = {**COLOURS, "url": "fragment", "content": "fragment"}


def published(include, exclude=(), **others):
    found = Published()
    sets = {"set": {"include": include, "exclude": list(exclude)}, **others}
    for resource in (COLOURS, FRAGMENT):
        found.add(resource)
    for url, compose in sets.items():
        found.add({"resourceType": "ValueSet", "url": url, "compose": compose})
    return found


def codes(include, exclude=(), **others):
    return expansion.expand("set|4.0.1", published(include, exclude, **others))


def test_a_whole_system_has_its_nested_concepts():
    assert codes([{"system": "colours"}]) == {"colours": {"red", "crimson", "carmine", "blue"}}


def test_listed_concepts_need_no_system_at_hand():
    assert codes([{"system": "other", "concept": [{"code": "x"}]}]) == {"other": {"x"}}


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("is-a", {"crimson", "carmine"}),
        ("descendent-of", {"carmine"}),
        ("is-not-a", {"red", "blue"}),
        ("regex", {"crimson"}),
    ],
)
def test_a_filter_by_hierarchy_is_computed(operator, expected):
    include = [{"system": "colours", "filter": [{"property": "concept", "op": operator, "value": "crimson"}]}]
    assert codes(include) == {"colours": expected}


def test_a_filter_by_property_is_computed():
    include = [{"system": "colours", "filter": [{"property": "warm", "op": "=", "value": True}]}]
    assert codes(include) == {"colours": {"red"}}


def test_what_is_excluded_is_taken_away():
    assert codes([{"system": "colours"}], [{"system": "colours", "concept": [{"code": "blue"}]}]) == {
        "colours": {"red", "crimson", "carmine"}
    }


def test_a_value_set_within_a_value_set_is_followed():
    two = {"include": [{"system": "colours", "concept": [{"code": "red"}, {"code": "blue"}]}]}
    assert codes([{"valueSet": ["two"]}], two=two) == {"colours": {"red", "blue"}}
    within = [{"system": "colours", "filter": [{"property": "concept", "op": "is-a", "value": "red"}]}]
    assert codes([{**within[0], "valueSet": ["two"]}], two=two) == {"colours": {"red"}}


def test_a_url_that_names_a_code_system_means_all_its_codes():
    assert expansion.expand("colours", published([])) == {"colours": {"red", "crimson", "carmine", "blue"}}


@pytest.mark.parametrize(
    "include",
    [
        [{"system": "elsewhere"}],
        [{"system": "fragment"}],
        [{"system": "colours", "filter": [{"property": "shade", "op": "=", "value": "x"}]}],
        [{"system": "colours", "filter": [{"property": "concept", "op": "child-of", "value": "red"}]}],
        [{"valueSet": ["set"]}],
        [{"valueSet": ["unknown"]}],
        [{}],
    ],
)
def test_what_the_packages_cannot_tell_is_not_enumerable(include):
    with pytest.raises(NotEnumerable):
        codes(include)


def test_a_value_set_that_is_not_composed_is_not_enumerable():
    found = Published()
    found.add({"resourceType": "ValueSet", "url": "set"})
    with pytest.raises(NotEnumerable):
        expansion.expand("set", found)
