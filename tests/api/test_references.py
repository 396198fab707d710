from __future__ import annotations

from typing import Any

from adapter.api.references import Targets, conditional, named, references, rewritten, unresolved

URN = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"
EHR = "https://ehr.example/fhir"


def test_references_to_entries_and_to_stored_resources_lead_somewhere() -> None:
    entries = [
        {"fullUrl": URN, "resource": {"resourceType": "Patient"}},
        {"resource": {"subject": {"reference": URN}, "partOf": [{"reference": "Encounter/1"}], "x": 1}},
        {"request": {"method": "POST"}},
    ]
    assert list(unresolved(entries)) == []


def test_a_reference_to_no_entry_is_told_with_its_place() -> None:
    resource = {"subject": {"reference": URN}, "partOf": [{"reference": "Patient?identifier=a"}]}
    assert [(issue.code, issue.expression) for issue in unresolved([{"resource": resource}])] == [
        ("not-found", "Bundle.entry[0].resource.subject.reference"),
    ]


def test_a_search_below_this_server_is_a_conditional_reference_and_nothing_else_is() -> None:
    assert conditional("Patient?identifier=a|b")
    assert conditional("Patient?identifier=https://a.example/id|b")
    for other in ("https://x.example/y?z=1", "Patient/1", "#x?", URN + "?"):
        assert not conditional(other)


def test_every_reference_is_named_with_its_place() -> None:
    found = dict(references({"a": [{"reference": "X/1"}, {"b": {"reference": "Y/2"}}], "reference": 3}, "R"))
    assert found == {"X/1": "R.a[0].reference", "Y/2": "R.a[1].b.reference"}


def changed(resource: dict[str, Any], full_url: str = "") -> dict[str, Any]:
    known = {URN: "Patient/01-001", f"{EHR}/Patient/99": "Patient/01-001"}
    return rewritten(resource, Targets(known, {"Patient?identifier=a": "Patient/7"}).change(full_url))


def test_references_uris_and_links_of_narrative_are_rewritten_and_nothing_else() -> None:
    div = '<div xmlns="http://www.w3.org/1999/xhtml"><a href="{}">x</a> {}</div>'
    resource = {
        "resourceType": "Observation",
        "text": {"status": "generated", "div": div.format(URN, URN)},
        "contained": [{"resourceType": "Encounter", "subject": {"reference": URN}}],
        "extension": [{"url": "http://x.example", "valueUri": URN}, {"url": "http://x.example", "valueCanonical": URN}],
        "identifier": [{"value": URN}],
        "subject": {"reference": URN, "display": URN},
        "note": [{"text": URN}],
    }
    found = changed(resource)
    assert found["text"]["div"] == div.format("Patient/01-001", URN)
    assert found["contained"][0]["subject"] == {"reference": "Patient/01-001"}
    assert [list(each.values())[1] for each in found["extension"]] == ["Patient/01-001", URN]
    assert found["identifier"] == resource["identifier"]
    assert found["subject"] == {"reference": "Patient/01-001", "display": URN}
    assert found["note"] == resource["note"]


def test_a_relative_reference_is_read_from_where_its_entry_stands() -> None:
    resource = {"resourceType": "Observation", "subject": {"reference": "Patient/99"}}
    assert changed(resource, f"{EHR}/Observation/1")["subject"]["reference"] == "Patient/01-001"
    assert changed(resource, "https://other.example/Observation/1") == resource
    assert changed(resource, URN) == resource


def test_a_reference_by_search_and_one_to_a_version_get_their_targets() -> None:
    for reference, target in (
        ("Patient?identifier=a", "Patient/7"),
        (f"{EHR}/Patient/99/_history/2", "Patient/01-001"),
    ):
        resource = {"resourceType": "Observation", "subject": {"reference": reference}}
        assert changed(resource)["subject"]["reference"] == target


def test_a_search_for_a_patient_by_a_hospitals_name_is_that_name() -> None:
    own = frozenset({"https://study.example/subject"})
    given = {"subject": {"reference": "Patient?identifier=http://his.example/mrn|12%2034", "display": "x"}}
    assert named([given], "Patient", own) == [
        {"subject": {"identifier": {"system": "http://his.example/mrn", "value": "12 34"}, "display": "x"}}
    ]
    for other in (
        "Patient?identifier=https://study.example/subject|01-001",
        "Patient?identifier=12",
        "Patient?identifier=a|b&active=true",
        "Encounter?identifier=a|b",
        "Patient/1",
    ):
        assert named({"subject": {"reference": other}}, "Patient", own) == {"subject": {"reference": other}}
