"""Attachments as answers: their kind and size.

Sources: http://hl7.org/fhir/R4/extension-mimetype.html, http://hl7.org/fhir/R4/extension-maxsize.html ("Max size
in MB"; HL7's validator takes it for bytes).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from adapter.validation.finding import Found, error
from adapter.validation.questionnaire.reading import CORE, Object, extension, extensions, number, whole
from adapter.validation.questionnaire.walk import Limit, Walk

MEGABYTE = 1_048_576  # the larger of the two that MB is used for


def attachments_of(item: Object) -> Iterator[Limit]:
    """Yield the checks of an Attachment."""
    kinds = [each.lower() for each in extensions(item, CORE + "mimeType") if type(each) is str]
    if kinds:
        yield _kind(kinds)
    most = number(extension(item, CORE + "maxSize"))
    if most is not None:
        yield _size(most)


def _kind(kinds: list[str]) -> Limit:
    def check(value: Any, walk: Walk) -> Found:
        stated = value.get("contentType") if type(value) is dict else None
        if type(stated) is str and any(_is_kind(stated.partition(";")[0].strip().lower(), kind) for kind in kinds):
            return None
        given = f"{stated[:80]!r}" if type(stated) is str else "none"
        return [error("value", f"A contentType of {', '.join(kinds)} is expected: found {given}.", "qr-mime-type")]

    return check


def _is_kind(stated: str, kind: str) -> bool:
    """Tell whether a MIME type is one that is allowed: 'image/*' and 'image/' allow all images."""
    kind = kind.partition(";")[0].strip()
    return stated == kind or kind == "*/*" or (kind.endswith(("/*", "/")) and stated.startswith(kind.rstrip("*")))


def _size(most: int | Decimal) -> Limit:
    limit = most * MEGABYTE

    def check(value: Any, walk: Walk) -> Found:
        size = _bytes(value) if type(value) is dict else None
        if size is None or size <= limit:
            return None
        return [error("value", f"The attachment has {size} bytes: at most {most} MB are allowed.", "qr-max-size")]

    return check


def _bytes(attachment: Object) -> int | None:
    """Return how large an attachment is: by its own content, else as it says."""
    content = attachment.get("data")
    if type(content) is not str:
        return whole(attachment.get("size"))
    digits = sum(map(len, content.split()))
    return digits // 4 * 3 - content.rstrip()[-2:].count("=")
