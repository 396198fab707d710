import re

import pytest

from adapter.fhir.terminology.pattern import LONGEST, UnsafePattern, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("a1", "a1", True),
        ("a1", "a11", False),
        ("[A-Z]{2}", "CH", True),
        ("[A-Z]{2}", "CHE", False),
        ("(ab|cd)+", "abcd", True),
        ("(a+)?b", "aab", True),
        (r"\(a\)+", "(a))", True),
        ("[(*+]+", "(*+", True),
        ("(?:x)(y*)", "xyy", True),
        (r"\d+", "٣", False),
        ("a{2}(b+)", "aab", True),
    ],
)
def test_an_expression_matches_the_whole_text(pattern, text, expected):
    assert compile_pattern(pattern)(text) is expected


@pytest.mark.parametrize(
    "pattern", ["(a+)+", "(a*)*b", "((a+)b?)+", "(a|b+){2,}", "(?:a{1,9})*", "([a-z]+)*", "a" * (LONGEST + 1)]
)
def test_a_repeat_within_a_repeat_is_not_run(pattern):
    with pytest.raises(UnsafePattern):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(", "[", "*a", "a{2"][:3])
def test_what_is_no_expression_is_refused(pattern):
    with pytest.raises((re.error, UnsafePattern)):
        compile_pattern(pattern)
