import pytest

from adapter.fhir.terminology.compose import compose
from adapter.fhir.terminology.concepts import from_resource
from adapter.fhir.terminology.membership import Listed, Untold
from adapter.fhir.terminology.registry import Enumeration, Grammar

COLOURS = {
    "url": "colours",
    "version": "1.0",
    "content": "complete",
    "caseSensitive": True,
    "concept": [
        {
            "code": "red",
            "property": [{"code": "warm", "valueBoolean": True}],
            "concept": [{"code": "crimson", "concept": [{"code": "carmine"}]}],
        },
        {"code": "blue", "property": [{"code": "status", "valueCode": "retired"}]},
    ],
}
PART = {**COLOURS, "url": "part", "content": "fragment", "concept": [{"code": "red"}]}
LOOSE = {**COLOURS, "url": "loose", "caseSensitive": False, "concept": [{"code": "One"}, {"code": "two"}]}
HELD = {each["url"]: from_resource(each) for each in (COLOURS, PART, LOOSE)}
IS_A = [{"property": "concept", "op": "is-a", "value": "red"}]


class Source:
    """Three code systems, a grammar of vowels, and two value sets."""

    def imported(self, url):
        sets = {"reds": {"colours": frozenset({"red", "crimson"})}, "dark": {"colours": frozenset({"crimson", "blue"})}}
        return Listed(sets[url], self.is_sensitive) if url in sets else Untold(f"{url} is elsewhere")

    def system(self, url, version):
        if url == "vowels":
            return Grammar(lambda code: set(code) <= set("aeiou"))
        found = HELD.get(url)
        return Enumeration(found) if found is not None and version in (None, found.version) else None

    def is_sensitive(self, system):
        return system != "loose"


def composed(include, exclude=(), **more):
    stated = {"include": [include] if isinstance(include, dict) else include, "exclude": list(exclude), **more}
    return compose({"url": "set", "compose": stated}, Source())


@pytest.mark.parametrize(
    ("include", "expected"),
    [
        ({"system": "colours"}, {"red", "crimson", "carmine", "blue"}),
        ({"system": "colours", "version": "1.0"}, {"red", "crimson", "carmine", "blue"}),
        ({"system": "colours", "concept": [{"code": "red"}]}, {"red"}),
        ({"system": "colours", "filter": IS_A}, {"red", "crimson", "carmine"}),
        ({"system": "colours", "valueSet": ["reds"]}, {"red", "crimson"}),
        ({"system": "colours", "filter": IS_A, "valueSet": ["dark"]}, {"crimson"}),
        ({"valueSet": ["reds"]}, {"red", "crimson"}),
        ({"valueSet": ["reds", "dark"]}, {"crimson"}),
        ({"system": "colours", "concept": [{"code": "red"}], "valueSet": ["reds"]}, {"red"}),
        ([{"valueSet": ["reds"]}, {"system": "colours", "concept": [{"code": "blue"}]}], {"red", "crimson", "blue"}),
    ],
)
def test_codes_are_included_as_the_specification_says(include, expected):
    made = composed(include)
    assert made.systems() == {"colours": expected}
    assert made.why() is None
    assert {code for code in HELD["colours"].codes if made.member("colours", code)} == expected


@pytest.mark.parametrize(
    ("exclude", "expected"),
    [
        ({"system": "colours", "concept": [{"code": "blue"}]}, {"red", "crimson", "carmine"}),
        ({"system": "colours", "filter": IS_A}, {"blue"}),
        ({"valueSet": ["reds"]}, {"carmine", "blue"}),
        ({"system": "elsewhere", "filter": IS_A}, {"red", "crimson", "carmine", "blue"}),
    ],
)
def test_what_is_excluded_is_taken_away(exclude, expected):
    assert composed({"system": "colours"}, [exclude]).systems() == {"colours": expected}


def test_what_is_no_longer_used_is_left_out_where_a_set_says_so():
    assert composed({"system": "colours"}, inactive=False).systems() == {"colours": {"red", "crimson", "carmine"}}
    assert composed({"system": "colours", "concept": [{"code": "blue"}]}, inactive=False).member("colours", "blue")
    assert composed({"system": "colours"}, inactive=True).member("colours", "blue")


@pytest.mark.parametrize(
    ("include", "system", "code", "expected"),
    [
        ({"system": "elsewhere"}, "elsewhere", "x", None),
        ({"system": "elsewhere"}, "colours", "red", False),
        ({"system": "elsewhere", "concept": [{"code": "x"}]}, "elsewhere", "x", True),
        ({"system": "elsewhere", "concept": [{"code": "x"}]}, "elsewhere", "X", False),
        ({"system": "elsewhere", "filter": IS_A}, "elsewhere", "red", True),
        ({"system": "elsewhere", "filter": IS_A}, "elsewhere", "crimson", None),
        ({"system": "colours", "version": "2"}, "colours", "red", None),
        ({"system": "part"}, "part", "red", True),
        ({"system": "part"}, "part", "crimson", None),
        ({"system": "part", "filter": IS_A}, "part", "crimson", None),
        ({"system": "part", "concept": [{"code": "crimson"}]}, "part", "crimson", True),
        ({"system": "vowels"}, "vowels", "aei", True),
        ({"system": "vowels"}, "vowels", "xyz", False),
        ({"system": "vowels", "filter": IS_A}, "vowels", "a", None),
        ({"system": "vowels"}, None, "a", True),
        ({"valueSet": ["elsewhere"]}, "colours", "red", None),
        ({"valueSet": ["elsewhere", "reds"]}, "colours", "blue", False),
        ({"valueSet": ["elsewhere", "reds"]}, "colours", "red", None),
        ({"system": "colours", "filter": [{"property": "x", "op": "=", "value": "y"}]}, "colours", "red", None),
        ({"system": "colours", "filter": [{"property": "x", "op": "=", "value": "y"}]}, "part", "red", False),
        ({}, "colours", "red", None),
        ({"system": "loose"}, "loose", "ONE", True),
        ({"system": "loose", "concept": [{"code": "one"}]}, "loose", "ONE", True),
        ({"system": "colours"}, "colours", "RED", False),
    ],
)
def test_what_cannot_be_told_is_neither_in_nor_out(include, system, code, expected):
    made = composed(include)
    assert made.member(system, code) is expected
    if expected is None:
        assert made.systems() is None
        assert made.why(system)


def test_what_is_included_beside_what_cannot_be_told_is_in():
    made = composed([{"system": "elsewhere"}, {"system": "colours"}])
    assert made.member("colours", "red") is True
    assert made.member("colours", "pink") is False
    assert made.why("colours") is None
    assert made.why() == "the code system elsewhere is not held here"


def test_what_may_be_excluded_cannot_be_told():
    unsure = composed({"system": "colours"}, [{"valueSet": ["elsewhere"]}])
    assert unsure.member("colours", "red") is None
    assert unsure.member("colours", "pink") is False
    assert unsure.systems() is None


def test_a_version_within_a_systems_url_is_no_part_of_it():
    assert composed({"system": "elsewhere|2", "concept": [{"code": "x"}]}).member("elsewhere", "x") is True


@pytest.mark.parametrize("stated", [None, [], "x", {}, {"include": []}, {"include": "x"}, {"include": [None]}])
def test_a_set_that_is_not_composed_says_so(stated):
    made = compose({"url": "set", "compose": stated}, Source())
    assert made.member("colours", "red") is None
    assert made.why() == "set does not say what it is composed of"
