from __future__ import annotations

from typing import Any

import pytest

from adapter.validation.bundle.index import BundleIndex, entries, references

SERVER = "http://example.org/fhir/"
PATIENT: dict[str, Any] = {"resourceType": "Patient", "id": "1", "meta": {"versionId": "2"}}
UUID = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"
INDEX = BundleIndex(
    {
        "type": "document",
        "entry": [
            {"fullUrl": f"{SERVER}Patient/1", "resource": PATIENT},
            {"fullUrl": UUID, "resource": {"resourceType": "Group", "id": "3"}},
        ],
    }
)


@pytest.mark.parametrize(
    ("reference", "base", "led"),
    [
        (f"{SERVER}Patient/1", None, True),
        ("Patient/1", f"{SERVER}Composition/4", True),
        ("Patient/1/_history/2", f"{SERVER}Composition/4", True),
        ("Patient/1#a", f"{SERVER}Composition/4", True),
        ("Patient/1/_history/3", f"{SERVER}Composition/4", False),
        ("Patient/1", "http://example.com/Composition/4", False),
        ("Patient/1", UUID, False),
        ("Patient/1", None, False),
        ("Patient/5", f"{SERVER}Composition/4", False),
        ("#a", f"{SERVER}Composition/4", False),
    ],
)
def test_to_the_letter_a_relative_reference_is_seen_from_a_server(reference: str, base: str | None, led: bool) -> None:
    assert (INDEX.exactly(reference, base) is PATIENT) is led


def test_otherwise_type_and_id_are_enough() -> None:
    assert INDEX.resolve("Patient/1", UUID) is PATIENT
    assert INDEX.resolve(UUID, None) == {"resourceType": "Group", "id": "3"}
    assert INDEX.resolve("http://example.com/Patient/1", None) is None


@pytest.mark.parametrize("held", [None, 5, {}, [None, 5]])
def test_what_is_no_entry_is_passed_over(held: Any) -> None:
    assert list(entries({"entry": held})) == []


def test_references_are_told_with_their_paths() -> None:
    value = {"a": [{"b": {"reference": "Patient/1"}}], "contained": [{"reference": 5}], "reference": "Group/1"}
    assert sorted(references(value)) == [("", "Group/1"), (".a[0].b", "Patient/1")]


def test_an_entry_has_its_own_full_url_or_none() -> None:
    unnamed, odd = {"resourceType": "Group"}, {"resourceType": "Group", "id": "odd"}
    index = BundleIndex(
        {"entry": [{"fullUrl": UUID, "resource": PATIENT}, {"resource": unnamed}, {"fullUrl": 1, "resource": odd}]}
    )
    assert [index.full_urls[id(each)] for each in (PATIENT, unnamed, odd)] == [UUID, None, None]
