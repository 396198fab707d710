from __future__ import annotations

from decimal import Decimal

import pytest

from adapter.fhir.syntax import FhirSyntaxError
from adapter.fhir.xml_text import checked, typed


def test_a_byte_order_mark_is_taken_off_and_nothing_else() -> None:
    assert checked(b"\xef\xbb\xbf<a/>\n") == b"<a/>\n"


@pytest.mark.parametrize("raw", [b"", b"<!DOCTYPE a><a/>", b"<a><?b?></a>", b"\xff\xfe<\x00", b'<?xml encoding="x"?>'])
def test_what_no_reader_may_see_is_refused(raw: bytes) -> None:
    with pytest.raises(FhirSyntaxError):
        checked(raw)


@pytest.mark.parametrize(
    ("content", "kind", "value"),
    [
        ("false", "boolean", False),
        ("0", "unsignedInt", 0),
        ("-7", "integer", -7),
        ("1.50", "decimal", Decimal("1.50")),
        ("01", "string", "01"),
    ],
)
def test_a_value_has_the_type_of_its_element(content: str, kind: str, value: object) -> None:
    found = typed(content, kind)
    assert (found, type(found) is bool, str(found)) == (value, type(value) is bool, str(value))


@pytest.mark.parametrize(
    ("content", "kind"), [("", "string"), ("1", "boolean"), ("1.0", "integer"), ("+1", "integer"), ("0,5", "decimal")]
)
def test_a_value_of_another_type_is_refused(content: str, kind: str) -> None:
    with pytest.raises(ValueError, match=r"expected|empty"):
        typed(content, kind)
