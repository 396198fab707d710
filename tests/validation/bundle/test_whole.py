from __future__ import annotations

from typing import Any

from adapter.validation.bundle.index import BundleIndex
from adapter.validation.bundle.whole import check_whole

SERVER = "http://example.org/fhir/"


def found(*resources: dict[str, Any], type_: str = "document") -> list[tuple[int, str]]:
    held = [{"fullUrl": f"{SERVER}{each['resourceType']}/{each['id']}", "resource": each} for each in resources]
    bundle = {"type": type_, "entry": held}
    return [(place, each.key) for place, each in check_whole(bundle, BundleIndex(bundle))]


def test_a_chain_of_references_in_any_direction_belongs_to_a_document() -> None:
    head = {"resourceType": "Composition", "id": "c", "subject": {"reference": "Patient/1"}}
    patient = {"resourceType": "Patient", "id": "1"}
    provenance = {"resourceType": "Provenance", "id": "2", "target": [{"reference": "Patient/1"}], "agent": {}}
    agent = {"resourceType": "Practitioner", "id": "3"}
    provenance["agent"] = [{"who": {"reference": "Practitioner/3"}}]
    assert found(head, agent, provenance, patient) == []
    assert found(head, agent, patient) == [(1, "bundle-unreached")]


def test_a_chain_of_thousands_is_followed() -> None:
    head = {"resourceType": "Composition", "id": "0", "subject": {"reference": "Patient/1"}}
    chain = [
        {"resourceType": "Patient", "id": str(place), "link": [{"other": {"reference": f"Patient/{place + 1}"}}]}
        for place in range(1, 5000)
    ]
    assert found(head, *chain) == []


def test_a_bundle_without_a_first_resource_is_left_to_other_rules() -> None:
    for bundle in ({"type": "document"}, {"type": "message", "entry": [{"fullUrl": "a"}]}):
        assert list(check_whole(bundle, BundleIndex(bundle))) == []


def test_of_a_message_only_the_focus_must_be_there() -> None:
    head = {"resourceType": "MessageHeader", "id": "1", "author": {"reference": "Practitioner/1"}}
    assert found(head, type_="message") == []
    assert found(head | {"focus": [{"reference": "Patient/1"}]}, type_="message") == [(0, "bundle-reference")]
