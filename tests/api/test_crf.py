from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.trial import INJECTION, SUBJECT, diary, refused, told


def test_a_record_is_created_and_read_back_digit_by_digit(client: FlaskClient) -> None:
    body = (
        b'{"subject":"01-001","cycle":1,"day":1,"outcome":"given",'
        b'"time":"2025-04-01T08:00:00+08:00","volume":1.10,"body_site":"deltoid-left"}'
    )
    pushed = client.post("/crf/injection", data=body, content_type="application/json")
    assert pushed.status_code == 201
    assert told(pushed)["records"][0]["outcome"] == "created"
    assert client.get("/crf/injection/01-001-c1d1").data == body


def test_the_same_record_twice_has_one_receipt_and_a_changed_one_is_a_new_version(client: FlaskClient) -> None:
    outcomes = []
    for volume in (1, 1, 0, 0):
        pushed = client.post("/crf/injection", json=INJECTION | {"volume": volume})
        outcomes.append((pushed.status_code, told(pushed)["records"][0]["outcome"]))
    assert outcomes == [(201, "created"), (200, "created"), (200, "changed"), (200, "changed")]
    found = client.get("/crf/injection/01-001-c1d1")
    assert (found.headers["ETag"], told(found)["volume"]) == ('W/"2"', 0)
    assert told(client.get("/crf/injection"))["total"] == 1


def test_what_a_whole_record_leaves_out_is_silent_but_for_what_may_not_be_seen(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION | {"kit": "K-1", "local_reaction": True})
    pushed = client.post("/crf/injection", json=INJECTION)
    assert "local_reaction" not in told(client.get("/crf/injection/01-001-c1d1"))
    assert "restricted" not in told(pushed)["records"][0]
    again = client.post("/crf/injection", json=INJECTION | {"kit": "K-1"})
    assert told(again)["records"][0] == told(pushed)["records"][0] | {
        "outcome": "unchanged",
        "restricted": "accepted (restricted)",
    }


def test_several_records_are_stored_all_or_none(client: FlaskClient) -> None:
    good, bad = diary("2025-04-01"), diary("2025-04-02", wheals=9)
    refused(client.post("/crf/diary", json=[good, bad]), 422, "value")
    assert told(client.get("/crf/diary"))["total"] == 0
    assert client.post("/crf/diary", json=[good, diary("2025-04-02")]).status_code == 201
    assert told(client.get("/crf/diary"))["total"] == 2


def test_one_key_twice_in_a_push_is_refused(client: FlaskClient) -> None:
    refused(client.post("/crf/diary", json=[diary("2025-04-01"), diary("2025-04-01", itch=0)]), 422, "duplicate")


def test_every_issue_is_told_at_once(client: FlaskClient) -> None:
    text = refused(
        client.post("/crf/injection", json=INJECTION | {"cycle": 9, "outcome": "Given", "nonsense": 1}),
        422,
        "value",
    )
    assert "1 to 3" in text
    assert "nonsense" in text


@pytest.mark.parametrize(
    ("form", "record"),
    [
        ("subject", SUBJECT | {"site": "02"}),
        ("injection", INJECTION | {"time": "2027-01-01T08:00:00+08:00"}),
        ("injection", {k: v for k, v in INJECTION.items() if k != "volume"} | {"outcome": "not-given"}),
        (
            "adverse_event",
            {"subject": "01-001", "sequence": 1, "verbatim": "itch", "serious": False,
             "onset": "2025-04-03", "end": "2025-04-01"},
        ),
    ],
)  # fmt: skip
def test_the_rejecting_edit_checks_refuse(client: FlaskClient, form: str, record: dict[str, object]) -> None:
    refused(client.post(f"/crf/{form}", json=record), 422, "business-rule")
    assert told(client.get(f"/crf/{form}"))["total"] == 0


def test_records_are_paged_in_order_for_one_subject(client: FlaskClient) -> None:
    client.post("/crf/diary", json=[diary(f"2025-04-{day:02}") for day in range(1, 8)])
    client.post("/crf/diary", json=diary("2025-04-01", subject="01-002"))
    seen: list[str] = []
    url: str | None = "/crf/diary?subject=01-001&_count=3"
    while url is not None:
        page = told(client.get(url))
        assert page["total"] == 7
        seen += [record["date"] for record in page["records"]]
        url = page.get("next")
    assert seen == [f"2025-04-{day:02}" for day in range(1, 8)]


