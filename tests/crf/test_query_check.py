from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapter.crf.package import load
from adapter.crf.query_check import Telling, of_record
from adapter.crf.study import Study
from tests.api.trial import INJECTION, STUDY, SUBJECT, diary

AE = {"subject": "01-001", "sequence": 1, "serious": True, "criteria": ["death"], "aware": "2025-12-30T20:00:00Z"}
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def study() -> Study:
    return load(STUDY)


def asked(study: Study, form: str, record: dict[str, Any], *before: dict[str, Any], received: Any = NOW) -> list[str]:
    return [one.check for one in of_record(study, study.forms[form])(Telling(record, received, before))]


@pytest.mark.parametrize(("tablets", "found"), [(0, []), (4, []), (5, ["too-many-tablets"])])
def test_a_number_outside_its_range_is_asked_about(study: Study, tablets: int, found: list[str]) -> None:
    assert asked(study, "diary", diary("2025-04-01", tablets=tablets)) == found


def test_silence_is_in_every_range_and_an_answer_may_be_wanted(study: Study) -> None:
    assert asked(study, "injection", {k: v for k, v in INJECTION.items() if k != "volume"}) == []
    assert asked(study, "medication", {"subject": "01-001", "sequence": 1}) == ["not-coded"]


def test_a_range_holds_under_its_condition_alone(study: Study) -> None:
    assert asked(study, "injection", INJECTION | {"volume": 0.5, "outcome": "partly-given"}) == []
    assert asked(study, "injection", INJECTION | {"volume": 0.5}) == ["other-volume"]


def test_what_is_late_is_late_the_first_time_it_is_told_alone(study: Study) -> None:
    assert asked(study, "adverse_event", AE) == ["reported-late"]
    assert asked(study, "adverse_event", AE, AE | {"grade": "3"}) == []
    assert asked(study, "adverse_event", AE, AE | {"serious": False}) == ["reported-late"]
    assert asked(study, "adverse_event", AE | {"aware": "2025-12-31T00:00:00Z"}) == []
    assert asked(study, "adverse_event", AE, received=None) == []


def test_a_rule_that_rejects_elsewhere_may_ask(study: Study) -> None:
    without = {item: value for item, value in AE.items() if item != "criteria"}
    assert asked(study, "adverse_event", without, received=None) == ["serious-without-criteria"]


def test_what_stays_as_it_was_first_is_not_asked_about(study: Study) -> None:
    first = SUBJECT | {"antihistamines": [{"drug": "cetirizine", "tablets": 1}]}
    screened = {k: v for k, v in first.items() if k != "randomized"} | {"antihistamines": []}
    other = first | {"antihistamines": [{"drug": "cetirizine", "tablets": 2}]}
    assert asked(study, "subject", first, screened) == []
    assert asked(study, "subject", other, screened, first) == ["background-treatment-changed"]
    assert asked(study, "subject", first, screened, first, other) == []
