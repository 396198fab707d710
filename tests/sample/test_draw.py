from pathlib import Path

from adapter.crf.strict_yaml import loads
from adapter.sample import choices, numbers, words
from adapter.sample.draw import VERBS, case, constant, first_of
from adapter.sample.plan import DRAWS


def told(compiler, text):
    compiler.draw(loads(text.encode(), "sample.yaml"))
    return [fault.why for fault in compiler.faults]


def test_a_constant_is_drawn_as_it_stands(drawn):
    assert (drawn("0"), drawn("false"), drawn("~"), drawn("'1.0'")) == (0, False, None, "1.0")


def test_a_draw_without_a_known_word_is_a_fault_that_lists_the_words(compiler):
    assert "one_of" in told(compiler, "{choose: [a]}")[0]


def test_a_draw_with_two_words_is_a_fault(compiler):
    assert len(told(compiler, "{chance: 0.5, poisson: 1}")) == 1


def test_an_option_that_a_word_does_not_take_is_a_fault(compiler):
    assert "'digits'" in told(compiler, "{chance: 0.5, digits: 1}")[0]


def test_an_unknown_name_is_a_fault_with_the_nearest(compiler):
    assert "did you mean 'mood'" in told(compiler, "{value: moood}")[0]


def test_an_unknown_item_of_another_form_is_a_fault(compiler):
    assert "'person.borne'" in told(compiler, "{value: person.borne}")[0]


def test_a_fault_knows_the_line_of_its_draw(compiler):
    told(compiler, "by: mood\nis:\n  good:\n    {normal: [1]}\n")
    assert [fault.line for fault in compiler.faults] == [4]


def test_a_list_is_no_draw(compiler):
    assert "one_of" in told(compiler, "[1, 2]")[0]


def test_all_faults_of_a_draw_are_told_at_once(compiler):
    assert len(told(compiler, "{sum: [{normal: [1]}, {value: none}]}")) == 2


def test_the_item_of_another_form_is_of_its_first_record_with_the_answers_asked_for(moment):
    moment.participant.records["pain"] = [{"week": 1, "worse": 3}, {"week": 2, "worse": 0}]
    assert first_of("pain", "worse", {"week": 2})(moment) == 0
    assert first_of("pain", "worse", {})(moment) == 3


def test_without_such_a_record_the_item_is_silent(moment):
    assert first_of("pain", "worse", {"week": 2})(moment) is None


def test_a_constant_draw_needs_no_moment(moment):
    assert constant("x")(moment) == "x"


def test_numbers_are_known_by_their_text_but_yes_and_no_are_not():
    assert (case(1), case("1"), case(True), case(None)) == ("1", "1", True, None)


def test_every_word_and_its_options_are_documented():
    page = (Path(__file__).parents[2] / "docs" / "sample-language.md").read_text(encoding="utf-8")
    assert {choices, numbers, words} == set(DRAWS)
    for word, verb in VERBS.items():
        assert f"{{{word}:" in page, word
        assert [option for option in verb.options if f"{option}:" not in page] == [], word
