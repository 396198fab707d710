from __future__ import annotations

import zlib
from collections.abc import Iterator

from adapter.convert.cutting import MOST, WEIGHT, cut, unreadable
from adapter.files.flaw import Flaw


def test_records_are_cut_by_number_and_by_weight() -> None:
    assert [len(group) for group in cut((n, ["x"]) for n in range(MOST + 1))] == [MOST, 1]
    assert [len(group) for group in cut((n, b"x" * (WEIGHT // 2)) for n in range(3))] == [2, 1]
    assert list(cut([])) == []


def test_what_came_before_an_error_is_not_lost() -> None:
    def broken() -> Iterator[tuple[int, bytes]]:
        yield 1, b"{}"
        raise zlib.error("-3")

    ((first, (number, flaw)),) = cut(broken())
    assert first == (1, b"{}")
    assert isinstance(flaw, Flaw)
    assert (number, "was cut off or is damaged" in flaw.why, flaw.fatal) == (1, True, True)


def test_bytes_that_are_no_text_are_told_without_the_words_of_a_codec() -> None:
    raw = "左三角肌".encode("gb18030")
    flaw = unreadable(UnicodeDecodeError("utf-16-le", raw, 0, 1, "illegal encoding"))
    assert flaw.why == "this is not UTF-16-LE: try --encoding gb18030; nothing after this was read"
    assert "as --encoding says" in unreadable(UnicodeError("UTF-16 stream does not start with BOM")).why
