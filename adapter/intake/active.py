"""Narratives that act when a browser shows them: a script, an event, a link that runs, an image from elsewhere.

R4 forbids the first two (txt-1), and no sender of records has a use for any. They are refused though a narrative is
dropped: what comes with one is not to be trusted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from adapter.fhir import json
from adapter.outcome import Issue

_TAG = re.compile(r"<[^<>]*>", re.ASCII)
_ELEMENT = re.compile(
    r"<\s*(?:[a-z]{1,20}:)?(?:script|iframe|object|embed|applet|form|base|link|meta)\b", re.I | re.ASCII
)
_EVENT = re.compile(r"[\s\"'/]on[a-z]{3,30}\s?=", re.I | re.ASCII)
_REMOTE = re.compile(r"[\s\"'/]src\s?=\s?[\"']?\s?(?:[a-z]{1,10}:)?//", re.I | re.ASCII)
_RUNNING = re.compile(r"[\s\"'/](?:href|src)\s?=\s?[\"']?\s?(?:javascript|vbscript):", re.I | re.ASCII)
_ACTS = "A narrative holds no script, event, link that runs or image from elsewhere: take it out."


def active(resource: Any) -> Iterator[Issue]:
    """Yield an issue for each narrative of a resource that acts, whatever else may be wrong with it."""
    return _active(resource, None) if b'"div":' in json.write(resource) else iter(())


def _active(value: Any, path: str | None) -> Iterator[Issue]:
    if isinstance(value, list):
        for position, entry in enumerate(value):
            yield from _active(entry, f"{path}[{position}]")
    elif isinstance(value, dict):
        here = str(value.get("resourceType", "")) if path is None else path
        for key, below in value.items():
            if key == "div" and isinstance(below, str) and _acts(below):
                yield Issue("error", "invariant", _ACTS, f"{here}.{key}", key="active-narrative")
            elif isinstance(below, (dict, list)):
                yield from _active(below, f"{here}.{key}")


def _acts(div: str) -> bool:
    rules = (_ELEMENT, _EVENT, _REMOTE, _RUNNING)
    return any(rule.search(tag[0]) for tag in _TAG.finditer(div) for rule in rules)
