"""A resource as it arrives: freed of what only its last server said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OF_A_SERVER = ("versionId", "lastUpdated")
"""What a server says of its copy of a resource; R4 has another server ignore it when it arrives."""


def unversioned(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The resource without the version and time that a server gave it; the same, not copied, below that."""
    meta = resource.get("meta")
    if not isinstance(meta, dict) or meta.keys().isdisjoint(OF_A_SERVER):
        return dict(resource)
    kept = {key: value for key, value in meta.items() if key not in OF_A_SERVER}
    return {key: kept if key == "meta" else value for key, value in resource.items() if key != "meta" or kept}
