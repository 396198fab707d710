from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter.api.failure import FailureError
from adapter.api.parameters import Asked, asked, count, in_compartment, searchable
from adapter.api.service import Service
from adapter.store.search_query import After, Page

NAMES = [
    "subject",
    "date",
    "identifier",
    "_id",
    "_count",
    "x",
    "date:not",
    "_sort",
    "_include",
    "_page",
    "_total",
    "code:not",
]


@pytest.fixture
def here(app: Flask) -> Service:
    found: Service = app.extensions["crfhir"]
    return found


def understood(here: Service, type_: str, *arguments: tuple[str, str], **more: Any) -> Asked:
    return asked(here, type_, arguments, strict=more.pop("strict", False), **more)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arguments=st.lists(st.tuples(st.sampled_from(NAMES) | st.text(), st.text())))
def test_any_query_is_understood_or_refused_as_the_readers_mistake(
    here: Service, arguments: list[tuple[str, str]]
) -> None:
    statuses = []
    try:
        asked(here, "Observation", arguments, strict=False)
    except FailureError as failed:
        statuses.append(failed.status)
    assert statuses in ([], [400], [403], [404])


def test_what_took_part_stands_in_the_link_and_what_did_not_is_named(here: Service) -> None:
    found = understood(here, "Observation", ("subject", "x"), ("nothing", "y"), ("_format", "xml"), ("code", ""))
    assert found.link() == "subject=x&_format=xml"
    assert found.ignored == ("nothing",)
    with pytest.raises(FailureError, match="400"):
        understood(here, "Observation", ("nothing", "y"), strict=True)


def test_a_link_goes_on_after_the_last_that_was_shown(here: Service) -> None:
    found = understood(here, "Observation", ("subject", "x"), ("_count", "5"))
    link = found.link(Page(9, (), more=True, after=After(("2025",), "last")))
    token = link.partition("_page=")[2]
    following = understood(here, "Observation", ("subject", "x"), ("_page", token))
    assert following.query.after == After(("2025",), "last")
    with pytest.raises(FailureError, match="404"):
        understood(here, "Observation", ("subject", "x"), ("_page", token), of="Patient/x")


def test_a_type_is_searched_by_what_its_elements_allow(here: Service) -> None:
    assert "subject" not in searchable(here, "Organization")
    assert "date" not in searchable(here, "Patient")
    assert searchable(here, "ResearchSubject")["individual"][0] == "reference"
    assert {"_id", "_lastUpdated", "_profile"} <= searchable(here, "Location").keys()


def test_values_and_conditions_are_bounded(here: Service) -> None:
    for arguments in ([("code", "a," * 501)], [("code", "a")] * 41):
        with pytest.raises(FailureError) as failed:
            asked(here, "Observation", arguments, strict=False)
        assert failed.value.issues[0].code == "too-costly"


def test_a_compartment_is_by_every_parameter_that_leads_to_it(here: Service) -> None:
    match = in_compartment(here, "Patient", "x", "Observation")
    searched = here.store.catalogue.of("Observation")
    assert match.places == tuple(searched[code].places[0].number for code in ("performer", "subject"))


@pytest.mark.parametrize(("value", "found"), [("0", 0), ("7", 7), ("1000000000", 200)])
def test_a_count_is_capped(value: str, found: int) -> None:
    assert count(value) == found


@pytest.mark.parametrize("value", ["-1", "1.5", "", "x", "１", "9" * 19])
def test_what_is_no_count_is_refused(value: str) -> None:
    with pytest.raises(FailureError):
        count(value)
