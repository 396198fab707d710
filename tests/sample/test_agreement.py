from adapter.sample.agreement import agreement
from adapter.sample.draw import constant


def mended(study, moment, drawn):
    agreement(study.forms["fall"], {"where": constant("bath"), "parts": constant(["left"])})(drawn, moment)
    return drawn


def test_what_is_needed_is_drawn(tiny, moment):
    assert mended(tiny, moment, {"hurt": True}) == {"hurt": True, "where": "bath"}


def test_what_may_not_stand_is_left_out(tiny, moment):
    assert mended(tiny, moment, {"hurt": False, "parts": ["left"]}) == {"hurt": False}


def test_a_date_before_an_earlier_one_is_left_out(tiny, moment):
    assert mended(tiny, moment, {"fell": "2024-02-01", "healed": "2024-01-01"}) == {"fell": "2024-02-01"}


def test_answers_that_agree_stay(tiny, moment):
    drawn = {"hurt": True, "where": "x", "parts": ["left"], "fell": "2024-01-01", "healed": "2024-01-01"}
    assert mended(tiny, moment, dict(drawn)) == drawn
