from __future__ import annotations

from adapter.pipeline import Pipeline
from adapter.store.sight import Sight
from tests.api.trial import INJECTION
from tests.intake.pushes import EDC, EPIC, HOUSE, asked, held, hidden, injection


def test_what_is_older_by_its_sender_is_kept_and_does_not_replace(pipeline: Pipeline) -> None:
    newer = injection(pipeline, volume=2, lastUpdated="2025-04-02T10:00:00+08:00")
    older = injection(pipeline, volume=1, lastUpdated="2025-04-02T01:00:00Z")
    pipeline.push_resources(EPIC, [("", newer)])
    receipt = pipeline.push_resources(EPIC, [("", older)])
    assert [entry.outcome for entry in receipt.entries] == ["superseded"]
    assert [(issue.item, issue.key) for issue in receipt.issues if issue.key == "superseded"] == [
        ("volume", "superseded")
    ]
    assert held(pipeline) == INJECTION | {"volume": 2, "version": 1}


def test_what_is_newer_by_its_sender_replaces_however_late_it_comes(pipeline: Pipeline) -> None:
    for volume, updated in ((1, "2025-04-02T01:00:00Z"), (2, "2025-04-02T02:00:00Z")):
        pipeline.push_resources(EPIC, [("", injection(pipeline, volume=volume, lastUpdated=updated))])
    assert held(pipeline) == INJECTION | {"volume": 2, "version": 2}


def test_a_sequence_says_how_old_a_resource_is_where_no_time_does(pipeline: Pipeline) -> None:
    for volume, version in ((1, "9"), (2, "10"), (3, "8")):
        pipeline.push_resources(EPIC, [("", injection(pipeline, volume=volume, versionId=version))])
    assert held(pipeline) == INJECTION | {"volume": 2, "version": 2}


def test_a_time_in_the_future_is_no_age_and_keeps_nothing_out(pipeline: Pipeline) -> None:
    ahead = [("2099-01-01T00:00:00Z", True), ("2026-01-01T23:00:00Z", False), ("2026-01-01T23:30:00+00:00", False)]
    for volume, (updated, is_told) in enumerate(ahead, start=1):
        receipt = pipeline.push_resources(EPIC, [("", injection(pipeline, volume=volume, lastUpdated=updated))])
        assert ("future" in [issue.key for issue in receipt.issues]) == is_told
    assert held(pipeline) == INJECTION | {"volume": 3, "version": 3}
    older = pipeline.push_resources(EPIC, [("", injection(pipeline, volume=4, lastUpdated="2026-01-01T22:00:00Z"))])
    assert [entry.outcome for entry in older.entries] == ["superseded"]


def test_a_value_that_differs_from_another_systems_opens_a_query_and_does_not_replace(pipeline: Pipeline) -> None:
    pipeline.push_records(EPIC, "injection", [INJECTION])
    receipt = pipeline.push_records(EDC, "injection", [INJECTION | {"volume": 0.9, "local_reaction": True}])
    assert [entry.outcome for entry in receipt.entries] == ["queried"]
    assert held(pipeline) == INJECTION | {"local_reaction": True, "version": 2}
    assert asked(pipeline, status="open") == [("01-001-c1d1", "disputed", "volume", "open")]


def test_what_another_system_leaves_out_is_not_taken_away_by_it(pipeline: Pipeline) -> None:
    pipeline.push_records(EPIC, "injection", [INJECTION | {"local_reaction": True}])
    pipeline.push_records(EDC, "injection", [INJECTION])
    assert held(pipeline) == INJECTION | {"local_reaction": True, "version": 1}


def test_a_dispute_is_over_when_either_system_sends_what_the_other_has(pipeline: Pipeline) -> None:
    for agreed_by, value in ((EPIC, 0.9), (EDC, 1)):
        pipeline.push_records(HOUSE, "injection", [INJECTION | {"volume": 3}])
        pipeline.push_records(EPIC, "injection", [INJECTION])
        pipeline.push_records(EDC, "injection", [INJECTION | {"volume": 0.9}])
        assert asked(pipeline, status="open")[0][1] == "disputed"
        pipeline.push_records(agreed_by, "injection", [INJECTION | {"volume": value}])
        assert not [one for one in asked(pipeline, status="open") if one[1] == "disputed"]


