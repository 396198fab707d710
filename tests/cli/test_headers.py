"""The header of a table through the real command: judged once, for its form, its site and each column."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import HEADER, Crfhir, rows

GOOD = rows("1.10", "0.9")
UNKNOWN = "unknown column 'volumes'; did you mean volume?; what it holds is not read"


def test_an_unknown_column_is_told_once_and_its_rows_are_refused(crfhir: Crfhir) -> None:
    Path("injection.csv").write_text("\n" + GOOD.replace("volume", "volumes"))
    ended = crfhir("convert", "injection.csv", "--to", "fhir", "--rejects", "rejects.ndjson")
    assert (ended.status, ended.out) == (1, b"")
    assert ended.err.splitlines()[1:] == [
        f"  line 2, column 6, injection: error: {UNKNOWN} [structure]",
        "0 records became 0 resources.",
        "2 inputs were refused: 1 error, all in rejects.ndjson.",
    ]
    refused = [json.loads(line) for line in Path("rejects.ndjson").read_text().splitlines()]
    assert [each["place"]["line"] for each in refused] == [2, 3, 4]
    assert all("'volumes'" in each["issues"][-1]["diagnostics"] for each in refused)


def test_the_other_cells_of_the_rows_are_judged_too(crfhir: Crfhir) -> None:
    Path("injection.csv").write_text(GOOD.replace("volume", "volumes").replace("deltoid-left", "arm"))
    ended = crfhir("convert", "injection.csv", "--to", "fhir")
    assert "line 2, injection.body_site: error: found 'arm'" in ended.err
    assert "3 errors" in ended.err


def test_a_column_that_is_missing_is_told_once(crfhir: Crfhir) -> None:
    Path("diary.csv").write_text("subject,wheals,itch\n" + "01-001,1,1\n" * 5)
    ended = crfhir("convert", "diary.csv", "--to", "fhir")
    assert ended.err.count("there is no column date") == 1
    assert "5 inputs were refused: 1 error" in ended.err


def test_the_words_of_a_site_name_the_site(crfhir: Crfhir) -> None:
    Path("diary.csv").write_text("受试者编号,日记日期,风团,瘙痒\n01-001,2025-06-01,1,1\n")
    ended = crfhir("convert", "diary.csv", "--to", "fhir")
    assert "words of site 01: give --site 01" in ended.err
    assert "1 input was refused: 1 error" in ended.err
    assert crfhir("convert", "diary.csv", "--to", "fhir", "--site", "01").status == 0


def test_the_header_of_another_form_names_the_form(crfhir: Crfhir) -> None:
    Path("diary.csv").write_text(GOOD)
    ended = crfhir("convert", "diary.csv", "--to", "fhir")
    assert "columns of the form injection: give --form injection" in ended.err
    assert crfhir("convert", "diary.csv", "--to", "fhir", "--form", "injection").status == 0


def test_columns_that_fit_one_form_alone_tell_the_form(crfhir: Crfhir) -> None:
    Path("injection.csv").write_text(GOOD)
    named = crfhir("convert", "injection.csv", "--to", "fhir")
    piped = crfhir("convert", "-", "--to", "fhir", stdin=GOOD.encode())
    assert (piped.status, piped.out) == (0, named.out)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("subject,sequence,ongoing\n01-001,1,true\n", "its columns fit adverse_event and medication alike"),
        ('{"subject":"01-001","sequence":1}\n', "this record fits adverse_event and medication alike: give --form"),
        ('{"subject":"01-001","sequense":1}\n', "cannot be told from its items: give --form"),
        ('{"form":"injektion","record":{}}\n', "there is no form 'injektion'; did you mean injection?"),
    ],
)
def test_what_fits_several_forms_or_none_asks_for_the_form(crfhir: Crfhir, text: str, told: str) -> None:
    ended = crfhir("convert", "-", "--to", "fhir", stdin=text.encode())
    assert ended.status == 1
    assert told in ended.err


def test_records_through_a_pipe_tell_their_form_by_their_items(crfhir: Crfhir) -> None:
    Path("injection.csv").write_text(GOOD)
    first = crfhir("convert", "injection.csv", "--to", "fhir").out
    records = crfhir("convert", "-", "--to", "crf", "--as", "ndjson", stdin=first).out
    assert b'"form"' not in records
    assert crfhir("convert", "-", "--to", "fhir", stdin=records).out == first


def book(**sheets: list[list[object]]) -> None:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, lines in sheets.items():
        sheet = made.create_sheet(name)
        for line in lines:
            sheet.append(line)
    made.save("book.xlsx")


def test_a_sheet_of_any_name_is_told_by_its_columns(crfhir: Crfhir) -> None:
    columns: list[object] = ["subject", "date", "wheals", "itch"]
    book(Export=[columns, ["01-001", "2025-06-01", 1, 1]], Notes=[["a"], ["b"]])
    ended = crfhir("convert", "book.xlsx", "--to", "fhir")
    assert (ended.status, len(ended.lines)) == (0, 2)
    assert "sheet Notes" in ended.err


def test_a_column_of_a_sheet_is_named_by_its_letter(crfhir: Crfhir) -> None:
    book(diary=[["subject", "date", "wheals", "itchy"], ["01-001", "2025-06-01", 1, 1]])
    assert "sheet diary, row 1, column D, diary: error" in crfhir("convert", "book.xlsx", "--to", "fhir").err


def test_a_workbook_without_a_sheet_of_a_form_says_what_it_has(crfhir: Crfhir) -> None:
    book(Notes=[["a"], ["b"]], Cover=[["x"]])
    ended = crfhir("convert", "book.xlsx", "--to", "fhir")
    assert ended.status == 1
    assert "found are Notes, Cover; expected is a sheet named after its form" in ended.err
    assert crfhir("convert", "book.xlsx", "--to", "fhir", "--form", "diary").err.count("no column is one of diary") == 2


def test_header_alone_is_no_fault_and_a_faulty_one_is(crfhir: Crfhir) -> None:
    assert crfhir("convert", "-", "--to", "fhir", stdin=HEADER.encode()).status == 0
    Path("injection.csv").write_text(HEADER.replace("kit", "kitt"))
    ended = crfhir("convert", "injection.csv", "--to", "fhir")
    assert ended.status == 1
    assert "did you mean kit?" in ended.err
