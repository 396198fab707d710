from __future__ import annotations

from typing import Any

import pytest

from adapter.intake.deciding import Name, link, reject, replay
from adapter.pipeline import Pipeline
from adapter.store import quarantine
from adapter.store.sight import BLIND
from tests.api.trial import INJECTION
from tests.intake.pushes import EDC, EPIC, HOUSE, held

MRN = {"system": "http://site01.example/mrn", "value": "778899"}
VISIT = {"subject": "01-001", "visit": "W0", "date": "2025-04-01", "attendance": "attended"}


def ehr(id_: str = "ehr-1", time: str = "2025-04-01T08:00:00+08:00", **more: Any) -> dict[str, Any]:
    """An injection as a hospital's own record has it: its own ids, a name, no cycle and no day."""
    return {
        "resourceType": "MedicationAdministration",
        "id": id_,
        "status": "completed",
        "medicationCodeableConcept": {
            "coding": [{"system": "https://il2-csu.example/fhir/CodeSystem/trial", "code": "blinded-study-treatment"}]
        },
        "subject": {"reference": "Patient/12345", "display": "Zhang San"},
        "effectiveDateTime": time,
    } | more


def send(pipeline: Pipeline, *resources: dict[str, Any], sender: Any = EPIC) -> Any:
    """A push as the service makes it: what cannot be settled goes to quarantine."""
    given = [("", one) for one in resources]
    known = pipeline.knowing.of_resources(sender, given)
    if known.held:
        return pipeline.quarantine(sender, given, known.issues, known.awaits)
    return pipeline.push_resources(sender, given)


def test_a_patient_who_is_not_linked_waits_and_is_sent_again_when_linked(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "visit", [VISIT])
    receipt = send(pipeline, ehr())
    assert (receipt.quarantined, receipt.outcomes) == ([1], {"quarantined": 1})
    assert "crfhir subject link" in receipt.issues[0].diagnostics
    told, replayed = link(pipeline, [Name("01", "Patient", "12345", "01-001")], "tests")
    assert [one.outcome for one in told] == ["linked"]
    assert [(number, decided.receipt is not None) for number, decided in replayed] == [(1, True)]
    found = held(pipeline)
    assert found is not None
    assert (found["time"], found["outcome"]) == ("2025-04-01T08:00:00+08:00", "given")


def test_names_are_kept_nowhere_in_the_database(pipeline: Pipeline) -> None:
    send(pipeline, ehr(subject={"identifier": MRN, "display": "Zhang San"}, note=[{"text": "sore"}]))
    link(pipeline, [Name("01", MRN["system"], MRN["value"], "01-001")], "tests")
    from sqlalchemy import text

    from adapter.store.schema import metadata

    with pipeline.store.engines.reading() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"')):
                assert not [name for name in ("12345", "778899", "Zhang", "ehr-1") if name in repr(tuple(row))]


def test_a_linked_patient_is_found_by_reference_and_by_identifier(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "visit", [VISIT])
    url, number = "http://ehr.example/fhir/Patient", Name("01", MRN["system"], "778899", "01-001")
    link(pipeline, [Name("01", url, "12345", "01-001"), number], "tests")
    by_url = send(pipeline, ehr(subject={"reference": "http://ehr.example/fhir/Patient/12345/_history/2"}))
    by_number = send(pipeline, ehr("ehr-2", "2025-04-02T08:00:00+08:00", subject={"identifier": MRN}))
    keys = [entry.written.key.text for receipt in (by_url, by_number) for entry in receipt.entries]
    assert keys == ["01-001-c1d1", "01-001-c1d2"]


@pytest.mark.parametrize("linked", [("Patient", "12345"), (MRN["system"], "778899")])
def test_a_patient_of_two_names_waits_for_either(pipeline: Pipeline, linked: tuple[str, str]) -> None:
    pipeline.push_records(HOUSE, "visit", [VISIT])
    send(pipeline, ehr(subject={"reference": "Patient/12345", "identifier": MRN}))
    _, replayed = link(pipeline, [Name("01", *linked, "01-001")], "tests")
    assert [(number, decided.receipt is not None) for number, decided in replayed] == [(1, True)]
    assert held(pipeline) is not None


