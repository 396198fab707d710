from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from adapter.intake.deciding import replay
from adapter.intake.shapes import Drafts, Rejected
from adapter.outcome import Issue
from adapter.pipeline import Pipeline
from adapter.store import queries
from adapter.store.sight import BLIND
from tests.api.trial import INJECTION, SUBJECT, diary
from tests.intake.pushes import EPIC, HOUSE, asked

AE = {"subject": "01-001", "sequence": 1, "verbatim": "headache", "serious": True, "aware": "2025-12-31T20:00:00Z"}


def given(cycle: int, day: int, time: str, **more: Any) -> dict[str, Any]:
    return INJECTION | {"cycle": cycle, "day": day, "time": f"{time}T08:00:00+08:00"} | more


def rules(pipeline: Pipeline, status: str = "open") -> list[tuple[str, str]]:
    return [(key, rule) for key, rule, _, _ in asked(pipeline, status=status)]


@pytest.mark.parametrize(
    ("form", "record", "rule"),
    [
        ("injection", INJECTION | {"volume": 0.9}, "other-volume"),
        ("diary", diary("2025-04-01", tablets=5), "too-many-tablets"),
        ("medication", {"subject": "01-001", "sequence": 1, "drug": "cetirizine", "start": "2025-04-01"}, "not-coded"),
        ("medication", {"subject": "01-001", "sequence": 1, "drug": "IL-2", "atc": "L03AC01"}, "prohibited-drug"),
        ("adverse_event", AE, "serious-without-criteria"),
    ],
)
def test_a_departure_is_kept_and_opens_a_query(pipeline: Pipeline, form: str, record: Any, rule: str) -> None:
    receipt = pipeline.push_records(HOUSE, form, [record])
    assert [entry.outcome for entry in receipt.entries] == ["created"]
    assert rules(pipeline) == [(receipt.entries[0].written.key.text, rule)]
    assert [(issue.severity, issue.key) for issue in receipt.issues] == [("information", rule)]


def test_a_query_closes_by_itself_when_a_new_version_passes_and_opens_again(pipeline: Pipeline) -> None:
    for volume, status in ((0.9, "open"), (1, "closed"), (0.8, "open")):
        pipeline.push_records(HOUSE, "injection", [INJECTION | {"volume": volume}])
        assert rules(pipeline, status) == [("01-001-c1d1", "other-volume")]
    with pipeline.store.engines.reading() as connection:
        _, (found,), _ = queries.list_queries(connection, BLIND, {}, 10, None)
        read = queries.read(connection, BLIND, found.id)
    assert read is not None
    assert [(event.actor, event.action) for event in read[1]] == [
        ("crfhir", "opened"),
        ("crfhir", "closed"),
        ("crfhir", "reopened"),
    ]


def test_an_injection_outside_its_day_is_asked_about(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "injection", [INJECTION, given(1, 2, "2025-04-04")])
    assert rules(pipeline) == [("01-001-c1d2", "outside-its-day")]


def test_a_cycle_that_is_shifted_as_a_whole_opens_one_query(pipeline: Pipeline) -> None:
    shifted = [given(2, day, f"2025-05-{day:02d}") for day in range(1, 8)]
    pipeline.push_records(HOUSE, "injection", [INJECTION, *shifted])
    assert rules(pipeline) == [("01-001-c2d1", "outside-its-day")]
    pipeline.push_records(HOUSE, "injection", [given(2, 7, "2025-05-08")])
    assert rules(pipeline) == [("01-001-c2d1", "outside-its-day"), ("01-001-c2d7", "outside-its-day")]


def test_a_later_day_0_moves_what_is_outside(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "visit", [visit("W2", "2025-04-15")])
    assert rules(pipeline) == []
    pipeline.push_records(HOUSE, "injection", [INJECTION | {"time": "2025-04-08T08:00:00+08:00"}])
    assert rules(pipeline) == [("01-001-W2", "outside-its-window")]


def test_a_visit_inside_its_window_is_not_asked_about(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "visit", [visit("W0", "2025-04-01"), visit("W2", "2025-04-18")])
    assert rules(pipeline) == []
    pipeline.push_records(HOUSE, "visit", [visit("W4", "2025-05-03")])
    assert rules(pipeline) == [("01-001-W4", "outside-its-window")]


def visit(code: str, day: str) -> dict[str, Any]:
    return {"subject": "01-001", "visit": code, "date": day, "attendance": "attended"}


