from __future__ import annotations

from datetime import UTC, datetime

from adapter.intake.desk import Desk
from adapter.intake.judging import broken
from tests.api.trial import INJECTION

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NOT_GIVEN = {"subject": "01-001", "cycle": 1, "day": 1, "outcome": "not-given"}


def test_a_check_hangs_on_a_silence_only_if_what_came_could_tell_it(desk: Desk) -> None:
    keys = [issue.key for issue in broken(desk, "injection", NOT_GIVEN, NOW)]
    assert keys == ["not-given-without-reason"]
    assert broken(desk, "injection", NOT_GIVEN, NOW, {"reason_not_given", "outcome"})
    assert broken(desk, "injection", NOT_GIVEN, NOW, {"outcome"}) == []


def test_what_was_answered_is_judged_whatever_else_came(desk: Desk) -> None:
    late = INJECTION | {"time": "2027-01-01T00:00:00Z"}
    assert [issue.key for issue in broken(desk, "injection", late, NOW, ())] == ["dated-in-future"]
