from random import Random

import pytest

from adapter.sample.draw import constant
from adapter.sample.maker import Maker
from adapter.sample.plan import Block


@pytest.fixture
def made(tiny, moment):
    """Make the records of a form of the tiny study by blocks."""

    def make(form, *blocks):
        return Maker(tiny, tiny.forms[form], blocks).records(moment.participant, Random(1))

    return make


def test_a_form_of_each_subject_has_one_record_with_who_and_where(made):
    assert made("person", Block("subject", {})) == [{"who": "A001", "centre": "A"}]


def test_a_scheduled_form_has_the_planned_occasions_with_their_keys(made):
    records = made("pain", Block("schedule", {"worse": constant(1), "better": constant(2)}))
    assert [(record["week"], record["both"]) for record in records] == [(1, 3), (2, 3), (3, 3)]


def test_no_occasion_comes_after_the_subject_has_ended(made, moment):
    moment.participant.hidden["ends"] = 1
    assert [record["week"] for record in made("pain", Block("schedule", {}))] == [1, 2]


def test_a_missed_occasion_leaves_no_record(made):
    assert made("pain", Block("schedule", {}, missed=lambda moment: moment.scope["week"] == 2))[1]["week"] == 3


def test_an_occasion_drifts_off_its_planned_day(made):
    dated = Block(
        "schedule", {"day": lambda moment: moment.date.isoformat()}, drift=lambda moment: moment.scope["week"]
    )
    assert [record["day"] for record in made("pain", dated)] == ["2024-01-02", "2024-01-04", "2024-01-06"]


def test_occasions_that_share_a_key_drift_together(made, moment):
    moment.participant.zone = "+01:00"
    drift = iter([5, 6, 7])
    block = Block("schedule", {"day": lambda moment: moment.date.isoformat()}, drift=lambda _: next(drift), per="week")
    assert [record["day"] for record in made("pain", block)] == ["2024-01-06", "2024-01-08", "2024-01-10"]


def test_events_are_counted_by_date(made):
    days = iter([2, 0, 1])
    items = {"number": lambda moment: moment.scope["n"], "fell": lambda moment: moment.date.isoformat()}
    block = Block("event", items, count=constant(3), day=lambda _: next(days))
    assert [(record["number"], record["fell"]) for record in made("fall", block)] == [
        (1, "2024-01-01"),
        (2, "2024-01-02"),
        (3, "2024-01-03"),
    ]


def test_an_event_after_the_end_or_the_last_date_leaves_no_record(made):
    block = Block("event", {"number": lambda moment: moment.scope["n"]}, count=constant(1), day=constant(400))
    assert made("fall", block) == []


def test_a_block_for_others_gives_no_record(made, moment):
    moment.participant.hidden["stays"] = "short"
    assert made("person", Block("subject", {}, where={"stays": ("long",)})) == []


def test_two_records_with_one_key_are_one(made):
    assert len(made("fall", Block("event", {"number": constant(1)}, count=constant(3)))) == 1


def test_the_records_of_two_blocks_stand_by_date(made):
    early = Block("event", {"number": constant(1)}, day=constant(1))
    late = Block("event", {"number": constant(2)}, day=constant(2))
    assert [record["number"] for record in made("fall", late, early)] == [1, 2]
