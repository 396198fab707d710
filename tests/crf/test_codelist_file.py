from __future__ import annotations

from pathlib import Path

import pytest

from tests.crf.studies import CODELISTS, faults, refused


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("a: [X, X]", "twice in one cell"),
        ("a: {code: {b: 1}}", "a cell is a code"),
        ("unknown: X\n  ~: unknown", "could not be read back"),
        ("labels: {b: {en: B}}\n  a: X", "a label for b, which is no row"),
        ("", "has no rows"),
    ],
)
def test_a_faulty_codelist_is_named_with_its_reason(tmp_path: Path, rows: str, why: str) -> None:
    text = f"{CODELISTS}list:\n  columns: {{code: }}\n  {rows}\n"
    assert any(why in fault for fault in faults(refused(tmp_path, codelists=text)))


def test_a_row_of_several_columns_says_which(tmp_path: Path) -> None:
    text = CODELISTS + "two:\n  columns: {a: , b: nowhere}\n  x: X\n"
    found = faults(refused(tmp_path, codelists=text, names="here: http://a.example\n"))
    assert any("must say to which column it belongs, one of its columns: a, b" in fault for fault in found)
    assert any("two, column b: unknown name nowhere" in fault for fault in found)
