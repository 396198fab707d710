import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ucumvert import xml_util

from adapter.fhir.definitions import systems
from adapter.fhir.terminology import ucum
from adapter.fhir.terminology.ucum import LONGEST, is_unit, vocabulary

CASES = json.loads((Path(__file__).parent / "units.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", CASES["units"])
def test_what_the_grammar_gives_is_a_unit(code):
    assert is_unit(code) is True


@pytest.mark.parametrize("code", CASES["none"])
def test_what_the_grammar_does_not_give_is_none(code):
    assert is_unit(code) is False


def test_the_units_that_r4_itself_lists_are_units():
    common = systems("http://hl7.org/fhir/ValueSet/ucum-common")
    assert common is not None
    (codes,) = common.values()
    assert len(codes) > 1_000
    assert sorted(code for code in codes if not is_unit(code)) == []


def test_the_vocabulary_is_the_whole_of_the_package():
    known = vocabulary()
    assert known is not None
    assert [code for code in xml_util.get_base_units() + xml_util.get_units() if not known.has(code)] == []
    metric, prefixes = xml_util.get_metric_units(), xml_util.get_prefixes()
    assert [prefix + code for prefix in prefixes for code in metric if not known.has(prefix + code)] == []


def test_a_unit_longer_than_any_is_not_told():
    assert is_unit("m" + ".m" * LONGEST) is None


def test_without_its_list_of_units_nothing_is_told(monkeypatch):
    monkeypatch.setattr(ucum, "find_spec", lambda name: None)
    assert vocabulary.__wrapped__() is None


@given(st.text(alphabet="mgskL[](){}./12-+*%'^_ ", max_size=40))
def test_a_unit_within_brackets_or_under_one_is_a_unit(text):
    verdict = is_unit(text)
    assert verdict in (True, False)
    if verdict:
        assert is_unit(f"({text})") is True
        assert is_unit(f"m.({text})") is True


@given(st.text(max_size=60))
def test_whatever_comes_there_is_an_answer(text):
    assert is_unit(text) in (True, False)
