from __future__ import annotations

from dataclasses import replace

import pytest

from adapter.store.chain import Act, Head, Note, Rows, sign

ACT = Act(1, "2026-01-01T00:00:00.000Z", "s", "c", "r", "left")
OPEN = Note(1, "create", "resource", "Observation/r", 1, False, None, "d")
HIDDEN = replace(OPEN, what="Observation/kit", restricted=True)


def rows(*notes: Note) -> Rows:
    made = Rows()
    made.add(notes)
    return made


def test_a_link_follows_from_what_it_covers_and_from_the_one_before() -> None:
    first = Head(3).next(ACT, rows(OPEN))
    assert (first.chain, first.position, first.previous) == (3, 1, "")
    assert first == Head(3).next(ACT, rows(OPEN))
    second = Head(3, 1, first.hash, first.shown).next(ACT, rows(OPEN))
    assert second.previous == first.hash
    assert {second.hash, second.shown}.isdisjoint({first.hash, first.shown})


@pytest.mark.parametrize("field", ["number", "at", "sender", "content", "receipt", "residue"])
def test_each_field_of_a_submission_moves_its_hash(field: str) -> None:
    other = replace(ACT, **{field: 2 if field == "number" else "other"})
    assert Head(0).next(other, rows(OPEN)).hash != Head(0).next(ACT, rows(OPEN)).hash


@pytest.mark.parametrize("field", ["action", "kind", "what", "version", "restricted", "reason", "digest"])
def test_each_field_of_an_audit_row_moves_the_hash(field: str) -> None:
    other = replace(OPEN, **{field: {"version": 2, "restricted": True}.get(field, "other")})
    assert Head(0).next(ACT, rows(other)).hash != Head(0).next(ACT, rows(OPEN)).hash


def test_the_hash_that_is_shown_does_not_depend_on_what_is_restricted() -> None:
    shown = Head(0).next(ACT, rows(OPEN)).shown
    assert Head(0).next(replace(ACT, content="x", residue="y"), rows(HIDDEN, OPEN, HIDDEN)).shown == shown
    assert Head(0).next(ACT, rows(replace(OPEN, digest="e"))).shown != shown


def test_rows_that_come_in_parts_hash_as_those_that_come_at_once() -> None:
    parts = rows(OPEN)
    parts.add([HIDDEN])
    assert parts.digests == rows(OPEN, HIDDEN).digests
    assert parts.digests != rows(HIDDEN, OPEN).digests


def test_a_signature_needs_the_key_and_covers_everything() -> None:
    made = sign(b"k", 1, "t", "[]", "")
    others = [sign(b"l", 1, "t", "[]", ""), sign(b"k", 2, "t", "[]", ""), sign(b"k", 1, "u", "[]", "")]
    others += [sign(b"k", 1, "t", "[1]", ""), sign(b"k", 1, "t", "[]", "p")]
    assert made not in others