def test_what_no_form_reads_is_kept_once_for_each_patient(pipeline: Pipeline) -> None:
    from adapter.outcome import Issue

    found = []
    for subject in ("01-001", "01-002", "01-001"):
        one = {"resourceType": "Observation", "subject": {"reference": f"Patient/{subject}"}, "status": "final"}
        found += pipeline.quarantine(EPIC, [("", one)], [Issue("error", "not-supported", "x")]).quarantined
    assert found == [1, 2, 1]


def test_two_that_differ_in_what_is_not_kept_are_two(pipeline: Pipeline) -> None:
    from adapter.outcome import Issue

    found = []
    for name in ("Zhang", "Wang", "Zhang"):
        one = {"resourceType": "Observation", "subject": {"display": name}, "status": "final"}
        found += pipeline.quarantine(EPIC, [("", one)], [Issue("error", "not-supported", "x")]).quarantined
    assert found == [1, 2, 1]


def test_a_link_is_of_its_site_alone(pipeline: Pipeline) -> None:
    from adapter.intake.sender import Sender

    link(pipeline, [Name("01", "Patient", "12345", "01-001")], "tests")
    assert send(pipeline, ehr(), sender=Sender("02/epic", "02")).quarantined


def test_a_link_that_contradicts_is_refused_and_changes_nothing(pipeline: Pipeline) -> None:
    names = [Name("01", "Patient", "12345", subject) for subject in ("01-001", "01-001", "01-002")]
    assert [one.outcome for one in link(pipeline, names[:1], "tests")[0]] == ["linked"]
    assert [one.outcome for one in link(pipeline, names[1:], "tests")[0]] == ["unchanged", "contradicting"]


def test_two_names_of_different_subjects_are_refused(pipeline: Pipeline) -> None:
    link(pipeline, [Name("01", "Patient", "12345", "01-001"), Name("01", MRN["system"], "778899", "01-002")], "tests")
    both = {"reference": "Patient/12345", "identifier": MRN}
    receipt = pipeline.push_resources(EPIC, [("", ehr(subject=both))])
    assert [issue.code for issue in receipt.issues] == ["multiple-matches"]


def test_keys_are_completed_from_the_date_and_said_so(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "injection", [INJECTION])
    link(pipeline, [Name("01", "Patient", "12345", "01-001")], "tests")
    receipt = send(pipeline, ehr(time="2025-04-30T09:00:00+08:00"))
    assert [entry.written.key.text for entry in receipt.entries] == ["01-001-c2d2"]
    assert "completed" in [issue.key for issue in receipt.issues]


def test_a_cycle_that_is_shifted_completes_with_its_shift(pipeline: Pipeline) -> None:
    pipeline.push_records(
        HOUSE, "injection", [INJECTION, INJECTION | {"cycle": 2, "time": "2025-05-01T08:00:00+08:00"}]
    )
    link(pipeline, [Name("01", "Patient", "12345", "01-001")], "tests")
    receipt = send(pipeline, ehr(time="2025-05-02T09:00:00+08:00"))
    assert [entry.written.key.text for entry in receipt.entries] == ["01-001-c2d2"]


def test_a_date_that_fits_no_occasion_waits_with_its_candidates(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "injection", [INJECTION])
    link(pipeline, [Name("01", "Patient", "12345", "01-001")], "tests")
    receipt = send(pipeline, ehr(time="2025-04-15T09:00:00+08:00"))
    assert receipt.quarantined
    assert "cycle 1, day 7" in receipt.issues[0].diagnostics


def test_a_second_injection_of_a_day_waits_and_the_same_one_again_does_not(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "visit", [VISIT])
    link(pipeline, [Name("01", "Patient", "12345", "01-001")], "tests")
    assert send(pipeline, ehr()).entries[0].outcome == "created"
    assert send(pipeline, ehr(time="2025-04-01T09:00:00+08:00")).entries[0].outcome == "changed"
    assert send(pipeline, ehr("ehr-2", "2025-04-01T20:00:00+08:00")).quarantined


def test_a_senders_own_ids_are_its_own(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "visit", [VISIT])
    link(pipeline, [Name("01", "Patient", "12345", "01-001")], "tests")
    send(pipeline, ehr())
    reaction = {
        "resourceType": "Observation",
        "status": "final",
        "partOf": [{"reference": "MedicationAdministration/ehr-1"}],
    }
    own = pipeline.knowing.of_resources(EPIC, [("", reaction)]).resources[0][1]
    assert own["partOf"] == [{"reference": "MedicationAdministration/01-001-c1d1"}]
    assert pipeline.knowing.of_resources(EDC, [("", reaction)]).resources[0][1] == reaction
    assert pipeline.store.read(BLIND, "MedicationAdministration", "ehr-1") is None


