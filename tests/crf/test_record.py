from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.crf.item_type import MEASURED, TYPES
from adapter.crf.record import REASONS, Absent, parser
from adapter.crf.study import Form, Study
from adapter.outcome import Place
from tests.crf import studies
from tests.crf.toy import GOOD, PARSER, PLAIN, TOY, refusals
from tests.strategies import records


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


def test_a_reason_stands_for_an_answer_and_a_tilde_is_doubled() -> None:
    record, issues = PARSER.parse_cells(GOOD | {"when": "~asked-declined", "remark": "~~x", "answer": " ~masked "})
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


def test_an_unknown_form_or_site_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        parser(TOY, "other")
    with pytest.raises(KeyError):
        parser(TOY, "toy", "99")
