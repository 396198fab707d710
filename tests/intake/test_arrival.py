from __future__ import annotations

from adapter.intake.arrival import unversioned


def test_what_a_server_said_of_its_copy_is_taken_off() -> None:
    profile = {"profile": ["https://x.example"]}
    sent = {"resourceType": "Patient", "meta": {"versionId": "1", "lastUpdated": "2026-01-01T00:00:00Z"} | profile}
    assert unversioned(sent) == {"resourceType": "Patient", "meta": profile}
    assert unversioned({"id": "x", "meta": {"versionId": "1"}}) == {"id": "x"}
    assert unversioned({"id": "x", "meta": profile}) == {"id": "x", "meta": profile}
    assert sent["meta"]["versionId"] == "1"  # type: ignore[index]
