"""The checker on small logs, good and bad."""

from __future__ import annotations

import pytest

from tests.soak.checker import faults
from tests.soak.log import Log, Operation, Outcome


def write(value: str, begin: float, end: float, outcome: Outcome = "ok", *registers: str) -> Operation:
    return Operation("write", registers or ("a",), value, begin, end, outcome)


def read(value: str | None, version: int, begin: float, end: float) -> Operation:
    return Operation("read", ("a",), value, begin, end, "ok", version)


def test_what_was_told_and_is_stored_is_right() -> None:
    log = [write("x", 0, 1), read("x", 1, 1.5, 2), write("y", 2, 9), read("x", 1, 3, 4), read("y", 2, 5, 6)]
    assert faults(log, {"a": ["x", "y"]}) == []


def test_an_unknown_write_may_be_there_or_not() -> None:
    log = [write("x", 0, float("inf"), "unknown")]
    assert faults(log, {"a": []}) == []
    assert faults(log, {"a": ["x"]}) == []


@pytest.mark.parametrize(
    ("log", "history", "fault"),
    [
        ([write("x", 0, 1)], [], "acknowledged and is not stored"),
        ([write("x", 0, 1, "fail")], ["x"], "refused and is stored"),
        ([], ["x"], "nobody wrote it"),
        ([write("x", 0, 1)], ["x", "x"], "stored twice"),
        ([write("x", 0, 1), write("y", 2, 3)], ["y", "x"], "had been told before"),
        ([write("x", 0, 1), read(None, 0, 2, 3)], ["x"], "had been told before"),
        ([write("x", 0, 1), write("y", 0, 5), read("y", 2, 2, 3), read("x", 1, 4, 5)], ["x", "y"], "had been told"),
        ([write("x", 0, 1), read("z", 1, 2, 3)], ["x"], "which it is not"),
        ([write("x", 0, 1), read("x", 2, 2, 3)], ["x"], "which it is not"),
    ],
)
def test_each_broken_promise_is_told(log: list[Operation], history: list[str], fault: str) -> None:
    assert any(fault in each for each in faults(log, {"a": history}))


def test_what_was_written_together_and_stands_by_halves_is_told() -> None:
    log = [write("x", 0, float("inf"), "unknown", "a", "b")]
    assert faults(log, {"a": ["x"], "b": ["x"]}) == []
    assert "alone" in faults(log, {"a": ["x"], "b": []})[0]


def test_an_operation_of_which_nothing_was_heard_is_unknown() -> None:
    log = Log()
    with pytest.raises(OSError, match="gone"), log.invoked(Operation("write", ("a",), "x")):
        raise OSError("gone")
    assert log.counts() == {"write unknown": 1}
    assert log.operations[0].end == float("inf")
