from __future__ import annotations

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from adapter.api.failure import FailureError
from adapter.api.media import JSON, XML, parsed, wanted


def request(accept: str | None = None, query: str = "") -> Request:
    headers = {"Accept": accept} if accept is not None else {}
    return Request(EnvironBuilder(headers=headers, query_string=query).get_environ())


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/fhir+xml", XML),
        ("text/xml", XML),
        ("application/xml;q=0.9, application/json;q=0.8", XML),
        ("application/fhir+json;fhirVersion=4.0", JSON),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", JSON),
    ],
)
def test_accept_decides(accept: str | None, expected: str) -> None:
    assert wanted(request(accept)) == expected  # type: ignore[arg-type]


def test_format_comes_before_accept() -> None:
    assert wanted(request("application/fhir+json", "_format=application/fhir%2Bxml")) == XML  # type: ignore[arg-type]


@pytest.mark.parametrize("asked", [request("image/png"), request(None, "_format=ttl")])
def test_what_cannot_be_had_is_406(asked: Request) -> None:
    with pytest.raises(FailureError) as failed:
        wanted(asked)  # type: ignore[arg-type]
    assert failed.value.status == 406


def test_a_fault_in_a_text_has_its_line_and_column() -> None:
    with pytest.raises(FailureError) as failed:
        parsed(b'{\n "a": 1,\n "a": 2}', JSON)
    place = failed.value.issues[0].place
    assert place is not None
    assert place.line == 3
