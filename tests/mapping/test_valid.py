"""What is written is valid: every record that passes the edit checks, in every view, by the study's own package."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from adapter.crf.record import Absent, Record
from adapter.fhir.conformance import load_definitions
from adapter.validation.validator import Validator
from tests.mapping import expected
from tests.mapping.test_laws import FEW
from tests.passing import passing
from tests.strategies import records
from tests.studies import FOLDERS, IL2, forms, study

every_form = pytest.mark.parametrize(("name", "form"), forms())

SERIOUSNESS = IL2 / "package" / "CodeSystem-adverse-event-seriousness.json"
"""HL7's own codes of today, where R4 has older ones: of a study that has no package of its own."""


@cache
def validator(name: str) -> Validator:
    package = FOLDERS[name] / "package"
    return Validator(load_definitions(package if package.exists() else SERIOUSNESS))


def refused(name: str, form: str, record: Record, view: str = "both") -> list[str]:
    mapped, judge = study(name), validator(name)
    return [str(issue) for one in mapped.to_fhir(form, record, view) for issue in judge.check(one) if issue.refuses]


@every_form
@FEW
@given(draw=st.data())
def test_what_passes_the_edit_checks_is_written_as_valid_resources(name: str, form: str, draw: st.DataObject) -> None:
    definition = study(name).definition
    any_record = st.booleans().flatmap(lambda absent: records(definition, form, absent=absent))
    record = passing(definition, form, draw.draw(any_record, label="record"))
    assume(record is not None)
    for view in expected.VIEWS:
        assert refused(name, form, record or {}, view) == []


INJECTION = {"subject": "01-001", "cycle": 1, "day": 1, "outcome": "given", "time": "2025-06-02T09:00:00+08:00"}
EVENT = {"subject": "01-001", "sequence": 1, "serious": False}
STATEMENT = {"subject": "01-001", "sequence": 1, "drug": "Ibuprofen"}
REASON = Absent("asked-declined")


@pytest.mark.parametrize(
    ("form", "record"),
    [
        ("injection", INJECTION | {"outcome": REASON}),
        ("subject", {"subject": "01-001", "site": "01", "status": "screening", "sex": REASON}),
        ("adverse_event", EVENT | {"severity": REASON, "outcome": REASON, "ongoing": REASON, "criteria": REASON}),
        ("adverse_event", EVENT | {"serious": REASON, "criteria": ["death"]}),
        ("medication", STATEMENT | {"ongoing": REASON}),
        ("medication", STATEMENT | {"start": "2025-02-15", "end": "2025-02"}),
        ("medication", STATEMENT | {"start": "2025", "end": "2025-02-15"}),
        ("visit", {"subject": "01-001", "visit": "W4", "attendance": "missed"}),
    ],
)
def test_what_an_answer_lacks_keeps_nothing_from_being_valid(form: str, record: Record) -> None:
    assert passing(study("il2_csu").definition, form, record) == record
    assert refused("il2_csu", form, record) == []


@pytest.mark.parametrize(
    ("form", "record", "check"),
    [
        ("visit", {"visit": "W4", "attendance": REASON}, "visit-not-known"),
        ("visit", {"visit": "W4", "attendance": "attended", "date": REASON}, "visit-not-known"),
        ("visit", {"visit": "W4", "attendance": "missed", "pulse": REASON}, "missed-with-results"),
        ("injection", {"cycle": 1, "day": 1, "outcome": REASON, "volume": 1}, "not-given-with-volume"),
        ("subject", {"site": "01", "status": REASON}, "status-not-known"),
    ],
)
def test_what_could_not_be_written_as_valid_is_refused_by_an_edit_check(form: str, record: Record, check: str) -> None:
    definition = study("il2_csu").definition
    assert [each.id for each in definition.forms[form].checks if each.id == check] == [check]
    assert passing(definition, form, {"subject": "01-001"} | record) != {"subject": "01-001"} | record


@pytest.mark.parametrize("code", ["serious", "non-serious", "Serious", "Non-serious", "SeriousResultsInDeath"])
def test_the_study_s_package_leaves_r4_its_codes_of_seriousness(code: str) -> None:
    system = "http://terminology.hl7.org/CodeSystem/adverse-event-seriousness"
    event = {
        "resourceType": "AdverseEvent",
        "actuality": "actual",
        "subject": {"reference": "Patient/1"},
        "seriousness": {"coding": [{"system": system, "code": code}]},
    }
    assert [str(issue) for issue in validator("il2_csu").check(event) if issue.refuses] == []
    event["seriousness"] = {"coding": [{"system": system, "code": "SERIOUS"}]}
    assert any(issue.refuses for issue in validator("il2_csu").check(event))
