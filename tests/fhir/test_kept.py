from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator

import pytest

from adapter.fhir.kept import LONGEST, Kept, Together, kept, length


def test_the_length_of_what_is_asked_is_that_of_all_texts_within() -> None:
    assert length("abc") == 3
    assert length(("abc", ("de", None), 7)) == 9


def test_a_full_table_begins_anew() -> None:
    table: Kept[str, int] = Kept(3)
    for place in range(4):
        table.keep(str(place), place)
    assert table == {"3": 3}


def test_a_table_of_no_answers_keeps_none() -> None:
    table: Kept[str, int] = Kept(0)
    table.keep("a", 1)
    assert table == {}


def test_the_answer_to_a_long_question_is_not_kept() -> None:
    table: Kept[object, int] = Kept(3)
    table.keep("a" * (LONGEST + 1), 1)
    table.keep((("a" * LONGEST, "b"),), 1)
    table.keep("a" * LONGEST, 1)
    assert list(table) == ["a" * LONGEST]


def test_a_function_of_a_text_is_asked_again_of_long_and_of_forgotten_ones() -> None:
    asked: list[int] = []

    @kept(2)
    def size(text: str) -> int:
        """Return how long a text is."""
        asked.append(len(text))
        return len(text)

    assert [size("a" * each) for each in (1, 1, 2, 3, 1, LONGEST + 1, LONGEST + 1)][-1] == LONGEST + 1
    assert asked == [1, 2, 3, 1, LONGEST + 1, LONGEST + 1]
    assert size.__doc__ == "Return how long a text is."


def test_tables_together_begin_anew_at_their_weight() -> None:
    together: Together[str, int] = Together(10)
    one, other = together.new(), together.new()
    together.keep(one, "a", 1, 5)
    together.keep(other, "b", 1, 5)
    assert (dict(one), dict(other)) == ({"a": 1}, {"b": 1})
    together.keep(other, "c", 1)
    assert (dict(one), dict(other)) == ({}, {"c": 1})
    together.keep(one, "d", 1, 11)
    assert (dict(one), dict(other)) == ({}, {"c": 1})


def test_a_table_that_nobody_has_is_gone() -> None:
    together: Together[str, int] = Together(10)
    held = [together.new(), together.new()]
    del held[0]
    gc.collect()
    assert len(together._all) == 1


@pytest.fixture
def ever_changing() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("ever_changing")
def test_threads_may_ask_for_tables_while_others_fill_them() -> None:
    together: Together[int, int] = Together(5)
    held = [together.new() for _ in range(1_000)]
    finished: list[bool] = []

    def ask() -> None:
        for _ in range(2_000):
            held.append(together.new())
        finished.append(True)

    def fill() -> None:
        for place in range(400):
            together.keep(held[0], place, place)
        finished.append(True)

    threads = [threading.Thread(target=each) for each in (ask, fill, ask, fill)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert finished == [True] * 4
