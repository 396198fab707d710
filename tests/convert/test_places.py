from pathlib import Path

import pytest

from adapter.convert.places import Places, distinct, ending_of, places, shape
from adapter.errors import UsageError


@pytest.mark.parametrize(
    ("to", "asked", "out", "found"),
    [
        ("fhir", None, None, "ndjson"),
        ("crf", None, None, "csv"),
        ("fhir", "xml", None, "xml"),
        ("fhir", None, "x.json", "json"),
        ("fhir", None, "x.xml.gz", "xml"),
        ("fhir", None, "X.JSONL.GZ", "ndjson"),
        ("crf", None, "x.ndjson", "ndjson"),
        ("crf", None, "x", "csv"),
        ("fhir", None, "x.txt", "ndjson"),
        ("fhir", "xml", "null", "xml"),
        ("fhir", "bundle", "x.json", "bundle"),
        ("fhir", "transaction", "x.json.gz", "transaction"),
        ("fhir", "ndjson", "x.jsonl", "ndjson"),
    ],
)
def test_the_format_is_the_one_asked_for_or_that_of_the_name(
    to: str, asked: str | None, out: str | None, found: str
) -> None:
    assert shape(to, asked, None if out is None else Path(out)) == found


@pytest.mark.parametrize(
    ("to", "asked", "out", "told"),
    [
        ("fhir", None, "x.csv", "FHIR cannot be written as CSV; name it x.ndjson or x.json or x.xml"),
        ("fhir", "bundle", "a/x.csv.gz", "name it a/x.json.gz"),
        ("crf", None, "x.xml", "CRF records cannot be written as XML; name it x.csv or x.ndjson or x.json"),
        ("crf", None, "x.xlsx", "Excel workbooks are read, not written; name it x.csv"),
        ("fhir", "bundle", "x.ndjson", "asks for another: name it x.json, or leave --as bundle out"),
        ("crf", "csv", "x.json", "name it x.csv, or leave --as csv out"),
    ],
)
def test_a_name_that_says_another_format_is_refused_with_the_name_to_give(
    to: str, asked: str | None, out: str, told: str
) -> None:
    with pytest.raises(UsageError) as refused:
        shape(to, asked, Path(out))
    assert told in str(refused.value)


def test_a_format_of_the_other_side_is_refused() -> None:
    with pytest.raises(UsageError, match="use one of csv, ndjson, json"):
        shape("crf", "xml", None)


def test_an_ending_is_told_in_any_case_and_without_gz() -> None:
    assert [ending_of(Path(name)) for name in ("a.CSV", "a.csv.GZ", "a", ".gz")] == [".csv", ".csv", "", ""]


def test_a_folder_is_one_that_is_there_or_ends_in_a_slash(tmp_path: Path) -> None:
    assert places(str(tmp_path), None, None).folder == tmp_path
    assert places("new/", None, None) == Places(folder=Path("new"))
    assert places("new", None, None) == Places(out=Path("new"))
    assert places("-", None, None) == places(None, None, None) == Places()


def test_a_list_goes_to_standard_output_when_nothing_else_does() -> None:
    assert places("out", "-", None) == Places(out=Path("out"), residue="-")
    with pytest.raises(UsageError, match="the output and --rejects - would be mixed on standard output: give -o FILE"):
        places(None, None, "-")
    with pytest.raises(UsageError, match="--residue - and --rejects - would be mixed"):
        places("out", "-", "-")


def test_a_list_that_is_named_as_another_format_is_refused() -> None:
    with pytest.raises(UsageError, match=r"--rejects r\.csv: this list is written as NDJSON; name it r\.ndjson"):
        places("out", None, "r.csv")
    assert places("out", None, "r.ndjson.gz").rejects == Path("r.ndjson.gz")


def test_an_output_that_is_an_input_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is an input, which would be lost"):
        distinct([tmp_path / "a.csv"], Places(out=tmp_path / "b" / ".." / "a.csv"))
    distinct([None, tmp_path / "a.csv"], Places(out=tmp_path / "b.csv"))


def test_two_outputs_in_one_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--rejects and -o name the same file"):
        distinct([], Places(out=tmp_path / "a", rejects=tmp_path / "a"))
