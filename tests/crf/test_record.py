from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.crf.item_type import MEASURED, TYPES
from adapter.crf.record import REASONS, Absent, parser
from adapter.crf.study import Form, Site, Study
from adapter.outcome import Place
from tests.crf import studies
from tests.strategies import records

PLAIN = studies.form(
    subject="subject key",
    when="date",
    entered="datetime",
    day="fulldate",
    answer="code colour",
    likes="code colour many",
    notes="text many",
    pain="integer 0..10 required",
    dose="decimal 0..2000 mg",
    born="year",
    smoker="boolean",
    remark="text",
    kit="token restricted",
    drugs="group many",
    drugs__name="code colour",
    drugs__amount="decimal 0..10",
    drugs__remark="text",
)
TOY = studies.study(PLAIN)
PARSER = parser(TOY, "toy")
GOOD = {"subject": "01-001", "pain": "0"}


def refusals(**cells: str) -> dict[str | None, str]:
    """Item -> diagnostics of what is wrong with the cells."""
    return {issue.item: issue.diagnostics for issue in PARSER.parse_cells(GOOD | cells)[1]}


def json_refusals(**items: Any) -> dict[str | None, str]:
    return {
        issue.item: issue.diagnostics
        for issue in PARSER.parse_json({"subject": "01-001", "pain": 0} | items)[1]
    }


@st.composite
def small_forms(draw: st.DrawFn) -> tuple[Study, Form]:
    types = draw(st.lists(st.sampled_from([one for one in TYPES if one != "group"]), max_size=6))
    items = {"subject": "subject key"}
    for index, kind in enumerate(types):
        argument = {"code": " colour", "integer": " -5..5000"}.get(kind, "")
        unit = " mg" if kind in MEASURED and draw(st.booleans()) else ""
        many = " many" if draw(st.booleans()) else ""
        items[f"i{index}"] = f"{kind}{argument}{unit}{many}"
    if draw(st.booleans()):
        items |= {"g": "group many", "g__a": "text", "g__b": "decimal", "g__c": "code colour"}
    form = studies.form(**items)
    return studies.study(form), form


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_what_is_written_as_cells_is_read_as_the_same_record(data: st.DataObject) -> None:
    study, form = data.draw(small_forms())
    record = data.draw(records(study, form.id, loose=True))
    compiled = parser(study, form)
    cells = compiled.to_cells(record)
    assert tuple(cells) == compiled.columns()
    read, issues = compiled.parse_cells(cells)
    assert (read, issues) == (record, [])
    assert repr(read) == repr(record)  # the digits of decimals and the order of items too


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_what_is_written_as_json_is_read_as_the_same_record(data: st.DataObject) -> None:
    study, form = data.draw(small_forms())
    record = data.draw(records(study, form.id, loose=True))
    compiled = parser(study, form)
    read, issues = compiled.parse_json(compiled.to_json(record))
    assert issues == []
    assert repr(read) == repr(record)


@given(st.dictionaries(st.sampled_from([*PARSER.columns(), "other"]), st.text(max_size=12), max_size=8))
@settings(max_examples=200, deadline=None)
def test_no_cells_make_the_parser_raise_and_what_is_read_is_written_back(cells: dict[str, str]) -> None:
    record, _ = PARSER.parse_cells(cells)
    complete = {"subject": "01-001", "pain": 0} | record
    assert PARSER.parse_cells(PARSER.to_cells(complete)) == (dict_in_order(complete), [])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.one_of(JSON, st.dictionaries(st.sampled_from([*PLAIN.items, "other"]), JSON, max_size=6)))
@settings(max_examples=200, deadline=None)
def test_no_json_makes_the_parser_raise(value: Any) -> None:
    record, issues = PARSER.parse_json(value)
    assert issues or {"subject", "pain"} <= record.keys()


def dict_in_order(record: dict[str, Any]) -> dict[str, Any]:
    return {item: record[item] for item in PLAIN.items if item in record}


def test_a_zero_and_a_false_are_answers() -> None:
    record, issues = PARSER.parse_cells(GOOD | {"smoker": "false", "dose": "0.0"})
    assert (record["pain"], record["smoker"], str(record["dose"]), issues) == (0, False, "0.0", [])


def test_empty_and_blank_cells_are_silence_and_blanks_around_a_value_are_dropped_but_for_text() -> None:
    cells = GOOD | {"when": "", "answer": "  ", "remark": " x ", "kit": " 7 ", "dose": " 1.10"}
    record, issues = PARSER.parse_cells(cells)
    assert issues == []
    assert record == {"subject": "01-001", "pain": 0, "dose": Decimal("1.10"), "remark": " x ", "kit": "7"}
    assert str(record["dose"]) == "1.10"


