from __future__ import annotations

from pathlib import Path

import pytest

from tests.crf.studies import KEYED, STUDY, faults, refused

COLOURED = "items: {s: subject key, d: date, c: code colour, b: boolean}\n"


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ("items: {a: text}", "no item is a key"),
        ("items: {}", "no item is a key"),
        ("id: '{a}'\nitems: {a: text, s: subject key}", "{a}, which is no key"),
        ("id: '{b}'\nitems: {s: subject key}", "{b}, which is no item"),
        ("id: 'x{s}'\nitems: {s: subject key, t: integer key}", "leaves the key {t} out"),
        (
            "authored: whn\nitems: {s: subject key, when: datetime}",
            "authored names whn, which is no item; did you mean when?",
        ),
        (
            "authored: n\nitems: {s: subject key, n: integer}",
            "authored names n, which is no open item of a day or time",
        ),
        ("authored: d\nitems: {s: subject key, d: date restricted}", "authored names d, which is no open item"),
        ("itms: {s: subject key}", "did you mean items?"),
        ("items: {s: subject key}\nchecks: {c: {begins_with: [s]}}", "takes two items, [whole, beginning]"),
        ("items: {s: subject key, n: integer}\nchecks: {c: {begins_with: [s, n]}}", "n is no text"),
        ("items: {s: subject key, t: text many}\nchecks: {c: {begins_with: [t, s]}}", "t is no text"),
        ("items: {s: subject key, d: date, e: date}\nchecks: {c: {not_less: [d, e]}}", "d is no number"),
        ("items: {s: subject key, d: integer}\nchecks: {c: {not_less: [d]}}", "takes two items, [greater, less]"),
        ("items: {s: subject key}\nchecks: {c: {known: [x]}}", "unknown item x"),
        (COLOURED + "checks: {x: {needs: {items: [d], when: {c: red}, strict: true}}}", "needs has no strict"),
        (COLOURED + "checks: {x: {only_with: {items: [d], when: {c: red}, strict: no}}}", "strict is true or false"),
        ("items: {s: subject key}\nchecks: {c: {not_befor: [s, s]}}", "did you mean not_before?"),
        ("items: {s: subject key, d: date}\nchecks: {c: {not_before: [d, x]}}", "unknown item x"),
        ("items: {s: subject key, d: date}\nchecks: {c: {not_before: [d]}}", "takes two items"),
        ("items: {s: subject key, d: date}\nchecks: {c: {not_future: [s]}}", "s is no date"),
        ("items: {s: subject key, d: date}\nchecks: {c: {needs: {items: [d]}}}", "needs `when:"),
        (
            COLOURED + "checks: {x: {needs: {items: [d], when: {c: rd}}}}",
            "no answer rd; did you mean red?",
        ),
        (
            COLOURED + "checks: {x: {needs: {items: [d], when: {b: yes}}}}",
            "b is true or false",
        ),
    ],
)
def test_a_faulty_form_is_named_with_its_reason(tmp_path: Path, form: str, why: str) -> None:
    found = faults(refused(tmp_path, forms=KEYED, forms__g=f"form: g\n{form}\n"))
    assert any(why in fault and fault.startswith("forms/g.yaml:") for fault in found), found


def test_labels_are_needed_in_the_languages_of_a_study_that_names_them(tmp_path: Path) -> None:
    found = faults(refused(tmp_path, study=f"{STUDY}languages: [en, zh]\n"))
    assert "forms.yaml:1: the form visit: no label in en, zh" in found
    assert "codelists.yaml:6: colour green: no label in en, zh" in found
    assert not any("when:" in fault for fault in found)
