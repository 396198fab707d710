from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.validation.questionnaire.pattern import Pattern, PatternError, compile_pattern
from adapter.validation.questionnaire.walk import Walk
from tests.validation.questionnaire.fakes import scope_of


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
        ("-", ["-"], [""]),
    ],
)
def test_a_text_matches_as_a_whole(expression: str, yes: list[str], no: list[str]) -> None:
    matches = compile_pattern(expression)
    assert [text for text in yes if not matches(text)] == []
    assert [text for text in no if matches(text)] == []


@pytest.mark.parametrize(
    "expression",
    [
        *("(", ")", "a)", "[a", "[", "a{", "a{x}", "a{2,1}", "a{1001}", "*a", "a**", "a++", "\\", r"\q", r"\b", r"\1"),
        *("(?=a)", "(?<n>a)", "(?i)a", "[a[b]]", "[a&&b]", "[b-a]", r"\p{Greek}", r"\x4", r"\u00", "a" * 5_000),
        *("(a{1000}){1000}", "(){1000}" * 10, "(" * 60 + ")" * 60),
    ],
)
def test_what_is_not_understood_is_refused(expression: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(expression)


def test_an_expression_that_hangs_other_engines_reads_each_character_once() -> None:
    assert not compile_pattern("(a+)+(a|aa)*b")("a" * 20_000)


def test_what_would_take_too_long_is_not_told() -> None:
    walk = Walk({}, scope_of({}))
    pattern = Pattern("(.?.?.?){100}b")
    assert pattern.matches("ab", walk) is True
    assert pattern.matches("x" * 1_000_000, walk) is None
    assert pattern.matches("ab", walk) is None
    assert Pattern("a").matches("a", walk) is None
    assert Pattern("a").matches("a", Walk({}, scope_of({}))) is True


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", "1"])
TREES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{0,2}"])).map(lambda pair: f"({pair[0]}){pair[1]}"),
    ),
    max_leaves=6,
)


@given(TREES, st.text("ab1c", max_size=8))
def test_it_agrees_with_pythons_own_engine(expression: str, text: str) -> None:
    assert compile_pattern(expression)(text) == (re.fullmatch(expression, text, re.ASCII) is not None)


@given(st.text("ab()[]{}|*+?^$\\-.,0159pdwLu&:=<", max_size=20), st.text(max_size=5))
def test_any_text_is_an_expression_or_refused(expression: str, text: str) -> None:
    try:
        matches = compile_pattern(expression)
    except PatternError:
        return
    assert matches(text) in (True, False)
