"""Two databases that differ only in what may reveal the arm answer every request byte for byte the same."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from adapter.api.config import Config
from tests.api.trial import INJECTION, SUBJECT, Clock, Serve, diary, told

VISIT = {"subject": "01-001", "visit": "W2", "date": "2025-04-15", "attendance": "attended", "weight": 70}


def filled(serve: Serve, path: Path, kits: list[str], labs: list[Any]) -> FlaskClient:
    client = serve(Config(database=f"sqlite:///{path}", open_demo=True, clock=Clock())).test_client()
    client.post("/crf/subject", json=SUBJECT)
    client.post("/crf/diary", json=[diary(f"2025-03-{day}") for day in range(25, 32)])
    for kit, lab in zip(kits, labs, strict=True):
        client.post("/crf/injection", json=INJECTION | {"kit": kit})
        client.post("/crf/visit", json=VISIT | {"eosinophils": lab, "regulatory_t": lab})
    client.post("/crf/diary", json=diary("2025-04-01"))
    return client


@pytest.fixture
def twins(serve: Serve, prepared: Path, tmp_path: Path) -> tuple[FlaskClient, FlaskClient]:
    paths = [tmp_path / "one.db", tmp_path / "two.db"]
    for path in paths:
        shutil.copy(prepared, path)
    return (
        filled(serve, paths[0], ["KIT-0001", "KIT-0001"], [0, 0]),
        filled(serve, paths[1], ["KIT-0008", "KIT-0009"], [3, 4]),
    )


def everything(client: FlaskClient) -> Iterator[str]:
    """Every address that the service shows, beginning at what it can do, and some that it does not."""
    yield from ("/", "/crf", "/fhir/metadata")
    declared = told(client.get("/fhir/metadata"))["rest"][0]["resource"]
    for type_ in [each["type"] for each in declared if {"code": "search-type"} in each["interaction"]]:
        yield from (f"/fhir/{type_}?_count=200", f"/fhir/{type_}?_count=1", f"/fhir/{type_}?_format=xml")
        yield f"/fhir/{type_}?_lastUpdated=ge2026-01-01&_sort=kit"
        for entry in told(client.get(f"/fhir/{type_}?_count=200")).get("entry", []):
            path = f"/fhir/{type_}/{entry['resource']['id']}"
            yield from (path, f"{path}/_history/1", f"{path}/_history/2")
        page = told(client.get(f"/fhir/{type_}?_count=1"))
        yield from (link["url"] for link in page["link"])
    for form in told(client.get("/crf"))["forms"]:
        yield from (f"/crf/{form['form']}", f"/crf/{form['form']}?subject=01-001&_count=1")
    yield from ("/crf/injection/01-001-c1d1", "/crf/visit/01-001-W2")
    yield from ("/fhir/Observation/01-001-c1d1-kit", "/fhir/Observation?identifier=01-001-c1d1-kit")
    yield from ("/fhir/Observation/01-001-W2-eosinophils", "/fhir/Observation?_id=01-001-W2-eosinophils")


def test_twins_answer_every_request_alike(twins: tuple[FlaskClient, FlaskClient]) -> None:
    asked = list(dict.fromkeys(everything(twins[0])))
    assert len(asked) > 100
    for url in asked:
        one, two = (client.get(url) for client in twins)
        assert one.data == two.data, url
        assert (one.status_code, list(one.headers)) == (two.status_code, list(two.headers)), url


def test_no_answer_holds_a_restricted_value(twins: tuple[FlaskClient, FlaskClient]) -> None:
    for url in dict.fromkeys(everything(twins[1])):
        text = twins[1].get(url).get_data(as_text=True)
        assert "KIT-0008" not in text, url
        assert "KIT-0009" not in text, url


def test_pushes_to_twins_are_answered_alike(twins: tuple[FlaskClient, FlaskClient]) -> None:
    for form, record in (
        ("injection", INJECTION),
        ("injection", INJECTION | {"kit": "KIT-0001"}),
        ("injection", INJECTION | {"kit": "KIT-0008"}),
        ("visit", VISIT),
        ("visit", VISIT | {"eosinophils": 0}),
        (
            "injection",
            {k: v for k, v in INJECTION.items() if k not in ("volume", "body_site")} | {"outcome": "not-given"},
        ),
    ):
        one, two = (client.post(f"/crf/{form}", json=record) for client in twins)
        assert (one.status_code, one.data) == (two.status_code, two.data), record


ARMS = {
    "ResearchSubject/01-001": [
        {"assignedArm": "{arm}"},
        {"actualArm": "{arm}"},
        {"extension": [{"url": "http://x.example/arm", "valueString": "{arm}"}]},
        {"text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">{arm}</div>'}},
        {
            "contained": [{"resourceType": "Group", "id": "g", "type": "person", "actual": True, "name": "{arm}"}],
            "extension": [{"url": "http://x.example/arm", "valueReference": {"reference": "#g"}}],
        },
    ],
    "MedicationAdministration/01-001-c1d1": [
        {"note": [{"text": "{arm}"}]},
        {"device": [{"display": "{arm}"}]},
        {
            "contained": [{"resourceType": "Medication", "id": "m", "batch": {"lotNumber": "{arm}"}}],
            "supportingInformation": [{"reference": "#m"}],
        },
        {"meta": {"tag": [{"system": "http://x.example", "code": "{arm}"}]}},
    ],
}


def sent_with(client: FlaskClient, arm: str) -> Iterator[tuple[int, bytes]]:
    """The answers to resources that carry an arm in each of the places where a site could put it."""
    for path, changes in ARMS.items():
        served = told(client.get(f"/fhir/{path}"))
        unclaimed = {key: value for key, value in served.items() if key != "meta"}
        for resource, change in product((served, unclaimed), changes):
            body = json.dumps(resource | change, default=str).replace("{arm}", arm)
            headers = {"Content-Type": "application/fhir+json", "Prefer": "return=OperationOutcome"}
            for address, put in ((f"/fhir/{path}", True), ("/fhir/$convert", False)):
                answered = (client.put if put else client.post)(address, data=body, headers=headers)
                yield answered.status_code, answered.data


def test_an_arm_that_somebody_sends_is_shown_to_nobody(twins: tuple[FlaskClient, FlaskClient]) -> None:
    one, two = (list(sent_with(*pair)) for pair in zip(twins, ("ARM-A", "ARM-BB"), strict=True))
    assert one == two
    assert {status for status, _ in one} == {200, 422}  # a resource that claims the study's profile masks the arm
    for url in dict.fromkeys(everything(twins[0])):
        first, second = (client.get(url) for client in twins)
        assert first.data == second.data, url
        assert b"ARM-" not in first.data, url


def searches(client: FlaskClient) -> Iterator[str]:
    """A search of each type by each parameter, each way of including and each order that the server names."""
    values = {"reference": "01-001", "quantity": "ge0", "date": "ge2025", "string": "a", "uri": "http://x.example"}
    for resource in told(client.get("/fhir/metadata"))["rest"][0]["resource"]:
        type_ = resource["type"]
        for parameter in resource["searchParam"] if "versioning" in resource else ():
            name, kind = parameter["name"], parameter["type"]
            yield f"/fhir/{type_}?{name}={values.get(kind, 'x')}&_total=accurate"
            yield f"/fhir/{type_}?_sort=-{name}&_count=1"
            yield f"/fhir/{type_}?{name}:missing=false&_count=2&_total=accurate"
        for word, key in (("_include", "searchInclude"), ("_revinclude", "searchRevInclude")):
            yield from (f"/fhir/{type_}?{word}={value}&_count=200" for value in resource.get(key, ()))
        yield f"/fhir/Patient/01-001/{type_}?_count=200&_total=accurate"


def walk(client: FlaskClient, url: str) -> Iterator[tuple[int, bytes]]:
    """The answer, and those of the pages after it."""
    while True:
        answered = client.get(url)
        yield answered.status_code, answered.data
        links = told(answered).get("link", []) if answered.status_code == 200 else []
        url = next((link["url"] for link in links if link["relation"] == "next"), "")
        if not url:
            return


def test_twins_find_sort_include_count_and_page_alike(twins: tuple[FlaskClient, FlaskClient]) -> None:
    asked = list(dict.fromkeys(searches(twins[0])))
    assert len(asked) > 300
    for url in asked:
        one, two = (list(walk(client, url)) for client in twins)
        assert one == two, url
        assert not [status for status, _ in one if status >= 500], url
        assert not [body for _, body in one if b"KIT-0001" in body or b"c1d1-kit" in body or b"eosinophils" in body], (
            url
        )


@pytest.mark.parametrize("code", ["kit", "eosinophils", "regulatory-t"])
def test_a_hidden_code_is_found_nowhere(twins: tuple[FlaskClient, FlaskClient], code: str) -> None:
    for query in (f"code={code}", f"combo-code={code}&_total=accurate", f"code:not={code}&_total=accurate&_count=0"):
        one, two = (client.get(f"/fhir/Observation?{query}") for client in twins)
        assert one.data == two.data
        assert told(one)["total"] == (0 if ":not" not in query else told(twins[0].get("/fhir/Observation"))["total"])
