from __future__ import annotations

import io

import pytest

from adapter.convert.sides import against, side_of
from adapter.files.opening import Opened

ITEMS = {"subject", "day", "form", "record"}
XML = b'<Patient xmlns="http://hl7.org/fhir"/>'


def file(kind: str, head: bytes) -> Opened:
    return Opened(kind, io.BufferedReader(io.BytesIO(head)), head, "utf-8", lambda: 0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "head", "side"),
    [
        ("csv", b"subject,day\n", "crf"),
        ("xlsx", b"PK", "crf"),
        ("xml", XML, "fhir"),
        ("json", b'{"resourceType": "Patient"}', "fhir"),
        ("json", b'[{"subject": "01"}]', "crf"),
        ("ndjson", b'{"form": "x", "record": {}}', "crf"),
        ("json", b'{"a": "subject", "b": "\\"resourceType\\": 1"}', None),
        ("json", b"[]", None),
    ],
)
def test_the_side_is_told_from_the_format_and_the_members(kind: str, head: bytes, side: str | None) -> None:
    assert side_of(file(kind, head), ITEMS) == side


@pytest.mark.parametrize(
    ("kind", "head", "to", "told"),
    [
        ("csv", b"subject,day\n", "crf", "holds CRF records already: convert it with --to fhir"),
        ("json", b'{"resourceType": "Patient"}', "fhir", "holds FHIR resources already: convert it with --to crf"),
        ("csv", b"hello\n", "crf", "this is neither JSON nor XML: it begins with 'hello'"),
        ("xml", b"<ODM/>", "fhir", "this XML is no FHIR (its root is <ODM>"),
    ],
)
def test_a_file_of_the_wrong_side_is_named(kind: str, head: bytes, to: str, told: str) -> None:
    flaw = against(file(kind, head), to, ITEMS)
    assert flaw is not None
    assert told in flaw.why


def test_a_file_that_can_be_converted_has_no_flaw() -> None:
    assert against(file("csv", b"subject,day\n"), "fhir", ITEMS) is None
    assert against(file("xml", XML), "crf", ITEMS) is None
    assert against(file("json", b"[]"), "crf", ITEMS) is None
