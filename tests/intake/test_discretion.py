from __future__ import annotations

from dataclasses import replace

import pytest

from adapter.crf.study import Check
from adapter.intake.desk import Desk
from adapter.intake.discretion import WITHHELD, discreet
from adapter.mapping.study import MappedStudy
from adapter.outcome import Issue


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
