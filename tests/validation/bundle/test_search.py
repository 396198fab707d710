from __future__ import annotations

import pytest

from adapter.validation.bundle.search import searched


@pytest.mark.parametrize(
    ("url", "types"),
    [
        ("http://example.org/fhir/Patient?name=a", ("Patient",)),
        ("Patient?name=a", ("Patient",)),
        ("http://example.org/fhir/Patient", ("Patient",)),
        ("http://example.org/fhir/Patient/1/Observation?code=b", ("Observation",)),
        ("http://example.org/fhir?_type=Patient,Observation", ("Patient", "Observation")),
        ("http://example.org/fhir/Patient/_search?name=a", ()),
        ("http://example.org/fhir/Patient/1/$everything", ()),
        ("http://example.org/fhir/Patient/1/*", ()),
        ("nowhere", ()),
    ],
)
def test_the_link_to_a_search_tells_its_types(url: str, types: tuple[str, ...]) -> None:
    assert searched({"link": [{"relation": "next", "url": "Group"}, {"relation": "self", "url": url}]}) == types


def test_without_a_link_nothing_is_known() -> None:
    assert searched({}) == searched({"link": [{"relation": "self"}]}) == ()
