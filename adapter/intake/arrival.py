"""A resource as it arrives: freed of what only its last server said of it, which tells how old it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from adapter.intake.shapes import Draft
from adapter.outcome import Issue
from adapter.store.moment import now_text, span

AHEAD = timedelta(days=1)
"""How far a sender's clock may be ahead of ours."""

OF_A_SERVER = ("versionId", "lastUpdated")
"""What a server says of its copy of a resource; R4 has another server ignore it when it arrives."""


def unversioned(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The resource without the version and time that a server gave it; the same, not copied, below that."""
    meta = resource.get("meta")
    if not isinstance(meta, dict) or meta.keys().isdisjoint(OF_A_SERVER):
        return dict(resource)
    kept = {key: value for key, value in meta.items() if key not in OF_A_SERVER}
    return {key: kept if key == "meta" else value for key, value in resource.items() if key != "meta" or kept}


def source_of(resource: Mapping[str, Any], zone: str) -> str | None:
    """How old a resource is by its sender: the instant of meta.lastUpdated in UTC, else `#` and the number of
    meta.versionId in fixed width; None where neither is said."""
    meta = resource.get("meta")
    if not isinstance(meta, dict):
        return None
    updated, version = meta.get("lastUpdated"), meta.get("versionId")
    if isinstance(updated, str):
        try:
            return span(updated, zone)[0]
        except ValueError:
            return None
    if isinstance(version, str) and version.isascii() and version.isdigit() and len(version) <= 15:
        return f"#{version.zfill(15)}"
    return None


def timely(drafts: Sequence[Draft], now: datetime) -> tuple[list[Draft], list[Issue]]:
    """The drafts without the ages that lie more than AHEAD after `now`, and what is told of these.

    Such a time says nothing, and taken for an age it would keep out all that its sender sends until then.
    """
    latest = now_text(now + AHEAD)
    late = [draft for draft in drafts if (newest := draft.newest) is not None and newest > latest]
    if not late:
        return list(drafts), []
    return [_ageless(draft, latest) for draft in drafts], [_told(draft) for draft in late]


def _ageless(draft: Draft, latest: str) -> Draft:
    pieces = (replace(one, source=None) if (one.source or "") > latest else one for one in draft.fragments)
    return replace(draft, fragments=tuple(pieces))


def _told(draft: Draft) -> Issue:
    text = "Its meta.lastUpdated lies in the future: how old it is by its sender is not taken from it."
    return Issue("warning", "value", text, form=draft.key.form, place=draft.place, key="future")
