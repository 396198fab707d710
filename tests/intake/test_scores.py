from __future__ import annotations

from adapter.fhir import json
from adapter.intake.desk import Desk
from adapter.intake.scores import rescore
from adapter.store.search_records import RecordQuery
from adapter.store.shapes import Key, Write
from adapter.store.sight import BLIND
from adapter.store.store import open_store
from tests.api.trial import SUBJECT, diary

AT = "2026-01-01T00:00:00.000Z"


def test_scores_follow_in_the_same_transaction_and_once_only(desk: Desk, tmp_path: object) -> None:
    store = open_store(f"sqlite:///{tmp_path}/crfhir.db", "+08:00")
    records = [("subject", SUBJECT), *(("diary", diary(f"2025-03-{day}", uas=3)) for day in range(25, 32))]
    for _ in range(2):
        with store.push("tests", "digest", AT) as push:
            writes = [Write(desk.key(form, one), json.encode(one).decode(), None, ()) for form, one in records]
            push.claim(write.key for write in writes)
            push.write(writes)
            rescore(desk, push, {("diary", "01-001"), ("subject", "01-001")})
    (score,) = store.list_records(BLIND, RecordQuery("uas7", "01-001")).records
    assert (score.key, score.version) == (Key("uas7", "01-001-2025-03-31", "01-001"), 1)
    assert json.parse(score.content)["score"] == 21
    store.close()


def test_a_form_that_nothing_follows_from_scores_nothing(desk: Desk, tmp_path: object) -> None:
    store = open_store(f"sqlite:///{tmp_path}/crfhir.db", "+08:00")
    with store.push("tests", "digest", AT) as push:
        rescore(desk, push, {("medication", "01-001")})
    assert store.counts(BLIND) == ({}, {})
    store.close()
