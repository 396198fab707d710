from datetime import date
from textwrap import dedent

import pytest

from adapter.errors import DefinitionError
from adapter.sample.plan import Enrolment, load

from .conftest import SAMPLE


def faults(study, text):
    file = study.folder / "sample.yaml"
    file.write_text(dedent(text), encoding="utf-8")
    with pytest.raises(DefinitionError) as error:
        load(study, file)
    return [fault.why for fault in error.value.faults]


def test_a_declared_sample_is_read(sampled):
    plan = load(sampled, sampled.folder / "sample.yaml")
    assert (plan.until, plan.sites, list(plan.forms)) == (
        date(2024, 6, 30),
        {"A": 2.0, "B": 1.0},
        ["person", "pain", "fall"],
    )
    assert plan.subject("A", 7, 9) == "A007"


def test_the_days_of_enrolment_run_through_the_months_and_begin_again():
    enrolment = Enrolment(date(2024, 1, 1), date(2024, 1, 11), every=4, jitter=0)
    assert [enrolment.day_0(ordinal, 0.5) for ordinal in (1, 2, 3, 4)] == [0, 4, 8, 2]


def test_jitter_makes_a_subject_late():
    assert Enrolment(date(2024, 1, 1), date(2024, 2, 1), every=1, jitter=6).day_0(1, 0.5) == 3


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("fall:\n", "fell:\n", "no form 'fell'"),
        ("each: event", "each: evening", "'evening' is none of"),
        ("per: week", "per: worse", "no key 'worse'"),
        ("better: 1", "both: 1", "no item 'both'"),
        ("better: 1", "best: 1", "no item 'best'"),
        ("place.name", "place.nam", "did you mean 'name'"),
        ("each: schedule\n", "each: schedule\n        wher: {stays: long}\n", "'wher' is not known"),
        ("each: schedule\n", "each: schedule\n        where: {stay: long}\n", "did you mean 'stays'"),
        ("until: 2024-06-30", "until: soon", "soon"),
        ("every: 2", "every: two", "two"),
    ],
)
def test_a_fault_of_a_sample_file_is_told(sampled, before, after, why):
    assert before in SAMPLE
    assert any(why in told for told in faults(sampled, SAMPLE.replace(before, after)))


def test_all_faults_are_told_at_once(sampled):
    told = faults(sampled, SAMPLE.replace("better: 1", "best: 1").replace("place.name", "place.nam"))
    assert len(told) == 2


def test_what_a_record_lets_is_unknown_to_other_forms(sampled):
    assert "'place.name'" in faults(sampled, SAMPLE.replace("better: 1", "better: {value: place.name}"))[0]
