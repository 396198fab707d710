import re
from random import Random

import pytest

from adapter.errors import CrfhirError
from adapter.sample.pattern import text


@pytest.mark.parametrize(
    "pattern",
    [
        "[0-9]{2}-[0-9]{3}",
        "0[1-9]|10",
        "SCR|W0|W2|UNS-[1-9][0-9]?",
        r"\d+[^a-z]\w*?.",
        r"(?:A|B)(?P<twice>[xy])(?P=twice)",
        "[A-Za-z0-9]+(-[A-Za-z0-9]+)*",
        "^a{2,}$",
        r"[^\s]\.",
    ],
)
def test_a_sampled_text_matches_its_pattern(pattern):
    random = Random(1)
    assert all(re.fullmatch(pattern, text(pattern, random)) for _ in range(200))


def test_the_alternatives_of_a_pattern_all_come():
    seen = {text("a|b|c", Random(seed)) for seed in range(50)}
    assert seen == {"a", "b", "c"}


def test_the_same_random_numbers_give_the_same_text():
    assert text("[0-9]{8}", Random(3)) == text("[0-9]{8}", Random(3))


def test_a_look_around_is_found_by_trying():
    assert text("(?!0)[01]", Random(1)) == "1"


def test_a_pattern_that_no_text_matches_is_refused():
    with pytest.raises(CrfhirError, match=r"sample\.yaml"):
        text("a(?=b)", Random(1))
