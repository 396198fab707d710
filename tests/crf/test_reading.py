from __future__ import annotations

from adapter.crf.reading import Reading
from adapter.outcome import Place
from tests.crf.studies import item


def test_an_issue_carries_the_place_of_its_cell() -> None:
    reading = Reading("toy", Place("a.csv", line=3))
    reading.issue("pain", "value", "why", "Pain")
    assert str(reading.issues[0]) == "error [value] a.csv, line 3, column Pain | toy.pain: why"


def test_without_a_place_the_column_alone_is_told() -> None:
    reading = Reading("toy", None)
    reading.issue("pain", "value", "why", "Pain")
    assert reading.issues[0].place == Place(column="Pain")


def test_what_was_refused_is_not_also_missing() -> None:
    reading = Reading("toy", None)
    reading.issue("pain", "value", "why")
    reading.missing(item("pain", "integer required"))
    reading.missing(item("dose", "integer required"))
    assert [(issue.item, issue.code) for issue in reading.issues] == [("pain", "value"), ("dose", "required")]


def test_entries_of_which_nothing_could_be_read_are_left_out() -> None:
    reading = Reading("toy", None)
    reading.add_entries("drugs", [{}, {"name": "x"}])
    reading.add_entries("others", [{}])
    assert reading.record == {"drugs": [{"name": "x"}]}
