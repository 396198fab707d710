from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.api.failure import FailureError
from adapter.api.parameter_value import Meaning, alternatives, date, match, updated
from adapter.fhir.search_parameters import CORE
from adapter.store.index_path import Sought, sought
from adapter.store.index_value import mark, number_key
from adapter.store.search_query import Comparison

MEANING = Meaning("http://here.example", ("Group", "Patient"), "+08:00")


def parameter(type_: str, code: str) -> Sought:
    found = sought(CORE.of(type_)[code], type_)
    assert found is not None
    return found


def comparisons(type_: str, code: str, value: str, modifier: str = "") -> tuple[Comparison, ...]:
    return match(parameter(type_, code), modifier, value, MEANING).tests


@given(
    st.sampled_from(["code", "subject", "date", "value-quantity", "value-string", "status"]),
    st.text(),
    st.sampled_from(["", "not", "missing", "exact", "contains", "identifier", "Patient", "x"]),
)
def test_any_value_is_understood_or_refused_as_the_readers_mistake(code: str, value: str, modifier: str) -> None:
    statuses = []
    try:
        match(parameter("Observation", code), modifier, value, MEANING)
    except FailureError as failed:
        statuses.append(failed.status)
    assert statuses in ([], [400])


def test_a_comma_parts_alternatives_unless_it_is_escaped() -> None:
    assert alternatives(r"a|b\,c,d,,\\,e") == [r"a|b\,c", "d", r"\\", "e"]
    assert comparisons("Observation", "code", r"a|b\,c,d") == (
        Comparison("both", (mark("b,c"), mark("a"))),
        Comparison("code", (mark("d"),)),
    )


@pytest.mark.parametrize(
    ("value", "how"),
    [("s|c", "both"), ("|c", "bare"), ("c", "code"), ("s|", "system"), (r"s\|c", "code"), ("s|c|d", "both")],
)
def test_a_token_is_asked_for_in_four_ways(value: str, how: str) -> None:
    assert [test.how for test in comparisons("Observation", "code", value)] == [how]


def test_the_system_of_a_bound_code_may_be_given() -> None:
    of_status = "http://hl7.org/fhir/observation-status|final"
    assert comparisons("Observation", "status", of_status) == comparisons("Observation", "status", "|final")
    assert comparisons("Observation", "status", "urn:x|final") != comparisons("Observation", "status", "|final")


@pytest.mark.parametrize(
    ("modifier", "value", "paths"),
    [
        ("", "1", ["Group/1", "Patient/1"]),
        ("Patient", "1", ["Patient/1"]),
        ("", "Patient/1", ["Patient/1"]),
        ("", "Patient/1/_history/3", ["Patient/1"]),
        ("", "http://here.example/fhir/Patient/1", ["Patient/1"]),
        ("", "http://there.example/fhir/Patient/1", ["http://there.example/fhir/Patient/1"]),
        ("", "urn:uuid:1", ["urn:uuid:1"]),
    ],
)
def test_a_reference_may_be_written_in_several_ways(modifier: str, value: str, paths: list[str]) -> None:
    wanted = [Comparison("bare", (mark(path),)) for path in paths]
    assert list(comparisons("Observation", "subject", value, modifier)) == wanted


def test_a_reference_to_what_the_parameter_does_not_lead_to_finds_nothing() -> None:
    (test,) = comparisons("Observation", "patient", "Group/1")
    assert test.values == (-1, -1)


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("5.4", "5.35", "5.45"),
        ("5.40", "5.395", "5.405"),
        ("100", "99.5", "100.5"),
        ("1e2", "95", "105"),
        ("-3", "-3.5", "-2.5"),
    ],
)
def test_a_number_stands_for_what_its_digits_leave_open(value: str, low: str, high: str) -> None:
    (test,) = comparisons("Observation", "value-quantity", value)
    assert test.values == (number_key(Decimal(low)), number_key(Decimal(high)), number_key(Decimal(value)))


@pytest.mark.parametrize("value", ["x", "1,5x", "NaN", "1e99999", "１", "1|a|", "1|a|b|c", "1|a", ""[:0] + "|a|b"])
def test_what_is_no_quantity_is_refused(value: str) -> None:
    with pytest.raises(FailureError) as failed:
        comparisons("Observation", "value-quantity", value)
    assert failed.value.status == 400


def test_a_date_is_taken_at_its_precision_and_a_blank_is_a_plus() -> None:
    assert date("ge2025-06", "Z") == Comparison("ge", (20250601000000000, 20250701000000000))
    assert date("2025-06-01T08:00:00 08:00", "Z").values[0] == 20250601000000000
    assert updated("lt2025", "Z").tests[0].how == "lt"


@pytest.mark.parametrize(
    ("code", "modifier"),
    [
        ("code", "text"),
        ("code", "in"),
        ("date", "not"),
        ("value-string", "not"),
        ("subject", "above"),
        ("status", "Patient"),
        ("date", "identifier"),
        ("code", "identifier"),
    ],
)
def test_a_modifier_that_a_parameter_does_not_take_is_refused(code: str, modifier: str) -> None:
    with pytest.raises(FailureError) as failed:
        comparisons("Observation", code, "2025", modifier)
    assert failed.value.status == 400


def test_signs_that_mean_something_to_a_database_mean_themselves() -> None:
    (test,) = comparisons("Observation", "value-string", r"50%_\\x", "contains")
    assert test.values == (r"%50\%\_\\x%",)


def test_a_number_of_many_digits_is_itself() -> None:
    (test,) = comparisons("Observation", "value-quantity", "1" * 40)
    assert test.values[0] < number_key(Decimal("1" * 40)) < test.values[1]
    assert test.values[0] == number_key(Decimal("1" * 39 + "0.5"))


def test_accents_alone_are_the_beginning_of_nothing() -> None:
    (test,) = comparisons("Observation", "value-string", "\u0301")
    assert test.how == "exact"


@pytest.mark.parametrize(
    ("type_", "code", "selective"),
    [
        ("Observation", "identifier", True),
        ("Observation", "subject", True),
        ("Observation", "patient", True),
        ("ResearchSubject", "study", False),
        ("QuestionnaireResponse", "questionnaire", False),
        ("Observation", "_profile", False),
        ("Observation", "code", False),
    ],
)
def test_a_person_and_a_business_key_are_what_a_search_begins_with(type_: str, code: str, selective: bool) -> None:
    assert match(parameter(type_, code), "", "urn:x", MEANING).selective == selective
