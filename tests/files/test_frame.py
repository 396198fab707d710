import io

import pytest

from adapter.files.frame import Frame, Framed

LIST = Frame(b"[\n  ", b",\n  ", b"\n]\n", none=b"[]\n", single=(b"", b"\n"), indent=b"  ")
LINES = Frame(between=b"\n", after=b"\n")


def written(frame: Frame, *pieces: bytes) -> bytes:
    stream = io.BytesIO()
    framed = Framed(stream, frame)
    for piece in pieces:
        framed.write("name", piece)
    framed.end()
    return stream.getvalue()


@pytest.mark.parametrize(
    ("frame", "pieces", "text"),
    [
        (LINES, [], b""),
        (LINES, [b"a"], b"a\n"),
        (LINES, [b"a", b"b"], b"a\nb\n"),
        (LIST, [], b"[]\n"),
        (LIST, [b"{\n}"], b"{\n}\n"),
        (LIST, [b"{\n}", b"1"], b"[\n  {\n  },\n  1\n]\n"),
        (Frame(before=b"head\n", none=b"head\n"), [], b"head\n"),
        (Frame(before=b"head\n", none=b"head\n"), [b"1\n", b"2\n"], b"head\n1\n2\n"),
    ],
)
def test_pieces_are_framed_by_how_many_there_are(frame: Frame, pieces: list[bytes], text: bytes) -> None:
    assert written(frame, *pieces) == text


def test_a_piece_is_wrapped_with_its_name_unless_it_is_alone() -> None:
    frame = Frame(b"<", after=b">", single=(b"", b""), wrap=lambda name, raw: name.encode() + b"=" + raw)
    assert written(frame, b"1") == b"1"
    assert written(frame, b"1", b"2") == b"<name=1name=2>"
