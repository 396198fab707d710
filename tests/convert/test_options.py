from pathlib import Path

import pytest

from adapter.convert.places import Places, distinct, shape
from adapter.errors import UsageError


@pytest.mark.parametrize(
    ("to", "asked", "out", "found"),
    [
        ("fhir", None, None, "ndjson"),
        ("crf", None, None, "csv"),
        ("fhir", None, "x.json", "json"),
        ("fhir", None, "x.xml.gz", "xml"),
        ("crf", None, "x.ndjson", "ndjson"),
        ("fhir", None, "x.csv", "ndjson"),
        ("fhir", "bundle", "x.json", "bundle"),
    ],
)
def test_the_format_is_the_one_asked_for_or_that_of_the_name(
    to: str, asked: str | None, out: str | None, found: str
) -> None:
    assert shape(to, asked, out) == found


def test_a_format_of_the_other_side_is_refused() -> None:
    with pytest.raises(UsageError, match="use one of csv, ndjson, json"):
        shape("crf", "xml", None)


def test_an_output_that_is_an_input_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is an input, which would be lost"):
        distinct([tmp_path / "a.csv"], Places(out=tmp_path / "b" / ".." / "a.csv"))
    distinct([None, tmp_path / "a.csv"], Places(out=tmp_path / "b.csv"))


def test_two_outputs_in_one_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--rejects and -o name the same file"):
        distinct([], Places(out=tmp_path / "a", rejects=tmp_path / "a"))
