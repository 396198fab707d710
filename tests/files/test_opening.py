import gzip
import io
from pathlib import Path
from typing import NamedTuple

import pytest

from adapter.files.opening import opened
from adapter.files.source import Source


class Seen(NamedTuple):
    kind: str
    encoding: str
    flaw: str
    text: bytes


def of(tmp_path: Path, name: str, raw: bytes, encoding: str = "utf-8") -> Seen:
    path = tmp_path / name
    path.write_bytes(raw)
    file = opened(Source(name, path), encoding)
    with file.stream:
        return Seen(file.kind, file.encoding, "" if file.flaw is None else file.flaw.why, file.stream.read())


@pytest.mark.parametrize(
    ("name", "raw", "kind"),
    [
        ("x.csv", b"a,b\n", "csv"),
        ("x", b"a,b\n", "csv"),
        ("x.txt", b'{"a": 1}\n{"a": 2}\n', "ndjson"),
        ("x.json", b'{"a": 1}\n{"a": 2}\n', "ndjson"),
        ("x.json", b'{\n"a": 1}\n', "json"),
        ("x.json", b'{"a": 1}', "json"),
        ("x.json", b'\xef\xbb\xbf [{"a": 1}]', "json"),
        ("x.ndjson", b'{"a": \n', "ndjson"),
        ("x.csv", b"<Patient/>", "xml"),
        ("x.csv", b"PK\x03\x04", "xlsx"),
        ("x.csv", b"", "empty"),
        ("x.csv", b" \n\n", "empty"),
    ],
)
def test_the_format_is_told_from_the_content_before_the_name(tmp_path: Path, name: str, raw: bytes, kind: str) -> None:
    assert of(tmp_path, name, raw).kind == kind


def test_gzip_is_told_from_the_content(tmp_path: Path) -> None:
    file = of(tmp_path, "x.csv", gzip.compress(b"a,b\n1,2\n"))
    assert (file.kind, file.text) == ("csv", b"a,b\n1,2\n")


def test_the_whole_of_a_long_file_is_read(tmp_path: Path) -> None:
    raw = b"a,b\n" + b"1,2\n" * 100_000
    assert of(tmp_path, "x.csv", raw).text == raw


def test_utf_16_becomes_utf_8(tmp_path: Path) -> None:
    file = of(tmp_path, "x.csv", "a,左\n".encode("utf-16"), "utf-16")
    assert (file.kind, file.encoding, file.text.decode()) == ("csv", "utf-8", "a,左\n")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0 old", "save it as .xlsx"),
        ("a,b\n".encode("utf-16"), "--encoding utf-16"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_says_why(tmp_path: Path, raw: bytes, told: str) -> None:
    assert told in of(tmp_path, "x", raw).flaw


def test_standard_input_is_read_though_it_cannot_be_rewound(monkeypatch: pytest.MonkeyPatch) -> None:
    class Standard:
        buffer = io.BytesIO(b"a,b\n1,2\n")

    monkeypatch.setattr("sys.stdin", Standard)
    assert opened(Source("standard input", None), "utf-8").stream.read() == b"a,b\n1,2\n"
