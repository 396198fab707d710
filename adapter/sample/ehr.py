"""Push a record's resources as an EHR would: most as the study writes them, a share varied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Any, Protocol

from adapter.crf.record import Record
from adapter.crf.study import Study
from adapter.fhir import json
from adapter.outcome import Issue
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

    @property
    def issues(self) -> Sequence[Issue]: ...


class Engine(Protocol):
    """The part of a compiled study that a sample needs: see adapter.mapping."""

    @property
    def definition(self) -> Study: ...

    def emit(self, form: str, record: Record, view: str = "clinical") -> Iterable[Any]: ...

    def read(self, resource: Resource) -> Any: ...


class Ehr:
    """The hospitals' EHRs: they push what the engine writes, a declared share of it in their own ways."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self._engine, self._seed = engine, seed
        self._hospitals: dict[str, Hospital] = {}
        self.varied = 0

    def push(self, form: str, record: Record, site: str) -> Iterator[tuple[str, bytes]]:
        """Yield resource type and JSON of each of the record's resources."""
        for emitted in self._engine.emit(form, record, self._view(form)):
            random = Random(f"{self._seed}:{emitted.type}/{emitted.id}")
            if random.random() < SHARE:
                yield emitted.type, self._vary(emitted.body, site, random)
            else:
                yield emitted.type, emitted.body

    def _view(self, form: str) -> str:
        """Where clinical resources leave items out, the QuestionnaireResponse is pushed beside them."""
        return "both" if (self._engine.definition.maps.get(form) or {}).get("omits") else "clinical"

    def _vary(self, body: bytes, site: str, random: Random) -> bytes:
        same, kept = _told(self._engine.read(json.parse(body))), 0
        if site not in self._hospitals:
            self._hospitals[site] = hospital(self._engine.definition, site)
        for variant in sorted(VARIANTS, key=lambda _: random.random()):
            changed = json.parse(body)
            applies = variant(changed, self._hospitals[site], random)
            if applies and _told(self._engine.read(changed)) == same:
                body, kept = json.encode(changed), kept + 1
            if kept == MOST:
                break
        self.varied += kept > 0
        return body


def _told(reading: Reading) -> tuple[Any, ...]:
    refused = [issue for issue in reading.issues if issue.refuses]
    return reading.form, reading.key, reading.record, refused
