from __future__ import annotations

import pytest

from adapter.api.failure import FailureError
from adapter.api.prefer import is_strict, preferences, returned


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "representation"),
        ("return=minimal", "minimal"),
        ("respond-async, return=OperationOutcome; handling=strict", "OperationOutcome"),
        ('Return = "MINIMAL"', "minimal"),
        ("return=minimal, return=representation", "minimal"),
        ("return=nothing", "representation"),
        ("noreturn=minimal", "representation"),
    ],
)
def test_what_comes_back_is_what_is_preferred_as_far_as_it_is_known(header: str, expected: str) -> None:
    assert returned(header) == expected


def test_handling_is_lenient_until_it_is_strict_and_nothing_else() -> None:
    assert not is_strict("")
    assert not is_strict("handling=lenient")
    assert is_strict("return=minimal, handling = strict")
    with pytest.raises(FailureError):
        is_strict("handling=both")


def test_the_first_preference_of_a_name_counts() -> None:
    assert preferences("a=1; A=2, b") == {"a": "1", "b": ""}
