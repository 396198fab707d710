from __future__ import annotations

from pathlib import Path

import pytest

from tests.crf.studies import KEYED, faults, refused


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ("a: text requird", "unknown flag 'requird'; did you mean required?"),
        ("a: text mL", "a text has no unit"),
        ("a: text 0..3", "a text has no range"),
        ("a: integer 0..1.5", "whole ends"),
        ("a: integer 0..1 0..2", "second range"),
        ("a: decimal mL kg", "two units"),
        ("a: decimal required mL requierd", "did you mean required?"),
        ("a: text required required", "stands twice"),
        ("a: code", "names its codelist"),
        ("a: group", "write `group many`"),
        ("a: group many", "a group has members"),
        ("a: {type: text, lable: x}", "no key lable; did you mean label?"),
        ("a: {label: x}", "has no type"),
        ("a: [text]", "but a list; answers to choose from are a codelist"),
        (
            "a: {type: decimal 0..1,5 L}",
            "no key 5 L; known: type, label, rule; a text with a comma stands in quotation marks",
        ),
        ("a: text key many", "a key cannot be many"),
        ("a: text key restricted", "a key cannot be restricted"),
        ("a: text key derived", "a key cannot be derived"),
        ("g: group many key\n  g.b: text", "a group cannot be a key"),
        ("a.b: text", "a member of a, which is no group"),
        ("g: group many\n  g.b: text many", "a member of a group cannot be many"),
        ("g: group many\n  g.b: text key", "a member of a group cannot be key"),
        ("a b: text", "no item id"),
        ("a: boolean colour", "the rows of a boolean's codelist are true and false"),
    ],
)
def test_a_faulty_item_is_named_with_its_reason(tmp_path: Path, items: str, why: str) -> None:
    found = faults(refused(tmp_path, forms=f"{KEYED}  {items}\n"))
    assert any(why in fault and fault.startswith("forms.yaml:") for fault in found), found


@pytest.mark.parametrize("name", ["queries", "quarantine"])
def test_a_form_is_not_called_as_a_list_of_the_service_is(tmp_path: Path, name: str) -> None:
    found = faults(refused(tmp_path, forms=KEYED.replace("f:", f"{name}:")))
    assert any(f"/crf/{name}" in fault and fault.startswith("forms.yaml:1") for fault in found), found
