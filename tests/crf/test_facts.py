from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from adapter.crf.facts import study_record
from adapter.crf.package import load
from adapter.errors import DefinitionError
from tests.crf.studies import FORMS, STUDY, write

FORM = """\
study:
  nct: token key
  title: text
  start: date
  planned: integer
  dose: decimal
  arms: group many
  arms.name: text
  arms.number: text
  tags: text many
"""


def test_the_study_takes_its_record_from_its_facts(tmp_path: Path) -> None:
    facts = (
        "nct: 4711\nstart: 2025-03-19\nplanned: 124\ndose: 1.0\ntags: [3, a]\narms: [{name: A, number: 1, secret: x}]\n"
    )
    record = study_record(load(write(tmp_path, study=STUDY + facts, forms=FORMS + FORM)))
    assert record == {
        "nct": "4711",
        "start": "2025-03-19",
        "planned": 124,
        "dose": Decimal("1.0"),
        "arms": [{"name": "A", "number": "1"}],
        "tags": ["3", "a"],
    }


def test_a_fact_that_its_item_refuses_is_a_fault_with_its_line(tmp_path: Path) -> None:
    study = load(write(tmp_path, study=f"{STUDY}nct: x\nstart: soon\n", forms=FORMS + FORM))
    with pytest.raises(DefinitionError, match=r"study.yaml:5: start: found 'soon'; expected a date"):
        study_record(study)


def test_a_study_without_that_form_has_no_record(tmp_path: Path) -> None:
    assert study_record(load(write(tmp_path))) is None
