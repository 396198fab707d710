"""A resource as it arrives: freed of what only its last server said of it, which tells how old it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapter.store.moment import span

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
