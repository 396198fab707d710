import pytest

from adapter.fhir.terminology.concepts import from_resource
from adapter.fhir.terminology.filters import Unfilterable, passing

SYSTEM = from_resource(
    {
        "content": "complete",
        "caseSensitive": True,
        "property": [{"code": "kind"}, {"code": "flag"}],
        "concept": [
            {
                "code": "a",
                "display": "Aa",
                "concept": [
                    {"code": "a1", "property": [{"code": "kind", "valueCode": "odd"}], "concept": [{"code": "a11"}]},
                    {
                        "code": "a2",
                        "property": [{"code": "kind", "valueCode": "even"}, {"code": "n", "valueInteger": 3}],
                    },
                ],
            },
            {"code": "b", "property": [{"code": "inactive", "valueBoolean": True}]},
        ],
    }
)
EVERY = {"a", "a1", "a11", "a2", "b"}


@pytest.mark.parametrize(
    ("name", "operator", "value", "expected"),
    [
        ("concept", "is-a", "a1", {"a1", "a11"}),
        ("code", "is-a", "a1", {"a1", "a11"}),
        ("concept", "descendent-of", "a1", {"a11"}),
        ("concept", "is-not-a", "a1", {"a", "a2", "b"}),
        ("concept", "generalizes", "a11", {"a11", "a1", "a"}),
        ("concept", "is-a", "nobody", set()),
        ("concept", "=", "b", {"b"}),
        ("concept", "in", "a, b", {"a", "b"}),
        ("concept", "not-in", "a,b", {"a1", "a11", "a2"}),
        ("code", "regex", "a[0-9]", {"a1", "a2"}),
        ("code", "regex", "a1", {"a1"}),
        ("display", "=", "Aa", {"a"}),
        ("kind", "=", "odd", {"a1"}),
        ("kind", "in", "odd,even", {"a1", "a2"}),
        ("kind", "not-in", "odd", {"a", "a11", "a2", "b"}),
        ("kind", "exists", "true", {"a1", "a2"}),
        ("kind", "exists", "false", {"a", "a11", "b"}),
        ("n", "=", "3", {"a2"}),
        ("inactive", "=", "true", {"b"}),
        ("flag", "=", "true", set()),
        ("parent", "=", "a", {"a1", "a2"}),
        ("child", "=", "a11", {"a1"}),
        ("parent", "exists", "false", {"a", "b"}),
    ],
)
def test_a_filter_lets_pass_what_the_specification_says(name, operator, value, expected):
    assert passing(SYSTEM, [{"property": name, "op": operator, "value": value}]) == expected & EVERY


def test_a_code_passes_every_filter():
    below = {"property": "concept", "op": "is-a", "value": "a"}
    even = {"property": "kind", "op": "=", "value": "even"}
    assert passing(SYSTEM, [below, even]) == {"a2"}
    assert passing(SYSTEM, []) == EVERY


@pytest.mark.parametrize(
    ("name", "operator", "value"),
    [
        ("nothing", "=", "x"),
        ("nothing", "exists", "true"),
        ("kind", "is-a", "odd"),
        ("concept", "child-of", "a"),
        ("concept", None, "a"),
        ("code", "regex", "(?<name>a)"),
        ("code", "regex", "("),
    ],
)
def test_what_a_filter_means_here_is_told_or_said_to_be_unknown(name, operator, value):
    with pytest.raises(Unfilterable):
        passing(SYSTEM, [{"property": name, "op": operator, "value": value}])
