from __future__ import annotations

import json
import shlex
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from adapter.api.examples import examples
from tests.api.trial import INJECTION, diary, told


def run(client: FlaskClient, line: str) -> Any:
    """Carry out a printed curl line by the test client."""
    words = shlex.split(line)
    assert words[:2] == ["curl", "-s"]
    options = dict(zip(words[2::2], words[3::2], strict=False)) if "-X" in words else {}
    url = next(word for word in words if word.startswith("http://"))
    method = words[words.index("-X") + 1] if "-X" in words else "GET"
    type_ = words[words.index("-H") + 1].partition(": ")[2] if "-H" in words else None
    body = words[words.index("-d") + 1] if "-d" in words else None
    assert options is not None
    response = client.open(url, method=method, data=body, content_type=type_)
    assert response.status_code in (200, 201), (line, response.data)
    return told(response)


def test_every_printed_line_works_and_reads_back_what_it_pushed(app: Flask) -> None:
    client = app.test_client()
    client.post("/crf/diary", json=[diary(f"2025-04-{day:02}") for day in range(1, 8)])
    for day in range(1, 4):
        time = f"2025-04-0{day}T08:00:00+08:00"
        client.post("/crf/injection", json=INJECTION | {"day": day, "time": time})
    reading, crf, fhir = examples(app.extensions["crfhir"])
    assert run(client, reading.lines[0])["total"] == 7
    pushed = run(client, crf.lines[0])
    assert pushed["records"][0]["outcome"] == "created"
    assert run(client, crf.lines[1])["resourceType"] == "MedicationAdministration"
    assert run(client, fhir.lines[0])["resourceType"] == "MedicationAdministration"
    back = run(client, fhir.lines[1])
    assert back == json.loads(shlex.split(crf.lines[0])[-1])
    assert (back["day"], back["time"]) == (4, "2025-04-04T08:00:00+08:00")


def test_without_records_there_is_nothing_to_try(app: Flask) -> None:
    assert examples(app.extensions["crfhir"]) == []
