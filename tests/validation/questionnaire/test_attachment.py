from __future__ import annotations

import base64
from decimal import Decimal
from typing import Any

import pytest

from adapter.validation.questionnaire.attachment import MEGABYTE, attachments_of
from adapter.validation.questionnaire.reading import CORE
from adapter.validation.questionnaire.walk import Walk
from tests.validation.questionnaire.fakes import scope_of


def keys(attachment: Any, *stated: tuple[str, Any]) -> list[str]:
    item = {"extension": [{"url": CORE + name, "valueX": content} for name, content in stated]}
    walk = Walk({}, scope_of({}))
    return [each.key for limit in attachments_of(item) for each in limit(attachment, walk) or ()]


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 5])
def test_the_size_is_that_of_the_content(length: int) -> None:
    attachment = {"data": base64.b64encode(b"x" * length).decode(), "size": 10**9}
    assert keys(attachment, ("maxSize", Decimal(length) / MEGABYTE)) == []
    if length > 0:
        assert keys(attachment, ("maxSize", Decimal(length - 1) / MEGABYTE)) == ["qr-max-size"]


def test_blanks_in_the_content_do_not_count() -> None:
    assert keys({"data": "YW\nJj"}, ("maxSize", Decimal(3) / MEGABYTE)) == []
    assert keys({"data": "YW\nJj"}, ("maxSize", Decimal(2) / MEGABYTE)) == ["qr-max-size"]


def test_without_content_the_size_is_what_is_said() -> None:
    assert keys({"url": "x", "size": 2 * MEGABYTE}, ("maxSize", 2)) == []
    assert keys({"url": "x", "size": 2 * MEGABYTE + 1}, ("maxSize", 2)) == ["qr-max-size"]
    assert keys({"url": "x"}, ("maxSize", 2)) == []


@pytest.mark.parametrize(
    ("stated", "allowed", "expected"),
    [
        ("image/png", "image/png", True),
        ("IMAGE/PNG; q=1", "image/png", True),
        ("image/pngx", "image/png", False),
        ("image/gif", "image/*", True),
        ("imagex/gif", "image/*", False),
        ("image/gif", "*/*", True),
        ("text/plain", "text/plain;charset=utf-8", True),
        (None, "image/png", False),
        (7, "image/png", False),
    ],
)
def test_a_kind_is_one_that_is_allowed(stated: Any, allowed: str, expected: bool) -> None:
    assert (keys({"contentType": stated}, ("mimeType", allowed)) == []) is expected
