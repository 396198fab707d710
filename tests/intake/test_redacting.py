from __future__ import annotations

from typing import Any

import pytest

from adapter.intake.desk import Desk
from adapter.intake.linking import AWAITED
from adapter.intake.names import Names
from adapter.intake.redacting import nameless, redacted
from adapter.intake.sender import Sender

NAMES = Names(b"a key of the tests")
EPIC = Sender("01/epic", "01")
OWN = "https://il2-csu.example/id"
SUBJECT = {"system": f"{OWN}/subject", "value": "01-001"}
MRN = {"system": "http://site01.example/mrn", "value": "778899"}


def unread(**more: Any) -> dict[str, Any]:
    """An Observation that no form of the study reads."""
    return {"resourceType": "Observation", "status": "final", "code": {"coding": [{"code": "x"}]}} | more


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"reference": "Patient/01-001"}, {"reference": "Patient/01-001"}),
        ({"reference": "Patient/01-001", "display": "Zhang"}, {"reference": "Patient/01-001"}),
        ({"identifier": SUBJECT}, {"identifier": SUBJECT}),
        ({"identifier": SUBJECT | {"assigner": {"display": "Zhang"}}}, {"identifier": SUBJECT}),
        ({"display": "Zhang"}, None),
        ({"reference": "Patient/01-001/Zhang"}, None),
    ],
)
def test_whom_it_is_about_is_kept_by_the_studys_name(desk: Desk, given: dict[str, Any], kept: Any) -> None:
    assert redacted(desk, NAMES, EPIC, unread(subject=given)).get("subject") in (kept, {"identifier": kept})


def test_of_identifiers_the_studys_own_are_kept(desk: Desk) -> None:
    own = {"system": f"{OWN}/observation", "value": "01-001-W2-crp"}
    found = redacted(desk, NAMES, EPIC, unread(identifier=[MRN, own | {"use": "usual"}], partOf=[{"identifier": own}]))
    assert (found["identifier"], found["partOf"]) == ([own], [{"identifier": own}])
    names = [own | {"value": "Zhang San"}, {"value": "01-001"}, {"system": "", "value": "01-001"}, MRN]
    assert "identifier" not in redacted(desk, NAMES, EPIC, unread(identifier=names))


def test_every_name_of_a_patient_is_kept_as_its_hmac(desk: Desk) -> None:
    found = redacted(desk, NAMES, EPIC, unread(subject={"reference": "Patient/12345", "identifier": MRN}))
    macs = [NAMES.mac("link", "01", MRN["system"], "778899"), NAMES.mac("link", "01", "Patient", "12345")]
    assert found["subject"] == {"identifier": {"system": AWAITED, "value": " ".join(str(mac) for mac in macs)}}


def test_without_a_key_a_patient_cannot_be_kept(desk: Desk) -> None:
    given = [("Bundle.entry[0].resource", unread(subject={"reference": "Patient/12345"}))]
    (issue,) = nameless(desk, Names(None), EPIC, given)
    assert (issue.code, issue.expression) == ("transient", "Bundle.entry[0].resource.subject")
    assert nameless(desk, NAMES, EPIC, given) == []
    assert nameless(desk, Names(None), EPIC, [("", unread(subject={"reference": "Patient/01-001"}))]) == []
