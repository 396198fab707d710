"""Push a record's resources as an EHR would: most as the study writes them, a share varied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from random import Random
from typing import Any, Protocol

from adapter.crf.record import Record
from adapter.crf.study import Study
from adapter.fhir import json
from adapter.sample.hospital import Hospital, hospital
from adapter.sample.variants import VARIANTS, Resource

SHARE = 0.2
"""The share of resources that are varied."""

MOST = 3
"""The most variants of one resource."""


class Emitted(Protocol):
    """A resource as the engine writes it."""

    @property
    def type(self) -> str: ...

    @property
    def id(self) -> str: ...

    @property
    def body(self) -> bytes: ...


class Reading(Protocol):
    """What the engine reads from one resource."""

    @property
    def form(self) -> str | None: ...

    @property
    def key(self) -> tuple[Any, ...] | None: ...

    @property
    def record(self) -> Mapping[str, Any]: ...


class Engine(Protocol):
    """The part of a compiled study that a sample needs: see adapter.mapping."""

    @property
    def definition(self) -> Study: ...

    def emit(self, form: str, record: Record, view: str) -> list[Any]: ...

    def read(self, resource: Resource) -> Any: ...


class Ehr:
    """The hospitals' EHRs: they push what the engine writes, a declared share of it in their own ways."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self._engine, self._seed = engine, seed
        self._hospitals: dict[str, Hospital] = {}
        self.varied = 0

    def push(self, form: str, record: Record, site: str) -> Iterator[tuple[str, bytes]]:
        """Yield resource type and JSON of each of the record's resources."""
        for emitted in self._engine.emit(form, record, "clinical"):
            random = Random(f"{self._seed}:{emitted.type}/{emitted.id}")
            if random.random() < SHARE:
                yield emitted.type, self._vary(emitted.body, site, random)
            else:
                yield emitted.type, emitted.body

    def _vary(self, body: bytes, site: str, random: Random) -> bytes:
        resource = json.parse(body)
        same = _told(self._engine.read(resource))
        if site not in self._hospitals:
            self._hospitals[site] = hospital(self._engine.definition, site)
        kept = 0
        for variant in sorted(VARIANTS, key=lambda _: random.random()):
            changed = deepcopy(resource)
            applies = variant(changed, self._hospitals[site], random)
            if applies and _told(self._engine.read(changed)) == same:
                resource, kept = changed, kept + 1
            if kept == MOST:
                break
        self.varied += kept > 0
        return json.encode(resource) if kept else body


def _told(reading: Reading) -> tuple[Any, ...]:
    return reading.form, reading.key, reading.record
