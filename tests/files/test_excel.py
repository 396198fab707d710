import datetime as dt
import io
from typing import Any

import openpyxl
import pytest

from adapter.files.excel import read_excel
from adapter.files.flaw import Flaw
from adapter.files.table import LocalTime, Table


def day(*parts: int) -> dt.datetime:
    """A cell of Excel knows no offset."""
    return dt.datetime(*parts)  # type: ignore[arg-type,misc]  # noqa: DTZ001


def tables(*rows: list[Any], edit: Any = None) -> list[Table]:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "injection"
    for row in rows:
        sheet.append(row)
    if edit is not None:
        edit(sheet)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return list(read_excel(stream))


def rows(*given: list[Any], edit: Any = None) -> list[tuple[int, list[str] | Flaw]]:
    (table,) = tables(*given, edit=edit)
    assert table.flaw is None
    return list(table.rows)


def cell(value: Any, number_format: str | None = None) -> str | Flaw:
    def edit(sheet: Any) -> None:
        sheet["A2"] = value
        if number_format is not None:
            sheet["A2"].number_format = number_format

    ((_, found),) = rows(["a", "b"], [None, "x"], edit=edit)
    return found if isinstance(found, Flaw) else found[0]


def why(found: str | list[str] | Flaw) -> str:
    assert isinstance(found, Flaw)
    return found.why


def test_a_sheet_is_a_table_with_its_name() -> None:
    (table,) = tables(["subject", "cycle"], ["01-001", 1])
    assert (table.sheet, table.header) == ("injection", ("subject", "cycle"))
    assert list(table.rows) == [(2, ["01-001", "1"])]


def test_rows_keep_their_numbers_though_others_are_empty() -> None:
    assert rows([], ["a"], [], ["x"], []) == [(4, ["x"])]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (1.0, "1"),
        (1.1, "1.1"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (True, "true"),
        (False, "false"),
    ],
)
def test_numbers_and_booleans_are_written_as_excel_shows_them(value: Any, text: str) -> None:
    assert cell(value) == text


@pytest.mark.parametrize(
    ("value", "shown", "text"),
    [
        (day(2025, 6, 1), "yyyy-mm-dd", "2025-06-01"),
        (day(2025, 6, 1), "mmm-yy", "2025-06"),
        (day(2025, 1, 1), "yyyy", "2025"),
        (day(2025, 6, 1, 8, 30), "yyyy-mm-dd hh:mm", "2025-06-01T08:30:00"),
        (day(2025, 6, 1), "yyyy-mm-dd hh:mm", "2025-06-01T00:00:00"),
        (day(2025, 6, 1), '"h" yyyy-mm-dd', "2025-06-01"),
        (45809.354166666664, "yyyy-mm-dd hh:mm", "2025-06-01T08:30:00"),
        (day(2025, 6, 1, 8, 30, 0, 250_000), "hh:mm:ss.000", "2025-06-01T08:30:00.250"),
        (day(2025, 6, 1, 8, 30, 0, 250_000), "hh:mm:ss", "2025-06-01T08:30:00"),
        (day(2025, 6, 1), '[$-804]yyyy"年"m"月"d"日"', "2025-06-01"),
        (45809, "yyyy-mm-dd", "2025-06-01"),
        (45809, "General", "45809"),
    ],
)
def test_a_date_stored_as_a_number_is_read_as_far_as_its_format_shows_it(value: Any, shown: str, text: str) -> None:
    assert cell(value, shown) == text


def test_a_time_is_told_from_the_text_of_one() -> None:
    assert isinstance(cell(day(2025, 6, 1, 8, 30), "yyyy-mm-dd hh:mm"), LocalTime)
    assert not isinstance(cell("2025-06-01T08:30:00"), LocalTime)
    assert not isinstance(cell(day(2025, 6, 1), "yyyy-mm-dd"), LocalTime)


def test_the_row_of_the_header_is_known() -> None:
    (table,) = tables([], ["a"], ["x"])
    assert table.line == 2


def test_a_formula_without_a_result_is_named_with_its_column() -> None:
    assert why(cell("=1+1")).startswith("a: this is a formula without a result")


def test_an_error_value_is_named() -> None:
    def edit(sheet: Any) -> None:
        sheet["A2"] = "#DIV/0!"
        sheet["A2"].data_type = "e"

    ((_, found),) = rows(["a", "b"], [None, "x"], edit=edit)
    assert "#DIV/0!" in why(found)


def test_merged_cells_refuse_the_rows_that_they_hide() -> None:
    found = rows(["a", "b"], ["x", 1], [None, 2], ["y", 3], edit=lambda sheet: sheet.merge_cells("A2:A3"))
    assert found[0] == (2, ["x", "1"])
    assert "merged into A2:A3" in why(found[1][1])
    assert found[2] == (4, ["y", "3"])


def test_a_merged_header_is_refused() -> None:
    (table,) = tables(["a", None], ["x", "y"], edit=lambda sheet: sheet.merge_cells("A1:B1"))
    assert table.flaw is not None
    assert "A1:B1" in table.flaw.why


def test_a_value_in_a_column_without_a_name_is_refused() -> None:
    ((_, found),) = rows(["a"], ["x", "y"])
    assert "column 2" in why(found)


def test_what_is_no_workbook_is_named() -> None:
    (table,) = read_excel(io.BytesIO(b"PK\x03\x04 and then nothing"))
    assert table.flaw is not None
    assert "no readable .xlsx" in table.flaw.why
