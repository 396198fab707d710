from __future__ import annotations

from adapter.intake.deciding import Name, link, reject
from adapter.intake.once import Once
from adapter.intake.receipt import Receipt
from adapter.pipeline import Pipeline
from adapter.store.store import open_store
from tests.api.trial import INJECTION, diary
from tests.intake.pushes import EPIC, HOUSE, held, hidden, injection


def test_the_same_content_has_the_same_receipt_and_no_second_effect(pipeline: Pipeline) -> None:
    first = pipeline.push_records(HOUSE, "injection", [INJECTION])
    again = pipeline.push_records(HOUSE, "injection", [INJECTION])
    assert (again.id, again.at, again.replayed) == (first.id, first.at, True)
    assert [entry.json() for entry in again.entries] == [entry.json() for entry in first.entries]
    assert again.chain == first.chain
    assert held(pipeline) == INJECTION | {"version": 1}


def test_another_sender_of_the_same_content_has_a_receipt_of_its_own(pipeline: Pipeline) -> None:
    first = pipeline.push_records(HOUSE, "injection", [INJECTION])
    other = pipeline.push_records(EPIC, "injection", [INJECTION])
    assert not other.replayed
    assert other.id != first.id
    assert other.entries[0].outcome == "unchanged"


def test_a_value_may_change_back(pipeline: Pipeline) -> None:
    for volume in (1, 2, 1):
        receipt = pipeline.push_records(HOUSE, "injection", [INJECTION | {"volume": volume}])
        assert not receipt.replayed
    assert held(pipeline) == INJECTION | {"version": 3}


def test_a_restricted_value_may_change_back_too(pipeline: Pipeline) -> None:
    for kit in ("K-1", "K-2", "K-1"):
        receipt = pipeline.push_records(HOUSE, "injection", [INJECTION | {"kit": kit}])
        assert not receipt.replayed
    assert hidden(pipeline) == {"kit": "K-1"}


def test_what_may_reveal_the_arm_is_replayed_by_its_key_alone(pipeline: Pipeline) -> None:
    once = Once("key-1")
    first = pipeline.push_records(HOUSE, "injection", [INJECTION | {"kit": "K-1"}], once=once)
    for kit in ("K-1", "K-2"):
        again = pipeline.push_records(HOUSE, "injection", [INJECTION | {"kit": kit}])
        assert (again.replayed, [entry.outcome for entry in again.entries]) == (False, ["unchanged"])
    assert pipeline.push_records(HOUSE, "injection", [INJECTION | {"kit": "K-1"}], once=once).id == first.id


def test_a_key_makes_pushes_one_and_another_content_under_it_is_a_conflict(pipeline: Pipeline) -> None:
    once = Once("key-1")
    first = pipeline.push_records(HOUSE, "injection", [INJECTION], once=once)
    pipeline.push_records(HOUSE, "injection", [INJECTION | {"volume": 2}])
    again = pipeline.push_records(HOUSE, "injection", [INJECTION], once=once)
    assert (again.id, again.replayed) == (first.id, True)
    assert held(pipeline) == INJECTION | {"volume": 2, "version": 2}
    other = pipeline.push_records(HOUSE, "injection", [INJECTION | {"volume": 0.5}], once=once)
    assert (other.refused, other.conflict, [issue.code for issue in other.issues]) == (True, True, ["conflict"])
    assert not pipeline.push_records(EPIC, "injection", [INJECTION], once=once).replayed


def unlinked(pipeline: Pipeline, volume: int) -> Receipt:
    """Push an injection of a patient whom nobody has linked, some of it at a time."""
    sent = injection(pipeline, volume=volume) | {"subject": {"reference": "Patient/12345"}}
    return pipeline.push_each(EPIC, [("Bundle.entry[0].resource", sent)])


def test_what_was_rejected_is_new_when_it_is_sent_again(pipeline: Pipeline) -> None:
    first = unlinked(pipeline, 1)
    assert (unlinked(pipeline, 1).id, first.quarantined) == (first.id, [1])
    assert reject(pipeline, 1, "monitor", "not ours")
    again = unlinked(pipeline, 1)
    assert (again.replayed, again.quarantined) == (False, [2])
    assert unlinked(pipeline, 1).id == again.id


def test_what_waited_and_was_stored_since_may_change_back(pipeline: Pipeline) -> None:
    first = unlinked(pipeline, 1)
    link(pipeline, [Name("01", "Patient", "12345", "01-001")], "clerk")
    same = unlinked(pipeline, 1)
    assert (same.id, same.fates) == (first.id, ["replayed"])
    for volume in (2, 1):
        assert not unlinked(pipeline, volume).replayed
    assert held(pipeline) == INJECTION | {"volume": 1, "version": 3}


def test_a_key_of_a_refused_push_is_free_again(pipeline: Pipeline) -> None:
    once = Once("key-1")
    late = INJECTION | {"time": "2030-01-01T00:00:00+08:00"}
    assert pipeline.push_records(HOUSE, "injection", [late], once=once).refused
    assert pipeline.push_records(HOUSE, "injection", [INJECTION], once=once).entries[0].outcome == "created"


def test_one_key_under_many_threads_has_one_effect(pipeline: Pipeline) -> None:
    import threading

    found: list[tuple[str, bool]] = []

    def send() -> None:
        receipt = pipeline.push_records(HOUSE, "diary", [diary("2025-04-01")], once=Once("k"))
        found.append((receipt.id, receipt.replayed))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id_ for id_, _ in found}) == 1
    assert sorted(replayed for _, replayed in found) == [False] + [True] * 7


def test_a_push_whose_answer_was_lost_is_answered_after_a_restart(pipeline: Pipeline, database: str) -> None:
    first = pipeline.push_records(HOUSE, "injection", [INJECTION])
    pipeline.store.close()
    again = Pipeline(pipeline.desk, open_store(database, "+08:00", b"a key of the tests"), pipeline.clock)
    found = again.push_records(HOUSE, "injection", [INJECTION])
    assert (found.id, found.at, found.chain, found.replayed) == (first.id, first.at, first.chain, True)
    assert [entry.json() for entry in found.entries] == [entry.json() for entry in first.entries]
    again.store.close()
