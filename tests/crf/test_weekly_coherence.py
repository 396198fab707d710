from __future__ import annotations

from pathlib import Path

import pytest

from tests.crf.studies import FORMS, faults, refused


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("{weekly: {}}", "unknown rule weekly"),
        ("{weekly_sum: {form: diry, item: n, date: d}}", "unknown form diry; did you mean diary?"),
        ("{weekly_sum: {form: diary, item: d, date: n}}", "item: d is no integer or decimal"),
        ("{weekly_sum: {form: diary, item: n, date: d, days: 0}}", "days is the length"),
        ("{weekly_sum: {form: diary, item: n, date: d, days: 7, missing: 7}}", "missing is how many days"),
        ("{weekly_sum: {form: diary, item: n, date: d, days: 7, windows: {w: {on: 3}}}}", "window w:"),
        ("{weekly_sum: {form: diary, item: n, date: d, days: 7, gives: {sum: scor}}}", "score"),
        (
            "{weekly_sum: {form: diary, item: n, date: d, days: 7, gives: {sum: score}}}",
            "the key end is given by nothing",
        ),
        ("{weekly_sum: {form: diary, item: n, date: d, days: 7, gives: {sum: end}}}", "end cannot take it"),
    ],
)
def test_a_faulty_rule_of_a_form_is_named_with_its_reason(tmp_path: Path, rule: str, why: str) -> None:
    diary = "diary:\n  subject: subject key\n  d: fulldate key\n  n: integer\n"
    items = "{subject: subject key, end: fulldate key, score: integer derived}"
    week = f"form: week\nrule: {rule}\nitems: {items}\n"
    found = faults(refused(tmp_path, forms=FORMS + diary, forms__week=week))
    assert any(why in fault and fault.startswith("forms/week.yaml:") for fault in found), found
