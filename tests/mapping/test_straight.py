"""Readers that go straight: what they take and note is what is taken and noted step by step."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.crf.study import Item
from adapter.mapping.answers import by_text
from adapter.mapping.backward import Reader
from adapter.mapping.notes import Note
from adapter.mapping.plan import Hole, Text
from adapter.mapping.straight import Ways
from adapter.mapping.taken import Read, Taken, gather
from tests.mapping import foreign
from tests.mapping.test_laws import FEW, drawn, shuffle
from tests.studies import forms, study

SUBJECT = Hole(Item("subject", "subject", key=True), "string", "text")
SYSTEM = {"system": "https://a.example/id"}


class Careful(Ways):
    """No way is straight."""

    def through(self, step: Any, constants: Any, below: Read, careful: Read) -> Read:
        return careful

    def by_name(self, constants: Any, identifier: Any, head: str, read_name: Read, careful: Read) -> Read:
        return careful


@cache
def readers(name: str, form: str) -> list[tuple[Read, Read]]:
    """Return, for each resource of a form, the reader that goes straight, and the careful one."""
    definition = study(name).definition
    made = [Reader(definition.zone, definition.patterns, ways) for ways in (Ways(), Careful())]
    return [(made[0].resource(plan), made[1].resource(plan)) for plan in study(name).plan(form).view("both")]


def told(read: Read, value: Any) -> Any:
    taken = Taken()
    if not read(value, taken):
        return None
    found = gather(taken.log)
    entries = {
        item: [sorted(one.items()) if type(one) is dict else one for one in many]
        for item, many in found.entries.items()
    }
    notes = [(list(map(str, note.segments)), str(note.value), note.why) for note in taken.notes]
    return {**found.repeats, **found.answers}, found.claims, entries, found.conflicts, found.several, sorted(notes)


@pytest.mark.parametrize(("name", "form"), forms())
@FEW
@given(draw=st.data())
def test_straight_or_step_by_step_tells_the_same(name: str, form: str, draw: st.DataObject) -> None:
    written = study(name).to_fhir(form, drawn(draw, study(name), form), "both")
    place = draw.draw(st.integers(0, len(written) - 1), label="resource")
    sent = draw.draw(st.sampled_from([foreign.varied, foreign.mangled]))(draw, written[place])
    for value in (written[place], sent, shuffle(draw, sent)):
        for straight, careful in readers(name, form):
            assert told(straight, value) == told(careful, value)


def refused(_value: Any, _taken: Taken) -> bool:
    return False


def noting(value: Any, taken: Taken) -> bool:
    taken.notes.append(Note(value, "unit"))
    return True


@pytest.mark.parametrize(("end", "path"), [(refused, ["dosage", 0, "dose"]), (noting, ["dosage", 0, "dose", "unit"])])
def test_what_is_left_at_the_end_of_a_way_is_noted_where_it_stands(end: Read, path: list[str | int]) -> None:
    ways = Ways()
    inner = ways.through("dose", {"text": "x"}, end, refused)
    read = ways.through("dosage", {}, ways.through(0, None, inner, refused), refused)
    taken = Taken()
    assert read({"dosage": [{"dose": 1, "text": "x"}]}, taken)
    assert [(note.value, list(reversed(note.segments))) for note in taken.notes] == [(1, path)]


def by_name(careful: Read) -> Read:
    return Ways().by_name({}, SYSTEM, "Patient/", by_text(Text((SUBJECT,)), {}), careful)


@pytest.mark.parametrize(
    "value",
    [
        {"reference": "Patient/02", "identifier": {**SYSTEM, "value": "01"}},
        {"reference": "Patient/1", "identifier": {**SYSTEM, "value": 1}},
        {"reference": "Patient/-", "identifier": {**SYSTEM, "value": "-"}},
        {"reference": "Patient/01", "identifier": {"system": "https://b.example", "value": "01"}},
        {"reference": "Patient/01", "identifier": [{**SYSTEM, "value": "01"}]},
        {"reference": "Patient/01", "identifier": {**SYSTEM, "value": "01"}, "display": "Ms Sample"},
        "Patient/01",
    ],
)
def test_a_reference_that_is_not_as_we_write_it_is_read_with_care(value: Any) -> None:
    met = []
    assert by_name(lambda one, _taken: met.append(one) is None)(value, Taken())
    assert met == [value]


def test_a_name_that_stands_twice_is_read_once() -> None:
    taken = Taken()
    assert by_name(refused)({"identifier": {"value": "01", **SYSTEM}, "reference": "Patient/01"}, taken)
    assert [answer for _, answer in taken.log] == ["01"]