def test_two_injections_on_a_day_are_asked_about(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "injection", [INJECTION, given(1, 2, "2025-04-01")])
    assert ("01-001-c1d2", "twice-on-a-day") in rules(pipeline)


def test_a_prohibited_drug_is_asked_about_inside_its_washout_alone(pipeline: Pipeline) -> None:
    drugs = [
        ("H02AB06", "2025-02-20", "2025-02-28"),
        ("H02AB06", "2025-03-10", "2025-03-12"),
        ("R06AX13", "2025-04-01", None),
    ]
    records = [
        {"subject": "01-001", "sequence": n, "drug": "d", "atc": atc, "start": start} | ({"end": end} if end else {})
        for n, (atc, start, end) in enumerate(drugs, start=1)
    ]
    pipeline.push_records(HOUSE, "medication", records)
    assert rules(pipeline) == []
    pipeline.push_records(HOUSE, "injection", [INJECTION])
    assert rules(pipeline) == [("01-001-2", "prohibited-drug")]


def test_eligibility_is_asked_about_after_enrolment(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "eligibility", [{"subject": "01-001", "age": 75, "uas7": 10}])
    assert rules(pipeline) == []
    pipeline.push_records(HOUSE, "subject", [SUBJECT])
    assert rules(pipeline) == [("01-001", "age-outside-eligibility"), ("01-001", "score-outside-eligibility")]


def test_another_background_antihistamine_after_randomization_is_asked_about(pipeline: Pipeline) -> None:
    first = SUBJECT | {"antihistamines": [{"drug": "cetirizine", "tablets": 1}]}
    pipeline.push_records(HOUSE, "subject", [first])
    pipeline.push_records(HOUSE, "subject", [first | {"antihistamines": [{"drug": "cetirizine", "tablets": 4}]}])
    assert rules(pipeline) == [("01-001", "background-treatment-changed")]
    pipeline.push_records(HOUSE, "subject", [first | {"status": "follow-up"}])
    assert rules(pipeline) == []


def test_a_serious_event_that_is_reported_late_is_asked_about_and_not_by_a_correction(pipeline: Pipeline) -> None:
    serious = AE | {"criteria": ["death"]}
    pipeline.push_records(HOUSE, "adverse_event", [serious | {"aware": "2025-12-30T20:00:00Z"}])
    assert rules(pipeline) == [("01-001-1", "reported-late")]
    pipeline.push_records(HOUSE, "adverse_event", [serious | {"sequence": 2}])
    assert rules(pipeline) == [("01-001-1", "reported-late")]


@pytest.mark.parametrize(
    ("loaded", "aware", "found"),
    [
        (True, "2025-12-30T20:00:00Z", []),
        (False, "2025-12-31T20:00:00Z", []),
        (False, "2025-12-30T20:00:00Z", [("01-001-1", "reported-late")]),
    ],
)
def test_what_waited_in_quarantine_was_reported_when_it_came(
    pipeline: Pipeline, loaded: bool, aware: str, found: list[tuple[str, str]]
) -> None:
    event, wrong = AE | {"criteria": ["death"], "aware": aware}, (Issue("error", "value", "wrong"),)
    if loaded:
        rejected = [Rejected("adverse_event", event, wrong)]
        pipeline.load(HOUSE, "mark", [Drafts(issues=list(wrong), rejected=rejected)], lambda _: None)
    else:
        resource = pipeline.desk.engine.to_fhir("adverse_event", event)[0]  # type: ignore[attr-defined]
        pipeline.quarantine(HOUSE, [("", resource)], wrong)
    pipeline.clock.now += timedelta(days=3)  # type: ignore[attr-defined]
    assert replay(pipeline, 1, "dm").receipt is not None
    assert rules(pipeline) == found


def test_versions_before_are_read_for_forms_whose_checks_look_back_alone(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    monkeypatch.setattr(
        "adapter.intake.asking.earlier", lambda _connection, number, _version: read.append(number) or []
    )
    for wheals in (1, 2):
        pipeline.push_records(HOUSE, "diary", [diary("2025-04-01", wheals=wheals, tablets=6)])
    assert read == []
    for volume in (1, 2):
        pipeline.push_records(HOUSE, "subject", [SUBJECT | {"randomized": f"2025-04-0{volume}"}])
    assert len(read) == 2


def test_what_belongs_to_another_site_is_not_there(pipeline: Pipeline) -> None:
    receipt = pipeline.push_records(EPIC, "injection", [INJECTION | {"subject": "02-001"}])
    assert (receipt.refused, [issue.code for issue in receipt.issues]) == (True, ["not-found"])
