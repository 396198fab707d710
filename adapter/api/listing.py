"""Pages of CRF lists: known parameters once each, a bounded count, signed links that tell no number of a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import request

from adapter.api.failure import failure, unsupported
from adapter.api.paging import PAGE, page_place, page_token
from adapter.api.parameters import COUNT, count
from adapter.api.service import Service

SHAPES = ("_format", "_pretty")


def asked(path: str, known: Sequence[str]) -> tuple[dict[str, str], int, str | None]:
    """What a list is asked for: its filters, how many entries, and the place after which the page begins.

    Failure 400 for a parameter that the list does not have, or that stands twice; 404 for a foreign page.
    """
    unknown = [name for name in request.args if name not in (*known, "_count", PAGE, *SHAPES)]
    if unknown:
        raise unsupported(f"This list has no {', '.join(unknown)[:200]}: use {', '.join(known)} and _count.")
    if len(request.args) != len(list(request.args.items(multi=True))):
        raise failure("invalid", "A parameter stands twice: give each once.")
    wanted = {name: request.args[name] for name in known if name in request.args}
    token = request.args.get(PAGE)
    after = page_place(token, _used(path, wanted)) if token is not None else None
    return wanted, count(request.args.get("_count", str(COUNT))), after


def following(here: Service, path: str, wanted: Mapping[str, str], size: int, last: str) -> dict[str, Any]:
    """The link to the page after the place `last`."""
    pairs = [*wanted.items(), ("_count", str(size)), (PAGE, page_token(last, _used(path, wanted)))]
    return {"next": f"{here.config.base_url}{path}?{urlencode(pairs)}"}


def _used(path: str, wanted: Mapping[str, str]) -> list[tuple[str, str]]:
    return [("path", path), *wanted.items()]
