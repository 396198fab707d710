"""Conditions on a push: If-Match and If-None-Match: * are held to; any other is refused, for it would be broken
silently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Request
from werkzeug.datastructures import Headers
from werkzeug.http import parse_etags

from adapter.api.failure import FailureError, failure, unsupported
from adapter.api.policy import sight
from adapter.api.pushing import Require
from adapter.store.store import Push

UNSUPPORTED = ("If-Unmodified-Since", "If-Modified-Since")

OF_ENTRY = {
    "ifMatch": "If-Match",
    "ifNoneMatch": "If-None-Match",
    "ifNoneExist": "If-None-Exist",
    "ifModifiedSince": "If-Modified-Since",
}
"""The elements of Bundle.entry.request and the headers that they stand for."""


def conditions(request: Mapping[str, Any]) -> dict[str, str]:
    """The conditions of an entry's request, as the headers of a request of its own."""
    return {header: request[name] for name, header in OF_ENTRY.items() if name in request}


def precondition(
    headers: Headers | Mapping[str, str], address: tuple[str, str] | None, where: str | None = None
) -> Require | None:
    """What the store must hold at an address (type, id) for these headers; None without a condition.

    The function raises failure 412 when the resource is at another version, or there though it must not be.
    `where` is the FHIRPath of the condition in a Bundle.
    """
    _refuse(headers, UNSUPPORTED)
    if headers.get("If-None-Match", "*").strip() != "*":
        raise unsupported("Of If-None-Match only * is supported for a push: use If-Match with a version.")
    if not headers.get("If-Match", "*").strip():
        raise failure("invalid", 'If-Match is empty: give the version that you have read, as W/"3".')
    expected, fresh = parse_etags(headers.get("If-Match")), "If-None-Match" in headers
    if not fresh and "If-Match" not in headers:
        return None

    def require(push: Push) -> None:
        current = _version(push, address)
        if fresh and current is not None:
            raise _unmet("The resource is there already, and If-None-Match says it must not be.", where)
        if "If-Match" in headers and (current is None or not (expected.star_tag or expected.contains_weak(current))):
            raise _unmet("The resource is at another version than If-Match says: read it again.", where)

    return require


def both(*required: Require | None) -> Require | None:
    """All of these conditions as one; None when there is none."""
    held = [each for each in required if each is not None]
    if not held:
        return None

    def require(push: Push) -> None:
        for each in held:
            each(push)

    return require


def unconditional(request: Request) -> None:
    """Failure 400 when a request for several records or resources comes with a condition."""
    _refuse(request.headers, (*UNSUPPORTED, "If-None-Exist", "If-Match", "If-None-Match"))


def _version(push: Push, address: tuple[str, str] | None) -> str | None:
    held = push.read(sight(), *address) if address is not None else None
    return str(held.address.version) if held is not None and not held.deleted else None


def _unmet(text: str, where: str | None) -> FailureError:
    return failure("precondition", text, expression=where)


def _refuse(headers: Headers | Mapping[str, str], names: tuple[str, ...]) -> None:
    found = [name for name in names if name in headers]
    if found:
        raise unsupported(
            f"{', '.join(found)} is not supported here, and nothing was stored: leave it out "
            "(a record that is sent again is one record), or PUT one resource with If-Match."
        )
