from __future__ import annotations

import pytest

from adapter.convert.vocabulary import Vocabulary, needed
from tests.convert.words import FORMS, STUDY

PLAIN = Vocabulary(STUDY, None)
OF_01 = Vocabulary(STUDY, "01")


@pytest.mark.parametrize(
    ("words", "forms"),
    [
        (["subject", "day", "score"], ["pain"]),
        (["subject", "day", "note"], ["pain", "end"]),
        (["subject", "day"], ["pain", "dose", "end"]),
        (["subject", "score"], []),
        (["subject", "day", "score", "kit"], []),
        ([], []),
        (["编号", "日期", "评分"], []),
    ],
)
def test_a_form_fits_when_it_knows_every_word_and_its_key_is_there(words: list[str], forms: list[str]) -> None:
    assert PLAIN.fitting(words) == forms


def test_with_a_site_its_words_are_read_too() -> None:
    assert OF_01.fitting(["编号", "日期", "评分"]) == ["pain"]
    assert (OF_01.item("pain", "评分"), OF_01.item("dose", "评分")) == ("score", "评分")
    assert OF_01.words("pain")[-1] == "评分"


def test_the_best_match_is_the_form_or_site_that_knows_the_most_of_the_words() -> None:
    assert [(m.form, m.site) for m in PLAIN.best("pain", ["编号", "日期", "评分"])] == [("pain", "01")]
    assert [(m.form, m.site) for m in PLAIN.best("pain", ["subject", "day", "volume", "kit"])] == [("dose", None)]
    assert [(m.form, m.site) for m in PLAIN.best("pain", ["编号", "体积", "药盒"])] == [("dose", "02")]
    assert PLAIN.best("pain", ["subject", "day", "scor"]) == []


def test_every_word_is_known_somewhere() -> None:
    assert {"volume", "药盒", "form", "record"} <= PLAIN.everything()
    assert "scor" not in PLAIN.everything()


def test_the_key_and_what_is_required_is_needed() -> None:
    assert [item.id for item in needed(FORMS["pain"])] == ["subject", "day", "score"]
