"""Small studies for the tests of this folder: written as files, or made in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.crf.item_type import parse_type
from adapter.crf.package import load
from adapter.crf.study import Codelist, Form, Item, Study
from adapter.errors import DefinitionError, Fault

STUDY = 'study: toy\nbase: https://toy.example/fhir\nzone: "+08:00"\n'

KEYED = "f:\n  subject: subject key\n"
"""The beginning of a forms.yaml: a form with its key."""

FORMS = """\
visit:
  subject: subject key
  visit: visit key
  when: {type: date, label: {en: Date, zh: 日期}}
  entered: datetime
  answer: code colour
  likes: code colour many
  notes: text many
  pain: integer 0..10
  dose: decimal 0..2000 mg
  born: year
  smoker: boolean
  remark: text
  kit: token restricted
  drugs: group many
  drugs.name: code colour
  drugs.amount: decimal 0..10
  drugs.remark: text
"""

CODELISTS = """\
colour:
  columns: {code: }
  labels:
    red: {en: Red one, zh: 红}
  red: R
  green: [G, g]
  blue: B
"""


def write(folder: Path, **files: str) -> Path:
    """Write a study package: `forms` is forms.yaml, `sites__03` is sites/03.yaml."""
    contents = {"study": STUDY, "forms": FORMS, "codelists": CODELISTS} | files
    for name, content in contents.items():
        path = folder / (name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def refused(folder: Path, **files: str) -> DefinitionError:
    """Write a package that has faults and return the error that loading it raises."""
    with pytest.raises(DefinitionError) as caught:
        load(write(folder, **files))
    return caught.value


def faults(error: DefinitionError) -> list[str]:
    """Return the faults of an error as text."""
    return [str(fault) for fault in error.faults]


def the_fault(error: DefinitionError) -> Fault:
    """Return the one fault there is."""
    assert len(error.faults) == 1, faults(error)
    return error.faults[0]


def item(item_id: str, type_text: str) -> Item:
    """Return an item from its type text."""
    parsed, reasons = parse_type(type_text)
    assert not reasons
    flags = dict.fromkeys(parsed.flags, True)
    return Item(item_id, parsed.type, parsed.codelist, parsed.low, parsed.high, parsed.unit, **flags)


def form(**types: str) -> Form:
    """Return a form from item ids and type texts; `a__b` is the member `a.b`."""
    items = [item(item_id.replace("__", "."), type_text) for item_id, type_text in types.items()]
    return Form("toy", {one.id: one for one in items})


def study(*forms: Form) -> Study:
    """Return a study in memory with the codelist `colour`."""
    rows = {"red": {"code": ("R",)}, "green": {"code": ("G", "g")}, "blue": {"code": ("B",)}}
    colour = Codelist("colour", {"code": None}, rows, labels={"red": {"en": "Red one", "zh": "红"}})
    pattern = "[0-9]{2}-[0-9]{3}"
    return Study(
        id="toy",
        folder=Path(),
        base="https://toy.example/fhir",
        zone="+08:00",
        forms={one.id: one for one in forms},
        codelists={"colour": colour},
        names={},
        maps={},
        sites={},
        facts={},
        patterns={"subject": pattern, "site": "[0-9]{2}", "visit": "W[0-9]{1,2}"},
    )
