from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from adapter.intake.deciding import Name, link
from adapter.intake.linking import resolve_aliases
from adapter.intake.own_ids import veils
from adapter.pipeline import Pipeline
from adapter.store import quarantine
from adapter.store.schema import metadata
from tests.intake.pushes import EPIC, HOUSE, held
from tests.intake.test_knowing import VISIT, ehr, send

OWN = ["Encounter/MRN55-e7", "Practitioner/MRN55", "https://ehr.example/fhir/Patient/MRN55"]
REFERS: dict[str, Any] = {
    "context": {"reference": OWN[0]},
    "performer": [{"actor": {"reference": OWN[1]}}],
    "supportingInformation": [{"reference": OWN[2]}, {"reference": "Encounter/01-001-W0"}],
}


def said(pipeline: Pipeline, needle: str) -> list[str]:
    """The tables in which a text stands, packed contents unpacked."""
    import zlib

    found = []
    with pipeline.store.engines.reading() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"')):
                plain = [
                    zlib.decompress(one).decode() if isinstance(one, bytes) and one[:1] == b"x" else str(one)
                    for one in row
                ]
                found += [table.name] if needle in " ".join(plain) else []
    return found


@pytest.mark.parametrize("keyed", [True, False])
def test_a_senders_own_ids_are_in_clear_nowhere_in_the_database(pipeline: Pipeline, keyed: bool) -> None:
    pipeline.push_records(HOUSE, "visit", [VISIT])
    link(pipeline, [Name("01", "Patient", "12345", "01-001")], "tests")
    if not keyed:
        pipeline = Pipeline(pipeline.desk, replace(pipeline.store, key=None), pipeline.clock)
    subject = {} if keyed else {"subject": {"reference": "Patient/01-001"}}
    assert not send(pipeline, ehr(**REFERS, **subject)).quarantined
    assert said(pipeline, "MRN55") == []
    assert said(pipeline, "Encounter/01-001-W0") != []


def test_what_waits_holds_them_as_hmacs_too(pipeline: Pipeline) -> None:
    send(pipeline, ehr(**REFERS))
    assert said(pipeline, "MRN55") == []
    with pipeline.store.engines.reading() as connection:
        kept = quarantine.read(connection, 1)
    assert kept is not None
    assert kept.content[0]["resource"]["context"]["reference"].startswith("urn:crfhir:alias:Encounter:")
    pipeline.push_records(HOUSE, "visit", [VISIT])
    link(pipeline, [Name("01", "Patient", "12345", "01-001")], "tests")
    assert held(pipeline) is not None


def test_a_reference_that_was_kept_is_resolved_when_it_is_sent_again(pipeline: Pipeline) -> None:
    leaves = [("MedicationAdministration.context.reference", OWN[0])]
    new = veils(pipeline.desk, pipeline.names, EPIC, leaves)
    mac = str(pipeline.names.mac("alias", EPIC.name, "Encounter", "MRN55-e7"))
    known = {("Encounter", mac): "01-001-W0"}
    given = [("", {"context": {"reference": new[OWN[0]]}})]
    ((_, found),) = resolve_aliases(given, lambda *_: None, lambda macs: known if mac in macs else {})
    assert found == {"context": {"reference": "Encounter/01-001-W0"}}


def test_the_studys_references_and_those_of_no_site_stay(pipeline: Pipeline) -> None:
    def of(sender: Any, value: Any, path: str = "Observation.partOf.reference") -> dict[str, str]:
        return veils(pipeline.desk, pipeline.names, sender, [(path, value)])

    for value in ("Encounter/01-001-W0", "#m", "urn:uuid:1", 7):
        assert of(EPIC, value) == {}
    assert of(HOUSE, OWN[0]) == of(EPIC, OWN[0], "Observation.note.text") == {}
