"""Which bytes of a push told an item: worked out when somebody asks, from the push as it was kept and from the maps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from adapter.fhir import json
from adapter.intake.draft import is_whole
from adapter.intake.voiding import is_void
from adapter.mapping.pointing import escaped, pointer_to
from adapter.store.shapes import Key

if TYPE_CHECKING:
    from adapter.intake.desk import Desk

Piece = Mapping[str, Any]
"""A fragment as it is kept: {pointer, source, items}."""


@dataclass(frozen=True)
class Pointers:
    """Where in one push the items of a record stood. `pieces` are its fragments of the record, `came` what it brought,
    as it was kept (None: files)."""

    desk: Desk
    key: Key
    pieces: Sequence[Piece]
    came: Sequence[Any] | None

    def of(self, item: str) -> str | None:
        """The JSON pointer to what told an item; None where no piece did."""
        own = [(n, one) for n, one in enumerate(self.pieces) if "items" not in one or item in one["items"]]
        if not own:
            return None
        position, piece = own[-1]
        pointer = str(piece["pointer"])
        if self.came is None:
            return pointer
        if self._is_of_records:
            return pointer + self._in_record(pointer, item)
        told = self._resources
        return pointer + (self._in_resource(told[position], item) if len(told) == len(self.pieces) else "")

    def told(self) -> dict[str, str | None]:
        """Item -> how old what the push said of it is by its sender; silence is said too, where it is."""
        every = frozenset(self.desk.forms[self.key.form].items) - self.desk.restricted[self.key.form]
        if self.came is None or self._is_of_records:
            brought = {item for one in self.came or () if isinstance(one, dict) for item in one}
            return dict.fromkeys(every | brought)
        resources = self._resources
        matched = len(resources) == len(self.pieces)
        found: dict[str, str | None] = {}
        for position, piece in enumerate(self.pieces):
            own = frozenset(piece.get("items", ()))
            if matched:
                reading = self.desk.read(resources[position])
                own = every if is_whole(self.desk, resources[position], reading) else frozenset(reading.record)
            found |= dict.fromkeys(own, piece.get("source"))
        return found

    @property
    def _is_of_records(self) -> bool:
        return any(isinstance(one, dict) and "resourceType" not in one for one in self.came or ())

    def _in_record(self, pointer: str, item: str) -> str:
        place = int(pointer[1:]) if pointer[1:].isdigit() else 0
        value = (self.came or ())[place] if place < len(self.came or ()) else None
        return f"/{escaped(item)}" if isinstance(value, dict) and item in value else ""

    def _in_resource(self, resource: Mapping[str, Any], item: str) -> str:
        indexed = not self.desk.restricted[self.key.form]
        plans = (plan for plan in self.desk.engine.plans_of(resource) if plan.form == self.key.form)
        found = (pointer_to(plan, resource, item, indexed=indexed) for plan in plans)
        return next((pointer for pointer in found if pointer), "")

    @cached_property
    def _resources(self) -> list[Mapping[str, Any]]:
        """The resources of the push that told of the record, in the order of its pieces."""
        return list(self._own())

    def _own(self) -> Iterator[Mapping[str, Any]]:
        for resource in self.came or ():
            if self._may_tell(resource):
                reading = self.desk.read(resource)
                named = reading.form == self.key.form and reading.key is not None
                if named and self.desk.key(self.key.form, reading.record) == self.key:
                    yield resource

    def _may_tell(self, resource: Any) -> bool:
        if not isinstance(resource, dict) or is_void(resource):
            return False
        return self.key.subject is None or self.key.subject.encode() in json.encode(resource)


def age_told(source: str | None) -> dict[str, str]:
    """How old something is by its sender, as the sender said it: `source_at`, or the `source_version` of its server."""
    if source is None:
        return {}
    if source.startswith("#"):
        return {"source_version": source[1:].lstrip("0") or "0"}
    return {"source_at": source}
