from __future__ import annotations

from pathlib import Path

import pytest

from tests.crf.studies import refused, the_fault


@pytest.mark.parametrize(
    ("site", "why"),
    [
        ("columns: {vist: {a: b}}", "unknown form vist; did you mean visit?"),
        ("columns: {visit: {a: drugs}}", "has no column drugs"),
        ("columns: {visit: {kit: remark}}", "kit is an item of visit itself"),
        ("values: {color: {a: red}}", "unknown codelist color; did you mean colour?"),
        ("values: {colour: {a: rood}}", "colour has no answer rood"),
        ("values: {boolean: {a: red}}", "boolean has no answer red"),
        ("codes: {colour: {red: X}}", "a coding is {system: …, code: …}"),
        ("names: {nobody: []}", "unknown name nobody"),
        ("zone: CST", "CST is no offset"),
        ("date_formats: ['%d.%m.%y']", "is no date format"),
        ("date_formats: ['%d.%m.%Y %H:%M']", 'holds a time, and no offset: say which, zone: "+08:00"'),
        ("colums: {}", "did you mean columns?"),
    ],
)
def test_a_faulty_site_is_named_with_its_reason(tmp_path: Path, site: str, why: str) -> None:
    assert why in the_fault(refused(tmp_path, sites__03=f'site: "03"\n{site}\n')).why
