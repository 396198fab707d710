from __future__ import annotations

from typing import Any

import pytest

from adapter.mapping import coding
from adapter.mapping.notes import MISS, SILENT, Note
from adapter.mapping.study import MappedStudy
from tests.mapping.shapes import hole, plan

ACT = "http://terminology.hl7.org/CodeSystem/v3-ActSite"
OWN = "https://clinic.example/fhir/CodeSystem/own"


def read(study: MappedStudy, value: Any) -> tuple[Any, list[Note]]:
    notes: list[Note] = []
    return coding.reader(hole(plan(study, "pulse"), "side"))(value, notes), notes


def concept(*codings: tuple[str | None, str]) -> dict[str, Any]:
    return {
        "coding": [{"code": code} if system is None else {"system": system, "code": code} for system, code in codings]
    }


def test_an_answer_is_written_with_a_coding_of_each_column_that_has_a_cell(clinic: MappedStudy) -> None:
    texts = coding.answer_texts(hole(plan(clinic, "pulse"), "side"))
    assert texts["left"] == coding.compact(concept((ACT, "LA"), (OWN, "l")))
    assert texts["elsewhere"] == coding.compact(concept((OWN, "e")))


def test_the_row_of_silence_is_written_as_its_cells_say_and_no_row_as_nothing(clinic: MappedStudy) -> None:
    assert coding.silence_text(hole(plan(clinic, "pulse"), "side")) == coding.compact(concept((OWN, "none")))
    assert coding.silence_text(hole(plan(clinic, "Encounter"), "state", "status")) == ""


def test_the_first_of_a_cell_is_written_and_all_are_read(clinic: MappedStudy) -> None:
    status = hole(plan(clinic, "Encounter"), "state", "status")
    assert coding.answer_texts(status)["missed"] == '"cancelled"'
    for code in ("cancelled", "entered-in-error"):
        assert coding.reader(status)(code, []) == {"missed"}


@pytest.mark.parametrize(
    ("value", "rows"),
    [
        (concept((ACT, "LA"), (OWN, "l")), {"left"}),
        (concept((OWN, "r")), {"right"}),
        (concept((None, "RA")), {"right"}),
        (concept((OWN, "none")), {None}),
        (concept((ACT, "LA"), ("http://other.example", "left")), {"left"}),
    ],
)
def test_a_concept_allows_the_rows_that_all_its_known_codings_allow(
    clinic: MappedStudy, value: Any, rows: set[Any]
) -> None:
    assert read(clinic, value)[0] == rows


@pytest.mark.parametrize(
    "value",
    [concept((ACT, "LA"), (OWN, "r")), concept(("http://other.example", "LA")), {"text": "left"}, {}, "left", None],
)
def test_what_contradicts_itself_or_is_not_of_the_table_is_no_answer(clinic: MappedStudy, value: Any) -> None:
    assert read(clinic, value)[0] is MISS


def test_a_coding_that_is_not_of_the_table_and_a_display_are_noted(clinic: MappedStudy) -> None:
    foreign = {"system": "http://other.example", "code": "x"}
    known = {"system": ACT, "code": "LA", "display": "Left arm"}
    _, notes = read(clinic, {"coding": [known, foreign], "text": "left arm"})
    assert sorted(str(note.value) for note in notes) == sorted(["Left arm", str(foreign), "left arm"])


def test_holes_of_one_item_settle_when_one_row_is_left() -> None:
    assert coding.settle(frozenset({"seen", "missed"}) & frozenset({"seen", "called"})) == "seen"
    assert coding.settle(frozenset({None})) is SILENT
    assert coding.settle(frozenset({"seen", "missed"})) is MISS
    assert coding.settle(frozenset()) is MISS


def test_of_several_rows_the_one_that_fills_fewest_cells_is_chosen(clinic: MappedStudy) -> None:
    table = hole(plan(clinic, "pulse"), "side").table
    assert table is not None
    choose = coding.fewest_cells([table])
    assert choose(frozenset({"left", "elsewhere"})) == "elsewhere"
    assert choose(frozenset({"left", "right"})) is MISS


def test_what_is_read_is_among_the_codes_that_are_told_as_expected(clinic: MappedStudy) -> None:
    assert coding.expected(hole(plan(clinic, "pulse"), "side")) == "one of codelist side: LA, l, RA, r, e, none"


def test_a_cell_of_a_boolean_is_true_or_false() -> None:
    assert (coding.typed("true", "boolean"), coding.typed("3", "positiveInt"), coding.typed("3", "code")) == (
        True,
        3,
        "3",
    )
    with pytest.raises(ValueError, match="neither true nor false"):
        coding.typed("yes", "boolean")
