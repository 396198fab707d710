"""docs/service.md shows what the service answers: its commands are sent, in order, and the answers compared."""

from __future__ import annotations

import re
import shlex
from base64 import b64encode
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from adapter.api.failure import STATUS
from tests.api.trial import INJECTION, told

DOCUMENT = Path(__file__).parents[2] / "docs" / "service.md"
SHOWN = re.compile(r"```sh\n(?P<command>.*?)\n```\n```json\n(?P<answer>.*?)```", re.DOTALL)


def sent(client: FlaskClient, command: str) -> TestResponse:
    """Send what a curl command would: method, address, headers and body."""
    words = shlex.split(command)[2:]
    given: dict[str, list[str]] = {"-X": ["GET"], "-H": [], "-d": [], "-u": []}
    while any(word in given for word in words):
        at = next(i for i, word in enumerate(words) if word in given)
        given[words[at]].append(words[at + 1])
        del words[at : at + 2]
    url = urlsplit(words[0])
    headers = dict(header.split(": ", 1) for header in given["-H"])
    if given["-u"]:
        headers["Authorization"] = f"Basic {b64encode(given['-u'][0].encode()).decode()}"
    body = given["-d"][0].encode() if given["-d"] else None
    return client.open(f"{url.path}?{url.query}", method=given["-X"][-1], headers=headers, data=body)


def answered(client: FlaskClient, text: str) -> str:
    """The document with the answers that its commands have now."""

    def anew(match: re.Match[str]) -> str:
        return f"```sh\n{match['command']}\n```\n```json\n{sent(client, match['command']).text}```"

    return SHOWN.sub(anew, text)


def test_the_commands_of_the_document_are_answered_as_it_shows(client: FlaskClient) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert len(SHOWN.findall(text)) >= 6
    assert answered(client, text) == text


@pytest.mark.parametrize("status", sorted(set(STATUS.values()) - {408, 409, 500}))
def test_the_document_names_every_status_that_a_client_can_meet(status: int) -> None:
    assert re.search(rf"^\| [0-9, ]*{status}[0-9, ]* \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_document_names_every_address(app: Flask) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    named = {"<compartment>": "Patient", "<type_>": "{type}", "<id_>": "{id}", "<form>": "{form}", "<key>": "{key}"}
    named |= {"<number>": "{number}", "<string:type_>": "{type}"}
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for hole, word in named.items():
            path = path.replace(hole, word)
        if rule.endpoint != "static" and "_history" not in path:
            assert path in text or (path.endswith("/_search") and path.removesuffix("/_search") in text), path


def test_the_header_that_says_why_is_taken_as_the_document_shows_it(client: FlaskClient) -> None:
    shown = re.search(r"`X-Provenance: ([^`]+)`", DOCUMENT.read_text(encoding="utf-8"))
    assert shown is not None
    for volume in (1, 2):
        sent = client.post("/crf/injection", json=INJECTION | {"volume": volume}, headers={"X-Provenance": shown[1]})
        assert sent.status_code in (200, 201), sent.text
    versions = told(client.get("/crf/injection/01-001-c1d1/_history"))["versions"]
    assert versions[0]["reason"] == "entered too early"
