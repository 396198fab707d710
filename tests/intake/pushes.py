"""What the tests of the steps push, and how they look at what came of it."""

from __future__ import annotations

from typing import Any

from adapter.fhir import json
from adapter.intake.sender import Sender
from adapter.pipeline import Pipeline
from adapter.store import queries
from adapter.store.sight import BLIND, Sight
from tests.api.trial import INJECTION

HOUSE = Sender("tests")
EPIC = Sender("01/epic", "01")
EDC = Sender("01/edc", "01")
MONITOR = Sender("01/monitor", "01", person=True)


def injection(pipeline: Pipeline, **more: Any) -> dict[str, Any]:
    """The MedicationAdministration of an injection, as this server would serve it, with what the test says."""
    meta = {name: more.pop(name) for name in ("lastUpdated", "versionId") if name in more}
    resource = pipeline.desk.engine.to_fhir("injection", INJECTION | more)[0]  # type: ignore[attr-defined]
    return resource | {"meta": resource["meta"] | meta}


def held(pipeline: Pipeline, form: str = "injection", key: str = "01-001-c1d1") -> dict[str, Any] | None:
    """The open content of a record, with its version."""
    found = pipeline.store.read_record(BLIND, form, key)
    return None if found is None else json.parse(found.content) | {"version": found.version}


def hidden(pipeline: Pipeline, form: str = "injection", key: str = "01-001-c1d1") -> dict[str, Any]:
    """The restricted content of a record as it stands."""
    with pipeline.store.push("look", "look", "2026-01-01T00:00:00.000Z") as push:
        (found,) = push.claim([pipeline.desk.key(form, INJECTION)]).values()
    return json.parse(found.restricted) if found.restricted is not None else {}


def asked(pipeline: Pipeline, sight: Sight = BLIND, **wanted: str) -> list[tuple[str, str, str, str]]:
    """(key, rule, item, status) of each query."""
    with pipeline.store.engines.reading() as connection:
        _, found, _ = queries.list_queries(connection, sight, wanted, 100, None)
    return sorted((one.about.key.text, one.about.rule, one.about.item, one.status) for one in found)
