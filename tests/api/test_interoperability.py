"""A client that nobody here wrote (fhirpy) works with a real server, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import MultipleResourcesFound, OperationOutcome, ResourceNotFound

from tests.api.attacks import GOOD
from tests.cli.test_serve import environ, free_port, start, stop

TYPE = "MedicationAdministration"
SYSTEM = GOOD["identifier"][0]["system"]


@pytest.fixture(scope="module")
def fhir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncFHIRClient]:
    running = start(environ(tmp_path_factory.mktemp("server"), free_port(), CRFHIR_OPEN_DEMO="1"))
    yield SyncFHIRClient(f"{running.url}/fhir", requests_config={"timeout": 20})
    stop(running)


def injection(key: str, volume: int = 1, **more: Any) -> dict[str, Any]:
    named = {"id": key, "identifier": [{"system": SYSTEM, "value": key}]}
    dose = {"dose": GOOD["dosage"]["dose"] | {"value": volume}}
    return GOOD | named | {"subject": {"reference": f"Patient/{key[:6]}"}, "dosage": dose} | more


def test_a_resource_is_created_read_changed_and_deleted(fhir: SyncFHIRClient) -> None:
    made = fhir.resource(TYPE, **injection("01-001-c1d1"))
    made.create()
    assert made["meta"]["versionId"] == "1"
    read = fhir.reference(TYPE, "01-001-c1d1").to_resource()
    read["dosage"]["dose"]["value"] = 0
    read.update()
    assert fhir.reference(TYPE, "01-001-c1d1").to_resource()["dosage"]["dose"]["value"] == 0
    assert fhir.execute(f"{TYPE}/01-001-c1d1/_history", "get")["total"] == 2
    read.delete()
    with pytest.raises(ResourceNotFound):
        fhir.get(TYPE, "01-001-c1d1")


def test_a_search_is_followed_over_its_pages(fhir: SyncFHIRClient) -> None:
    for day in range(1, 6):
        fhir.resource(TYPE, **injection(f"02-001-c1d{day}", effectiveDateTime=f"2025-04-0{day}")).save()
    found = fhir.resources(TYPE).search(subject="Patient/02-001").limit(2).fetch_all()
    assert sorted(each["id"] for each in found) == [f"02-001-c1d{day}" for day in range(1, 6)]
    assert fhir.resources(TYPE).search(subject="Patient/02-001", effective_time__ge="2025-04-04").count() == 2
    assert fhir.resources(TYPE).search(identifier=f"{SYSTEM}|02-001-c1d3").first()["id"] == "02-001-c1d3"


def test_conditions_make_one_of_many(fhir: SyncFHIRClient) -> None:
    wanted = fhir.resources(TYPE).search(identifier=f"{SYSTEM}|03-001-c1d1")
    _, created = wanted.get_or_create(fhir.resource(TYPE, **injection("03-001-c1d1")))
    _, again = wanted.get_or_create(fhir.resource(TYPE, **injection("03-001-c1d1", 0)))
    assert (created, again) == (True, False)
    changed, is_new = wanted.update(fhir.resource(TYPE, **injection("03-001-c1d1", 0)))
    assert (changed["meta"]["versionId"], is_new) == ("2", False)
    fhir.resource(TYPE, **injection("03-001-c1d2")).save()
    with pytest.raises(MultipleResourcesFound):
        fhir.resources(TYPE).search(subject="Patient/03-001").delete()
    wanted.delete()
    assert wanted.first() is None


def test_a_transaction_is_all_or_nothing(fhir: SyncFHIRClient) -> None:
    def sent(*resources: dict[str, Any]) -> Any:
        entries = [
            {"resource": each, "request": {"method": "PUT", "url": f"{TYPE}/{each['id']}"}} for each in resources
        ]
        return fhir.execute("", data={"resourceType": "Bundle", "type": "transaction", "entry": entries})

    good, other = injection("04-001-c1d1"), injection("04-001-c1d2", effectiveDateTime="2025-04-02")
    with pytest.raises(OperationOutcome):
        sent(good, other | {"status": "banana"})
    assert fhir.resources(TYPE).search(subject="Patient/04-001").count() == 0
    assert [entry["response"]["status"] for entry in sent(good, other)["entry"]] == ["201 Created"] * 2


def test_what_is_wrong_is_told_as_an_outcome(fhir: SyncFHIRClient) -> None:
    with pytest.raises(OperationOutcome) as refused:
        fhir.resource(TYPE, **injection("05-001-c1d1", status="banana")).save()
    assert refused.value.resource["issue"][0]["code"] == "code-invalid"
