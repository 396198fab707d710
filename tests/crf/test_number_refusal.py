from __future__ import annotations

import pytest

from tests.crf.toy import refusals


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("1,0", "write 1.0"),
        ("1,234", "1.234 or 1234?"),
        ("1,234.5", "write 1234.5"),
        ("1 234", "write 1234"),
        ("1.234,5", "write 1234.5"),
        ("１.０", "write 1.0"),
        (".5", "write 0.5"),
        ("5.", "write 5"),
        ("+5", "write 5"),
        ("007.50", "write 7.50"),
        ("5 mg", "write the number alone: 5"),
        ("NaN", "leave it empty"),
        ("inf", "leave it empty"),
        ("<5", "a bound is no value"),
        ("2001", "from 0 to 2000 in mg; check the value, and its unit"),
        ("9" * 40, "too long"),
    ],
)
def test_a_number_of_another_shape_is_refused_with_what_to_write(cell: str, said: str) -> None:
    assert said in refusals(dose=cell)["dose"]


def test_a_whole_number_has_no_fraction() -> None:
    assert "write 3" in refusals(pain="3.0")["pain"]
    assert "fraction" in refusals(pain="3.5")["pain"]
    assert "from 0 to 10; check the value" in refusals(pain="11")["pain"]
