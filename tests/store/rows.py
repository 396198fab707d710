"""Small writes for the tests of the store, without a study."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from adapter.store.shapes import Emission, Key, Write, Written
from adapter.store.store import Store

ZONE = "+08:00"
AT = "2026-01-01T00:00:00.000Z"
KEY = b"a key of the tests, 32 octets...."
"""What checkpoints are signed with here."""


@dataclass(frozen=True)
class Emitted:
    type: str
    id: str
    restricted: bool
    body: bytes


def emitted(id_: str, *, type_: str = "Observation", restricted: bool = False, **more: Any) -> Emission:
    body = {"resourceType": type_, "id": id_, "identifier": [{"system": "urn:x", "value": id_}], **more}
    return Emitted(type_, id_, restricted, json.dumps(body, separators=(",", ":")).encode())


def write(
    key: str,
    content: str = "{}",
    restricted: str | None = None,
    resources: tuple[Emission, ...] = (),
    subject: str | None = "s1",
    form: str = "f",
) -> Write:
    return Write(Key(form, key, subject), content, restricted, resources)


def push(store: Store, *writes: Write, at: str = AT) -> list[Written]:
    with store.push("tests", "digest", at) as opened:
        opened.claim(one.key for one in writes)
        return opened.write(list(writes))
