"""The links from one page to the next: opaque, and signed for one search, so that nobody makes one up.

What stands in one is what the last row of its page showed: sort keys and id. Nothing in it counts rows.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Sequence
from typing import Any

import msgspec

from adapter.api.failure import FailureError, failure
from adapter.api.service import service

PAGE = "_page"
"""The parameter of next links; what stands in it is ours alone to read."""

SHAPERS = ("_count", "_format", "_pretty", "_summary", "_elements", "_total")
"""Parameters that may differ from page to page of one search."""

_SEAL = 12

Pairs = Sequence[tuple[str, str]]


def sealed(key: bytes, content: Any, used: Pairs) -> str:
    """A place in a search (any JSON value) as the text of a link, bound to the search that it was made for."""
    raw = msgspec.json.encode(content)
    return base64.urlsafe_b64encode(_seal(key, raw, used) + raw).decode().rstrip("=")


def opened(key: bytes, token: str, used: Pairs) -> Any:
    """The place that a link holds. Failure 404 when it was made for another search, or by another hand."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _unknown() from None
    if not hmac.compare_digest(raw[:_SEAL], _seal(key, raw[_SEAL:], used)):
        raise _unknown()
    return msgspec.json.decode(raw[_SEAL:])


def page_token(after: str, used: Pairs) -> str:
    """The same for a place that is one text, in the service of this request."""
    return sealed(service().store.page_key, after, used)


def page_place(token: str, used: Pairs) -> str:
    """The text that `page_token` made a link of. Failure 404 as of `opened`."""
    return str(opened(service().store.page_key, token, used))


def _seal(key: bytes, raw: bytes, used: Pairs) -> bytes:
    search = msgspec.json.encode(sorted(pair for pair in used if pair[0] not in SHAPERS))
    return hmac.digest(key, msgspec.json.encode([search.decode(), raw.hex()]), "sha256")[:_SEAL]


def _unknown() -> FailureError:
    return failure("not-found", "This page belongs to no such search: begin again without _page.")
