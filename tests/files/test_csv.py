import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.files.csv import csv_lines, read_csv
from adapter.files.flaw import Flaw

texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


def rows(raw: bytes, encoding: str = "utf-8") -> list[tuple[int, list[str] | Flaw]]:
    return list(read_csv(io.BytesIO(raw), encoding).rows)


def why(found: list[str] | Flaw) -> str:
    assert isinstance(found, Flaw)
    return found.why


def header_flaw(raw: bytes) -> str:
    flaw = read_csv(io.BytesIO(raw)).flaw
    assert flaw is not None
    return flaw.why


@given(st.lists(st.tuples(texts, texts).filter(any)))
def test_what_is_written_is_read(table: list[tuple[str, str]]) -> None:
    found = rows(csv_lines([("a", "b"), *table]))
    assert [tuple(cells) for _, cells in found] == table  # type: ignore[arg-type]


def test_a_byte_order_mark_and_crlf_are_read() -> None:
    table = read_csv(io.BytesIO(b"\xef\xbb\xbfa,b\r\n1,2\r\n"))
    assert table.header == ("a", "b")
    assert list(table.rows) == [(2, ["1", "2"])]


def test_a_row_of_several_lines_is_named_by_its_first() -> None:
    assert rows(b'a,b\n1,"x\ny"\n2,z\n') == [(2, ["1", "x\ny"]), (4, ["2", "z"])]


def test_blank_lines_are_no_rows() -> None:
    assert rows(b"\na,b\n\n1,2\n\n") == [(4, ["1", "2"])]


def test_a_row_with_too_few_cells_is_refused_and_the_next_is_read() -> None:
    found = rows(b"a,b\n1\n2,3\n")
    assert "1 cells and the header 2" in why(found[0][1])
    assert found[1] == (3, ["2", "3"])


def test_empty_cells_beyond_the_header_do_no_harm() -> None:
    assert rows(b"a,b,\n1,2,,\n") == [(2, ["1", "2"])]


def test_a_quote_that_is_never_closed_is_named_by_the_line_where_it_opens() -> None:
    found = rows(b'a,b\n1,2\n3,"4\n5,6\n')
    assert found[0] == (2, ["1", "2"])
    assert found[1][0] == 3
    assert "opened in line 3 is never closed" in why(found[1][1])


def test_text_after_a_closing_quote_refuses_that_row_alone() -> None:
    found = rows(b'a,b\n"1"x,2\n3,4\n')
    assert "RFC 4180" in why(found[0][1])
    assert found[1] == (3, ["3", "4"])


def test_a_line_in_another_encoding_is_refused_with_the_encoding_to_try() -> None:
    found = rows("a,b\n1,2\n1,左三角肌\n3,4\n".encode("gb18030"))
    assert found[0] == (2, ["1", "2"])
    assert "try --encoding gb18030" in why(found[1][1])
    assert found[2] == (4, ["3", "4"])


def test_gb18030_is_read_when_it_is_asked_for() -> None:
    assert rows("a\n左三角肌\n".encode("gb18030"), "gb18030") == [(2, ["左三角肌"])]


def test_a_long_line_is_passed_over_and_the_next_is_read() -> None:
    found = rows(b"a\n" + b"x" * (17 << 20) + b"\n1\n")
    assert "longer than 16 MB" in why(found[0][1])
    assert found[1] == (3, ["1"])


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"a,b,a\n1,2,3\n", "a stands more than once"),
        (b"a;b\n1;2\n", "separated by ';'"),
        (b"a\tb\n1\t2\n", "separated by '\\t'"),
        (b"a,,c\n1,2,3\n", "column 2 has no name"),
        (b"\n\n", "empty"),
        ("左,b\n".encode("gb18030"), "gb18030"),
    ],
)
def test_a_header_that_names_no_columns_is_refused(raw: bytes, told: str) -> None:
    assert told in header_flaw(raw)


def test_the_line_of_the_header_is_known() -> None:
    assert read_csv(io.BytesIO(b"\n\na\n1\n")).line == 3
    assert read_csv(io.BytesIO(b'\n"a\nb"\n1\n')).line == 2


def test_a_header_that_is_too_long_is_refused_at_its_line() -> None:
    table = read_csv(io.BytesIO(b"\n" + b"a," * (9 << 20) + b"\n1\n"))
    assert table.flaw is not None
    assert ("longer than 16 MB" in table.flaw.why, table.line) == (True, 2)


def test_the_line_that_tells_excel_the_separator_is_passed_over() -> None:
    table = read_csv(io.BytesIO(b"sep=,\na,b\n1,2\n"))
    assert (table.header, table.line, list(table.rows)) == (("a", "b"), 2, [(3, ["1", "2"])])
    assert "separated by ';'" in header_flaw(b"sep=;\na;b\n")


def test_rows_of_empty_cells_are_passed_over() -> None:
    assert rows(b"a,b\n1,2\n,\n,,\n3,4\n,\n") == [(2, ["1", "2"]), (5, ["3", "4"])]
