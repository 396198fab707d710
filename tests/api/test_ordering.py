from __future__ import annotations

import pytest

from adapter.api.failure import FailureError
from adapter.api.ordering import ordered, sortable
from adapter.fhir.search_parameters import CORE
from adapter.store.indexer import Catalogue
from adapter.store.search_query import Order

CATALOGUE = Catalogue(CORE, "+08:00")


def test_keys_are_taken_in_their_order_and_a_minus_turns_one() -> None:
    dates = tuple(place.number for place in CATALOGUE.of("Observation")["date"].places)
    assert ordered(CATALOGUE, "Observation", "-date,_lastUpdated,_id") == (
        Order("date", dates, True),
        Order("updated"),
        Order("id"),
    )
    assert ordered(CATALOGUE, "Observation", None) == ()


def test_what_was_updated_at_one_time_is_in_the_order_of_its_ids() -> None:
    assert ordered(CATALOGUE, "Observation", "-_lastUpdated") == (Order("updated", (), True), Order("id", (), True))


@pytest.mark.parametrize("value", ["code", "subject", "nothing", "", "date,", "--date"])
def test_what_has_no_order_is_refused_with_what_has_one(value: str) -> None:
    with pytest.raises(FailureError) as failed:
        ordered(CATALOGUE, "Observation", value)
    assert failed.value.status == 400
    assert "_lastUpdated" in (failed.value.issues[0].diagnostics or "")


@pytest.mark.parametrize("value", ["date,date", "date,-date", "_id,date,value-date,value-quantity,_lastUpdated"])
def test_a_key_stands_once_and_four_are_enough(value: str) -> None:
    with pytest.raises(FailureError) as failed:
        ordered(CATALOGUE, "Observation", value)
    assert failed.value.issues[0].code == "invalid"


def test_codes_and_references_are_no_order() -> None:
    assert {"_id", "_lastUpdated", "date", "value-quantity", "value-string"} <= set(sortable(CATALOGUE, "Observation"))
    assert not {"code", "subject", "_profile"} & set(sortable(CATALOGUE, "Observation"))
