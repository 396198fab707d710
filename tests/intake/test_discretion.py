from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from adapter.crf.study import Check
from adapter.intake.conformity import judge
from adapter.intake.desk import Desk
from adapter.intake.discretion import WITHHELD, discreet
from adapter.mapping.study import MappedStudy
from adapter.outcome import Issue
from tests.api.trial import INJECTION


def issue(item: str | None, key: str | None = None, form: str | None = "injection") -> Issue:
    return Issue("error", "value", "found 'K-77'", form=form, item=item, key=key)


def test_an_issue_of_a_restricted_item_does_not_repeat_its_value(desk: Desk) -> None:
    (told,) = discreet(desk, [issue("kit")])
    assert (told.diagnostics, told.item, told.code) == (WITHHELD, "kit", "value")


def test_other_issues_are_told_in_full(desk: Desk) -> None:
    given = [issue("volume"), issue(None), issue("kit", form=None), issue("kit", form="nothing")]
    assert discreet(desk, given) == given


@pytest.mark.parametrize(
    "check",
    [
        Check("kit-when-given", "needs", {"when": {}}, ("volume", "kit"), {}),
        Check("kit-when-given", "only_with", {"when": {"kit": ["K-77"]}}, ("volume",), {}),
    ],
)
def test_a_check_that_looks_at_a_restricted_item_is_told_without_values(desk: Desk, check: Check) -> None:
    study = desk.study
    form = replace(study.forms["injection"], checks=(check,))
    other = Desk(MappedStudy(replace(study, forms={**study.forms, "injection": form}), None, {}))
    assert discreet(other, [issue("volume", "kit-when-given")])[0].diagnostics == WITHHELD


@pytest.mark.parametrize(
    "more",
    [
        {"interpretation": [{"coding": [{"system": "http://loinc.org", "code": "K-77 x"}, {"code": 77}]}]},
        {"dataAbsentReason": {"coding": [{"system": "https://il2-csu.example/fhir/CodeSystem/trial", "code": "K-77"}]}},
        {"K-77": 1},
        {"effectiveDateTime": "K-77"},
    ],
)
def test_whatever_else_a_restricted_resource_says_is_not_repeated(desk: Desk, more: dict[str, Any]) -> None:
    *_, kit = desk.engine.to_fhir("injection", INJECTION | {"kit": "K-1"})  # type: ignore[attr-defined]
    told = discreet(desk, judge(desk, kit | more))
    assert {(one.form, one.item, one.diagnostics) for one in told} == {("injection", "kit", WITHHELD)}
    assert "77" not in str([one.expression for one in told])
