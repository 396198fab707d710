from itertools import product

import pytest

from adapter.fhir.terminology.membership import Listed, Untold, all_of, any_of

VERDICTS = (True, False, None)


def test_any_is_true_by_one_and_unsure_by_one_that_is_unsure():
    for first, second in product(VERDICTS, repeat=2):
        expected = True if True in (first, second) else None if None in (first, second) else False
        assert any_of([first, second]) is expected
    assert any_of([]) is False


def test_all_is_false_by_one_and_unsure_by_one_that_is_unsure():
    for first, second in product(VERDICTS, repeat=2):
        expected = False if False in (first, second) else None if None in (first, second) else True
        assert all_of([first, second]) is expected
    assert all_of([]) is True


@pytest.fixture
def listed():
    systems = {"strict": frozenset({"Aa"}), "loose": frozenset({"Bb", "Straße"})}
    return Listed(systems, lambda system: system == "strict")


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        ("strict", "Aa", True),
        ("strict", "AA", False),
        ("loose", "Bb", True),
        ("loose", "BB", True),
        ("loose", "STRASSE", True),
        ("loose", "Aa", False),
        (None, "Aa", True),
        (None, "aa", False),
        (None, "bb", True),
        ("other", "Aa", False),
        ("", "Aa", False),
    ],
)
def test_case_counts_where_the_system_says_so(listed, system, code, expected):
    assert listed.member(system, code) is expected


def test_what_is_listed_can_always_be_told(listed):
    assert listed.why() is None
    assert listed.systems()["strict"] == {"Aa"}


def test_what_is_untold_says_why():
    untold = Untold("it is elsewhere")
    assert untold.member("s", "c") is None
    assert untold.systems() is None
    assert untold.why("s") == "it is elsewhere"