def test_a_reason_stands_for_an_answer_and_a_tilde_is_doubled() -> None:
    record, issues = PARSER.parse_cells(
        GOOD | {"when": "~asked-declined", "remark": "~~x", "answer": " ~masked "}
    )
    assert issues == []
    assert record["when"] == Absent("asked-declined")
    assert record["answer"] == Absent("masked")
    assert record["remark"] == "~x"
    assert PARSER.to_cells(record)["when"] == "~asked-declined"
    assert PARSER.to_json(record)["when"] == {"absent": "asked-declined"}


@pytest.mark.parametrize("reason", [*REASONS])
def test_every_reason_is_read(reason: str) -> None:
    assert PARSER.parse_cells(GOOD | {"when": f"~{reason}"})[0]["when"] == Absent(reason)


def test_a_reason_that_is_none_gets_the_nearest_and_unknown_is_silence() -> None:
    assert "asked-declined" in refusals(when="~declined")["when"]
    assert "silence" in refusals(when="~unknown")["when"]


def test_a_key_cannot_be_missing_for_a_reason_and_a_required_item_can() -> None:
    record, issues = PARSER.parse_cells({"subject": "~masked", "pain": "~asked-unknown"})
    assert record["pain"] == Absent("asked-unknown")
    assert [(issue.item, issue.code) for issue in issues] == [("subject", "required")]


def test_a_missing_key_and_a_missing_required_item_are_two_issues() -> None:
    _, issues = PARSER.parse_cells({"remark": "x"})
    assert [(issue.item, issue.code) for issue in issues] == [("subject", "required"), ("pain", "required")]


def test_a_refused_required_value_is_one_issue_and_not_also_missing() -> None:
    _, issues = PARSER.parse_cells(GOOD | {"pain": "eleven"})
    assert [(issue.item, issue.code) for issue in issues] == [("pain", "value")]


def test_every_issue_comes_at_once_with_its_column() -> None:
    cells = {"subject": "1", "pain": "11", "answer": "reed", "when": "2025/6/1", "colum": "x"}
    _, issues = PARSER.parse_cells(cells, Place("a.csv", line=7))
    assert {(issue.item, str(issue.place)) for issue in issues} == {
        ("subject", "a.csv, line 7, column subject"),
        ("pain", "a.csv, line 7, column pain"),
        ("answer", "a.csv, line 7, column answer"),
        ("when", "a.csv, line 7, column when"),
        (None, "a.csv, line 7, column colum"),
    }


def test_an_unknown_column_gets_the_nearest_name() -> None:
    assert "did you mean remark?" in refusals(remarc="x")[None]


def test_a_code_outside_the_codelist_lists_the_codes_and_knows_the_labels() -> None:
    refusal = refusals(answer="Red One")["answer"]
    assert "red, green, blue" in refusal
    assert "is the label; write red" in refusal
    assert "write red" in refusals(answer="红")["answer"]
    assert "if green is meant" in refusals(answer="Green")["answer"]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("1,0", "write 1.0"),
        ("1,234", "1.234 or 1234?"),
        ("1,234.5", "write 1234.5"),
        ("1 234", "write 1234"),
        ("1.234,5", "write 1234.5"),
        ("１.０", "write 1.0"),
        (".5", "write 0.5"),
        ("5.", "write 5"),
        ("+5", "write 5"),
        ("007.50", "write 7.50"),
        ("5 mg", "write the number alone: 5"),
        ("NaN", "leave it empty"),
        ("inf", "leave it empty"),
        ("<5", "a bound is no value"),
        ("2001", "from 0 to 2000 in mg; check the value, and its unit"),
        ("9" * 40, "too long"),
    ],
)
def test_a_number_of_another_shape_is_refused_with_what_to_write(cell: str, said: str) -> None:
    assert said in refusals(dose=cell)["dose"]


