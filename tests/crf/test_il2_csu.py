"""The study that ships: its package loads without a fault, and its records keep the laws."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.crf.facts import study_record
from adapter.crf.package import load
from adapter.crf.record import parser
from adapter.crf.schedule import occasions
from tests.strategies import records

STUDY = load(Path(__file__).parents[2] / "mappings" / "il2_csu")


@pytest.mark.parametrize("form", [*STUDY.forms])
def test_every_record_of_every_form_is_read_as_it_was_written(form: str) -> None:
    compiled = parser(STUDY, form)

    @given(st.data())
    @settings(max_examples=20, deadline=None)
    def law(data: st.DataObject) -> None:
        record = data.draw(records(STUDY, form))
        assert compiled.parse_cells(compiled.to_cells(record)) == (record, [])
        assert compiled.parse_json(compiled.to_json(record)) == (record, [])

    law()


def test_twenty_one_injections_are_planned() -> None:
    planned = occasions(STUDY, "injection")
    assert [occasion.day for occasion in planned] == [*range(7), *range(28, 35), *range(56, 63)]


def test_the_study_describes_itself() -> None:
    record = study_record(STUDY)
    assert record is not None
    assert record["nct"] == "NCT06924762"
