from __future__ import annotations

import pytest

from adapter.fhir import definitions
from adapter.fhir.fhirpath import Env, EvaluationError, compile_expression
from adapter.fhir.fhirpath.pattern import matches, replaced


def test_a_pattern_is_looked_for_anywhere_unless_it_is_anchored() -> None:
    assert matches("abc", "b", whole_text=False)
    assert not matches("abc", "^b$", whole_text=False)
    assert not matches("abc", "b", whole_text=True)


def test_a_dot_is_any_character_a_new_line_too() -> None:
    assert matches("a\nb", "^a.b$", whole_text=False)


def test_what_is_no_pattern_fails_when_it_is_used() -> None:
    with pytest.raises(EvaluationError):
        matches("a", "(", whole_text=False)


def test_a_replacement_may_name_what_a_group_found() -> None:
    assert replaced("11/30/1972", r"^(..)/(..)/(....)$", "$3-$1-$2") == "1972-11-30"
    assert replaced("abc", "b", "$7") == "a$7c"
    assert replaced("abc", "(x)?b", "[$1]") == "a[]c"


LONG = 100_000
HARD = ["a" * LONG + " ", "a." * LONG + " ", "a.a:" * LONG + " ", "A.a[x" * LONG, "a.b:c[x]" * LONG + " ", "." * LONG]


@pytest.mark.parametrize("key", ["eld-16", "eld-19", "eld-20"])
@pytest.mark.parametrize("text", HARD, ids=range(len(HARD)))
def test_no_text_takes_the_patterns_of_r4_beyond_measure(key: str, text: str) -> None:
    stated = {each.key: each.expression for each in definitions.invariants("ElementDefinition")}
    assert not compile_expression(stated[key], "ElementDefinition").holds({"sliceName": text, "path": text}, Env())
