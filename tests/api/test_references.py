from __future__ import annotations

from adapter.api.references import resolved, unresolved

URN = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"


def test_references_to_entries_and_to_stored_resources_lead_somewhere() -> None:
    entries = [
        {"fullUrl": URN, "resource": {"resourceType": "Patient"}},
        {"resource": {"subject": {"reference": URN}, "partOf": [{"reference": "Encounter/1"}], "x": 1}},
        {"request": {"method": "POST"}},
    ]
    assert list(unresolved(entries)) == []


def test_a_reference_to_no_entry_and_a_search_are_told_with_their_places() -> None:
    resource = {"subject": {"reference": URN}, "partOf": [{"reference": "Patient?identifier=a"}]}
    assert [(issue.code, issue.expression) for issue in unresolved([{"resource": resource}])] == [
        ("not-found", "Bundle.entry[0].resource.subject.reference"),
        ("not-supported", "Bundle.entry[0].resource.partOf[0].reference"),
    ]


def test_a_query_of_an_absolute_address_is_no_search() -> None:
    resource = {"instantiates": {"reference": "https://x.example/y?z=1"}}
    assert list(unresolved([{"resource": resource}])) == []


def test_only_references_are_replaced() -> None:
    value = {"note": [{"text": URN}], "subject": {"reference": URN, "display": URN}}
    assert resolved(value, {URN: "Patient/1"}) == {
        "note": [{"text": URN}],
        "subject": {"reference": "Patient/1", "display": URN},
    }
    assert resolved(value, {}) is value
