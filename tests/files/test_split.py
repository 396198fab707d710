import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.files.flaw import Flaw
from adapter.files.split import BrokenError, Splitter, read_json, top_member

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def elements(text: str | bytes, member: str | None = None) -> list[tuple[int, bytes | Flaw]]:
    raw = text.encode() if isinstance(text, str) else text
    return list(read_json(io.BytesIO(raw), member))


def flaws(text: str | bytes, member: str | None = None) -> list[str]:
    return [found.why for _, found in elements(text, member) if isinstance(found, Flaw)]


@given(st.lists(values), st.sampled_from([None, 2]), st.booleans())
def test_a_list_is_split_into_the_values_that_it_holds(items: list[object], indent: int | None, ascii_: bool) -> None:
    text = json.dumps(items, indent=indent, ensure_ascii=ascii_).encode("utf-8", "surrogatepass")
    assert [json.loads(raw) for _, raw in elements(text)] == items  # type: ignore[arg-type]


@given(st.lists(values), st.dictionaries(st.text().filter(lambda key: key != "entry"), values, max_size=3))
def test_the_entries_of_an_object_come_first_and_then_what_stands_around_them(
    items: list[object], around: dict[str, object]
) -> None:
    found = elements(json.dumps({**around, "entry": items}), "entry")
    assert [json.loads(raw) for _, raw in found[:-1]] == items  # type: ignore[arg-type]
    assert json.loads(found[-1][1]) == {**around, "entry": []}  # type: ignore[arg-type]


def test_an_object_without_the_member_is_one_element() -> None:
    assert elements('{"a": [1, 2]}') == [(1, b'{"a": [1, 2]}')]


def test_elements_know_the_line_on_which_they_begin() -> None:
    assert [line for line, _ in elements('[\n{"a":\n1},\n\n{"b": 2}\n]')] == [2, 5]


def test_a_broken_element_spoils_no_other() -> None:
    found = elements('[{"a": 1}, {"a": NaN, "a": 01}, {"b": 2}]')
    assert [raw for _, raw in found] == [b'{"a": 1}', b'{"a": NaN, "a": 01}', b'{"b": 2}']


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_document_that_was_cut_off_gives_what_was_whole_and_says_so(cut: int) -> None:
    text = b'{"entry": [{"a": "x"}, {"b": "}"}, {"c": [1]}]}'
    found = elements(text[:-cut], "entry")
    assert all(raw in (b'{"a": "x"}', b'{"b": "}"}', b'{"c": [1]}') for _, raw in found[:-1])
    assert isinstance(found[-1][1], Flaw)
    assert found[-1][1].fatal


def test_text_after_the_document_is_named() -> None:
    assert flaws('[1] {"x": 1}') == ["text follows the end of the JSON document: it was not read"]


def test_a_missing_comma_is_named_with_what_was_found() -> None:
    assert flaws('[{"a": 1} {"b": 2}]') == ["expected , or ] and found '{\"b\": 2}]': nothing after this was read"]


def test_an_element_beyond_the_limit_is_refused_before_it_is_held() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            buffer[:] = b'["' + b"x" * (len(buffer) - 2) if not self.given else b"x" * len(buffer)
            self.given += len(buffer)
            return len(buffer)

    stream = Endless()
    splitter = Splitter(io.BufferedReader(stream), limit=1 << 20)
    splitter.take(b"[")
    with pytest.raises(BrokenError):
        splitter._nested()
    assert stream.given < 8 << 20


def test_a_byte_order_mark_is_passed() -> None:
    assert elements(b'\xef\xbb\xbf[{"a": 1}]') == [(1, b'{"a": 1}')]


def test_the_kind_of_a_document_is_told_from_its_first_bytes() -> None:
    head = b'{"id": "x", "contained": [{"resourceType": "Patient"}], "resourceType": "Bundle", "entry": ['
    assert top_member(head, "resourceType") == b'"Bundle"'
    assert top_member(b'{"id": "x", "entry": [{"resourceType": "Patient"', "resourceType") is None


def test_endless_nesting_is_refused_before_it_is_read_to_its_end() -> None:
    assert flaws("[" * 100_000) == ["an element is nested more than 1000 deep: nothing after this was read"]
    assert flaws("[" + "[" * 900 + "]" * 900 + "]") == []