def test_a_whole_number_has_no_fraction() -> None:
    assert "write 3" in refusals(pain="3.0")["pain"]
    assert "fraction" in refusals(pain="3.5")["pain"]
    assert "from 0 to 10; check the value" in refusals(pain="11")["pain"]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("2025/6/1", "write 2025-06-01"),
        ("20250601", "write 2025-06-01"),
        ("2025年6月1日", "write 2025-06-01"),
        ("1 Jun 2025", "write 2025-06-01"),
        ("01.06.2025", "which is meant: 2025-06-01 or 2025-01-06?"),
        ("13/06/2025", "write 2025-06-13"),
        ("01/06/25", "four digits"),
        ("2025-02-30", "February 2025 has 28 days"),
        ("2025-13-01", "no month 13"),
        ("２０２５-０６-０１", "write 2025-06-01"),
        ("45809", "Excel keeps the date 2025-06-01"),
        ("2025-06-01T08:30:00+08:00", "write 2025-06-01"),
        ("0000", "expected a date"),
    ],
)
def test_a_date_of_another_shape_is_refused_with_what_is_meant(cell: str, said: str) -> None:
    assert said in refusals(when=cell)["when"]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("2025-06-01T08:30:00", "write 2025-06-01T08:30:00+08:00"),
        ("2025-06-01 08:30", "write 2025-06-01T08:30:00+08:00"),
        ("2025-06-01T08:30Z", "write 2025-06-01T08:30:00Z"),
        ("2025-06-01T08:30:00+0900", "write 2025-06-01T08:30:00+09:00"),
        ("2025/6/1 8:30", "write 2025-06-01T08:30:00+08:00"),
        ("2025-06-01T25:00:00Z", "no such time of day"),
    ],
)
def test_a_time_without_seconds_or_offset_is_refused_with_the_right_text(cell: str, said: str) -> None:
    assert said in refusals(entered=cell)["entered"]


def test_a_whole_date_needs_its_day() -> None:
    assert "the day is needed" in refusals(day="2025-06")["day"]


def test_control_characters_half_surrogates_and_endless_texts_are_refused() -> None:
    assert "U+0000" in refusals(remark="a\x00")["remark"]
    assert "surrogate" in refusals(remark="\ud800")["remark"]
    assert "1048577 characters" in refusals(remark="x" * 1_048_577)["remark"]
    assert len(refusals(answer="x" * 1_048_577)["answer"]) < 300


def test_a_line_break_in_a_text_is_kept() -> None:
    assert PARSER.parse_cells(GOOD | {"remark": "a\r\nb\tc"})[0]["remark"] == "a\r\nb\tc"


def test_a_token_has_no_blank_inside() -> None:
    assert "without blanks" in refusals(kit="K 7")["kit"]


def test_many_codes_keep_the_order_of_the_codelist() -> None:
    assert PARSER.parse_cells(GOOD | {"likes": "blue; red"})[0]["likes"] == ["red", "blue"]


def test_an_answer_that_repeats_and_an_empty_one_are_refused() -> None:
    assert "twice" in refusals(likes="red;red")["likes"]
    assert "empty value" in refusals(likes="red;;blue")["likes"]
    assert "twice" in json_refusals(likes=["red", "red"])["likes"]


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


def test_json_types_are_not_guessed() -> None:
    refused = json_refusals(pain="1", smoker="true", remark=5, dose=True, likes="red", drugs={"name": "red"})
    assert "write 1, without quotes" in refused["pain"]
    assert "without quotes; if true is meant, write true" in refused["smoker"]
    assert 'write "5"' in refused["remark"]
    assert "found true" in refused["dose"]
    assert "expected a list" in refused["likes"]
    assert "expected a list of entries" in refused["drugs"]


def test_json_numbers_keep_their_digits_and_null_is_silence() -> None:
    record, issues = PARSER.parse_json(
        {"subject": "01-001", "pain": 3, "dose": Decimal("1.10"), "when": None}
    )
    assert issues == []
    assert str(record["dose"]) == "1.10"
    assert PARSER.parse_json({"subject": "01-001", "pain": 3, "dose": 2})[0]["dose"] == Decimal(2)
    assert "found NaN" in json_refusals(dose=Decimal("NaN"))["dose"]
    assert "write 3" in json_refusals(pain=Decimal("3.0"))["pain"]


def test_an_unknown_json_key_gets_the_nearest_and_a_record_is_an_object() -> None:
    assert "did you mean remark?" in json_refusals(remarks="x")[None]
    assert [issue.code for issue in PARSER.parse_json([1])[1]] == ["structure"]
    assert "absent" in json_refusals(when={"missing": "x"})["when"]


SITE = Site(
    id="03",
    columns={"toy": {"疼痛": "pain", "颜色": "answer"}},
    values={"colour": {"1": "red", "红色": "red"}, "boolean": {"是": True, "否": False}},
    zone="+08:00",
    date_formats=("%Y/%m/%d", "%Y/%m/%d %H:%M"),
)


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


def test_an_unknown_form_or_site_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        parser(TOY, "other")
    with pytest.raises(KeyError):
        parser(TOY, "toy", "99")
