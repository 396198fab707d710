from __future__ import annotations

import copy
import gc
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.fhir import json
from adapter.fhir.conformance import load_definitions
from adapter.validation import memory
from adapter.validation.finding import Found, error, note
from adapter.validation.memory import BESIDE, FINDING, LONGEST, Alone, Memories, remembering
from adapter.validation.scope import Scope
from adapter.validation.validator import Validator


class Counting:
    """A check that counts what it looks at, refuses what says 'wrong', and asks around where `asks` says what."""

    def __init__(self, asks: str | None = None) -> None:
        self.seen: list[Any] = []
        self.asks = asks

    def __call__(self, value: Any, scope: Scope) -> Found:
        self.seen.append(value)
        if self.asks is not None:
            getattr(scope, self.asks)
        return [error("value", "no", "x", ".text")] if value["text"] == "wrong" else None


@cache
def validator() -> Validator:
    return Validator(load_definitions())


@pytest.fixture
def scope() -> Scope:
    return read({"resourceType": "Basic"})


def read(resource: dict[str, Any]) -> Scope:
    return Scope(validator(), resource, resource, is_read=True)


def concept(text: Any = "a") -> dict[str, Any]:
    return {"coding": [{"system": "http://example.org/s", "code": "b"}], "text": text}


def test_a_value_is_looked_at_once_whatever_is_found(scope: Scope) -> None:
    looks = Counting()
    check = remembering(looks, Memories())
    for _ in range(3):
        assert check(concept(), scope) is None
        found = check(concept("wrong"), scope)
        assert found is not None
        assert [each.path for each in found] == [".text"]
        found[0].steps.append("[3]")  # by whoever asked: what is remembered has no part in it
    assert len(looks.seen) == 2


def test_what_was_not_read_as_text_is_looked_at_each_time(scope: Scope) -> None:
    """Of Python's own values two may have one JSON: a date and its text."""
    scope.is_read = False
    looks = Counting()
    check = remembering(looks, Memories())
    check(concept("2025-01-01"), scope)
    check(concept(date(2025, 1, 1)), scope)
    assert len(looks.seen) == 2


def test_numbers_truth_values_and_texts_are_told_apart_and_so_are_digits(scope: Scope) -> None:
    looks = Counting()
    check = remembering(looks, Memories())
    for written in ("1", "true", '"1"', '"true"', "1.0", "1.00", "1e0", "null", "[]"):
        check(concept(json.parse(written)), scope)
    assert len(looks.seen) == 9


@pytest.mark.parametrize(
    "asks", ["resource", "root", "bundle", "full_url", "ids", "held", "resolve", "now", "conforms_to"]
)
def test_a_check_that_asks_what_is_around_is_asked_each_time(scope: Scope, asks: str) -> None:
    looks = Counting(asks)
    check = remembering(looks, Memories())
    for _ in range(3):
        check(concept(), scope)
    assert len(looks.seen) == 3


@pytest.mark.parametrize("asks", ["judge", "member_of", "env", "context", "extension", "index", "total"])
def test_what_is_the_same_everywhere_may_be_asked(scope: Scope, asks: str) -> None:
    looks = Counting(asks)
    check = remembering(looks, Memories())
    for _ in range(3):
        check(concept(), scope)
    assert len(looks.seen) == 1


def test_what_a_check_notes_in_the_scope_is_noted(scope: Scope) -> None:
    def names(value: Any, scope: Scope) -> Found:
        if scope.ids is None:
            scope.ids = {}
        scope.ids.setdefault(value["id"], value)
        return None

    check = remembering(names, Memories())
    for _ in range(2):
        check({"id": "a"}, scope)
    assert scope.ids == {"a": {"id": "a"}}


def test_what_checks_write_into_a_scope_is_handed_on() -> None:
    """A scope of its own is made by the validator alone; what others set there they set in the scope around."""
    written = {
        name
        for path in sorted(Path(memory.__file__).parent.rglob("*.py"))
        if path.name != "validator.py"
        for name in re.findall(r"scope\.([a-z_]+) = ", path.read_text(encoding="utf-8"))
    }
    assert written == {name for name, value in vars(Alone).items() if isinstance(value, property) and value.fset}


def test_a_long_value_and_one_with_much_to_say_are_looked_at_each_time(scope: Scope) -> None:
    looks = Counting()
    check = remembering(looks, Memories())
    chatty = remembering(lambda value, scope: [looks(value, scope) or note("x", "x", "x")] * 5, Memories())
    for _ in range(2):
        check(concept("a" * LONGEST), scope)
        chatty(concept("b"), scope)
    assert len(looks.seen) == 4


