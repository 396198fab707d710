from __future__ import annotations

from decimal import Decimal

from adapter.crf.record import parser
from adapter.crf.study import Site
from tests.crf.toy import GOOD, PARSER, TOY, json_refusals, refusals

SITE = Site(
    id="03",
    columns={"toy": {"疼痛": "pain", "颜色": "answer"}},
    values={"colour": {"1": "red", "红色": "red"}, "boolean": {"是": True, "否": False}},
    zone="+08:00",
    date_formats=("%Y/%m/%d", "%Y/%m/%d %H:%M"),
)


def test_empty_and_blank_cells_are_silence_and_blanks_around_a_value_are_dropped_but_for_text() -> None:
    cells = GOOD | {"when": "", "answer": "  ", "remark": " x ", "kit": " 7 ", "dose": " 1.10"}
    record, issues = PARSER.parse_cells(cells)
    assert issues == []
    assert record == {"subject": "01-001", "pain": 0, "dose": Decimal("1.10"), "remark": " x ", "kit": "7"}
    assert str(record["dose"]) == "1.10"


def test_an_unknown_column_gets_the_nearest_name() -> None:
    assert "did you mean remark?" in refusals(remarc="x")[None]


def test_the_lists_of_a_group_run_together() -> None:
    cells = GOOD | {"drugs.name": "red;blue", "drugs.amount": ";1.0", "drugs.remark": ""}
    assert PARSER.parse_cells(cells)[0]["drugs"] == [
        {"name": "red"},
        {"name": "blue", "amount": Decimal("1.0")},
    ]
    ragged = refusals(**{"drugs.name": "red;blue", "drugs.amount": "1;2;3"})
    assert "drugs.name 2, drugs.amount 3" in ragged["drugs"]


def test_an_entry_without_an_answer_is_refused() -> None:
    assert "entry 2 has no answer" in refusals(**{"drugs.name": "red;"})["drugs"]
    assert "entry 1: found an empty object" in json_refusals(drugs=[{}])["drugs"]


def test_a_site_is_read_with_its_own_words() -> None:
    own = parser(TOY, "toy", SITE)
    cells = {
        "subject": "01-001",
        "疼痛": "3",
        "颜色": "红色",
        "smoker": "否",
        "when": "2025/6/1",
        "entered": "2025-06-01 08:30:00",
    }
    record, issues = own.parse_cells(cells)
    assert issues == []
    assert record == {
        "subject": "01-001",
        "when": "2025-06-01",
        "entered": "2025-06-01T08:30:00+08:00",
        "answer": "red",
        "pain": 3,
        "smoker": False,
    }
    assert own.parse_cells(cells | {"entered": "2025/6/1 8:30"})[0]["entered"] == "2025-06-01T08:30:00+08:00"
    assert own.parse_json({"subject": "01-001", "pain": 3, "answer": 1, "smoker": "是"})[1] == []
    assert PARSER.parse_cells(GOOD | {"answer": "红色"})[1] != []


def test_two_columns_for_one_item_are_refused() -> None:
    own = parser(TOY, "toy", SITE)
    _, issues = own.parse_cells(GOOD | {"疼痛": "3"})
    assert [(issue.item, issue.code) for issue in issues] == [("pain", "duplicate")]
