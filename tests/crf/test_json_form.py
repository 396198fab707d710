from __future__ import annotations

from decimal import Decimal

from tests.crf.toy import PARSER, json_refusals


def test_json_types_are_not_guessed() -> None:
    refused = json_refusals(pain="1", smoker="true", remark=5, dose=True, likes="red", drugs={"name": "red"})
    assert "write 1, without quotes" in refused["pain"]
    assert "without quotes; if true is meant, write true" in refused["smoker"]
    assert 'write "5"' in refused["remark"]
    assert "found true" in refused["dose"]
    assert "expected a list" in refused["likes"]
    assert "expected a list of entries" in refused["drugs"]


def test_json_numbers_keep_their_digits_and_null_is_silence() -> None:
    record, issues = PARSER.parse_json({"subject": "01-001", "pain": 3, "dose": Decimal("1.10"), "when": None})
    assert issues == []
    assert str(record["dose"]) == "1.10"
    assert PARSER.parse_json({"subject": "01-001", "pain": 3, "dose": 2})[0]["dose"] == Decimal(2)
    assert "found NaN" in json_refusals(dose=Decimal("NaN"))["dose"]
    assert "write 3" in json_refusals(pain=Decimal("3.0"))["pain"]


def test_an_unknown_json_key_gets_the_nearest_and_a_record_is_an_object() -> None:
    assert "did you mean remark?" in json_refusals(remarks="x")[None]
    assert [issue.code for issue in PARSER.parse_json([1])[1]] == ["structure"]
    assert "absent" in json_refusals(when={"missing": "x"})["when"]
