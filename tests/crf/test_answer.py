from __future__ import annotations

from adapter.crf.answer import REASONS, Absent, answered, show


def test_silence_and_a_missing_answer_with_a_reason_are_both_no_value_and_zero_is_one() -> None:
    record = {"a": 0, "b": False, "c": Absent("masked")}
    assert [answered(record, item) for item in "abcd"] == [0, False, None, None]


def test_unknown_is_no_reason_but_silence() -> None:
    assert "unknown" not in REASONS
    assert len(REASONS) == 14


def test_what_was_found_is_shown_on_one_line_of_bearable_length() -> None:
    assert show("a\nb") == "'a\\nb'"
    assert len(show("x" * 1000)) <= 60
