"""What a Provenance says of a push: why its values changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def reason_of(provenance: Mapping[str, Any] | None) -> str | None:
    """The first reason of a Provenance that can be said: its text, else the display or code of its coding."""
    given = provenance.get("reason") if provenance is not None else None
    for concept in given if isinstance(given, list) else []:
        said = _said(concept)
        if said is not None:
            return said
    return None


def _said(concept: Any) -> str | None:
    if not isinstance(concept, Mapping):
        return None
    codings = concept.get("coding")
    first = codings[0] if isinstance(codings, list) and codings and isinstance(codings[0], Mapping) else {}
    found = (concept.get("text"), first.get("display"), first.get("code"))
    return next((text.strip() for text in found if isinstance(text, str) and text.strip()), None)
