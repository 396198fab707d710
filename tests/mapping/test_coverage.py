"""Where every item goes."""

from __future__ import annotations

import pytest

from adapter.mapping.coverage import BOTH, WRITTEN_ONLY, CoverageRow, markdown, table
from tests.studies import FOLDERS, study


def row(name: str, form: str, item: str) -> CoverageRow:
    (found,) = (one for one in study(name).coverage() if (one.form, one.item) == (form, item))
    return found


@pytest.mark.parametrize("name", list(FOLDERS))
def test_every_item_of_every_form_has_a_row_and_a_place_in_the_form_view(name: str) -> None:
    rows = study(name).coverage()
    items = [
        (form, item.id)
        for form in study(name).forms
        for item in study(name).plan(form).form.items.values()
        if item.type != "group"
    ]
    assert [(one.form, one.item) for one in rows] == items
    assert all(one.form_view for one in rows)
    assert all(one.clinical or one.note for one in rows)


def test_a_row_says_where_and_in_which_direction() -> None:
    volume = row("harbor", "dose", "volume")
    assert volume.clinical == ("Immunization.doseQuantity",)
    assert volume.form_view == ("QuestionnaireResponse.item.where(linkId='volume').answer.value.ofType(Quantity)",)
    assert (volume.type, volume.flags, volume.direction, volume.note) == ("decimal 0..2 mL", (), BOTH, "")


def test_a_row_says_what_is_restricted_derived_or_omitted() -> None:
    assert row("harbor", "dose", "lot").flags == ("restricted",)
    assert row("harbor", "serology", "band").direction == WRITTEN_ONLY
    assert row("harbor", "participant", "nickname").note == "omitted: it says who the participant is"
    assert row("harbor", "contact", "reached").note == "the form view is its home"


def test_a_row_says_where_a_reason_has_no_place() -> None:
    assert row("il2_csu", "study", "allocation").note.startswith("a reason why it is missing has no place")


def test_both_documents_name_every_item() -> None:
    rows = study("harbor").coverage()
    listed, document = list(table(rows)), markdown(rows, ["en", "es"])
    assert "  volume                   decimal 0..2 mL  [both]" in listed
    assert "| `volume` | Volume | Volumen | decimal 0..2 mL | `Immunization.doseQuantity` |" in document
    assert all(f"| `{one.item}` |" in document for one in rows)
