from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import text

from adapter.intake.deciding import Name, link, reject, replay
from adapter.intake.sender import Sender
from adapter.outcome import Issue
from adapter.pipeline import Pipeline
from adapter.store import quarantine, queries
from adapter.store.queries import Event
from adapter.store.sight import BLIND
from adapter.store.verify import verify
from tests.api.trial import INJECTION
from tests.intake.pushes import EPIC, HOUSE, held, injection

KEY = b"a key of the tests"
MRN = "MRN-7 Wang Fang"


def told(pipeline: Pipeline) -> list[tuple[object, ...]]:
    """(who, kind, what was done, why) of what is decided, in order."""
    statement = (
        "SELECT s.sender, a.kind, a.action, a.reason FROM audit a JOIN submission s ON s.number = a.submission"
        " WHERE a.kind IN ('link', 'quarantine', 'query') ORDER BY a.submission, a.place"
    )
    with pipeline.store.engines.reading() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def events(pipeline: Pipeline) -> list[tuple[str, str]]:
    """(who, what) of all that happened to the first entry of quarantine."""
    with pipeline.store.engines.reading() as connection:
        kept = quarantine.read(connection, 1)
    assert kept is not None
    return [(event.actor, event.action) for event in kept.events]


def unlinked(pipeline: Pipeline) -> None:
    """Push an injection of a patient whom nobody has linked."""
    subject = {"subject": {"identifier": {"system": "urn:mrn", "value": MRN}}}
    pipeline.push_each(EPIC, [("", injection(pipeline) | {"id": "e1"} | subject)])


def test_a_link_and_what_follows_from_it_are_audited_with_who_and_hold_no_name(pipeline: Pipeline) -> None:
    unlinked(pipeline)
    linked, replayed = link(pipeline, [Name("01", "urn:mrn", MRN, "01-001")], "clerk")
    assert [one.outcome for one in linked] == ["linked"]
    assert [decided.receipt is not None for _, decided in replayed] == [True]
    assert told(pipeline) == [
        ("01/epic", "quarantine", "kept", None),
        ("clerk", "link", "link", None),
        ("01/epic", "quarantine", "replayed", None),
    ]
    assert verify(pipeline.store.engines, KEY).findings == []
    with pipeline.store.engines.reading() as connection:
        rows = connection.execute(text("SELECT * FROM audit")).all()
    assert MRN not in str(rows)
    assert "urn:mrn" not in str(rows)


