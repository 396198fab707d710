from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import pytest
from flask.testing import FlaskClient

from adapter.api.config import Config
from adapter.api.crowd import OTHERS, Crowd
from adapter.api.failure import FailureError
from tests.api.trial import Serve, diary, refused, told


def test_a_sender_has_so_many_at_work_and_no_more() -> None:
    crowd = Crowd(2)
    crowd.enter("a")
    crowd.enter("a")
    with pytest.raises(FailureError) as throttled:
        crowd.enter("a")
    assert (throttled.value.status, throttled.value.issues[0].code) == (429, "throttled")
    crowd.enter("b")
    crowd.leave("a")
    crowd.enter("a")


def test_all_senders_together_have_some_more() -> None:
    crowd = Crowd(2)
    for number in range(2 + OTHERS):
        crowd.enter(f"sender {number}")
    with pytest.raises(FailureError) as full:
        crowd.enter("another")
    assert (full.value.status, full.value.issues[0].code) == (503, "transient")


def test_who_waits_keeps_neither_another_sender_nor_a_reader_out(
    serve: Serve, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = serve(Config(database=database, open_demo=True, pushes_at_once=2))
    begun, go_on = Barrier(3), Event()
    push = type(app.extensions["crfhir"].pipeline).push_records

    def slow(*words: Any, **named: Any) -> Any:
        if not go_on.is_set():
            begun.wait(20)
            assert go_on.wait(20)
        return push(*words, **named)

    monkeypatch.setattr(type(app.extensions["crfhir"].pipeline), "push_records", slow)

    def sent(day: int) -> Any:
        record = diary(f"2025-04-0{day}", subject="03-001")
        return app.test_client().post("/crf/diary", json=record, auth=("03/epic", ""))

    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(sent, day) for day in (1, 2)]
        begun.wait(20)
        throttled = sent(3)
        read = app.test_client().get("/fhir/Patient", auth=("03/epic", ""))
        other = app.test_client().post("/fhir/Patient/_search", auth=("04/other", ""))
        go_on.set()
        answered = [each.result().status_code for each in waiting]
    refused(throttled, 429, "throttled")
    assert throttled.headers["Retry-After"] == "2"
    assert (read.status_code, other.status_code, answered) == (200, 200, [201, 201])
    assert sent(4).status_code == 201


def test_a_refused_request_leaves_the_crowd_too(client: FlaskClient) -> None:
    for _ in range(200):
        assert client.post("/crf/diary", data=b"{", content_type="application/json").status_code == 400


def test_the_entries_of_a_batch_are_one_request_together(serve: Serve, database: str) -> None:
    client = serve(Config(database=database, open_demo=True, pushes_at_once=1)).test_client()
    request = {"method": "DELETE", "url": "Patient/01-001"}
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [{"request": request}] * 2}
    for _ in range(2):
        answered = client.post("/fhir", json=bundle)
        assert [entry["response"]["status"] for entry in told(answered)["entry"]] == ["204 No Content"] * 2
