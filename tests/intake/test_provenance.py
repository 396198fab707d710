from __future__ import annotations

from typing import Any

import pytest

from adapter.intake.provenance import reason_of
from adapter.pipeline import Pipeline
from tests.api.trial import INJECTION
from tests.intake.pushes import HOUSE, MONITOR, held


@pytest.mark.parametrize(
    ("provenance", "reason"),
    [
        (None, None),
        ({}, None),
        ({"reason": [{"text": " typing error "}]}, "typing error"),
        ({"reason": [{"coding": [{"code": "ETREAT", "display": "Emergency"}]}]}, "Emergency"),
        ({"reason": [{}, {"coding": [{"code": "ETREAT"}]}]}, "ETREAT"),
        ({"reason": "text"}, None),
        ({"reason": [3, {"text": ""}]}, None),
    ],
)
def test_the_first_reason_that_can_be_said_counts(provenance: Any, reason: str | None) -> None:
    assert reason_of(provenance) == reason


def test_a_person_must_say_why_a_value_changes(pipeline: Pipeline) -> None:
    assert not pipeline.push_records(MONITOR, "injection", [INJECTION]).refused
    changed = INJECTION | {"volume": 2}
    refused = pipeline.push_records(MONITOR, "injection", [changed])
    assert [issue.code for issue in refused.issues if issue.refuses] == ["required"]
    assert not pipeline.push_records(MONITOR, "injection", [changed], reason="typing error").refused
    assert held(pipeline) == changed | {"version": 2}


def test_a_machine_need_not(pipeline: Pipeline) -> None:
    for volume in (1, 2):
        assert not pipeline.push_records(HOUSE, "injection", [INJECTION | {"volume": volume}]).refused
