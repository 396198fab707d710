from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from adapter.fhir import json
from adapter.intake.deciding import replay
from adapter.intake.mark import mark_of
from adapter.intake.names import Names
from adapter.intake.once import Once, digest
from adapter.intake.shapes import Draft, Drafts
from adapter.outcome import Issue
from adapter.pipeline import Pipeline
from adapter.store.schema import metadata
from adapter.store.shapes import Key
from tests.api.trial import SUBJECT
from tests.intake.pushes import HOUSE, injection

PATIENT = {
    "resourceType": "Patient",
    "id": "01-001",
    "identifier": [{"system": "https://il2-csu.example/id/subject", "value": "01-001"}],
    "telecom": [{"system": "phone", "value": "13800004711"}],
    "gender": "female",
}


@pytest.fixture(params=["with a key", "without a key"])
def either(pipeline: Pipeline, request: pytest.FixtureRequest) -> Pipeline:
    keyless = Pipeline(pipeline.desk, replace(pipeline.store, key=None), pipeline.clock)
    return pipeline if request.param == "with a key" else keyless


def cells(pipeline: Pipeline) -> Iterator[str]:
    with pipeline.store.engines.reading() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"')):
                yield from map(str, row)


def test_no_digest_in_the_database_is_of_what_was_dropped(either: Pipeline) -> None:
    either.push_records(HOUSE, "subject", [SUBJECT])
    assert not either.push_resources(HOUSE, [("", PATIENT)], once=Once("key-1")).refused
    guessed = digest(json.encode([PATIENT]))
    assert not [cell for cell in cells(either) if guessed in cell or "13800004711" in cell]


def test_a_correction_leaves_no_digest_of_what_was_dropped(either: Pipeline) -> None:
    wrong = [Issue("error", "value", "wrong")]
    (number,) = either.quarantine(HOUSE, [("", injection(either))], wrong).quarantined
    right = injection(either)
    right["subject"] = right["subject"] | {"display": "Zhang San"}
    content = [{"where": "", "resource": right}]
    assert replay(either, number, "dm", content, "corrected").receipt is not None
    told = (["corrected", number, content], [right], content)
    guessed = [digest(json.encode(one)) for one in told]
    assert not [cell for cell in cells(either) if any(one in cell for one in guessed)]


def test_the_same_push_is_known_again_whatever_name_came_with_it_only_without_a_key(either: Pipeline) -> None:
    either.push_records(HOUSE, "subject", [SUBJECT])
    first = either.push_resources(HOUSE, [("", PATIENT)])
    assert either.push_resources(HOUSE, [("", PATIENT)]).id == first.id
    other = PATIENT | {"telecom": [{"system": "phone", "value": "1"}]}
    assert (either.push_resources(HOUSE, [("", other)]).id == first.id) == (either.store.key is None)


@pytest.mark.parametrize(
    ("drafts", "gone"),
    [
        (Drafts(redacted=[{"a": 2}]), ()),
        (Drafts([Draft(Key("f", "k"), {}, whole=True)]), ()),
        (Drafts([Draft(Key("f", "k"), {}, whole=False, voids=frozenset({"i"}))]), ()),
        (Drafts(), [("Patient", "1")]),
    ],
)
def test_without_a_key_other_content_has_another_mark(drafts: Drafts, gone: Any) -> None:
    assert mark_of(Names(None), "came", drafts, gone, []) != mark_of(Names(None), "came", Drafts(), (), [])
