from __future__ import annotations

from adapter.intake.arrival import not_understood, unversioned


def test_what_a_server_said_of_its_copy_is_taken_off() -> None:
    profile = {"profile": ["https://x.example"]}
    sent = {"resourceType": "Patient", "meta": {"versionId": "1", "lastUpdated": "2026-01-01T00:00:00Z"} | profile}
    assert unversioned(sent) == {"resourceType": "Patient", "meta": profile}
    assert unversioned({"id": "x", "meta": {"versionId": "1"}}) == {"id": "x"}
    assert unversioned({"id": "x", "meta": profile}) == {"id": "x", "meta": profile}
    assert sent["meta"]["versionId"] == "1"  # type: ignore[index]


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
