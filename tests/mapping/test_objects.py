"""Objects: constants are not contradicted, and no flood of odd keys fills the memory."""

from __future__ import annotations

from typing import Any

from adapter.mapping.objects import Shapes, codings_reader, object_reader
from adapter.mapping.plan import Array, Choice, Const, Entry, Member, Object
from adapter.mapping.taken import KEPT, LONGEST, Taken, unread


def never(_value: Any, _taken: Taken) -> bool:
    return False


def said(value: Any, taken: Taken) -> bool:
    taken.log.append(((0, "said", False), value))
    return True


def left(taken: Taken) -> list[tuple[Any, list[Any]]]:
    return [(note.value, note.segments) for note in taken.notes]


def test_an_object_whose_constant_is_contradicted_is_not_read_at_all() -> None:
    read = object_reader({"system": (never, "s")}, {"value": said}, None)
    taken = Taken()
    assert not read({"value": 1, "more": 2, "system": "other"}, taken)
    assert (taken.log, taken.notes) == ([], [])


def test_what_has_no_place_is_noted_behind_what_was_read() -> None:
    read = object_reader({"system": (never, "s")}, {"value": said}, None)
    taken = Taken()
    assert read({"more": 2, "system": "s", "value": 1}, taken)
    assert [answer for _, answer in taken.log] == [1]
    assert left(taken) == [(2, ["more"])]


def test_an_object_that_lacks_what_tells_it_is_another() -> None:
    read = object_reader({"coding": (never, [])}, {"text": said}, None, needed="coding")
    assert read({"coding": [], "text": "x"}, Taken())
    assert not read({"text": "x"}, Taken())


def test_only_so_many_sets_of_keys_are_kept_and_no_large_one() -> None:
    shapes = Shapes({}, {}, None)
    for number in range(KEPT + 10):
        shapes.settle((f"key{number}",))
    shapes.settle(tuple(f"key{number}" for number in range(LONGEST + 1)))
    assert len(shapes.known) == 10
    assert shapes.settle(("a",))[2] == [("a", unread)]


def coding(code: str, display: str) -> Object:
    members = (("system", "s"), ("code", code), ("display", display))
    return Object("Coding", tuple(Member(key, "string", Const(value)) for key, value in members))


def test_of_the_codings_of_a_concept_those_that_we_write_are_read_in_any_order() -> None:
    other = Choice((coding("b", "B"), coding("c", "C")))
    read = codings_reader(Array("Coding", (Entry(coding("a", "A")), Entry(other))))
    ours = [{"system": "s", "code": code, "display": code.upper()} for code in "cba"]
    taken = Taken()
    assert read(ours, taken)
    assert left(taken) == []
    assert read([{**ours[0], "display": "Sea"}, {"system": "s", "code": "x"}], taken)
    assert left(taken) == [("Sea", ["display", 0]), ({"system": "s", "code": "x"}, [1])]
    assert not read([{"system": "s", "code": "x"}], taken)
