import json as standard
import sys
import time
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.fhir import json as fhir_json
from adapter.fhir.json import FhirSyntaxError
from adapter.fhir.primitive import number

texts = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"))
written = st.from_regex(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,10})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)
numbers = written.map(number)
tokens = st.text(alphabet='{}[]":,\\u0eE+-.123dcNanInfity\n ', max_size=40)
values = st.recursive(
    st.none() | st.booleans() | texts | numbers,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(texts, below, max_size=4),
    max_leaves=20,
)


@given(values)
def test_what_is_written_is_read_back_with_its_digits(value):
    raw = fhir_json.encode(value)
    assert fhir_json.parse(raw) == value
    assert fhir_json.encode(fhir_json.parse(raw)) == raw


@given(values)
def test_blanks_and_escapes_change_nothing(value):
    raw = fhir_json.encode(value)
    assert fhir_json.encode(fhir_json.parse(fhir_json.pretty(value))) == raw
    assert fhir_json.encode(fhir_json._by_standard_library(raw)) == raw


@given(st.dictionaries(texts, values, max_size=4))
def test_escaped_text_is_read_alike(value):
    escaped = standard.dumps(value, default=str)
    assert fhir_json.parse(escaped) == standard.loads(escaped, parse_float=Decimal)


@given(st.binary(max_size=60) | tokens.map(str.encode))
def test_no_input_raises_anything_but_a_syntax_error(raw):
    with suppress(FhirSyntaxError):
        fhir_json.parse(raw)


@given(tokens)
def test_we_read_nothing_that_the_standard_library_refuses(text):
    try:
        value = fhir_json.parse(text)
    except FhirSyntaxError:
        return
    assert value == standard.loads(text, parse_float=Decimal)


@pytest.mark.parametrize("text", ["1.10", "0.10", "-0", "-0.0", "1e2", "1E+2", "1.0e-7", "0.00000001", "100"])
def test_a_number_keeps_its_digits(text):
    raw = f'{{"value":{text}}}'.encode()
    assert fhir_json.encode(fhir_json.parse(raw)) == raw
    assert text in fhir_json.pretty(fhir_json.parse(raw))


def test_whole_numbers_are_ints_and_others_decimals():
    parsed = fhir_json.parse('{"a": 4, "b": 4.0, "c": true}')
    assert [type(value) for value in parsed.values()] == [int, Decimal, bool]


REFUSED = [
    (b'{"a":1,\n "a":2}', "structure", (2, 2), "stands twice"),
    (b'{"a":{"b":1,"\\u0062":2}}', "structure", (1, 13), "'b' stands twice"),
    (b'{"resourceType":"Patient","resourceType":"Group"}', "structure", (1, 27), "stands twice"),
    (b'{"a":NaN}', "structure", (1, 6), "NaN is no JSON number"),
    (b'{"a":Infinity}', "structure", (1, 6), "Infinity is no JSON number"),
    (b'{"a":-Infinity}', "structure", (1, 6), "Infinity is no JSON number"),
    (b'{"a":1e400}', "value", (1, 6), "expected a number"),
    (b'{"a":\n1e-99999999999999999999}', "value", (2, 1), "expected a number"),
    (b"[" + b"9" * 5000 + b"]", "value", (1, 2), "expected a number"),
    (b'{"a":"\\ud800"}', "value", (1, 7), "half a character"),
    (b'{"a":"\\\\\\udc00 "}', "value", (1, 9), "half a character"),
    ('{"a":"\ud800"}', "value", (1, 7), "half a character"),
    (b'{"a":"\\u0000"}', "value", (1, 6), "NUL"),
    (b'{"a":"\x00"}', "structure", (1, 7), "control character"),
    (b'{"a":"x\ny"}', "structure", (1, 8), "control character"),
    ('{"a":"中"}'.encode("utf-16"), "structure", (1, 1), "UTF-16"),
    ('{"a":"中"}'.encode("utf-16-le"), "structure", (1, 1), "UTF-16"),
    (b'{"a":"\xc3\xa9",\n"b":"\xff"}', "structure", (2, 6), "expected UTF-8"),
    ('{"a":"中"}'.encode("gb18030"), "structure", (1, 7), "expected UTF-8"),
    (b"[1,]", "structure", (1, 4), "trailing comma"),
    (b'{"a":1,}', "structure", (1, 8), "trailing comma"),
    (b'{"a":1} // x', "structure", (1, 9), "no JSON|comment"),
    (b"/* x */ {}", "structure", (1, 1), "comment"),
    (b"{'a':1}", "structure", (1, 2), "double quotation marks"),
    (b'{"a":True}', "structure", (1, 6), "lower case"),
    (b"{a:1}", "structure", (1, 2), "keys must be strings"),
    (b'{"a":1} {"a":2}', "structure", (1, 9), "trailing characters"),
    (b'{"a":[1,', "structure", (1, 9), "ends too early"),
    (b'{"a":"x', "structure", (1, 8), "ends too early"),
    (b"01", "structure", (1, 2), "invalid number"),
    (b"", "structure", (1, 1), "empty"),
    (b" \n", "structure", (1, 1), "empty"),
    (b"\xef\xbb\xbf", "structure", (1, 1), "empty"),
    (b"[" * 100_000, "too-costly", (1, 101), "100 deep"),
    (b'[{"a":' * 51 + b"1" + b"}]" * 51, "too-costly", (1, 301), "100 deep"),
]


