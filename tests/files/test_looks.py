from __future__ import annotations

import pytest

from adapter.files.looks import looks_like, no_fhir_xml, no_json


@pytest.mark.parametrize(
    "text", [b'{"a": 1}', b" [1]", b'"text"', b" -1.5e3 ", b"true", b"null\n", b"{broken", b'\n\n"a"\n']
)
def test_what_begins_as_json_does_is_left_to_its_parser(text: bytes) -> None:
    assert no_json(text, lines=False) is None


def test_the_place_and_the_beginning_are_told() -> None:
    flaw = no_json(b"\n\n  hello world\nand more", lines=False)
    assert flaw is not None
    assert (flaw.line, flaw.column, flaw.fatal) == (3, 3, True)
    assert flaw.why == "this is no JSON: it begins with 'hello world' and looks like plain text: is it the right file?"


def test_of_ndjson_one_good_line_is_enough() -> None:
    assert no_json(b'oops\n{"a": 1}\n', lines=True) is None
    assert no_json(b"oops\nand again\n", lines=True) is not None
    assert no_json(b'oops\n{"a": 1}\n', lines=False) is not None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"subject,day\n01,2\n", "CSV: name it .csv"),
        (b'"subject","day"\n', "CSV: name it .csv"),
        (b"subject;day\n01;2\n", "semicolons"),
        (b"subject\tday\n01\t2\n", "tabs"),
        (b"Dear all,\nno table\n", "plain text"),
        (b"<a/>", "XML"),
    ],
)
def test_what_a_text_looks_like(text: bytes, told: str) -> None:
    assert told in looks_like(text)


@pytest.mark.parametrize("text", [b"<!DOCTYPE html><html>", b"\n<HTML lang='en'>", b"<html><body>Login"])
def test_a_page_is_no_fhir(text: bytes) -> None:
    flaw = no_fhir_xml(text)
    assert flaw is not None
    assert "HTML page" in flaw.why


def test_xml_of_another_namespace_is_named_by_its_root() -> None:
    flaw = no_fhir_xml(b'<?xml version="1.0"?><ODM xmlns="http://www.cdisc.org/ns/odm/v1.3">')
    assert flaw is not None
    assert "its root is <ODM>" in flaw.why
    assert no_fhir_xml(b'<Patient xmlns="http://hl7.org/fhir"/>') is None
