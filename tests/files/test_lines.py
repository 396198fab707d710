import io

from adapter.files.flaw import Flaw
from adapter.files.lines import numbered
from adapter.files.ndjson import read_ndjson


def test_a_line_beyond_the_limit_is_passed_over_with_its_number() -> None:
    found = list(numbered(io.BytesIO(b"aaaa\n" + b"b" * 3_000_000 + b"\ncc"), limit=10))
    assert found[0] == (1, b"aaaa\n")
    assert isinstance(found[1][1], Flaw)
    assert found[2] == (3, b"cc")


def test_blank_lines_of_ndjson_are_passed_over_and_counted() -> None:
    assert list(read_ndjson(io.BytesIO(b'\xef\xbb\xbf{"a": 1}\r\n\n{"b": 2}'))) == [
        (1, b'{"a": 1}'),
        (3, b'{"b": 2}'),
    ]


def test_ndjson_in_another_encoding_becomes_utf_8() -> None:
    raw = '{"a": "左"}\n'.encode("gb18030")
    assert list(read_ndjson(io.BytesIO(raw), "gb18030")) == [(1, '{"a": "左"}'.encode())]
