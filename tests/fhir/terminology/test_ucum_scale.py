"""Units in terms of each other: exact, or not at all."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.fhir.terminology.ucum_scale import LONGEST, ratio

EQUAL = [
    ("kg", "g", 1000),
    ("mg", "g", Fraction(1, 1000)),
    ("L", "mL", 1000),
    ("dm3", "L", 1),
    ("[in_i]", "cm", Fraction(254, 100)),
    ("[lb_av]", "kg", Fraction("0.45359237")),
    ("km/h", "m/s", Fraction(1000, 3600)),
    ("/min", "/s", Fraction(1, 60)),
    ("10*9/L", "10*6/mL", 1),
    ("mg/dL", "g/L", Fraction(1, 100)),
    ("kg.m/s2", "N", 1),
    ("mm[Hg]", "kPa", Fraction("0.133322")),
    ("mL{blood}", "mL", 1),
    ("{score}", "1", 1),
    ("%", "1", Fraction(1, 100)),
    ("wk", "d", 7),
    ("m.(s.s)", "m.s2", 1),
    ("g/(m.s)", "g/m/s", 1),
]


@pytest.mark.parametrize(("one", "other", "times"), EQUAL)
def test_a_unit_is_so_many_of_another(one, other, times):
    assert ratio(one, other) == times
    assert ratio(other, one) == 1 / Fraction(times)


@pytest.mark.parametrize("code", ["Cel", "[degF]", "[pH]", "[iU]", "mCel", "kg/[iU]"])
def test_what_is_more_than_a_factor_is_not_converted(code):
    assert ratio(code, "K") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("kg", "m"), ("kg", "Kilo"), ("m2", "m"), ("", "m"), ("m(", "m"), ("(m", "m"), ("m s", "m"), ("m.", "m")],
)
def test_units_of_unlike_kinds_and_what_is_no_unit_have_no_ratio(one, other):
    assert ratio(one, other) is None


def test_a_power_and_a_length_have_a_limit():
    assert ratio("m21", "m21") is None
    assert ratio("m" + "." * LONGEST, "m") is None


@given(st.text(alphabet="mgLs10*^+-./(){}[]%'_inC ", max_size=20))
def test_no_text_raises_and_what_converts_converts_to_itself(code):
    assert ratio(code, code) in (None, 1)
