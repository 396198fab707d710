from __future__ import annotations

from flask.testing import FlaskClient

from adapter.store.verify import verify
from tests.api.test_receipts import as_
from tests.api.trial import INJECTION, diary, refused, told


def test_queries_are_listed_read_and_answered_with_a_reason(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION | {"volume": 0.9})
    (found,) = told(client.get("/crf/queries"))["queries"]
    assert (found["status"], found["form"], found["key"], found["rule"]) == (
        "open",
        "injection",
        "01-001-c1d1",
        "other-volume",
    )
    assert [event["action"] for event in told(client.get(found["url"]))["events"]] == ["opened"]
    answered = client.post(f"{found['url']}/answer", json={"reason": "the syringe leaked"}, headers=as_("01/nurse"))
    assert told(answered)["status"] == "answered"
    assert told(answered)["events"][-1]["actor"] == "01/nurse"
    assert client.get("/crf/injection/01-001-c1d1").headers["ETag"] == 'W/"1"'


def test_queries_are_filtered_and_paged_by_links_that_are_signed(client: FlaskClient) -> None:
    days = [diary(f"2025-04-{day:02d}", tablets=6) for day in range(1, 6)]
    client.post("/crf/diary", json=[*days, diary("2025-04-01") | {"subject": "02-001", "tablets": 6}])
    for filter_, count in (("subject=02-001", 1), ("site=01", 5), ("form=diary&status=open", 6), ("status=closed", 0)):
        assert told(client.get(f"/crf/queries?{filter_}"))["total"] == count
    seen, url = [], "/crf/queries?site=01&_count=2"
    while url:
        page = told(client.get(url))
        seen += [one["id"] for one in page["queries"]]
        url = page.get("next", "").replace("http://127.0.0.1:8000", "")
    assert len(seen) == len(set(seen)) == 5
    for wrong, status, code in (
        ("site=99", 400, "invalid"),
        ("status=x", 400, "invalid"),
        ("arm=1", 400, "not-supported"),
    ):
        refused(client.get(f"/crf/queries?{wrong}"), status, code)
    refused(client.get("/crf/queries?_page=AAAA"), 404, "not-found")


def test_an_answer_without_a_reason_is_refused(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION | {"volume": 0.9})
    (found,) = told(client.get("/crf/queries"))["queries"]
    for value in ({}, {"reason": " "}, {"reason": 3}, []):
        refused(client.post(f"{found['url']}/answer", json=value), 422, "required")
    refused(client.post("/crf/queries/none/answer", json={"reason": "why"}), 404, "not-found")
    refused(client.post(f"{found['url']}/answer", json={"reason": "why"}, headers=as_("02/x")), 404, "not-found")


def test_an_answer_is_audited_with_who_and_why_and_a_refused_one_leaves_nothing(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION | {"volume": 0.9})
    (found,) = told(client.get("/crf/queries"))["queries"]
    client.post(f"{found['url']}/answer", json={"reason": "not mine"}, headers=as_("02/x"))
    client.post(f"{found['url']}/answer", json={"reason": "it leaked"}, headers=as_("01/nurse"))
    store = client.application.extensions["crfhir"].store
    statement = (
        "SELECT s.sender, a.action, a.reason FROM audit a JOIN submission s ON s.number = a.submission"
        " WHERE a.kind = 'query' ORDER BY a.submission"
    )
    with store.engines.reading() as connection:
        rows = [tuple(row) for row in connection.exec_driver_sql(statement)]
    assert rows == [("open-demo", "opened", None), ("01/nurse", "answered", "it leaked")]
    assert verify(store.engines, store.key).findings == []


def test_a_dispute_about_what_may_reveal_the_arm_is_seen_by_nobody(client: FlaskClient) -> None:
    for sender, kit in (("01/epic", "K-1"), ("01/edc", "K-2")):
        client.post("/crf/injection", json=INJECTION | {"kit": kit}, headers=as_(sender))
    assert told(client.get("/crf/queries")) == {"total": 0, "queries": []}
    assert told(client.get("/crf/injection/01-001-c1d1/queries"))["total"] == 0


def test_a_form_that_the_study_has_not_is_told(client: FlaskClient) -> None:
    refused(client.get("/crf/queries?form=zzz"), 404, "not-found")
