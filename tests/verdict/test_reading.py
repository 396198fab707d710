from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from adapter.errors import UsageError
from adapter.files.flaw import Flaw
from adapter.verdict.reading import Item, fhir_sources, items

PATIENT = b'{"resourceType":"Patient"}'


def read(*inputs: Path) -> list[Item]:
    return list(items(fhir_sources([str(each) for each in inputs]), lambda _read, _all: None))


def file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_a_file_is_one_resource_as_it_is_written(tmp_path: Path) -> None:
    path = file(tmp_path, "one.json", b'{\n "resourceType": "Patient"\n}\n')
    (item,) = read(path)
    assert (item.source, item.line, item.raw) == (str(path), 1, path.read_bytes())


def test_of_ndjson_each_line_is_one_and_named_by_its_line(tmp_path: Path) -> None:
    path = file(tmp_path, "many.ndjson", PATIENT + b"\n\n" + PATIENT + b"\r\n")
    found = read(path)
    assert [(item.source, item.line, item.raw) for item in found] == [
        (f"{path}:1", 1, PATIENT),
        (f"{path}:3", 3, PATIENT),
    ]


def test_resources_in_lines_are_ndjson_whatever_the_file_is_called(tmp_path: Path) -> None:
    path = file(tmp_path, "many.json", PATIENT + b"\n" + PATIENT + b"\n")
    assert [item.source for item in read(path)] == [f"{path}:1", f"{path}:2"]


def test_of_a_list_each_entry_is_one_and_named_by_its_place(tmp_path: Path) -> None:
    path = file(tmp_path, "list.json", b"\xef\xbb\xbf[" + PATIENT + b",\n " + PATIENT + b"]")
    assert [(item.source, item.line, item.raw) for item in read(path)] == [
        (f"{path}[0]", 1, PATIENT),
        (f"{path}[1]", 2, PATIENT),
    ]


def test_an_empty_list_holds_nothing(tmp_path: Path) -> None:
    assert read(file(tmp_path, "list.json", b" []")) == []


def test_xml_is_told_by_its_content(tmp_path: Path) -> None:
    (item,) = read(file(tmp_path, "one.txt", b'<Patient xmlns="http://hl7.org/fhir"/>'))
    assert item.is_xml


def test_gzip_is_undone(tmp_path: Path) -> None:
    (item,) = read(file(tmp_path, "one.json.gz", gzip.compress(PATIENT)))
    assert item.raw == PATIENT


def test_a_folder_is_walked_and_its_records_are_passed_over(tmp_path: Path) -> None:
    for name in ("b/two.ndjson", "a.json", "c.xml", "records.csv", "records.xlsx", ".hidden.json", "readme.md"):
        file(tmp_path, name, PATIENT)
    names = [Path(item.source.partition(":")[0]).name for item in read(tmp_path)]
    assert names == ["a.json", "c.xml", "two.ndjson"]


def test_a_folder_without_fhir_is_told(tmp_path: Path) -> None:
    file(tmp_path, "records.csv", b"a,b\n")
    with pytest.raises(UsageError, match=r"no file that ends in \.json, \.ndjson, \.jsonl, \.xml \("):
        read(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("records.csv", b"subject,day\n1,2\n", "no FHIR"),
        ("empty.json", b"", "empty"),
        ("blank.ndjson", b" \n\n", "empty"),
        ("cut.json.gz", gzip.compress(PATIENT * 9, mtime=0)[:-9], "ended before"),
        ("cut.json", b'[{"resourceType":"Patient"}, {"resou', "cut off"),
    ],
)
def test_what_cannot_be_read_is_an_item_that_says_so(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    last = read(file(tmp_path, name, content))[-1].raw
    assert isinstance(last, Flaw)
    assert why in last.why


def test_what_comes_before_a_broken_end_is_still_read(tmp_path: Path) -> None:
    first, last = read(file(tmp_path, "cut.json", b"[" + PATIENT + b', {"resou'))
    assert first.raw == PATIENT
    assert isinstance(last.raw, Flaw)


def test_progress_is_told_in_bytes(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    paths = [file(tmp_path, name, PATIENT) for name in ("a.json", "b.json")]
    list(items(fhir_sources([str(each) for each in paths]), lambda read, total: told.append((read, total))))
    assert told == [(26, 52), (52, 52)]


def test_a_package_s_folder_is_read_without_what_describes_it(tmp_path: Path) -> None:
    file(tmp_path, "package.json", b'{"name":"a"}')
    file(tmp_path, ".index.json", b"{}")
    path = file(tmp_path, "Patient-a.json", PATIENT)
    assert [item.source for item in read(tmp_path)] == [str(path)]


def test_a_folder_that_holds_a_manifest_alone_holds_nothing(tmp_path: Path) -> None:
    file(tmp_path, "package.json", b'{"name":"a"}')
    with pytest.raises(UsageError, match=r"only package\.json"):
        read(tmp_path)


@pytest.mark.parametrize("name", ["a.tgz", "a.tar.gz"])
def test_a_package_is_told_to_be_no_input(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="give it to --definitions"):
        read(file(tmp_path, name, b"\x1f\x8b"))


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_another_encoding_is_advised_to_be_saved_as_utf_8(tmp_path: Path, encoding: str) -> None:
    text = '{"resourceType":"Patient","id":"a","name":[{"family":"M\u00fcller"}]}'
    (item,) = read(file(tmp_path, "a.json", text.encode(encoding)))
    if isinstance(item.raw, Flaw):
        assert item.raw.why.endswith(": save it as UTF-8")
        assert "--encoding" not in item.raw.why
    assert isinstance(item.raw, Flaw) or encoding == "latin-1"  # told when its JSON is read
