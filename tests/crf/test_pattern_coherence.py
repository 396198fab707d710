from __future__ import annotations

from pathlib import Path

import pytest

from adapter.crf.package import load
from tests.crf.studies import FORMS, STUDY, faults, refused, write

PATTERNS = STUDY + 'patterns: {visit: "W[0-9]+", site: "[0-9]{2}"}\n'


def test_a_planned_visit_that_no_record_can_hold_is_a_fault(tmp_path: Path) -> None:
    study = PATTERNS + "schedule:\n  visit:\n    - {visit: W2, on: 14}\n    - {visit: SCR, on: -3}\n"
    assert faults(refused(tmp_path, study=study)) == [
        "study.yaml:8: SCR is no visit: `patterns` in study.yaml say W[0-9]+"
    ]


def test_a_site_that_no_record_can_hold_is_a_fault(tmp_path: Path) -> None:
    found = faults(refused(tmp_path, study=PATTERNS, sites__03="site: Boston\n"))
    assert found == ["sites/03.yaml:1: Boston is no site: `patterns` in study.yaml say [0-9]{2}"]


def test_a_condition_that_no_record_can_fulfil_is_a_fault(tmp_path: Path) -> None:
    check = (
        "form: f\nitems: {subject: subject key, visit: visit, a: text}\n"
        "checks:\n  c: {needs: {items: [a], when: {visit: [W1, V1]}}}\n"
    )
    found = faults(refused(tmp_path, study=PATTERNS, forms=FORMS, forms__f=check))
    assert found == ["forms/f.yaml:4: V1 is no visit: `patterns` in study.yaml say W[0-9]+"]


@pytest.mark.parametrize("line", ["{visit: W2, on: 3}", "{on: 0..3}"])
def test_a_schedule_that_fits_its_patterns_is_no_fault(tmp_path: Path, line: str) -> None:
    assert load(write(tmp_path, study=f"{PATTERNS}schedule: {{visit: [{line}]}}\n")).id == "toy"