def test_the_house_writes_over_anyone_and_anyone_over_the_house(pipeline: Pipeline) -> None:
    for sender, volume in ((HOUSE, 1), (EPIC, 2), (HOUSE, 3)):
        pipeline.push_records(sender, "injection", [INJECTION | {"volume": volume}])
    assert held(pipeline) == INJECTION | {"volume": 3, "version": 3}


def test_a_value_of_the_record_that_another_system_gave_stays_its_own_over_later_versions(pipeline: Pipeline) -> None:
    pipeline.push_records(EPIC, "injection", [INJECTION])
    pipeline.push_records(EDC, "injection", [INJECTION | {"local_reaction": True}])
    pipeline.push_records(EPIC, "injection", [INJECTION | {"local_reaction": False, "volume": 2}])
    assert held(pipeline) == INJECTION | {"local_reaction": True, "volume": 2, "version": 3}


def test_restricted_values_that_differ_are_disputed_unseen(pipeline: Pipeline) -> None:
    pipeline.push_records(EPIC, "injection", [INJECTION | {"kit": "K-1"}])
    same = pipeline.push_records(EDC, "injection", [INJECTION | {"kit": "K-1"}])
    other = pipeline.push_records(EDC, "injection", [INJECTION | {"kit": "K-2"}])
    assert [entry.json() for entry in same.entries] == [entry.json() for entry in other.entries]
    assert (same.issues, asked(pipeline)) == (other.issues, [])
    assert hidden(pipeline) == {"kit": "K-1"}
    assert asked(pipeline, Sight(restricted=True)) == [("01-001-c1d1", "disputed", "kit", "open")]


def test_a_restricted_word_of_another_system_stays_unseen_where_its_record_goes(pipeline: Pipeline) -> None:
    came = []
    for day in (1, 2):
        record = INJECTION | {"day": day, "time": f"2025-04-0{day}T08:00:00+08:00"}
        pipeline.push_records(EPIC, "injection", [record])
        if day == 1:
            pipeline.push_records(EDC, "injection", [record | {"kit": "K-1"}])
        receipt = pipeline.remove(EPIC, "MedicationAdministration", f"01-001-c1d{day}")
        came.append(([entry.outcome for entry in receipt.entries], receipt.issues, asked(pipeline)))
    assert came == [(["voided"], [], [])] * 2
    assert asked(pipeline, Sight(restricted=True)) == [("01-001-c1d1", "disputed", "kit", "open")]
    assert hidden(pipeline) == {"kit": "K-1"}
    pipeline.push_records(EPIC, "injection", [INJECTION])
    assert hidden(pipeline) == {"kit": "K-1"}


def test_a_restricted_word_of_the_sender_itself_goes_with_its_record(pipeline: Pipeline) -> None:
    pipeline.push_records(EPIC, "injection", [INJECTION | {"kit": "K-1"}])
    pipeline.remove(EPIC, "MedicationAdministration", "01-001-c1d1")
    assert hidden(pipeline) == {}


def test_a_record_is_not_taken_back_with_what_another_system_told_of_it(pipeline: Pipeline) -> None:
    pipeline.push_records(EPIC, "injection", [INJECTION])
    pipeline.push_records(EDC, "injection", [INJECTION | {"local_reaction": True}])
    receipt = pipeline.push_resources(EPIC, [("", injection(pipeline) | {"status": "entered-in-error"})])
    assert [entry.outcome for entry in receipt.entries] == ["queried"]
    assert [(issue.item, issue.key) for issue in receipt.issues] == [("local_reaction", "disputed")]
    assert held(pipeline) == INJECTION | {"local_reaction": True, "version": 2}
    assert asked(pipeline, status="open") == [("01-001-c1d1", "disputed", "local_reaction", "open")]
