from __future__ import annotations

from adapter.mapping.modifiers import not_understood


def test_a_modifier_that_nobody_understands_is_an_error_once_at_its_place() -> None:
    paths = [
        "Observation.modifierExtension[0].url",
        "Observation.modifierExtension[0].valueBoolean",
        "Bundle.entry[3].resource.component[1].modifierExtension[2].extension[0].url",
        "Observation.implicitRules",
        None,
    ]
    assert [(issue.severity, issue.code, issue.expression) for issue in not_understood(paths)] == [
        ("error", "extension", "Observation.modifierExtension[0]"),
        ("error", "extension", "Bundle.entry[3].resource.component[1].modifierExtension[2]"),
        ("error", "not-supported", "Observation.implicitRules"),
    ]


def test_other_residue_refuses_nothing() -> None:
    assert list(not_understood(["Observation.extension[0].url", "Observation.note[0].text", None])) == []
