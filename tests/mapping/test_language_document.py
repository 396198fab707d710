"""docs/mapping-language.md: its package compiles, and its record becomes its resource and comes back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapter.crf.record import parser
from adapter.crf.study import Item
from adapter.fhir import json as fhir_json
from adapter.mapping.holes import parse
from adapter.mapping.plan import Hole, Text
from adapter.mapping.study import load_study
from adapter.mapping.text import inverter

DOCUMENT = Path(__file__).parents[2] / "docs" / "mapping-language.md"


def fenced(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT.read_text(encoding="utf-8"), re.M | re.S)


def test_the_example_of_the_document_works_both_ways(tmp_path: Path) -> None:
    for block in fenced("yaml"):
        named = re.match(r"# (\S+\.yaml)\n", block)
        if named is not None:
            (tmp_path / named[1]).parent.mkdir(exist_ok=True)
            (tmp_path / named[1]).write_text(block, encoding="utf-8")
    study = load_study(tmp_path)
    written, shown = (fhir_json.parse(block) for block in fenced("json"))
    record, issues = parser(study.definition, "dose").parse_json(written)
    assert issues == []
    assert study.to_fhir("dose", record) == [shown]
    result = study.to_crf([shown])
    assert result.records == [("dose", record)]
    assert (result.residue, result.dropped, result.issues) == ([], [], [])


def test_every_hole_in_the_table_of_holes_is_one() -> None:
    table = DOCUMENT.read_text(encoding="utf-8").split("## Holes")[1].split("\n\n")[1]
    for hole in re.findall(r'^\| `"(.*?)"`', table, re.M):
        assert parse(hole)


def test_the_text_that_the_document_calls_refused_is_refused_and_the_other_is_not() -> None:
    assert '`"{note}/{remark}"` is refused, `"{note}/{day}"` is not' in DOCUMENT.read_text(encoding="utf-8")
    note, remark, day = (Hole(Item(kind, kind), "string", "text") for kind in ("text", "text", "integer"))
    with pytest.raises(ValueError, match="cannot be read back"):
        inverter(Text((note, "/", remark)), {})
    assert inverter(Text((note, "/", day)), {}).fullmatch("a/b/3")