def test_what_is_in_quarantine_is_corrected_or_rejected_once(pipeline: Pipeline) -> None:
    first, second = send(pipeline, ehr()), send(pipeline, ehr("ehr-2"))
    assert replay(pipeline, first.quarantined[0], "dm").receipt is None
    right = pipeline.desk.engine.to_fhir("injection", INJECTION)[0]  # type: ignore[attr-defined]
    decided = replay(pipeline, first.quarantined[0], "dm", [{"resource": right}], "the patient is 01-001")
    assert decided.receipt is not None
    assert reject(pipeline, second.quarantined[0], "dm", "not of this trial")
    assert not reject(pipeline, second.quarantined[0], "dm", "again")
    assert replay(pipeline, second.quarantined[0], "dm").receipt is None
    with pipeline.store.engines.reading() as connection:
        kept = quarantine.read(connection, second.quarantined[0])
    assert kept is not None
    assert [(event.actor, event.action, event.reason) for event in kept.events] == [
        ("01/epic", "kept", None),
        ("dm", "rejected", "not of this trial"),
    ]


def test_without_a_key_no_name_can_be_kept(pipeline: Pipeline) -> None:
    from dataclasses import replace

    keyless = Pipeline(pipeline.desk, replace(pipeline.store, key=None), pipeline.clock)
    receipt = keyless.push_resources(EPIC, [("", ehr())])
    assert [issue.code for issue in receipt.issues] == ["transient"]


def keyed(pipeline: Pipeline, day: int, id_: str = "ehr-1") -> dict[str, Any]:
    """The injection of a day with the study's key, under an id of its sender's own."""
    record = INJECTION | {"day": day, "time": f"2025-04-0{day}T08:00:00+08:00"}
    made: dict[str, Any] = pipeline.desk.engine.to_fhir("injection", record)[0]  # type: ignore[attr-defined]
    return made | {"id": id_}


def test_an_own_id_of_one_record_is_not_given_to_another(pipeline: Pipeline) -> None:
    assert not send(pipeline, keyed(pipeline, 1)).refused
    receipt = send(pipeline, keyed(pipeline, 2))
    assert (receipt.refused, [(issue.key, issue.expression) for issue in receipt.issues]) == (
        True,
        [("alias", "MedicationAdministration.id")],
    )
    assert held(pipeline, key="01-001-c1d2") is None
    assert not send(pipeline, keyed(pipeline, 1) | {"status": "entered-in-error"}).refused
    assert not send(pipeline, keyed(pipeline, 2, "ehr-2")).refused


def test_an_own_id_that_another_push_takes_at_the_same_moment_is_not_given_twice(pipeline: Pipeline) -> None:
    first, second = (pipeline.knowing.of_resources(EPIC, [("", keyed(pipeline, day))]) for day in (1, 2))
    assert not pipeline.push_known(EPIC, first).refused
    assert [issue.key for issue in pipeline.push_known(EPIC, second).issues if issue.refuses] == ["alias"]
    assert held(pipeline, key="01-001-c1d2") is None


def test_an_own_id_twice_in_an_asynchronous_bundle_is_of_the_first(pipeline: Pipeline) -> None:
    both = [(f"Bundle.entry[{n}].resource", keyed(pipeline, n + 1)) for n in range(2)]
    receipt = pipeline.push_each(EPIC, both)
    assert receipt.outcomes == {"created": 1, "quarantined": 1}
    assert held(pipeline, key="01-001-c1d2") is None
    assert not pipeline.push_each(EPIC, both[:1]).quarantined


def test_what_is_taken_back_by_an_own_id_can_be_taken_back_again(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "visit", [VISIT])
    link(pipeline, [Name("01", "Patient", "12345", "01-001")], "tests")
    send(pipeline, ehr())
    for outcome in ("voided", "unchanged"):
        receipt = send(pipeline, ehr(status="entered-in-error", note=[{"text": outcome}]))
        assert [entry.outcome for entry in receipt.entries] == [outcome]
