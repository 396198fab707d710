"""The plan as text."""

from __future__ import annotations

import pytest

from adapter.errors import UsageError
from tests.studies import forms, study


def line(name: str, form: str, place: str) -> str:
    (found,) = (one for one in study(name).plan_text(form).splitlines() if one.startswith(f"  {place} "))
    return " ".join(found.split())


def test_a_place_shows_its_item_lens_and_columns() -> None:
    assert line("harbor", "dose", "site") == (
        "site <-> arm (codelist arm_side: side of http://terminology.hl7.org/CodeSystem/v3-ActSite as CodeableConcept)"
    )
    assert line("harbor", "dose", "doseQuantity") == "doseQuantity <-> volume (quantity in mL)"


def test_alternatives_are_shown_behind_what_is_written() -> None:
    assert "=    plan or proposal" in study("harbor").plan_text("followup")


def test_another_shape_is_marked_as_only_read() -> None:
    assert line("harbor", "biopsy", "performed.ofType(dateTime)") == (
        "performed.ofType(dateTime) --> began (date and time)"
    )


def test_a_derived_item_is_marked_as_only_written() -> None:
    assert line("harbor", "serology", "interpretation").startswith("interpretation <-- band")


def test_marks_say_what_is_repeated_spoken_and_restricted() -> None:
    text = study("harbor").plan_text("serology")
    assert "(date and time, repeated: its home is elsewhere)" in text
    assert "silence is written" in line("harbor", "biopsy", "code")
    assert "restricted" in line("harbor", "dose", "value.ofType(string)")


def test_what_is_omitted_is_told_with_its_reason() -> None:
    assert study("harbor").plan_text("participant").endswith("  nickname: it says who the participant is\n")


@pytest.mark.parametrize(("name", "form"), forms())
def test_every_item_of_a_form_stands_in_its_plan(name: str, form: str) -> None:
    text = study(name).plan_text(form)
    for item in study(name).plan(form).form.items.values():
        assert item.type == "group" or item.id in text


def test_a_form_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(UsageError, match="there is no form 'dos'; is 'dose' meant"):
        study("harbor").plan_text("dos")