def test_a_check_to_which_nothing_comes_again_gives_up_remembering(
    scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "VAIN", 3)
    looks = Counting()
    check = remembering(looks, Memories())
    for place in range(4):
        check(concept(str(place)), scope)
    check(concept("3"), scope)
    assert len(looks.seen) == 5


def test_a_check_that_gave_up_tries_again_some_time_later(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "VAIN", 3)
    monkeypatch.setattr(memory, "PAUSE", 5)
    looks = Counting()
    check = remembering(looks, Memories())
    for place in range(10):  # a first import: all is new
        check(concept(str(place)), scope)
    for _ in range(3):
        check(concept("again"), scope)
    assert looks.seen.count(concept("again")) == 1


def test_findings_and_entries_of_a_list_are_counted(scope: Scope) -> None:
    plain, told, text = Memories(), Memories(), "x" * 200
    remembering(Counting(), plain)(concept(), scope)
    remembering(lambda value, scope: [note("x", text, "x"), error("x", lambda: text, "x")], told)(concept(), scope)
    assert told._weight - plain._weight == 2 * FINDING + 200
    rows = Memories()
    rows.remember(rows.new(), b"[]", ([], []), 80)
    assert rows._weight == BESIDE + 2 + 80


def test_a_check_to_which_much_comes_again_goes_on(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "VAIN", 3)
    looks = Counting()
    check = remembering(looks, Memories())
    for place in range(20):
        check(concept(str(place)), scope)
        check(concept(str(place)), scope)
    assert len(looks.seen) == 20


def test_all_memories_together_hold_no_more_than_is_kept(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_BYTES", 10 * BESIDE)
    memories = Memories()
    looks = Counting()
    checks = [remembering(looks, memories), remembering(looks, memories)]
    for place in range(100):
        for check in checks:
            check(concept(str(place)), scope)
        assert sum(map(len, memories._all.values())) <= 10
    assert len(looks.seen) == 200


def test_a_memory_that_nobody_has_is_gone() -> None:
    memories = Memories()
    check = remembering(Counting(), memories)
    gc.collect()
    assert len(memories._all) == 1
    del check
    gc.collect()
    assert len(memories._all) == 0


PARTS = st.sampled_from(["a", "b", "http://loinc.org", "http://loinc.org/", "", " ", 1, True, None, [], {}])
CODINGS = st.dictionaries(st.sampled_from(["system", "code", "display", "id", "version", "junk"]), PARTS, max_size=3)
EXTENSIONS = st.fixed_dictionaries(
    {"url": st.sampled_from(["http://example.org/a", "b", 1])},
    optional={"id": PARTS, "valueBoolean": PARTS, "valueReference": st.just({"reference": "#a"}), "extension": PARTS},
)
CONCEPTS = st.fixed_dictionaries(
    {"coding": st.lists(CODINGS, max_size=2)},
    optional={"text": PARTS, "id": PARTS, "junk": PARTS, "extension": st.lists(EXTENSIONS, max_size=2)},
)
TEXTS = ["Patient/1", "#a", "#", "Patient/", "urn:uuid:x", "http://example.org/Patient/1", "Group/1", "Patient?a=b"]
REFERENCES = st.fixed_dictionaries(
    {},
    optional={
        "reference": st.sampled_from(TEXTS) | PARTS,
        "type": st.sampled_from(["Patient", "Group"]) | PARTS,
        "display": PARTS,
        "identifier": st.dictionaries(st.sampled_from(["system", "value", "use", "junk"]), PARTS, max_size=3) | PARTS,
    },
)
CONTAINED = st.sampled_from([{"resourceType": "Patient", "id": "a"}, {"resourceType": "Group", "id": "a"}])


@settings(max_examples=400)
@given(st.lists(st.tuples(CONCEPTS | PARTS, REFERENCES | PARTS, CONTAINED | st.none()), min_size=1, max_size=3))
def test_what_is_remembered_is_what_was_judged(drawn: list[tuple[Any, Any, Any]]) -> None:
    """One validator remembers from all examples and places, contained or not; the other looks at each value anew."""
    for code, subject, contained in drawn * 2:
        resource = {"resourceType": "Observation", "status": "final", "code": code, "subject": subject}
        resource |= {"contained": [contained], "component": [{"code": code}]} if contained is not None else {}
        judged = validator().check(copy.deepcopy(resource))
        assert validator().check(resource, is_read=True) == judged
