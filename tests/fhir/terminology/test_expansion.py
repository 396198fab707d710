import pytest

from adapter.fhir.terminology.expansion import expanded
from adapter.fhir.terminology.membership import Untold

COMPOSED = Untold("it is composed of what is elsewhere")
CONTAINS = [
    {"system": "s", "code": "a", "abstract": True, "contains": [{"system": "s", "code": "a1"}]},
    {"display": "a heading", "contains": [{"system": "s", "code": "b"}]},
    {"code": "without system"},
]


def given(**more):
    return expanded({"contains": CONTAINS, **more}, COMPOSED, lambda system: True)


def test_what_an_expansion_contains_may_be_chosen_but_for_what_is_abstract():
    assert given().systems() == {"s": {"a1", "b"}}
    assert given(total=2).member("s", "c") is False


@pytest.mark.parametrize(
    "more", [{"total": 9}, {"offset": 2}, {"parameter": [{"name": "limitedExpansion", "valueBoolean": True}]}]
)
def test_a_part_of_an_expansion_cannot_deny_a_code(more):
    part = given(**more)
    assert part.member("s", "b") is True
    assert part.member("s", "c") is None
    assert part.systems() is None
    assert part.why() == COMPOSED.why()


@pytest.mark.parametrize("stated", [None, [], "x"])
def test_what_is_no_expansion_changes_nothing(stated):
    assert expanded(stated, COMPOSED, lambda system: True) is COMPOSED


def test_an_empty_expansion_denies_nothing():
    assert expanded({"contains": []}, COMPOSED, lambda system: True).member("s", "c") is None
