from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient

from tests.api.trial import INJECTION, INJECTION_PATH, diary

LONG = "/fhir/metadata"


@pytest.mark.parametrize("accepted", ["gzip", "deflate, gzip;q=0.5", "GZIP"])
def test_a_long_answer_is_compressed_for_who_takes_it(client: FlaskClient, accepted: str) -> None:
    plain, packed = client.get(LONG), client.get(LONG, headers={"Accept-Encoding": accepted})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "br", "*"])
def test_an_answer_is_left_as_it_is_for_who_does_not(client: FlaskClient, accepted: str) -> None:
    assert "Content-Encoding" not in client.get(LONG, headers={"Accept-Encoding": accepted}).headers


def test_a_short_answer_and_one_without_a_body_are_not_compressed(client: FlaskClient) -> None:
    client.post("/crf/injection", json=INJECTION)
    stored = client.get(f"/fhir/{INJECTION_PATH}")
    headers = {"Accept-Encoding": "gzip", "If-None-Match": stored.headers["ETag"]}
    known = client.get(f"/fhir/{INJECTION_PATH}", headers=headers)
    assert (known.status_code, known.data) == (304, b"")
    assert "Content-Encoding" not in client.get("/fhir/Patient/x", headers=headers).headers


def test_head_says_what_get_would(client: FlaskClient) -> None:
    client.post("/crf/diary", json=diary("2025-04-01"))
    for headers in ({}, {"Accept-Encoding": "gzip"}):
        got, asked = client.get(LONG, headers=headers), client.head(LONG, headers=headers)
        assert asked.data == b""
        assert asked.headers["Content-Length"] == got.headers["Content-Length"]


def test_a_push_in_gzip_is_read(client: FlaskClient) -> None:
    bundle = client.post("/crf/injection/$convert", json=INJECTION).data
    headers = {"Content-Type": "application/fhir+json", "Content-Encoding": "gzip"}
    sent = client.post("/fhir/$convert", data=gzip.compress(bundle), headers=headers)
    assert sent.status_code == 200
