"""A study that declares no sample still gets one, all of whose records it accepts."""

import re
from datetime import UTC, datetime

import pytest

from adapter.crf import package
from adapter.crf.check import checker
from adapter.crf.record import parser
from adapter.sample import random_plan
from adapter.sample.cast import Cast

from .conftest import FILES, written
from .test_pilot import STUDY


def made(study, subjects, seed):
    cast = Cast(study, random_plan.plan(study), seed)
    return [dict(cast.records(participant)) for participant in cast.participants(subjects)]


def refusals(study, made_records):
    found = []
    for records in made_records:
        for form, of_form in records.items():
            read, check = parser(study, form), checker(study.forms[form], study.zone)
            for record in of_form:
                back, issues = read.parse_cells(read.to_cells(record))
                found += [str(issue) for issue in [*issues, *check(record, datetime.now(UTC))] if issue.refuses]
                assert back == record
    return found


@pytest.mark.parametrize("seed", range(5))
def test_random_records_of_a_small_study_are_valid(tiny, seed):
    assert refusals(tiny, made(tiny, 12, seed)) == []


def test_random_records_of_a_large_study_are_valid():
    study = package.load(STUDY)
    assert refusals(study, made(study, 3, 1)) == []


def test_a_scheduled_form_has_its_occasions_and_others_have_some(tiny):
    people = made(tiny, 12, 1)
    assert all(len(records["person"]) == 1 for records in people)
    assert {week["week"] for records in people for week in records["pain"]} == {1, 2, 3}
    assert {len(records["fall"]) for records in people} == {1, 2, 3}


def test_subjects_are_called_what_the_study_allows(tiny):
    subjects = [records["person"][0]["who"] for records in made(tiny, 40, 1)]
    assert len(set(subjects)) == 40
    assert all(re.fullmatch("[A-C][0-9]{3}", subject) for subject in subjects)


def test_every_item_is_answered_by_someone(tiny):
    seen = {
        (form, item)
        for records in made(tiny, 30, 1)
        for form, of_form in records.items()
        for record in of_form
        for item in record
    }
    wanted = {(form.id, item.id) for form in tiny.forms.values() for item in form.items.values() if item.group is None}
    assert seen == wanted


def test_a_form_of_no_subject_has_each_of_its_records_once(tmp_path):
    centre = """
        form: centre
        items:
          site: site key
          beds: integer ..-3
          opened: datetime
          weights: decimal 0.01..0.02 kg many
        """
    study = package.load(written(tmp_path / "other", {**FILES, "forms/centre.yaml": centre}))
    records = [record for found in made(study, 20, 1) for record in found["centre"]]
    assert sorted(record["site"] for record in records) == ["A", "B"]
    assert refusals(study, [{"centre": records}]) == []


@pytest.mark.parametrize(
    "key", ["token key", "text key", "integer 5..9 key", "integer 0..9 key", "code side key", "fulldate key"]
)
def test_whatever_the_key_of_a_form_its_records_are_told_apart(tmp_path, key):
    files = {**FILES, "forms/extra.yaml": f"form: extra\nitems:\n  who: subject key\n  which: {key}\n"}
    study = package.load(written(tmp_path / "other", files))
    found = made(study, 15, 1)
    keys = [tuple(record.values()) for records in found for record in records["extra"]]
    assert len(set(keys)) == len(keys) >= 15
    assert refusals(study, found) == []
