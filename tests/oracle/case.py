"""A case: one text that both validators judge, and what was done to it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from adapter.fhir import json


@dataclass(frozen=True, slots=True)
class Case:
    """`rule` is what was broken ('cardinality', 'format'), 'sound' where nothing was; `text` is one line."""

    rule: str
    name: str
    text: str

    @property
    def digest(self) -> str:
        """What two cases of the same text share, whatever they are called."""
        return hashlib.sha256(self.text.encode(errors="surrogatepass")).hexdigest()[:24]


def case(rule: str, name: str, resource: Any) -> Case:
    """Return the case of a resource."""
    return Case(rule, name, json.encode(resource).decode())
