"""What the pipeline asks of the mapping: the parts of `adapter.mapping.load_study`'s study that it uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from adapter.crf.record import Record
from adapter.crf.study import Study
from adapter.mapping.compiler import FormPlan
from adapter.mapping.plan import ResourcePlan
from adapter.outcome import Issue
from adapter.store.shapes import Emission


class Residue(Protocol):
    """A leaf that no map reads."""

    @property
    def expression(self) -> str: ...
    @property
    def value(self) -> Any: ...


class Reading(Protocol):
    """One resource as read: a fragment of a record, and what was not read."""

    @property
    def form(self) -> str | None: ...
    @property
    def key(self) -> tuple[Any, ...] | None: ...
    @property
    def record(self) -> Record: ...
    @property
    def residue(self) -> Sequence[Residue]: ...
    @property
    def dropped(self) -> Sequence[str]: ...
    @property
    def issues(self) -> Sequence[Issue]: ...


class Merged(Protocol):
    """The record that fragments of one key give."""

    @property
    def form(self) -> str: ...
    @property
    def record(self) -> Record: ...
    @property
    def issues(self) -> Sequence[Issue]: ...


class Engine(Protocol):
    """A study's maps, compiled."""

    @property
    def definition(self) -> Study: ...
    def plans_of(self, resource: Mapping[str, Any]) -> Sequence[ResourcePlan]: ...
    def emit(self, form: str, record: Record, view: str = "clinical") -> Iterable[Emission]: ...
    def read(self, resource: Mapping[str, Any]) -> Reading: ...
    def merge(self, readings: Iterable[Any]) -> Merged: ...
    def told_apart(self, form: str) -> Mapping[str, frozenset[str]]: ...
    def plan(self, form: str) -> FormPlan: ...
    def resource_id(self, form: str, record: Record) -> str: ...


def resource_types(study: Study) -> tuple[str, ...]:
    """The types of resource that a study's maps and form views make."""
    mapped = (entry for map_ in study.maps.values() for entry in map_.get("resources", ()))
    found = {entry["resourceType"] for entry in mapped if isinstance(entry, Mapping) and "resourceType" in entry}
    return tuple(sorted(found | {"QuestionnaireResponse"}))
