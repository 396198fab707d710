from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from adapter.validation.known.measure_report import check_measure_report


def code(name: str) -> dict[str, Any]:
    return {"coding": [{"system": "http://example.org/codes", "code": name}]}


def population(name: str) -> dict[str, Any]:
    return {"code": code(name), "count": 1}


MEASURE = {
    "url": "http://example.org/measure",
    "version": "2",
    "scoring": code("proportion"),
    "group": [{"code": code("g"), "population": [population("a"), population("b")]}],
}
GROUP = {"code": code("g"), "population": [population("a"), population("b")], "measureScore": {"value": Decimal("0.5")}}


class Judge:
    """Knows one measure, and no more."""

    definitions: Any

    def __init__(self) -> None:
        self.definitions = self.judge = self

    def resources(self, kind: str) -> list[dict[str, Any]]:
        return [MEASURE] if kind == "Measure" else []


def found(*groups: dict[str, Any], measure: str = "http://example.org/measure", **more: Any) -> list[tuple[str, str]]:
    report = {"type": "summary", "measure": measure, "group": list(groups), **more}
    return [(each.key, each.path) for each in check_measure_report(report, Judge()) or ()]  # type: ignore[arg-type]


def test_a_report_of_all_that_is_asked_is_right() -> None:
    assert found(GROUP) == found(GROUP, measure="http://example.org/measure|2") == []


def test_of_another_version_nothing_is_known() -> None:
    assert found(measure="http://example.org/measure|1") == []


def test_groups_and_populations_are_reported_once() -> None:
    assert found() == [("measure-report", "")]
    assert found(GROUP, GROUP) == [("measure-report", ".group[1]")]
    assert found(GROUP | {"population": [population("a")]}) == [("measure-report", ".group[0]")]
    assert found(GROUP | {"population": [*GROUP["population"], population("c")]}) == [
        ("measure-report", ".group[0].population[2].code")
    ]


@pytest.mark.parametrize("number", [0, 1, Decimal("0.25")])
def test_a_proportion_lies_between_0_and_1(number: Any) -> None:
    assert found(GROUP | {"measureScore": {"value": number}}) == []
    assert found(GROUP | {"measureScore": {"value": number + 2}}) == [("measure-score", ".group[0].measureScore.value")]


def test_collected_data_has_no_score() -> None:
    assert found({"code": code("g"), "population": GROUP["population"]}, type="data-collection") == []


@pytest.mark.parametrize("status", ["pending", "error"])
def test_a_report_that_is_not_complete_has_nothing_to_hold_against_the_measure(status: str) -> None:
    assert found(status=status) == []
    assert found(status="complete") == [("measure-report", "")]
