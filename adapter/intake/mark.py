"""The mark by which a push is known when it comes again. Who has the database alone learns nothing from it of what
came: what identifies a person is not there, and could be guessed from a plain digest beside the rest."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from adapter.fhir import json
from adapter.intake.names import Names
from adapter.intake.shapes import Drafts
from adapter.store.quarantine import Kept


def mark_of(names: Names, came: str, drafts: Drafts, gone: Sequence[Any], bad: Sequence[Kept]) -> str:
    """The HMAC of the digest of what `came`; without a key the digest of what is kept of it.

    `gone` are the addresses that it takes back, `bad` what of it goes to quarantine.
    """
    mac = names.mac(came)
    if mac is not None:
        return mac
    told: list[Any] = [[one.key.form, one.key.text, sorted(one.voids or ())] for one in drafts.drafts]
    if not drafts.redacted:
        told += [one.content for one in drafts.drafts]
    waits = [[one.form, one.content, one.issues] for one in bad]
    return sha256(json.encode([drafts.redacted, told, [list(one) for one in gone], waits])).hexdigest()
