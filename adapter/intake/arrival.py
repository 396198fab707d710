"""A resource as it arrives: freed of what only its last server said of it, refused where it says that it means
something else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adapter.outcome import Issue

OF_A_SERVER = ("versionId", "lastUpdated")
"""What a server says of its copy of a resource; R4 has another server ignore it when it arrives."""

_MODIFIES = re.compile(r"(?P<place>.*?\.(?P<name>modifierExtension(?:\[[0-9]+\])?|implicitRules))(?:\.|\[|$)")
_MEANT = {
    "modifierExtension": (
        "extension",
        "This may change what the resource means, and no map of this study reads it: send the resource without.",
    ),
    "implicitRules": (
        "not-supported",
        "Rules that must be known to understand the resource are not followed here: send it without them.",
    ),
}


def unversioned(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The resource without the version and time that a server gave it; the same, not copied, below that."""
    meta = resource.get("meta")
    if not isinstance(meta, dict) or meta.keys().isdisjoint(OF_A_SERVER):
        return dict(resource)
    kept = {key: value for key, value in meta.items() if key not in OF_A_SERVER}
    return {key: kept if key == "meta" else value for key, value in resource.items() if key != "meta" or kept}


def not_understood(paths: Iterable[str | None]) -> Iterator[Issue]:
    """Yield an error for each modifier that no map reads, once, told from the paths of what was not read.

    R4 forbids to work with a resource whose modifierExtension or implicitRules are not understood.
    Source: http://hl7.org/fhir/R4/extensibility.html#modifierExtension
    """
    matches = [_MODIFIES.match(path) for path in paths if path is not None]
    places = {match["place"]: match["name"] for match in matches if match is not None}
    for place, name in places.items():
        code, text = _MEANT[name.partition("[")[0]]
        yield Issue("error", code, text, place)