NAMES = [f"{case[-1]} {number}" for number, case in enumerate(REFUSED)]


@pytest.mark.parametrize(("raw", "code", "place", "said"), REFUSED, ids=NAMES)
def test_what_fhir_refuses_is_refused_with_its_place_and_what_to_do(raw, code, place, said):
    with pytest.raises(FhirSyntaxError, match=said) as refused:
        fhir_json.parse(raw)
    assert refused.value.issue_code == code
    assert (refused.value.line, refused.value.column) == place


@pytest.mark.parametrize(
    "hostile",
    [
        b'{"a":"' + b'\\"' * 100_000,
        b'{"a":"' + b"\\ud800" * 50_000 + b'"}',
        b'{"":' * 90 + b"[" * 50_000,
        b'"' * 200_000,
    ],
    ids=["quotes", "surrogates", "brackets", "empty texts"],
)
def test_no_refusal_takes_long(hostile):
    began = time.process_time()
    with pytest.raises(FhirSyntaxError):
        fhir_json.parse(hostile)
    assert time.process_time() - began < 1


def test_a_hundred_deep_is_allowed():
    assert fhir_json.parse(b"[" * 100 + b"]" * 100) != []
    assert fhir_json.parse(b'{"a":[' * 50 + b"1,2" + b"]}" * 50) != []


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}"), (b' [ {"a" : ', b"}]")])
def test_what_python_can_just_read_is_refused_like_all_that_is_deeper(opening, closing):
    limit = sys.getrecursionlimit()
    for depth in range(limit // 2 - 100, limit + 10, 3):
        with pytest.raises(FhirSyntaxError, match="100 deep"):
            fhir_json.parse(opening * depth + b"1" + closing * depth)


def test_many_brackets_are_not_depth():
    assert len(fhir_json.parse(b'{"a":[' + b"{}," * 500 + b"{}]}")["a"]) == 501


def test_a_byte_order_mark_is_tolerated():
    assert fhir_json.parse(b'\xef\xbb\xbf{"a":1}') == {"a": 1}
    assert fhir_json.parse('\ufeff{"a":1}') == {"a": 1}


def test_an_escaped_backslash_before_u0000_is_no_nul():
    assert fhir_json.parse(rb'"\\u0000"') == "\\u0000"


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"a"', b"{}", b'{"resourceType":1}'])
def test_what_is_no_resource_is_refused_where_one_is_expected(raw):
    with pytest.raises(FhirSyntaxError, match="resource"):
        fhir_json.parse_resource(raw)
    assert fhir_json.parse_resource(b'{"resourceType":"Patient"}') == {"resourceType": "Patient"}


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("-Infinity")])
def test_a_decimal_that_is_no_number_is_not_written(value):
    with pytest.raises(ValueError, match="not a number"):
        fhir_json.encode({"a": [value]})
    assert fhir_json.encode({"a": "NaN"}) == b'{"a":"NaN"}'


def test_what_json_cannot_hold_is_not_written():
    with pytest.raises(TypeError, match="object"):
        fhir_json.encode({"a": object()})
    with pytest.raises(ValueError, match="surrogates"):
        fhir_json.encode({"a": "\ud800"})


def test_people_get_indented_text():
    assert fhir_json.pretty({"a": [1]}) == '{\n  "a": [\n    1\n  ]\n}'


def test_more_values_than_can_be_held_are_refused_before_they_are_read(monkeypatch):
    monkeypatch.setattr("adapter.fhir.json.MOST_VALUES", 10)
    assert fhir_json.parse("[" + "1," * 10 + "1]") == [1] * 11
    assert fhir_json.parse('"' + "a" * 100 + '"') == "a" * 100
    with pytest.raises(FhirSyntaxError, match="more than 10 values") as refused:
        fhir_json.parse("[" + "1," * 11 + "1]")
    assert refused.value.issue_code == "too-costly"
