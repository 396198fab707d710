"""What goes into the store and comes back: plain frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from msgspec import Struct

from adapter.errors import StoreError

Outcome = Literal["created", "changed", "unchanged", "voided"]

OPEN = "open"
RESTRICTED = "restricted"


class Emission(Protocol):
    """A resource as the mapping emits it: compact JSON that begins with resourceType and id, without a
    version."""

    @property
    def type(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def restricted(self) -> bool: ...
    @property
    def body(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Key:
    """A record's address: its form, its business key as one text, and the subject it belongs to, if any."""

    form: str
    text: str
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose the current version of a part is: its number, its submission and its sender, the sender's own time of
    it if one was given, and whether it voids the part."""

    version: int
    submission: int
    sender: str
    source_at: str | None = None
    voided: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as it stands before a push: the JSON texts of its two parts; None where there is none yet."""

    open: str | None = None
    restricted: str | None = None
    open_standing: Standing | None = None
    restricted_standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """What a push makes of one record: the JSON text of its open part, of its restricted part unless that is
    left as it is (None), and the resources that the whole record now stands for.

    `reason` and `source_at` are kept with each version that this makes; a `voided` record stands for nothing.
    """

    key: Key
    open: str
    restricted: str | None
    resources: Sequence[Emission]
    reason: str | None = None
    source_at: str | None = None
    voided: bool = False


class Address(Struct, frozen=True):
    """A version of an open resource: what `Location`, `ETag` and `Last-Modified` say."""

    type: str
    id: str
    version: int
    at: str

    @property
    def path(self) -> str:
        """`Observation/01-001-W2-crp`."""
        return f"{self.type}/{self.id}"


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one record's open part, and the open resources that stand for it now."""

    key: Key
    outcome: Outcome
    resources: tuple[Address, ...]


class Version(Struct, frozen=True):
    """One version of an open resource as it is served; `body` is empty when that version is a deletion.

    `made`: it is the first, or the first after a deletion; told of the versions of a history alone.
    """

    address: Address
    body: bytes
    deleted: bool
    made: bool = False


@dataclass(frozen=True, slots=True)
class RecordVersion:
    """The open part of one record as it stands; of one that is `voided`, its key alone."""

    key: Key
    version: int
    at: str
    content: str
    voided: bool = False


class ClashError(StoreError):
    """Two records want the same resource address: an identifier in a map leaves out a part of the business
    key."""
