from __future__ import annotations

from typing import Any

from adapter.fhir import json
from adapter.fhir.search_parameters import CORE, SearchParameters
from adapter.store.indexer import Catalogue
from tests.store.rows import ZONE

OWN = {
    "resourceType": "SearchParameter",
    "url": "urn:own",
    "code": "own",
    "base": ["Observation"],
    "type": "string",
    "expression": "Observation.note.text",
}


def rows(catalogue: Catalogue, restricted: bool = False, **more: Any) -> dict[str, list[tuple[Any, ...]]]:
    body = json.encode({"resourceType": "Observation", "id": "x", **more})
    return catalogue.rows("Observation", [(7, restricted, body)])


def test_every_value_that_is_found_by_gives_one_row() -> None:
    coding = {"system": "urn:s", "code": "a"}
    found = rows(Catalogue(CORE, ZONE), code={"coding": [coding, coding]}, effectiveDateTime="2025")
    assert [len(found[table]) for table in ("token", "string", "date", "number")] == [1, 0, 1, 0]
    assert {row[0] for row in [*found["token"], *found["date"]]} == {7}


def test_what_is_restricted_stands_at_places_of_its_own() -> None:
    catalogue = Catalogue(CORE, ZONE)
    open_, hidden = (rows(catalogue, restricted, status="final")["token"] for restricted in (False, True))
    assert [place for _, place, *_ in hidden] == [-place for _, place, *_ in open_]
    assert open_[0][1] > 0


def test_parameters_of_a_package_are_searched_by_too() -> None:
    catalogue = Catalogue(SearchParameters([OWN]), ZONE)
    assert "own" in catalogue.of("Observation")
    assert "own" not in catalogue.of("Patient")
    assert len(rows(catalogue, note=[{"text": "one"}, {"text": "two"}])["string"]) == 2


def test_what_is_compared_otherwise_or_stands_in_the_row_is_not_indexed() -> None:
    assert "phonetic" not in Catalogue(CORE, ZONE).of("Patient")
    assert "_id" not in Catalogue(CORE, ZONE).of("Patient")


def test_another_zone_or_another_parameter_makes_another_index() -> None:
    texts = {Catalogue(CORE, ZONE).text, Catalogue(CORE, "Z").text, Catalogue(SearchParameters([OWN]), ZONE).text}
    assert len(texts) == 3
    assert Catalogue(SearchParameters([OWN]), ZONE).text == Catalogue(SearchParameters([OWN]), ZONE).text
