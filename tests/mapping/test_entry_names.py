"""The names of entries: alike for the template's and the incoming, and none where one could be taken for another."""

from __future__ import annotations

from typing import Any

import pytest

from adapter.mapping.entry_names import ANY, UNTOLD, code_of, names_of, teller
from adapter.mapping.plan import Array, Const, Entry, Member, Node, Object


def concept(*codes: str) -> Object:
    codings = [
        Entry(Object("Coding", (Member("system", "uri", Const("s")), Member("code", "code", Const(code)))))
        for code in codes
    ]
    return Object("CodeableConcept", (Member("coding", "Coding", Array("Coding", tuple(codings))),))


def listed(key: str, *named: Node) -> Array:
    entries = [Entry(Object("BackboneElement", (Member(key, "string", one),))) for one in named]
    return Array("BackboneElement", tuple(entries))


def told(node: Array) -> Any:
    by_name: dict[Any, list[int]] = {}
    for position, entry in enumerate(node.entries):
        for name in names_of(entry.node):
            by_name.setdefault(name, []).append(position)
    return teller(node, by_name)


def test_entries_are_told_by_a_key_that_names_each_differently() -> None:
    name_of = told(listed("linkId", Const("a"), Const("b", ("c",))))
    assert [name_of({"linkId": one, "text": "x"}) for one in "abc"] == ["a", "b", "c"]
    assert told(listed("linkId", Const("a"), Const("b", ("a",)))) is None
    assert told(listed("text", Const("a"), Const("b"))) is None


def test_entries_are_told_by_their_code_where_each_has_its_own() -> None:
    node = listed("code", concept("a"), concept("b", "c"))
    assert told(node)({"code": {"coding": [{"system": "s", "code": "c", "display": "C"}]}}) == ("s", "c")
    assert told(listed("code", concept("a"), concept("a"))) is None
    assert told(Array("Coding", (Entry(concept("a")),))) is None
    assert [names_of(entry.node) for entry in listed("value", concept("a")).entries] == [[ANY]]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "code",
        [],
        {},
        {"code": "a"},
        {"code": {"coding": []}},
        {"code": {"coding": [{"code": "a"}]}},
        {"code": {"coding": [{"system": "s", "code": "a"}, {"system": "s", "code": "b"}]}},
        {"system": "s", "code": {"coding": [{"system": "s", "code": "a"}]}},
    ],
)
def test_an_entry_without_a_lone_code_is_not_told(value: Any) -> None:
    with pytest.raises(UNTOLD):
        code_of(value)
