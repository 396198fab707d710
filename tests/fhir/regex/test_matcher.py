from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.fhir.regex import PatternError, TooCostly, Unsupported, compile_regex, compile_substitution
from adapter.fhir.regex.matcher import LONGEST


@pytest.mark.parametrize(
    ("expression", "yes", "no"),
    [
        ("", [""], ["a"]),
        ("abc", ["abc"], ["ab", "abcd", "xabc"]),
        ("^abc$", ["abc"], ["abcabc"]),
        ("a|bc|", ["a", "bc", ""], ["abc", "c"]),
        ("(ab)*c+d?", ["c", "ababccd"], ["abd", "ac"]),
        ("(?:ab){2}", ["abab"], ["ab", "ababab"]),
        ("a{2,3}", ["aa", "aaa"], ["a", "aaaa"]),
        ("a{2,}", ["aa", "aaaaa"], ["a"]),
        ("[A-Z]{2}-[0-9]+", ["AB-1"], ["A-1", "AB-"]),
        ("[^0-9]", ["x", "\n"], ["7"]),
        (r"[\]\-a]+", ["]-a"], ["b"]),
        ("[]a]", ["]", "a"], ["b"]),
        ("[a-]", ["a", "-"], ["b"]),
        ("[(*+]+", ["(*+"], ["a"]),
        (r"\(a\)+", ["(a))"], ["(a"]),
        (r"\d{4}", ["2025"], ["202", "٢٠٢٥"]),
        (r"[\d.]+", ["1.2"], ["a"]),
        (r"\w+\s\W\S\D", ["a_1 !xy"], ["a!"]),
        ("a.c", ["abc", "a c"], ["a\nc"]),
        (r"\p{Lu}\p{L}+", ["Ärger", "Ab"], ["ab", "A1"]),
        (r"\P{L}", ["1"], ["a"]),
        (r"\x41\u00e4\t\.", ["Aä\t."], ["Aä\tx"]),
        ("a+?b*?", ["aab", "a"], ["b"]),
        ("(a*)*b", ["aab", "b"], ["a"]),
        ("a(^b|c)d$", ["acd"], ["abd"]),
        ("$^", [""], ["a"]),
        ("-", ["-"], [""]),
    ],
)
def test_a_text_matches_as_a_whole(expression: str, yes: list[str], no: list[str]) -> None:
    matches = compile_regex(expression)
    assert [text for text in yes if not matches(text)] == []
    assert [text for text in no if matches(text)] == []


@pytest.mark.parametrize(
    ("expression", "yes", "no"),
    [
        ("b", ["abc", "b"], ["a", ""]),
        ("^b", ["bc"], ["ab"]),
        ("b$", ["ab"], ["bc", "b\n"]),
        ("^b$", ["b"], ["abc"]),
        ("^$", [""], ["a"]),
        ("", ["", "a"], []),
        ("a|^b$", ["xa", "b"], ["xb", "bx"]),
        ("x*$", ["", "a", "ax"], []),
    ],
)
def test_a_part_of_a_text_matches(expression: str, yes: list[str], no: list[str]) -> None:
    matches = compile_regex(expression, whole=False)
    assert [text for text in yes if not matches(text)] == []
    assert [text for text in no if matches(text)] == []


def test_a_dot_is_any_character_where_that_is_asked() -> None:
    assert compile_regex("a.b", dot_all=True)("a\nb")
    assert not compile_regex("a.b")("a\nb")


@pytest.mark.parametrize(
    "expression",
    ["(", ")", "a)", "[a", "[", "a{", "a{x}", "a{2,1}", "*a", "a**", "\\", r"\1", r"(a)\2", "[b-a]", r"\x4"],
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(PatternError) as refusal:
        compile_regex(expression)
    assert not isinstance(refusal.value, Unsupported)


@pytest.mark.parametrize(
    "expression",
    [
        *("a++", r"\q", "(?<n>a)", "(?i)a", "[a[b]]", "[a&&b]", r"\p{Greek}", "a{1001}", "a" * (LONGEST + 1)),
        *("(a{1000}){1000}\\p{L}", "(){1000}" * 10 + "\\p{L}", "(" * 60 + ")" * 60),
    ],
)
def test_what_is_not_understood_may_be_one(expression: str) -> None:
    with pytest.raises(Unsupported):
        compile_regex(expression)


def test_what_looks_around_or_back_is_tried_on_texts_of_some_length() -> None:
    matches = compile_regex(r"^(?!(\d)\1{10})\d{11}$", whole=False)
    assert matches("12345678901")
    assert not matches("11111111111")
    assert compile_regex(r"a\b.*", whole=True)("a b")


def test_a_text_that_python_may_go_back_in_for_ever_is_not_tried() -> None:
    with pytest.raises(TooCostly):
        compile_regex("(?=(a+)+b)a*")("a" * 100)
    with pytest.raises(TooCostly):
        compile_substitution("(a+)+b").substitute("a" * 100, "")


@pytest.mark.parametrize("expression", ["(a+)+(a|aa)*b", "(a|a)*b", "(.*)*x", "([a-z]+)*[0-9]", "(a?){50}a{50}b"])
def test_an_expression_that_hangs_other_engines_reads_each_character_once(expression: str) -> None:
    assert not compile_regex(expression)("a" * 20_000)
    assert not compile_regex(expression, whole=False)("a" * 20_000)


def test_what_would_take_too_long_all_the_same_is_not_told() -> None:
    text = "".join("ab"[(place * place // 7) % 2] for place in range(1_000_000))
    with pytest.raises(TooCostly):
        compile_regex("(.*a.{900}){2}c")(text)


def test_memory_stays_bounded_whatever_is_read() -> None:
    matches = compile_regex("(a|b)*a(a|b){14}c")
    for place in range(2_000):
        assert not matches(f"{place:b}".replace("0", "a").replace("1", "b") * 3)
    assert len(matches._met) <= 50_000  # type: ignore[attr-defined]


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", "1"])
TREES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{0,2}"])).map(lambda pair: f"({pair[0]}){pair[1]}"),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}$|^{pair[1]})"),
    ),
    max_leaves=6,
)


@given(TREES, st.text("ab1c", max_size=8))
def test_it_agrees_with_pythons_own_engine(expression: str, text: str) -> None:
    assert compile_regex(expression)(text) == (re.fullmatch(expression, text, re.ASCII) is not None)
    assert compile_regex(expression, whole=False)(text) == (re.search(expression, text, re.ASCII) is not None)


@given(st.text("ab()[]{}|*+?^$\\-.,0159pdwLu&:=<!", max_size=20), st.text(max_size=5))
def test_any_text_is_an_expression_or_refused(expression: str, text: str) -> None:
    for whole in (True, False):
        try:
            matches = compile_regex(expression, whole=whole)
            assert matches(text) in (True, False)
        except (PatternError, TooCostly):
            continue
