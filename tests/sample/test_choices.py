from collections import Counter

import pytest

from adapter.crf.record import Absent
from adapter.sample.choices import Urn


def test_one_of_draws_by_weight(drawn_often):
    seen = Counter(drawn_often("{one_of: {a: 9, b: 1, c: 0}}"))
    assert seen["a"] > 5 * seen["b"] > 0 == seen["c"]


def test_one_of_a_list_draws_its_draws(drawn_often):
    assert set(drawn_often("{one_of: [a, {value: mood}]}")) == {"a", "good"}


def test_an_urn_without_weight_is_refused():
    with pytest.raises(ValueError, match="weights"):
        Urn([0.0], ["a"])


def test_a_chance_of_one_is_always_and_of_zero_never(drawn_often):
    assert set(drawn_often("{chance: 1}")) == {True}
    assert set(drawn_often("{chance: 0}")) == {False}


def test_maybe_is_silent_without_an_else(drawn_often):
    assert set(drawn_often("{maybe: 0.5, then: 0}")) == {0, None}


def test_by_takes_the_case_of_the_name(drawn):
    assert drawn("{by: mood, is: {good: 1, bad: 2}}") == 1


def test_by_takes_the_case_of_silence(drawn):
    assert drawn("{by: nothing, is: {~: none}, else: some}") == "none"


def test_by_without_a_case_takes_the_else(drawn):
    assert drawn("{by: mood, is: {bad: 2}, else: 3}") == 3


def test_by_knows_a_number_by_its_text(drawn):
    assert drawn("{by: study_day, is: {1: first}}") == "first"


def test_steps_take_the_highest_number_reached(drawn):
    assert drawn("{steps: study_day, from: {-7: before, 0: first, 2: later}}") == "first"


def test_steps_are_silent_below_all_numbers_and_of_silence(drawn):
    assert drawn("{steps: study_day, from: {2: later}}") is None
    assert drawn("{steps: nothing, from: {2: later}}") is None


def test_turns_go_round(drawn):
    assert drawn("{turns: [a, b, c], of: study_day}") == "b"


def test_some_keeps_the_declared_order_and_the_least(drawn_often):
    seen = drawn_often("{some: {a: 0.5, b: 0.5, c: 0}, least: 1}")
    assert {tuple(codes) for codes in seen} == {("a",), ("b",), ("a", "b")}


def test_some_of_nothing_is_silence(drawn):
    assert drawn("{some: {a: 0.000001}}") is None


def test_entries_are_unlike_in_the_member_that_tells_them_apart(drawn_often):
    seen = drawn_often("{entries: {drug: {one_of: [x, y]}, tablets: 1}, count: 2, distinct: drug}")
    assert all(len({entry["drug"] for entry in entries}) == len(entries) for entries in seen)
    assert {len(entries) for entries in seen} == {1, 2}


def test_an_absent_answer_keeps_its_reason(drawn):
    assert drawn("{absent: asked-declined}") == Absent("asked-declined")


def test_an_unknown_reason_is_a_fault(compiler):
    compiler.draw({"absent": "bored"})
    assert "bored" in compiler.faults[0].why


def test_an_unknown_table_is_a_fault(compiler):
    compiler.draw({"row": "nowhere"})
    assert "nowhere" in compiler.faults[0].why


def test_a_value_may_be_sought_in_another_form(drawn, moment):
    moment.participant.records["pain"] = [{"week": 1, "worse": 3}, {"week": 2, "worse": 5}]
    assert drawn("{value: pain.worse, where: {week: 2}}") == 5


def test_a_total_adds_what_the_records_of_a_form_answer(drawn, moment):
    moment.participant.records["pain"] = [{"worse": 3}, {}, {"worse": Absent("masked")}, {"worse": 5}]
    assert drawn("{total: pain.worse}") == 8


def test_a_total_of_no_answers_is_silent(drawn, moment):
    moment.participant.records["pain"] = [{}]
    assert drawn("{total: pain.worse}") is None
