from __future__ import annotations

from pathlib import Path

import pytest

from adapter.crf.package import read

STUDY = """
study: s
base: https://s.example/fhir
zone: Z
schedule: {visit: [{visit: V1, on: 0}]}
drugs: [{weeks: 4, atc: [H02]}]
wrong_drugs: [{weeks: x, atc: [H02]}]
"""
FORM = """
form: visit
items:
  subject: {type: subject key}
  visit: {type: visit key}
  date: {type: date}
  end: {type: date}
  atc: {type: token}
  dose: {type: decimal}
  at: {type: datetime}
  hidden: {type: decimal restricted}
checks:
  c: {CHECK}
"""

RIGHT = (
    "within: {items: [dose], range: 1..2}, action: query",
    "within: {items: [dose], range: ..2, given: {form: visit, item: date}}, action: query",
    "answered: [atc], action: query",
    "reported: {items: [at], hours: 24}, action: query",
    "unchanged: {items: [dose], since: date}, action: query",
    "scheduled: {items: [date], together: visit}, action: query",
    "once_a_day: {items: [date]}, action: query",
    "prohibited: {items: [atc, date, end], groups: drugs, until: visit}, action: query",
    "not_before: [end, date], action: query",
)
WRONG = (
    ("within: {items: [dose], range: 1..2}", "action"),
    ("within: {items: [dose], range: 1..2}, action: reject", "action"),
    ("within: {items: [dose]}, action: query", "range"),
    ("within: {items: [date], range: 1..2}, action: query", "date"),
    ("within: {items: [none], range: 1..2}, action: query", "unknown item none"),
    ("within: {items: [dose], range: 1..2, given: {form: x, item: date}}, action: query", "unknown form x"),
    ("within: {items: [dose], range: 1..2, given: {form: visit, item: x}}, action: query", "no item x"),
    ("within: {items: [dose], range: 1..2, given: {form: visit, item: hidden}}, action: query", "reveal"),
    ("within: {items: [dose], range: 1..2, given: x}, action: query", "given is"),
    ("within: {items: [hidden], range: 1..2}, action: query", "reveal"),
    ("known: [hidden], action: query", "reveal"),
    ("answered: [], action: query", "names no items"),
    ("answered: {items: [atc], when: {dose: 1}}, action: query", "has no when"),
    ("reported: {items: [at], hours: soon}, action: query", "hours"),
    ("reported: {items: [date], hours: 1}, action: query", "date"),
    ("unchanged: {items: [dose], since: x}, action: query", "since names"),
    ("scheduled: {items: [date, end]}, action: query", "one item"),
    ("scheduled: {items: [date], together: dose}, action: query", "together names"),
    ("prohibited: {items: [atc], groups: drugs, until: visit}, action: query", "three items"),
    ("prohibited: {items: [atc, date, end], groups: wrong_drugs, until: visit}, action: query", "groups names"),
    ("prohibited: {items: [atc, date, end], groups: drugs, until: diary}, action: query", "until names"),
    ("not_before: [end], action: query", "two items"),
)


def faults(folder: Path, check: str) -> list[str]:
    (folder / "study.yaml").write_text(STUDY)
    (folder / "forms").mkdir()
    (folder / "forms" / "visit.yaml").write_text(FORM.replace("CHECK", check))
    return [fault.why for fault in read(folder)[1]]


@pytest.mark.parametrize("check", RIGHT)
def test_a_check_that_fits_its_form_has_no_fault(tmp_path: Path, check: str) -> None:
    assert faults(tmp_path, check) == []


@pytest.mark.parametrize(("check", "why"), WRONG)
def test_a_check_that_does_not_fit_says_why(tmp_path: Path, check: str, why: str) -> None:
    found = faults(tmp_path, check)
    assert len(found) == 1, found
    assert why in found[0]
