"""The entries of a group that several resources tell of."""

from __future__ import annotations

from adapter.mapping.groups import united


def test_entries_with_the_same_telling_member_are_one() -> None:
    first = [{"site": "01", "name": "A"}, {"site": "02", "name": "B"}]
    second = [{"site": "02", "city": "Y"}, {"site": "01", "city": "X"}]
    whole, torn = united(first, second, frozenset({"site"}))
    assert whole == [{"site": "01", "name": "A", "city": "X"}, {"site": "02", "name": "B", "city": "Y"}]
    assert torn == set()


def test_members_on_which_joined_entries_differ_are_told() -> None:
    whole, torn = united([{"site": "01", "name": "A"}], [{"site": "01", "name": "B"}], frozenset({"site"}))
    assert (whole, torn) == ([{"site": "01", "name": "A"}], {"name"})


def test_without_a_telling_member_entries_join_unless_they_contradict() -> None:
    assert united([{"a": 1}], [{"a": 1, "b": 2}], frozenset())[0] == [{"a": 1, "b": 2}]
    assert united([{"a": 1}], [{"a": 2}], frozenset())[0] == [{"a": 1}, {"a": 2}]
    assert united([{"a": 1}], [{"b": 2}], frozenset())[0] == [{"a": 1}, {"b": 2}]


def test_entries_that_are_alike_are_not_joined_twice() -> None:
    alike = [{"a": 1}, {"a": 1}]
    assert united(alike, alike, frozenset())[0] == alike


def test_entries_of_two_views_without_the_telling_member_are_one_unless_they_contradict() -> None:
    more, less = {"code": "punch", "urgent": "yes"}, {"code": "punch"}
    assert united([more], [less], frozenset({"id"}), views=True)[0] == [more]
    assert united([more], [{"code": "shave"}], frozenset({"id"}), views=True)[0] == [more, {"code": "shave"}]
    assert united([more], [{"id": "1", **less}], frozenset({"id"}), views=True)[0] == [more, {"id": "1", **less}]


def test_two_resources_of_one_view_without_the_telling_member_are_two_entries() -> None:
    more, less = {"code": "punch", "urgent": "yes"}, {"code": "punch"}
    assert united([more], [less], frozenset({"id"}))[0] == [more, less]
