from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.api.failure import FailureError
from adapter.api.parameters import asked, page_place, page_token, searchable

BASE = "http://here.example"


@given(st.text(min_size=1).filter(lambda text: text.isprintable()), st.lists(st.tuples(st.text(), st.text())))
def test_a_page_token_leads_back_to_its_place(after: str, used: list[tuple[str, str]]) -> None:
    assert page_place(page_token(after, used), used) == after


@given(st.text())
def test_any_text_is_a_page_or_not_found_and_nothing_else(token: str) -> None:
    with pytest.raises(FailureError) as failed:
        page_place(token, [("subject", "x")])
    assert failed.value.status == 404


@given(
    st.lists(st.tuples(st.sampled_from(["subject", "date", "identifier", "_id", "_count", "x", "date:not"]), st.text()))
)
def test_any_query_is_understood_or_refused_as_the_readers_mistake(arguments: list[tuple[str, str]]) -> None:
    statuses = []
    try:
        asked("Observation", arguments, BASE, "+08:00", strict=False)
    except FailureError as failed:
        statuses.append(failed.status)
    assert statuses in ([], [400])


def test_a_comma_parts_alternatives_unless_it_is_escaped() -> None:
    query = asked("Observation", [("identifier", r"a|b\,c,d")], BASE, "+08:00", strict=True).query
    assert query.tokens == ((("a", "b,c"), (None, "d")),)


def test_a_subject_may_be_written_in_four_ways() -> None:
    for name, value in (
        ("subject", "01-001"),
        ("subject", "Patient/01-001"),
        ("patient", f"{BASE}/fhir/Patient/01-001"),
        ("subject:identifier", "urn:x|01-001"),
    ):
        assert asked("Observation", [(name, value)], BASE, "+08:00", strict=True).query.subjects == (("01-001",),)


def test_a_type_is_searched_by_what_its_elements_allow() -> None:
    assert "subject" not in searchable("Organization")
    assert "date" not in searchable("Patient")
    assert searchable("ResearchSubject")["individual"] == "reference"
