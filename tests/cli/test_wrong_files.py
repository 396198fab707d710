"""Files that are not what they seem, or hold nothing, through the real command."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import HEADER, Crfhir, rows

GOOD = rows("1.10", "0.9")
WORDS = "左三角肌"


@pytest.mark.parametrize("to", ["fhir", "crf"])
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hello\n", "line 1, column 1: fatal: this is no JSON: it begins with 'hello' and looks like plain text"),
        ("\n\n  a,b\n1,2\n", "line 3, column 3: fatal: this is no JSON: it begins with 'a,b' and looks like CSV"),
        ("<!DOCTYPE html><html><body>", "this is an HTML page"),
    ],
)
def test_a_file_named_json_that_is_none_says_what_it_looks_like(crfhir: Crfhir, text: str, told: str, to: str) -> None:
    Path("injection.json").write_text(text)
    ended = crfhir("convert", "injection.json", "--to", to)
    assert (ended.status, ended.out) == (1, b"")
    assert told in ended.err


def test_broken_json_is_told_with_its_column(crfhir: Crfhir) -> None:
    Path("injection.json").write_text('{"subject": oops}')
    told = crfhir("convert", "injection.json", "--to", "fhir").err
    assert "line 1, column 13, entry 1: error: this is no JSON" in told


def test_xml_of_another_kind_is_no_resource_already(crfhir: Crfhir) -> None:
    Path("export.xml").write_text('<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"/>')
    ended = crfhir("convert", "export.xml", "--to", "fhir")
    assert "its root is <ODM>" in ended.err
    assert "already" not in ended.err


@pytest.mark.parametrize(
    ("raw", "to", "told"),
    [
        (b'{"resourceType":"Bundle","type":"collection"}', "crf", "the Bundle has no entries"),
        (b'{"resourceType":"Bundle","type":"collection","entry":[]}', "crf", "the Bundle has no entries"),
        (b'<Bundle xmlns="http://hl7.org/fhir"><type value="batch"/></Bundle>', "crf", "the Bundle has no entries"),
        (b'{"resourceType":"Bundle"}\n{"resourceType":"Bundle"}\n', "crf", "no FHIR resource was found in standard"),
        (b"[]", "crf", "the list is empty"),
        (b"[]", "fhir", "the list is empty"),
    ],
)
def test_an_input_with_nothing_to_convert_is_named(crfhir: Crfhir, raw: bytes, to: str, told: str) -> None:
    ended = crfhir("convert", "-", "--to", to, stdin=raw)
    assert (ended.status, ended.out) == (1, b"")
    assert told in ended.err
    assert "Nothing was read: 1 " in ended.err


def test_a_folder_of_the_other_side_alone_is_nothing_to_convert(crfhir: Crfhir) -> None:
    Path("in").mkdir()
    Path("in/injection.csv").write_text(GOOD)
    ended = crfhir("convert", "in", "--to", "crf")
    assert ended.status == 1
    assert "no FHIR resource was found in in/injection.csv" in ended.err


def test_an_empty_bundle_keeps_no_other_file_from_being_converted(crfhir: Crfhir) -> None:
    Path("injection.csv").write_text(GOOD)
    Path("a.json").write_text('{"resourceType":"Bundle","type":"searchset","entry":[]}')
    Path("b.json").write_bytes(crfhir("convert", "injection.csv", "--to", "fhir", "--as", "bundle").out)
    ended = crfhir("convert", "a.json", "b.json", "--to", "crf")
    assert (ended.status, ended.out.decode()) == (1, GOOD)
    assert ended.err.startswith("a.json\n  line 1: fatal: the Bundle has no entries: there is nothing to convert")


def workbook(*times: object) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "injection"
    sheet.append(HEADER.strip().split(","))
    for day, time in enumerate(times, 1):
        sheet.append(["01-001", 1, day, "given", time, 1, "deltoid-left", "K-17", None, False])
        sheet.cell(day + 1, 5).number_format = "yyyy-mm-dd hh:mm"
    book.save("book.xlsx")


def local(*parts: int) -> dt.datetime:
    """A cell of Excel knows no offset."""
    return dt.datetime(*parts)  # type: ignore[arg-type,misc]  # noqa: DTZ001


@pytest.mark.parametrize("words", [[], ["--site", "01"], ["--site", "04"]])
def test_a_time_of_a_workbook_gets_the_offset_of_the_study_or_the_site(crfhir: Crfhir, words: list[str]) -> None:
    workbook(local(2025, 6, 1, 8, 30), local(2025, 6, 2))
    ended = crfhir("convert", "book.xlsx", "--to", "fhir", "--form", "injection", *words)
    assert ended.status == 0
    times = [line["effectiveDateTime"] for line in ended.lines if line["resourceType"] == "MedicationAdministration"]
    assert times == ["2025-06-01T08:30:00+08:00", "2025-06-02T00:00:00+08:00"]


def test_a_time_that_a_workbook_keeps_as_text_is_refused_without_a_site_as_in_csv(crfhir: Crfhir) -> None:
    workbook("2025-06-01T08:30:00")
    ended = crfhir("convert", "book.xlsx", "--to", "fhir")
    assert ended.status == 1
    assert "write 2025-06-01T08:30:00+08:00" in ended.err
    assert crfhir("convert", "book.xlsx", "--to", "fhir", "--site", "01").status == 0


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-16-le", "big5"])
def test_a_wrong_encoding_names_gb18030_and_no_codec(crfhir: Crfhir, encoding: str) -> None:
    Path("injection.csv").write_bytes(rows(*["1.0"] * 6).replace("deltoid-left", WORDS).encode("gb18030"))
    ended = crfhir("convert", "injection.csv", "--to", "fhir", "--encoding", encoding)
    assert (ended.status, ended.out) == (1, b"")
    assert "--encoding gb18030" in ended.err
    assert "codec" not in ended.err


def test_the_other_order_of_bytes_is_named(crfhir: Crfhir) -> None:
    Path("injection.csv").write_bytes(GOOD.encode("utf-16-le"))
    ended = crfhir("convert", "injection.csv", "--to", "fhir", "--encoding", "utf-16-be")
    assert "give --encoding utf-16-le" in ended.err


def test_the_word_of_a_site_names_the_sites_that_know_it(crfhir: Crfhir) -> None:
    Path("injection.csv").write_text(GOOD.replace("deltoid-left", WORDS))
    assert "the sites 01, 03 write this for deltoid-left" in crfhir("convert", "injection.csv", "--to", "fhir").err
    ended = crfhir("convert", "injection.csv", "--to", "fhir", "--site", "02")
    assert "(--site 01)" in ended.err


def test_a_list_goes_to_standard_output_where_the_output_does_not(crfhir: Crfhir) -> None:
    Path("injection.csv").write_text(rows("1.0", "99"))
    both = crfhir("convert", "injection.csv", "--to", "fhir", "--rejects", "-")
    assert (both.status, both.out) == (2, b"")
    ended = crfhir("convert", "injection.csv", "--to", "fhir", "--rejects", "-", "-o", "out")
    assert [line["place"]["line"] for line in ended.lines] == [3]
    assert "all on standard output" in ended.err
    assert not Path("-").exists()


def test_a_list_that_ends_in_gz_is_gzipped(crfhir: Crfhir) -> None:
    Path("injection.csv").write_text(rows("99"))
    crfhir("convert", "injection.csv", "--to", "fhir", "--rejects", "r.ndjson.gz")
    assert json.loads(gzip.decompress(Path("r.ndjson.gz").read_bytes()))["place"]["line"] == 2


@pytest.mark.parametrize("option", ["-o", "--rejects", "--residue"])
def test_a_folder_that_is_missing_is_told_with_the_option(crfhir: Crfhir, option: str) -> None:
    Path("injection.csv").write_text(GOOD)
    ended = crfhir("convert", "injection.csv", "--to", "fhir", option, "no/such/x.ndjson")
    assert (ended.status, ended.out) == (1, b"")
    assert ended.err == (
        f"no/such/x.ndjson cannot be written: there is no folder no/such. Give another place with {option}.\n"
    )
