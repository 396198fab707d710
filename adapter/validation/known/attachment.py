"""Attachments: size and hash are those of the data.

"The number of bytes of data that make up this attachment (before base64 encoding, if that is done)"; "The
calculated hash of the data using SHA-1. Represented using base64". Source: http://hl7.org/fhir/R4/datatypes.html#Attachment
"""

from __future__ import annotations

import binascii
from base64 import b64encode
from typing import TYPE_CHECKING, Any

from adapter.validation.finding import Finding, Found, error

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

_BLANKS = str.maketrans("", "", " \t\r\n")


def check_attachment(value: dict[str, Any], scope: Scope) -> Found:
    """Return where size or hash are not those of the data that is in the attachment."""
    data, size, stated = value.get("data"), value.get("size"), value.get("hash")
    if type(data) is not str or (size is None and stated is None):
        return None
    try:
        content = binascii.a2b_base64(data)
    except binascii.Error:
        return None  # the format says so
    found: list[Finding] = []
    if type(size) is int and size != len(content):
        found.append(
            error("value", f"size says {size} bytes, the data has {len(content)}.", "attachment-size", ".size")
        )
    if type(stated) is str:
        import hashlib  # 3 ms, for the few that state a hash

        right = b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()
        if stated.translate(_BLANKS) != right:
            found.append(error("value", "hash is not the SHA-1 of the data, in base64.", "attachment-hash", ".hash"))
    return found or None
