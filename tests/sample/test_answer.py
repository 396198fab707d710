from decimal import Decimal

from adapter.crf.record import Absent
from adapter.sample.answer import record_of


def made(study, form, drawn):
    return record_of(study.forms[form], study.codelists)(drawn)


def test_a_record_holds_answered_items_in_the_order_of_the_form(tiny):
    record = made(tiny, "pain", {"worse": 0, "who": "A001", "week": "2", "better": None})
    assert list(record.items()) == [("who", "A001"), ("week", 2), ("worse", 0)]


def test_derived_items_and_what_is_no_item_are_left_out(tiny):
    assert made(tiny, "pain", {"both": 3, "mood": "good"}) == {}


def test_no_is_an_answer(tiny):
    assert made(tiny, "fall", {"hurt": False}) == {"hurt": False}


def test_a_reason_for_a_missing_answer_stays(tiny):
    assert made(tiny, "fall", {"parts": Absent("masked"), "hurt": Absent("masked")}) == {
        "hurt": Absent("masked"),
        "parts": Absent("masked"),
    }


def test_one_answer_to_a_question_with_many_is_a_list(tiny):
    assert made(tiny, "fall", {"parts": "left"}) == {"parts": ["left"]}


def test_the_entries_of_a_group_hold_typed_answers(tiny):
    drawn = [{"side": "left", "grip": "31.50"}, {"side": "right", "grip": None}]
    record = made(tiny, "person", {"hands": drawn})
    assert record == {"hands": [{"side": "left", "grip": Decimal("31.50")}, {"side": "right"}]}
    assert str(record["hands"][0]["grip"]) == "31.50"


def test_a_raw_number_for_a_decimal_is_written_with_one_digit(tiny):
    record = made(tiny, "person", {"hands": [{"side": "left", "grip": 30.0}]})
    assert str(record["hands"][0]["grip"]) == "30.0"


def test_a_raw_number_for_a_whole_one_is_rounded_half_up(tiny):
    assert made(tiny, "pain", {"worse": 2.5}) == {"worse": 3}


def test_many_codes_stand_in_the_order_of_their_codelist(tiny):
    assert made(tiny, "fall", {"parts": ["right", "left"]}) == {"parts": ["left", "right"]}


def test_the_entries_of_a_group_stand_by_their_members(tiny):
    record = made(tiny, "person", {"hands": [{"side": "right"}, {"side": "left", "grip": "2.0"}, {"side": "left"}]})
    assert record["hands"] == [{"side": "left"}, {"side": "left", "grip": Decimal("2.0")}, {"side": "right"}]