def test_what_is_rejected_while_it_is_sent_again_is_not_stored(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlinked(pipeline)
    push_known, rejected = Pipeline.push_known, []

    def slow(self: Pipeline, *given: Any, **more: Any) -> Any:
        rejected.append(reject(self, 1, "monitor", "not ours"))
        return push_known(self, *given, **more)

    monkeypatch.setattr(Pipeline, "push_known", slow)
    _, ((_, decided),) = link(pipeline, [Name("01", "urn:mrn", MRN, "01-001")], "clerk")
    assert (decided.receipt, rejected) == (None, [True])
    assert events(pipeline) == [("01/epic", "kept"), ("monitor", "rejected")]
    assert held(pipeline) is None


def test_what_is_sent_again_is_settled_in_the_same_transaction(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlinked(pipeline)
    refuses = Pipeline.push_known

    def slow(self: Pipeline, *given: Any, **more: Any) -> Any:
        receipt = refuses(self, *given, **more)
        assert not reject(self, 1, "monitor", "too late")
        return receipt

    monkeypatch.setattr(Pipeline, "push_known", slow)
    link(pipeline, [Name("01", "urn:mrn", MRN, "01-001")], "clerk")
    assert events(pipeline) == [("01/epic", "kept"), ("clerk", "replayed")]


def test_of_two_who_send_it_again_at_once_one_does(pipeline: Pipeline) -> None:
    pipeline.quarantine(EPIC, [("", injection(pipeline))], [Issue("error", "invalid", "x")])
    start, found = threading.Barrier(4), list[bool]()

    def again(number: int) -> None:
        start.wait()
        found.append(replay(pipeline, 1, f"monitor {number}").receipt is not None)

    threads = [threading.Thread(target=again, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False, False, False, True]
    assert [action for _, action in events(pipeline)] == ["kept", "replayed"]


def test_what_was_stored_since_settles_what_waited(pipeline: Pipeline) -> None:
    pipeline.quarantine(EPIC, [("", injection(pipeline))], [Issue("error", "invalid", "x")])
    first = pipeline.push_resources(EPIC, [("", injection(pipeline))])
    decided = replay(pipeline, 1, "monitor")
    assert decided.receipt is not None
    assert (decided.receipt.id, events(pipeline)[-1]) == (first.id, ("monitor", "replayed"))


def waiting(pipeline: Pipeline, **said: Any) -> None:
    """Put an injection into quarantine that would pass if it were sent again."""
    pipeline.quarantine(EPIC, [("", injection(pipeline, **said))], [Issue("error", "invalid", "x")])


def replayed(pipeline: Pipeline) -> list[str]:
    decided = replay(pipeline, 1, "monitor")
    assert decided.receipt is not None
    return [entry.outcome for entry in decided.receipt.entries]


LATER = "2025-04-02T00:00:00Z"


@pytest.mark.parametrize("sources", [({}, {}), ({}, {"lastUpdated": LATER}), ({"lastUpdated": LATER}, {})], ids=str)
@pytest.mark.parametrize("sender", [EPIC, HOUSE], ids=["its sender", "the house"])
def test_what_was_told_since_stands_when_what_waited_is_sent_again(
    pipeline: Pipeline, sources: tuple[dict[str, str], dict[str, str]], sender: Sender
) -> None:
    waiting(pipeline, volume=2, **sources[0])
    pipeline.push_resources(sender, [("", injection(pipeline, **sources[1]))])
    assert replayed(pipeline) == ["superseded"]
    assert held(pipeline) == INJECTION | {"version": 1}


def test_what_waited_says_what_nobody_has_told_since(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "injection", [INJECTION])
    waiting(pipeline, volume=2, body_site="deltoid-right")
    silent = injection(pipeline, volume=3)
    del silent["dosage"]["site"]
    pipeline.push_resources(EPIC, [("", silent)])
    assert replayed(pipeline) == ["changed"]
    assert held(pipeline) == INJECTION | {"volume": 3, "body_site": "deltoid-right", "version": 3}


def test_what_was_told_again_unchanged_since_stands_too(pipeline: Pipeline) -> None:
    pipeline.push_resources(EPIC, [("", injection(pipeline))])
    waiting(pipeline, volume=2)
    pipeline.push_resources(EPIC, [("", injection(pipeline, body_site="deltoid-right"))])
    assert replayed(pipeline) == ["superseded"]
    assert held(pipeline) == INJECTION | {"body_site": "deltoid-right", "version": 2}


def test_an_item_of_which_its_sender_was_silent_since_stays_silent(pipeline: Pipeline) -> None:
    waiting(pipeline, local_reaction=True, volume=2)
    pipeline.push_records(EPIC, "injection", [INJECTION])
    assert replayed(pipeline) == ["superseded"]
    assert held(pipeline) == INJECTION | {"version": 1}


def test_what_waited_is_newer_where_its_sender_says_so_of_both(pipeline: Pipeline) -> None:
    waiting(pipeline, volume=2, lastUpdated=LATER)
    pipeline.push_resources(EPIC, [("", injection(pipeline, lastUpdated="2025-04-01T00:00:00Z"))])
    assert replayed(pipeline) == ["changed"]


def test_a_record_that_was_taken_back_since_stays_so(pipeline: Pipeline) -> None:
    pipeline.push_resources(EPIC, [("", injection(pipeline))])
    waiting(pipeline, volume=2)
    pipeline.remove(EPIC, "MedicationAdministration", "01-001-c1d1")
    assert replayed(pipeline) == ["superseded"]
    found = pipeline.store.read(BLIND, "MedicationAdministration", "01-001-c1d1")
    assert found is not None
    assert found.deleted


def test_a_link_that_comes_before_what_waits_for_it_is_seen(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping, linked = Pipeline._push, []

    def slow(self: Pipeline, *given: Any, **more: Any) -> Any:
        if not linked:
            linked.append(True)
            link(self, [Name("01", "urn:mrn", MRN, "01-001")], "clerk")
        return keeping(self, *given, **more)

    monkeypatch.setattr(Pipeline, "_push", slow)
    unlinked(pipeline)
    assert events(pipeline) == [("01/epic", "kept"), ("01/epic", "replayed")]
    assert held(pipeline) is not None


def test_a_link_that_is_there_is_not_told_of_again(pipeline: Pipeline) -> None:
    for _ in range(2):
        link(pipeline, [Name("01", "urn:mrn", MRN, "01-001")], "clerk")
    assert told(pipeline) == [("clerk", "link", "link", None)]
    assert verify(pipeline.store.engines, KEY).findings == []


def test_a_rejection_is_audited_with_its_reason_and_once(pipeline: Pipeline) -> None:
    pipeline.quarantine(EPIC, [("", injection(pipeline))], [Issue("error", "invalid", "x")])
    assert [reject(pipeline, 1, "monitor", "not ours") for _ in range(2)] == [True, False]
    assert told(pipeline)[1:] == [("monitor", "quarantine", "rejected", "not ours")]
    assert verify(pipeline.store.engines, KEY).findings == []


def test_what_is_sent_again_and_waits_on_is_audited_too(pipeline: Pipeline) -> None:
    unlinked(pipeline)
    assert replay(pipeline, 1, "monitor").receipt is None
    assert told(pipeline)[1:] == [("monitor", "quarantine", "not replayed", None)]
    assert verify(pipeline.store.engines, KEY).findings == []


def test_answers_at_the_same_time_follow_one_another(pipeline: Pipeline) -> None:
    pipeline.push_records(EPIC, "injection", [INJECTION | {"volume": 2}])
    with pipeline.store.engines.reading() as connection:
        _, (asked, *_), _ = queries.list_queries(connection, BLIND, {}, 100, None)
    start = threading.Barrier(4)

    def answer(number: int) -> None:
        start.wait()
        for _ in range(3):
            with pipeline.store.push(f"monitor {number}", "d", "2026-01-01T00:00:00.000Z") as act:
                queries.answer(act.connection, asked.id, Event(act.at, "m", "answered", "seen", act.number))

    threads = [threading.Thread(target=answer, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row[2] for row in told(pipeline) if row[2] == "answered"] == ["answered"] * 12
    assert verify(pipeline.store.engines, KEY).findings == []
