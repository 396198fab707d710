"""FHIR ids from business keys."""

from __future__ import annotations

import re

import pytest

from adapter.crf.study import Item
from adapter.mapping.ids import DIGEST, always_id, always_safe, fhir_id
from adapter.mapping.plan import Hole

SUBJECT = Hole(Item("subject", "subject", key=True), "string", "text")


@pytest.mark.parametrize("key", ["01-001-c1d3", "A.b-9", "x" * 64])
def test_a_key_that_is_an_id_stays_as_it_is(key: str) -> None:
    assert fhir_id(key) == key


@pytest.mark.parametrize("key", ["AB_1", "a/b", "", "x" * 65, "é", "a b"])
def test_a_key_that_is_no_id_has_a_digest_which_is_one(key: str) -> None:
    assert re.fullmatch(DIGEST, fhir_id(key))
    assert fhir_id(fhir_id(key)) == fhir_id(key)


@pytest.mark.parametrize(
    ("pattern", "proven"), [("[0-9]{3}", True), ("[0-9]{3}_", False), ("[0-9]+", False), ("[0-9]{63}", False)]
)
def test_that_keys_are_ids_is_proven_from_their_pattern(pattern: str, proven: bool) -> None:
    assert always_id(["a-", SUBJECT], {"subject": pattern}) is proven


@pytest.mark.parametrize(("pattern", "safe"), [("[A-Z_/]+", True), ('["]', False), (r"[\\]", False), (".", False)])
def test_that_answers_need_no_escape_is_proven_from_their_pattern(pattern: str, safe: bool) -> None:
    assert always_safe(SUBJECT, {"subject": pattern}) is safe
