from typing import Any

import pytest

from adapter.intake import readings
from adapter.intake.conformity import judge
from adapter.intake.desk import Desk
from adapter.intake.readings import Readings
from adapter.outcome import Issue

PATIENT: dict[str, Any] = {"resourceType": "Patient", "active": True}
ENTRY = {"fullUrl": "urn:uuid:3f1a5a4e-7a52-4b0e-8d5a-0d4f6a1f2b3c", "resource": PATIENT}


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was judged, in order."""
    found: list[Any] = []

    def counted(desk: Desk, resource: Any) -> list[Issue]:
        found.append(resource)
        return judge(desk, resource)

    monkeypatch.setattr(readings, "judge", counted)
    return found


def test_a_resource_is_judged_once(desk: Desk, judged: list[Any]) -> None:
    looked, wrong = Readings(desk), {"resourceType": "Patient", "active": "soon"}
    assert looked.judge(wrong) == looked.judge(wrong) == judge(desk, wrong) != []
    assert judged == [wrong]


def test_one_that_was_changed_is_judged_anew(desk: Desk, judged: list[Any]) -> None:
    looked = Readings(desk)
    assert looked.judge(PATIENT) == []
    assert looked.judge(PATIENT | {"active": "soon"}) != []
    assert len(judged) == 2


def test_what_stands_in_a_sound_bundle_is_sound(desk: Desk, judged: list[Any]) -> None:
    looked, bundle = (
        Readings(desk),
        {"resourceType": "Bundle", "type": "collection", "entry": [ENTRY]},
    )
    assert looked.judge(bundle) == []
    assert looked.judge(PATIENT) == []
    assert judged == [bundle]


def test_what_stands_in_a_broken_bundle_is_judged_by_itself(desk: Desk, judged: list[Any]) -> None:
    looked = Readings(desk)
    wrong = {"resourceType": "Patient", "active": "soon"}
    entries = [{"resource": PATIENT}, {"resource": wrong}]
    assert looked.judge({"resourceType": "Bundle", "type": "collection", "entry": entries}) != []
    assert looked.judge(PATIENT) == []
    assert [issue.expression for issue in looked.judge(wrong)] == ["Patient.active"]
    assert len(judged) == 3


def test_the_reading_of_a_resource_is_the_desks_without_what_its_last_server_said(desk: Desk) -> None:
    looked = Readings(desk)
    resource = PATIENT | {"meta": {"versionId": "3", "lastUpdated": "2026-01-01T00:00:00Z"}}
    found = looked.read(resource)
    assert found is looked.read(resource)
    assert found.residue == desk.read(PATIENT).residue
