from __future__ import annotations

from tests.crf.toy import GOOD, PARSER, refusals


def test_a_code_outside_the_codelist_lists_the_codes_and_knows_the_labels() -> None:
    refusal = refusals(answer="Red One")["answer"]
    assert "red, green, blue" in refusal
    assert "is the label; write red" in refusal
    assert "write red" in refusals(answer="红")["answer"]
    assert "if green is meant" in refusals(answer="Green")["answer"]


def test_control_characters_half_surrogates_and_endless_texts_are_refused() -> None:
    assert "U+0000" in refusals(remark="a\x00")["remark"]
    assert "surrogate" in refusals(remark="\ud800")["remark"]
    assert "1048577 characters" in refusals(remark="x" * 1_048_577)["remark"]
    assert len(refusals(answer="x" * 1_048_577)["answer"]) < 300


def test_a_line_break_in_a_text_is_kept() -> None:
    assert PARSER.parse_cells(GOOD | {"remark": "a\r\nb\tc"})[0]["remark"] == "a\r\nb\tc"


def test_a_token_has_no_blank_inside() -> None:
    assert "without blanks" in refusals(kit="K 7")["kit"]
