import io

import pytest

from adapter.cli import progress
from adapter.cli.progress import Bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0)
    monkeypatch.setattr(progress, "EVERY", 0)


def test_a_bar_is_drawn_on_a_terminal_and_wiped() -> None:
    terminal = Terminal()
    with Bar(stream=terminal) as bar:
        bar(50, 200, 1234)
    assert " 25%  1,234 records" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_an_unknown_size_gives_the_count_alone() -> None:
    terminal = Terminal()
    with Bar("subjects", terminal) as bar:
        bar(50, 0, 7)
    assert "7 subjects" in terminal.getvalue()
    assert "%" not in terminal.getvalue()


def test_nothing_is_drawn_where_no_one_looks() -> None:
    stream = io.StringIO()
    with Bar(stream=stream) as bar:
        bar(50, 200, 1234)
    assert stream.getvalue() == ""
