"""Pieces of text: however many there are and in whichever order, one function writes them one after the other."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from adapter.fhir.primitive import number
from adapter.mapping.pieces import Given, Piece, as_it_is, closure

RECORD = {"subject": "01-001", "cycle": 2, "dose": number("1e2"), "volume": Decimal("1.10")}


def written(name: str) -> str:
    return f"<{RECORD[name]!s}>"


texts = st.sampled_from(["", "a", "%s", "{}", "%(subject)s", "\\"])
answers = st.sampled_from([Given(name) for name in RECORD])
functions = st.sampled_from([lambda record, name=name: written(name) for name in RECORD])


@given(st.lists(texts | answers | functions, max_size=30))
def test_pieces_are_written_one_after_the_other(pieces: list[Piece]) -> None:
    apart = [
        piece if isinstance(piece, str) else str(RECORD[piece.item]) if isinstance(piece, Given) else piece(RECORD)
        for piece in pieces
    ]
    assert closure(pieces)(RECORD) == "".join(apart)


def test_an_answer_that_is_written_as_it_is_keeps_its_digits() -> None:
    write = as_it_is("dose", ',"value":', "}", "", lambda reason: reason)
    assert write(RECORD) == ',"value":1e2}'
