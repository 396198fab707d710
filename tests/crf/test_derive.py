from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.crf.derive import compute, derive, deriver
from adapter.crf.package import load
from adapter.crf.record import Absent, parser
from adapter.crf.study import Form, Study
from tests.crf import studies

FORMS = """\
score:
  subject: subject key
  total: {type: integer derived, rule: {sum: [a, b, c]}}
  a: integer
  b: integer
  c: integer
  lenient: {type: integer derived, rule: {sum: [a, b, c], missing: 1}}
  band: {type: code level derived, rule: {band: total, bands: {low: ..2, middle: 3..5, high: 7..}}}
  zero: {type: boolean derived, rule: {equals: total, value: 0}}
  i1: boolean
  i2: boolean
  e1: boolean
  eligible: {type: boolean derived, rule: {all: {true: [i1, i2], false: [e1]}}}
  x: decimal
  y: integer
  mixed: {type: decimal derived, rule: {sum: [x, y]}}
"""
CODELISTS = "level: {low: , middle: , high: }\n"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return load(studies.write(tmp_path_factory.mktemp("study"), forms=FORMS, codelists=CODELISTS))


@pytest.fixture(scope="module")
def form(study: Study) -> Form:
    return study.forms["score"]


def test_a_sum_needs_all_its_items_and_zero_is_one(form: Form) -> None:
    assert derive(form, {"a": 0, "b": 0, "c": 0})["total"] == 0
    assert "total" not in derive(form, {"a": 1, "b": 2})
    assert "total" not in derive(form, {"a": 1, "b": 2, "c": Absent("asked-unknown")})


def test_a_lenient_sum_counts_a_missing_item_as_nothing(form: Form) -> None:
    assert derive(form, {"a": 1, "b": 2})["lenient"] == 3
    assert "lenient" not in derive(form, {"a": 1})
    assert "lenient" not in derive(form, {})


def test_a_sum_of_decimals_keeps_their_digits(form: Form) -> None:
    assert str(derive(form, {"x": Decimal("1.10"), "y": 2})["mixed"]) == "3.10"


@pytest.mark.parametrize(
    ("total", "band"), [(0, "low"), (2, "low"), (3, "middle"), (5, "middle"), (6, None), (7, "high")]
)
def test_a_band_names_where_a_number_lies(form: Form, total: int, band: str | None) -> None:
    assert derive(form, {"a": total, "b": 0, "c": 0}).get("band") == band


def test_a_rule_may_read_what_another_rule_gives(form: Form) -> None:
    assert derive(form, {"a": 0, "b": 0, "c": 0})["zero"] is True
    assert derive(form, {"a": 1, "b": 0, "c": 0})["zero"] is False
    assert "zero" not in derive(form, {"a": 1})


@pytest.mark.parametrize(
    ("answers", "eligible"),
    [
        ({"i1": True, "i2": True, "e1": False}, True),
        ({"i1": True, "i2": True, "e1": True}, False),
        ({"i1": False}, False),
        ({"i1": True, "i2": True}, None),
        ({"i1": True, "i2": Absent("asked-unknown"), "e1": False}, None),
        ({}, None),
    ],
)
def test_all_is_false_as_soon_as_one_fails_and_silent_while_one_is_missing(
    form: Form, answers: dict[str, object], eligible: bool | None
) -> None:
    assert derive(form, dict(answers)).get("eligible") is eligible


@given(st.dictionaries(st.sampled_from(["a", "b", "c", "x", "y"]), st.integers(0, 9)))
def test_deriving_twice_is_deriving_once_in_the_order_of_the_form(answers: dict[str, int]) -> None:
    form = _form()
    once = derive(form, dict(answers))
    assert list(derive(form, once).items()) == list(once.items())
    assert list(once) == [item for item in form.items if item in once]


def _form(cache: dict[str, Form] = {}) -> Form:  # noqa: B006 -- one load for all examples
    if not cache:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            cache.update(load(studies.write(Path(folder), forms=FORMS, codelists=CODELISTS)).forms)
    return cache["score"]


def test_the_record_that_is_given_stays_as_it_is(form: Form) -> None:
    record = {"a": 1, "b": 1, "c": 1, "total": 9}
    assert derive(form, record)["total"] == 3
    assert record["total"] == 9


def test_a_stale_derived_answer_goes_when_the_rule_gives_none(form: Form) -> None:
    assert "total" not in derive(form, {"a": 1, "total": 9})


def test_a_form_without_rules_has_no_deriver() -> None:
    assert deriver(studies.form(a="text")) is None


def test_a_derived_answer_that_is_sent_is_compared_and_never_taken_over(study: Study) -> None:
    compiled = parser(study, "score")
    cells = {"subject": "S1", "a": "1", "b": "2", "c": "0", "total": "3"}
    record, issues = compiled.parse_cells(cells)
    assert (record["total"], issues) == (3, [])
    record, issues = compiled.parse_cells(cells | {"total": "4"})
    assert record["total"] == 3
    assert [(issue.item, issue.key, issue.severity) for issue in issues] == [("total", "derived", "error")]
    assert "found 4; the record gives 3" in issues[0].diagnostics
    _, issues = compiled.parse_json({"subject": "S1", "a": 1, "total": 1})
    assert "the record gives nothing, for lack of answers" in issues[0].diagnostics


def test_a_form_that_is_filled_in_is_not_computed(study: Study) -> None:
    with pytest.raises(ValueError, match="filled in"):
        compute(study, "score", {})
