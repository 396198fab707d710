from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from adapter.fhir import xml
from tests.api.trial import INJECTION, INJECTION_PATH, told


@pytest.fixture(autouse=True)
def stored(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION)


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("If-None-Match", 'W/"1"', 304),
        ("If-None-Match", '"1"', 304),
        ("If-None-Match", "*", 304),
        ("If-None-Match", 'W/"2", W/"1"', 304),
        ("If-None-Match", 'W/"2"', 200),
        ("If-Modified-Since", "Thu, 01 Jan 2026 00:00:02 GMT", 304),
        ("If-Modified-Since", "Wed, 31 Dec 2025 00:00:00 GMT", 200),
        ("If-Modified-Since", "yesterday", 200),
    ],
)
def test_a_read_is_conditional(client: FlaskClient, name: str, value: str, status: int) -> None:
    for path in (f"/fhir/{INJECTION_PATH}", f"/fhir/{INJECTION_PATH}/_history/1"):
        for method in ("GET", "HEAD"):
            answered = client.open(path, method=method, headers={name: value})
            assert answered.status_code == status
            assert answered.headers["ETag"] == 'W/"1"'
            assert (answered.data == b"") == (status == 304 or method == "HEAD")


def test_a_resource_comes_in_the_format_that_is_asked_for(client: FlaskClient) -> None:
    path = f"/fhir/{INJECTION_PATH}"
    plain = client.get(path)
    assert plain.data == client.get(f"{path}?_format=json").data
    asked = client.get(f"{path}?_format=xml")
    assert asked.data == client.get(path, headers={"Accept": "application/fhir+xml"}).data
    assert xml.parse(asked.data) == told(plain)
    pretty = client.get(f"{path}?_pretty=true").data
    assert pretty.count(b"\n") > 20
    assert told(client.get(f"{path}?_pretty=true")) == told(plain)


def test_xml_is_written_for_people_too(client: FlaskClient) -> None:
    path = f"/fhir/{INJECTION_PATH}?_format=xml"
    pretty = client.get(f"{path}&_pretty=true").data
    assert pretty.count(b"\n") > 20
    assert xml.parse(pretty) == xml.parse(client.get(path).data)


def test_a_part_in_xml_is_that_part(client: FlaskClient) -> None:
    path = f"/fhir/{INJECTION_PATH}?_elements=dosage"
    assert xml.parse(client.get(f"{path}&_format=xml").data) == told(client.get(path))


@pytest.mark.parametrize("headers", [{}, {"If-None-Match": 'W/"1"'}])
def test_what_may_be_kept_says_on_what_it_hangs(client: FlaskClient, headers: dict[str, str]) -> None:
    answered = client.get(f"/fhir/{INJECTION_PATH}", headers=headers)
    assert {name.lower() for name in answered.vary} == {"accept", "accept-encoding"}
    assert "private" in answered.headers["Cache-Control"]
