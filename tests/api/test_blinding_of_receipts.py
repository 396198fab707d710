"""Twins that differ in what may reveal the arm: senders who disagree about it or take it back see no trace of it."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from tests.api.test_blinding import VISIT, twins  # noqa: F401  a fixture
from tests.api.test_receipts import as_
from tests.api.trial import FHIR, INJECTION, told

KIT = {
    "resourceType": "Observation",
    "identifier": [{"system": "https://il2-csu.example/id/observation", "value": "01-001-c1d1-kit"}],
    "code": {"coding": [{"system": "https://il2-csu.example/fhir/CodeSystem/trial", "code": "kit-number"}]},
    "subject": {"reference": "Patient/01-001"},
    "valueString": "K-8",
}
BELOW = ("", "/_history", "/queries", "/issues", "/residue", "/resources", "/provenance")
ADDRESSES = (
    "/crf/queries",
    "/crf/quarantine",
    "/crf/injection?voided=true",
    *(f"/crf/injection/01-001-c1d1{below}" for below in BELOW),
    *(f"/crf/visit/01-001-W2{below}" for below in BELOW),
)


def alike(pair: tuple[FlaskClient, FlaskClient], method: str, path: str, **sent: Any) -> Any:
    one, two = (client.open(path, method=method, **sent) for client in pair)
    assert (one.status_code, list(one.headers), one.data) == (two.status_code, list(two.headers), two.data), path
    assert b"K-" not in one.data
    return one


def test_senders_who_disagree_about_it_are_answered_alike(twins: tuple[FlaskClient, FlaskClient]) -> None:  # noqa: F811
    for sender, kit, lab in (("01/epic", "K-1", 0), ("01/edc", "K-8", 3), ("01/epic", "K-9", 4), ("01/edc", "K-1", 0)):
        for form, record in (
            ("injection", INJECTION | {"kit": kit}),
            ("visit", VISIT | {"eosinophils": lab}),
            ("injection", INJECTION | {"kit": kit, "volume": 2}),
        ):
            pushed = alike(twins, "POST", f"/crf/{form}", json=record, headers=as_(sender))
            alike(twins, "GET", told(pushed)["receipt"], headers=as_(sender))
            for address in ADDRESSES:
                alike(twins, "GET", address)


def test_taking_it_back_is_answered_alike(twins: tuple[FlaskClient, FlaskClient]) -> None:  # noqa: F811
    for status in ("entered-in-error", "final", "entered-in-error"):
        alike(twins, "POST", "/fhir/Observation", json=KIT | {"status": status}, headers=FHIR)
        for address in ADDRESSES:
            alike(twins, "GET", address)
    alike(twins, "DELETE", "/fhir/MedicationAdministration/01-001-c1d1")
    for address in (*ADDRESSES, "/fhir/Task/9", "/fhir/Task/10"):
        alike(twins, "GET", address)
    alike(twins, "POST", "/crf/injection", json=INJECTION)


def test_an_entry_that_waits_is_answered_alike(twins: tuple[FlaskClient, FlaskClient]) -> None:  # noqa: F811
    bad = KIT | {"status": "nonsense"}
    entry = {"resource": bad, "request": {"method": "POST", "url": "Observation"}}
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
    alike(twins, "POST", "/fhir", json=bundle, headers={**FHIR, "Prefer": "respond-async"})
    alike(twins, "GET", "/crf/quarantine/1")
