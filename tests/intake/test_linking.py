from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter.intake.desk import Desk
from adapter.intake.linking import AWAITED, link_subjects, persons_of, resolve_aliases
from adapter.intake.names import Names
from adapter.intake.sender import Sender

NAMES = Names(b"a key of the tests")
EPIC, HOUSE = Sender("01/epic", "01"), Sender("house")

WORDS = st.sampled_from(
    ["Patient/1", "Patient/01-001", "#p", "urn:uuid:1", "", "Patient", "http://x/Patient/9", AWAITED]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | WORDS,
    lambda below: (
        st.lists(below, max_size=2)
        | st.dictionaries(st.sampled_from(["reference", "identifier", "system", "value", "id"]), below, max_size=3)
    ),
    max_leaves=6,
)
RESOURCES = st.fixed_dictionaries(
    {"resourceType": st.sampled_from(["Patient", "Observation"])},
    optional=dict.fromkeys(("id", "identifier", "subject", "patient", "partOf"), JSON),
)


def about(**subject: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "subject": subject}


def linked(desk: Desk, resource: dict[str, Any], sender: Sender = EPIC, **known: str) -> Any:
    subjects = {NAMES.mac("link", "01", "Patient", value): subject for value, subject in known.items()}
    return link_subjects(
        desk, NAMES, sender, [("", resource)], lambda macs: {m: subjects[m] for m in macs & subjects.keys()}
    )


@pytest.mark.parametrize("text", ["Patient/12", "Patient/12/_history/3"])
def test_a_reference_is_looked_up_by_what_stands_before_its_last_slash(desk: Desk, text: str) -> None:
    found = linked(desk, about(reference=text, display="Zhang"), **{"12": "01-001"})
    assert found.resources[0][1]["subject"] == {
        "reference": "Patient/01-001",
        "identifier": {"system": "https://il2-csu.example/id/subject", "value": "01-001"},
    }
    assert not found.issues


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/01-001"},
        {"reference": "urn:uuid:1"},
        {"reference": "#p"},
        {"reference": "Device/12"},
        {"identifier": {"system": "https://il2-csu.example/id/subject", "value": "01-001"}},
        {},
    ],
)
def test_the_studys_own_names_are_left_alone(desk: Desk, subject: dict[str, Any]) -> None:
    found = linked(desk, about(**subject))
    assert (found.resources, found.issues) == ([("", about(**subject))], [])


def test_a_patient_itself_gets_the_studys_identifier_and_id(desk: Desk) -> None:
    patient = {"resourceType": "Patient", "id": "12", "identifier": [{"system": "x", "value": "y"}]}
    ((_, found),) = linked(desk, patient, **{"12": "01-001"}).resources
    assert (found["id"], found["identifier"][0]["value"]) == ("01-001", "01-001")


def test_a_sender_of_no_site_has_no_links(desk: Desk) -> None:
    found = linked(desk, about(reference="Patient/12"), HOUSE, **{"12": "01-001"})
    assert (found.resources, found.issues) == ([("", about(reference="Patient/12"))], [])


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(resource=RESOURCES)
def test_whatever_comes_is_named_or_left_alone(desk: Desk, resource: dict[str, Any]) -> None:
    found = linked(desk, resource, **{"1": "01-001"})
    assert len(found.resources) == 1
    assert bool(found.issues) or not persons_of(desk, NAMES, EPIC, found.resources[0][1])
    assert resolve_aliases(found.resources, lambda type_, id_: f"{type_}/{id_}", lambda _: {}) == found.resources


def test_references_to_a_senders_own_ids_are_rewritten_wherever_they_stand() -> None:
    resource = {
        "a": [{"reference": "Encounter/e7"}],
        "b": {"c": {"reference": "Encounter/e8"}},
        "reference": "Encounter/e7",
    }
    new = resolve_aliases([("", resource)], lambda _, id_: id_, lambda _: {("Encounter", "e7"): "01-001-W0"})
    assert new[0][1] == {
        "a": [{"reference": "Encounter/01-001-W0"}],
        "b": {"c": {"reference": "Encounter/e8"}},
        "reference": "Encounter/01-001-W0",
    }
