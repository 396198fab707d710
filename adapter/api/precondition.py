"""Conditions on a push: If-Match and If-None-Match: * are held to; any other is refused, for it would be broken
silently."""

from __future__ import annotations

from collections.abc import Callable

from flask import Request

from adapter.api.failure import failure, unsupported
from adapter.store.shapes import Emission
from adapter.store.store import Push

UNSUPPORTED = ("If-None-Exist", "If-Unmodified-Since", "If-Modified-Since")


def precondition(request: Request, kept: Emission | None) -> Callable[[Push], None] | None:
    """What the store must hold for this request, looked at inside its transaction; None without a condition.

    The function raises failure 412 when the resource is at another version, or there though it must not be.
    """
    if request.headers.get("If-None-Match", "*").strip() != "*":
        raise unsupported("Of If-None-Match only * is supported for a push: use If-Match with a version.")
    _refuse(request, UNSUPPORTED)
    if not request.headers.get("If-Match", "*").strip():
        raise failure("invalid", 'If-Match is empty: give the version that you have read, as W/"3".')
    expected, fresh = request.if_match, "If-None-Match" in request.headers
    if not fresh and not request.headers.get("If-Match"):
        return None

    def require(push: Push) -> None:
        held = push.read(kept.type, kept.id) if kept is not None else None
        current = str(held.address.version) if held is not None and not held.deleted else None
        if fresh and current is not None:
            raise failure("precondition", "The resource is there already, and If-None-Match says it must not be.")
        if not fresh and (current is None or not (expected.star_tag or expected.contains_weak(current))):
            raise failure("precondition", "The resource is at another version than If-Match says: read it again.")

    return require


def unconditional(request: Request) -> None:
    """Failure 400 when a request for several records or resources comes with a condition."""
    _refuse(request, (*UNSUPPORTED, "If-Match", "If-None-Match"))


def _refuse(request: Request, names: tuple[str, ...]) -> None:
    found = [name for name in names if name in request.headers]
    if found:
        raise unsupported(
            f"{', '.join(found)} is not supported here, and nothing was stored: leave it out "
            "(a record that is sent again is one record), or PUT one resource with If-Match."
        )
