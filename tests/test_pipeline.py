from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapter.fhir import json
from adapter.intake.draft import of_cells
from adapter.intake.sender import Sender
from adapter.intake.shapes import Drafts
from adapter.mapping.study import MappedStudy, load_study
from adapter.outcome import Place
from adapter.pipeline import Pipeline, open_pipeline
from adapter.store.search_query import Query, identified, refers
from adapter.store.search_records import RecordQuery
from adapter.store.sight import BLIND
from adapter.store.store import open_store
from tests.api.trial import INJECTION, STUDY, SUBJECT, Clock, diary

TESTS = Sender("tests")
UAS7 = Query("Observation", (identified("Observation", [(None, "01-001-2025-03-31-uas7")]),))


@pytest.fixture(scope="module")
def engine() -> MappedStudy:
    return load_study(STUDY)


@pytest.fixture
def pipeline(engine: MappedStudy, tmp_path: Path) -> Iterator[Pipeline]:
    opened = open_pipeline(engine, open_store(f"sqlite:///{tmp_path / 'crfhir.db'}", "+08:00"), Clock())
    yield opened
    opened.store.close()


def cells(*records: dict[str, Any]) -> list[tuple[Place, dict[str, str]]]:
    texts = [{k: "true" if v is True else "false" if v is False else str(v) for k, v in r.items()} for r in records]
    return [(Place(line=line), text) for line, text in enumerate(texts, start=2)]


def load(pipeline: Pipeline, *files: tuple[str, list[tuple[Place, dict[str, str]]]]) -> Any:
    drafts = [of_cells(pipeline.desk, form, row, place) for form, rows in files for place, row in rows]
    return pipeline.load(TESTS, "digest", drafts, lambda _: None)


def test_a_load_keeps_the_good_rows_and_tells_the_bad_ones_with_their_lines(pipeline: Pipeline) -> None:
    rows = cells(diary("2025-04-01"), diary("2025-04-02", wheals=7), diary("2025-04-01"), diary("2025-04-03"))
    receipt = load(pipeline, ("diary", rows))
    assert receipt.counts == {("diary", "created"): 2}
    assert [(issue.code, issue.place.line) for issue in receipt.issues] == [("value", 3), ("duplicate", 4)]
    assert pipeline.store.counts(BLIND)[0]["diary"] == 2


def test_a_load_scores_each_subject_once_everything_is_there(pipeline: Pipeline) -> None:
    days = cells(*[diary(f"2025-03-{day}") for day in range(25, 32)])
    load(pipeline, ("diary", days), ("subject", cells(SUBJECT)))
    assert pipeline.store.counts(BLIND)[0]["uas7"] == 1


def test_a_load_that_breaks_off_leaves_nothing(pipeline: Pipeline) -> None:
    def broken() -> Iterator[Drafts]:
        ((place, row),) = cells(diary("2025-04-01"))
        yield of_cells(pipeline.desk, "diary", row, place)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pipeline.load(TESTS, "digest", broken(), lambda _: None)
    assert "diary" not in pipeline.store.counts(BLIND)[0]
    assert not pipeline.store.received("tests", "digest")


def test_a_computed_score_is_not_taken_over_from_its_sender(pipeline: Pipeline) -> None:
    score = {
        "subject": "01-001",
        "end": "2025-03-31",
        "start": "2025-03-25",
        "score": 3,
        "window": ["baseline"],
    }
    receipt = pipeline.push_records(TESTS, "uas7", [score])
    assert not [issue for issue in receipt.issues if issue.refuses]
    assert "uas7" not in pipeline.store.counts(BLIND)[0]


def test_a_score_that_no_longer_follows_is_voided(pipeline: Pipeline) -> None:
    pipeline.push_records(TESTS, "subject", [SUBJECT])
    pipeline.push_records(TESTS, "diary", [diary(f"2025-03-{day}") for day in range(25, 32)])
    assert pipeline.store.search(BLIND, UAS7).total == 1
    pipeline.push_records(TESTS, "subject", [SUBJECT | {"randomized": "2025-04-02"}])
    assert pipeline.store.search(BLIND, UAS7).total == 0
    held = pipeline.store.list_records(BLIND, RecordQuery("uas7", "01-001"))
    assert [set(json.parse(record.content)) for record in held.records] == [{"subject", "end"}]


def test_what_no_map_reads_is_kept_with_the_submission(pipeline: Pipeline) -> None:
    resource = pipeline.desk.engine.to_fhir("injection", INJECTION)[0]  # type: ignore[attr-defined]
    resource["note"] = [{"text": "a remark"}]
    receipt = pipeline.push_resources(TESTS, [("", resource)])
    assert not receipt.refused
    from sqlalchemy import text

    with pipeline.store.engines.reading() as connection:
        statement = text("SELECT content FROM residue WHERE submission = :number")
        kept = connection.execute(statement, {"number": receipt.submission}).scalar_one()
    assert json.parse(kept) == [
        {"form": "injection", "expression": "MedicationAdministration.note[0].text", "value": "a remark"}
    ]


def test_a_refused_push_leaves_no_submission(pipeline: Pipeline) -> None:
    receipt = pipeline.push_records(TESTS, "injection", [INJECTION | {"time": "2030-01-01T00:00:00+08:00"}])
    assert receipt.refused
    assert [issue.code for issue in receipt.issues] == ["business-rule"]
    assert "injection" not in pipeline.store.counts(BLIND)[0]


def test_the_studys_own_record_is_stored_once(engine: MappedStudy, pipeline: Pipeline) -> None:
    again = open_pipeline(engine, pipeline.store, Clock())
    held = again.store.list_records(BLIND, RecordQuery("study"))
    assert [record.version for record in held.records] == [1]


def test_digits_and_offsets_are_kept_as_they_were_sent(pipeline: Pipeline) -> None:
    raw = b'{"subject":"01-001","visit":"W2","date":"2025-04-15","attendance":"attended","weight":70.50}'
    pipeline.push_records(TESTS, "visit", [json.parse(raw)])
    held = pipeline.store.read_record(BLIND, "visit", "01-001-W2")
    places = [place.number for place in pipeline.store.catalogue.of("Observation")["subject"].places]
    weight = pipeline.store.search(BLIND, Query("Observation", (refers(places, ["Patient/01-001"]),)))
    assert held is not None
    assert b"70.50" in held.content.encode()
    assert any(b'"value":70.50,' in version.body for version in weight.versions)


def test_after_a_load_the_database_knows_what_it_holds(pipeline: Pipeline) -> None:
    from sqlalchemy import text

    load(pipeline, ("diary", cells(diary("2025-04-01"))))
    with pipeline.store.engines.reading() as connection:
        counted = connection.execute(text("SELECT DISTINCT tbl FROM sqlite_stat1")).scalars().all()
    assert {"resource", "search_token", "record"} <= set(counted)
