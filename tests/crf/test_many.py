from __future__ import annotations

from tests.crf.toy import GOOD, PARSER, json_refusals, refusals


def test_many_codes_keep_the_order_of_the_codelist() -> None:
    assert PARSER.parse_cells(GOOD | {"likes": "blue; red"})[0]["likes"] == ["red", "blue"]


def test_an_answer_that_repeats_and_an_empty_one_are_refused() -> None:
    assert "twice" in refusals(likes="red;red")["likes"]
    assert "empty value" in refusals(likes="red;;blue")["likes"]
    assert "twice" in json_refusals(likes=["red", "red"])["likes"]
