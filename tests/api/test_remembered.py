from __future__ import annotations

from adapter.api.remembered import LONGEST, remembered


def counted(most: int) -> tuple[list[str], object]:
    calls: list[str] = []

    @remembered(most)
    def length(text: str) -> int:
        calls.append(text)
        return len(text)

    return calls, length


def test_what_was_asked_before_is_not_asked_again() -> None:
    calls, length = counted(2)
    assert [length(text) for text in ("a", "bb", "a", "bb")] == [1, 2, 1, 2]  # type: ignore[operator]
    assert calls == ["a", "bb"]


def test_only_so_many_are_kept() -> None:
    calls, length = counted(2)
    assert [length(text) for text in ("a", "b", "c", "a")] == [1, 1, 1, 1]  # type: ignore[operator]
    assert calls == ["a", "b", "c", "a"]


def test_what_is_long_is_answered_and_not_kept() -> None:
    calls, length = counted(2)
    text = "x" * (LONGEST + 1)
    assert [length(text), length(text)] == [LONGEST + 1] * 2  # type: ignore[operator]
    assert calls == [text, text]
