"""Answers at their holes: what is as we write it is told at a glance, and only as that."""

from __future__ import annotations

from typing import Any

import pytest

from adapter.crf.study import Item
from adapter.mapping.answers import by_text, coded, referring
from adapter.mapping.plan import Hole, Table, Target, Text
from adapter.mapping.taken import KEPT, LONGEST, Taken

SITES_OWN = (("https://site.example", "7"),)
TABLE = Table(
    "sex",
    (("code", "https://a.example"),),
    {"female": {"code": ("F", "f")}, "male": {"code": ("M",)}, "both": {"code": ("M",)}},
    None,
    {"女": "female"},
    {"female": SITES_OWN},
)
YES = Table("yes", (("code", None),), {"yes": {"code": ("true",)}}, None, {}, {"yes": SITES_OWN})


def told(read: Any, value: Any) -> list[Any] | None:
    taken = Taken()
    return [answer for _, answer in taken.log] if read(value, taken) else None


@pytest.mark.parametrize("kind", ["Coding", "CodeableConcept", "code"])
@pytest.mark.parametrize(
    ("system", "code", "answer"),
    [
        ("https://a.example", "F", ["female"]),
        ("https://a.example", "f", ["female"]),
        ("https://a.example", "M", None),  # two rows say so
        ("https://a.example", "X", None),
    ],
)
def test_a_code_is_the_answer_whose_row_alone_has_it(kind: str, system: str, code: str, answer: Any) -> None:
    coding = {"system": system, "code": code}
    value = {"Coding": coding, "CodeableConcept": {"coding": [coding]}, "code": code}[kind]
    assert told(coded(Hole(Item("sex", "code", codelist="sex"), kind, "codelist", table=TABLE), False), value) == answer


def test_a_site_s_own_coding_is_read_at_a_coding_and_no_hindrance_elsewhere() -> None:
    hole = Hole(Item("sex", "code", codelist="sex"), "Coding", "codelist", table=TABLE)
    assert told(coded(hole, False), {"system": "https://site.example", "code": "7"}) == ["female"]
    boolean = Hole(Item("yes", "code", codelist="yes"), "boolean", "codelist", table=YES)
    assert told(coded(boolean, False), True) == ["yes"]


@pytest.mark.parametrize(
    "value", [None, [], {}, {"coding": []}, {"coding": [None]}, {"coding": {}}, {"coding": [{}]}, 1]
)
@pytest.mark.parametrize("kind", ["Coding", "CodeableConcept"])
def test_what_is_no_code_is_refused(kind: str, value: Any) -> None:
    assert told(coded(Hole(Item("sex", "code", codelist="sex"), kind, "codelist", table=TABLE), False), value) is None


@pytest.mark.parametrize(
    ("kind", "text"), [("integer", "9" * 5000), ("decimal", "1e99999999999999999999"), ("decimal", "1e400")]
)
def test_a_number_beyond_measure_in_a_text_is_not_read(kind: str, text: str) -> None:
    read = by_text(Text(("no. ", Hole(Item("count", kind), "string", "text"))), {})  # type: ignore[arg-type]
    assert told(read, f"no. {text}") is None
    assert told(read, "no. 7") is not None


def test_only_so_many_texts_are_kept_and_no_long_one() -> None:
    read = by_text(Text((Hole(Item("words", "text"), "string", "text"),)), {})
    kept = [cell.cell_contents for cell in read.__closure__ or () if isinstance(cell.cell_contents, dict)]  # type: ignore[attr-defined]
    for number in range(KEPT + 10):
        assert told(read, f"text {number}") == [f"text {number}"]
    assert told(read, "x" * (LONGEST + 1)) == ["x" * (LONGEST + 1)]
    assert [len(known) for known in kept] == [10]


def test_a_reference_is_read_alike_the_first_time_and_the_next() -> None:
    target = Target("Patient", "https://a.example/id", "")
    read = referring(Hole(Item("subject", "subject"), "Reference", "reference", target=target), target, str.isalnum)
    ours = {"reference": "Patient/01", "identifier": {"system": "https://a.example/id", "value": "01"}}
    other = {**ours, "identifier": {"system": "https://a.example/id", "value": "02"}}
    assert [told(read, value) for value in (ours, other, ours, other)] == [["01"], None, ["01"], None]
    assert told(read, {"reference": ["Patient/01"]}) is None
