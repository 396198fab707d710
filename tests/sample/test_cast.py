from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from adapter.errors import CrfhirError, UsageError
from adapter.sample import plan_of
from adapter.sample.cast import Cast


@pytest.fixture
def cast(sampled):
    return Cast(sampled, plan_of(sampled), seed=7)


def records(cast, subjects):
    return {participant.id: dict(cast.records(participant)) for participant in cast.participants(subjects)}


def test_the_same_seed_gives_the_same_records(sampled, cast):
    assert records(cast, 9) == records(Cast(sampled, plan_of(sampled), seed=7), 9)


def test_another_seed_gives_other_records(sampled, cast):
    assert records(cast, 9) != records(Cast(sampled, plan_of(sampled), seed=8), 9)


def test_a_subject_is_the_same_whatever_the_number_of_subjects(cast):
    few, many = records(cast, 4), records(cast, 30)
    assert few.items() <= many.items()


def test_subjects_are_sorted_and_shared_out_by_the_weights_of_the_sites(cast):
    participants = cast.participants(30)
    assert [each.id for each in participants] == sorted(each.id for each in participants)
    assert Counter(each.site for each in participants) == {"A": 20, "B": 10}


def test_enrolment_goes_on_from_its_first_day(cast):
    days = sorted(each.day_0 for each in cast.participants(10))
    assert (days[0], days[-1]) == (date(2024, 1, 1), date(2024, 1, 19))


def test_no_record_is_dated_behind_the_end_of_its_subject(cast):
    for participant in cast.participants(20):
        weeks = [record["week"] for record in cast.records(participant)["pain"]]
        assert weeks == ([1] if participant.hidden["stays"] == "short" else [1, 2, 3])


def test_what_is_hidden_is_written_nowhere(cast):
    assert "stays" not in str(records(cast, 20))


def test_more_subjects_than_ids_are_refused(sampled):
    cast = Cast(sampled, replace(plan_of(sampled), subject=lambda *_: "A001"), seed=1)
    with pytest.raises(UsageError, match="fewer"):
        cast.participants(2)


def test_a_draw_that_cannot_be_is_told_with_form_and_subject(sampled):
    file = sampled.folder / "sample.yaml"
    file.write_text(file.read_text().replace("better: 1", "better: {one_of: [many]}"))
    with pytest.raises(CrfhirError, match=r"pain cannot be drawn for A001.*many"):
        records(Cast(sampled, plan_of(sampled), seed=1), 1)
