import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.fhir.terminology.language import LONGEST, is_language, subtags

CASES = json.loads((Path(__file__).parent / "languages.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("tag", CASES["languages"])
def test_a_tag_of_registered_subtags_is_a_language(tag):
    assert is_language(tag) is True


@pytest.mark.parametrize("tag", CASES["none"])
def test_what_is_not_registered_or_out_of_place_is_none(tag):
    assert is_language(tag) is False


def test_nothing_is_no_language_and_neither_is_a_book():
    assert is_language("") is False
    assert is_language("en-x-" + "-".join(["a"] * LONGEST)) is False


@given(st.text(alphabet="enxde-1qaaZ", max_size=30))
def test_case_means_nothing(text):
    assert is_language(text.upper()) == is_language(text.lower())


@given(st.sampled_from(sorted(subtags().languages)), st.sampled_from(sorted(subtags().regions)))
def test_each_language_with_each_region_is_a_tag(language, region):
    assert is_language(f"{language}-{region.upper()}") is True
