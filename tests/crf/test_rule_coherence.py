from __future__ import annotations

from pathlib import Path

import pytest

from tests.crf.studies import KEYED, faults, refused


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ("a: {type: integer, rule: {sum: [b]}}\n  b: integer", "add the flag `derived`"),
        (
            "a: {type: integer derived, rule: {summ: [b]}}\n  b: integer",
            "unknown rule summ; did you mean sum?",
        ),
        ("a: {type: integer derived, rule: {sum: [c]}}\n  b: integer", "unknown item c"),
        ("a: {type: integer derived, rule: {sum: [b]}}\n  b: text", "b is a text; a sum adds"),
        ("a: {type: integer derived, rule: {sum: [b]}}\n  b: decimal", "the sum is no integer"),
        ("a: {type: integer derived, rule: {sum: [b], missing: 1}}\n  b: integer", "missing is how many"),
        ("a: {type: integer derived, rule: {sum: [b], mising: 0}}\n  b: integer", "did you mean missing?"),
        ("a: {type: integer derived, rule: {sum: [b]}}\n  b: integer many", "b has many answers"),
        (
            "a: {type: code colour derived, rule: {band: b, bands: {rot: 0..1}}}\n  b: integer",
            "no answer rot",
        ),
        ("a: {type: code colour derived, rule: {band: b, bands: {red: 3..1}}}\n  b: integer", "upside down"),
        (
            "a: {type: code colour derived, rule: {band: b, bands: {red: 0..3, blue: 3..4}}}\n  b: integer",
            "overlap",
        ),
        ("a: {type: boolean derived, rule: {all: {true: [b]}}}\n  b: integer", "b is no boolean"),
        ("a: {type: boolean derived, rule: {equals: b, value: x}}\n  b: integer 0..3", "b is a whole number"),
        ("a: {type: boolean derived, rule: {equals: b, value: 4}}\n  b: integer 0..3", "outside the range"),
        (
            "a: {type: integer derived, rule: {sum: [b]}}\n  b: {type: integer derived, rule: {sum: [a]}}",
            "its rule needs, by others, itself",
        ),
    ],
)
def test_a_faulty_rule_is_named_with_its_reason(tmp_path: Path, items: str, why: str) -> None:
    found = faults(refused(tmp_path, forms=f"{KEYED}  {items}\n"))
    assert any(why in fault and fault.startswith("forms.yaml:") for fault in found), found