def test_a_page_of_another_search_is_not_found(client: FlaskClient) -> None:
    client.post("/crf/diary", json=[diary(f"2025-04-{day:02}") for day in range(1, 4)])
    next_ = told(client.get("/crf/diary?subject=01-001&_count=1"))["next"]
    refused(client.get(next_.replace("01-001", "01-002")), 404, "not-found")


def test_unknown_forms_keys_and_parameters_are_told(client: FlaskClient) -> None:
    refused(client.get("/crf/nothing"), 404, "not-found")
    refused(client.get("/crf/diary/nothing"), 404, "not-found")
    refused(client.post("/crf/nothing", json={}), 404, "not-found")
    refused(client.get("/crf/diary?arm=1"), 400, "not-supported")
    refused(client.get("/crf/diary?_count=-1"), 400, "invalid")
    refused(client.get("/crf/diary?subject=01-001&subject=01-002"), 400, "invalid")


def test_a_reader_that_has_the_version_gets_304(client: FlaskClient) -> None:
    client.post("/crf/diary", json=diary("2025-04-01"))
    found = client.get("/crf/diary/01-001-2025-04-01")
    again = client.get("/crf/diary/01-001-2025-04-01", headers={"If-None-Match": found.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_forms_are_listed_with_their_counts(client: FlaskClient) -> None:
    client.post("/crf/diary", json=diary("2025-04-01"))
    listed = {form["form"]: form["records"] for form in told(client.get("/crf"))["forms"]}
    assert listed["diary"] == 1
    assert listed["visit"] == 0


def test_records_come_as_json_alone(client: FlaskClient) -> None:
    answered = client.get("/crf/diary", headers={"Accept": "application/fhir+xml"})
    assert answered.status_code == 406
    assert answered.content_type.startswith("application/fhir+xml")


@pytest.mark.parametrize("condition", ["If-Match", "If-None-Match", "If-None-Exist"])
def test_a_condition_on_records_is_refused_rather_than_broken(client: FlaskClient, condition: str) -> None:
    refused(client.post("/crf/diary", json=diary("2025-04-01"), headers={condition: "*"}), 400, "not-supported")
    assert told(client.get("/crf/diary"))["total"] == 0


def test_voided_records_are_listed_by_themselves(everywhere: Flask) -> None:
    client = everywhere.test_client()
    days = [f"2025-04-0{day}" for day in range(1, 6)]
    client.post("/crf/diary", json=[diary(day) for day in days])
    for day in days[:3]:
        assert client.delete(f"/fhir/QuestionnaireResponse/diary-01-001-{day}").status_code == 204
    standing = told(client.get("/crf/diary"))
    assert (standing["total"], [one["date"] for one in standing["records"]]) == (2, days[3:])
    assert standing == told(client.get("/crf/diary?voided=false")) | {"form": "diary"}
    first = told(client.get("/crf/diary?voided=true&_count=2"))
    assert first["total"] == 3
    assert first["records"] == [{"subject": "01-001", "date": day} for day in days[:2]]
    rest = told(client.get(first["next"].partition("8000")[2]))
    assert ([one["date"] for one in rest["records"]], "next" in rest) == (days[2:3], False)
    assert told(client.get("/crf/diary?voided=true&subject=01-002"))["total"] == 0
    (form,) = [one for one in told(client.get("/crf"))["forms"] if one["form"] == "diary"]
    assert form["records"] == 2
    refused(client.get("/crf/diary?voided=maybe"), 400, "invalid")
    refused(client.get(f"{first['next'].partition('8000')[2].replace('voided=true&', '')}"), 404, "not-found")
    client.post("/crf/diary", json=diary(days[0]))
    assert told(client.get("/crf/diary"))["total"] == 3
    entries = told(client.get(f"/fhir/QuestionnaireResponse/diary-01-001-{days[0]}/_history"))["entry"]
    assert [entry["response"]["status"] for entry in entries] == ["201", "204", "201"]
