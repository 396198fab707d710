"""Clients that nobody here wrote (fhirpy, fhirclient) work with a real server, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fhirclient.client import FHIRClient
from fhirclient.models.bundle import Bundle
from fhirclient.models.capabilitystatement import CapabilityStatement
from fhirclient.models.fhirreference import FHIRReference
from fhirclient.models.medicationadministration import MedicationAdministration
from fhirclient.models.patient import Patient
from fhirclient.server import FHIRNotFoundException, FHIRServer
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import MultipleResourcesFound, OperationOutcome, ResourceNotFound

from tests.api.attacks import GOOD
from tests.cli.test_serve import environ, free_port, start, stop

TYPE = "MedicationAdministration"
SYSTEM = GOOD["identifier"][0]["system"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    # Nobody reads what the server writes: a log would fill the pipe.
    settings = environ(tmp_path_factory.mktemp("server"), free_port(), CRFHIR_OPEN_DEMO="1", CRFHIR_LOG="off")
    running = start(settings)
    yield f"{running.url}/fhir"
    stop(running)


@pytest.fixture(scope="module")
def fhir(base: str) -> SyncFHIRClient:
    return SyncFHIRClient(base, requests_config={"timeout": 20})


@pytest.fixture(scope="module")
def smart(base: str) -> FHIRServer:
    """fhirclient's server: what it reads of our answers must be R4 of the right types."""
    return FHIRClient(settings={"app_id": "tests", "api_base": base}).server


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


def test_the_other_client_creates_changes_and_deletes_too(smart: FHIRServer) -> None:
    content = injection("06-001-c1d1")
    del content["id"]
    assert MedicationAdministration(content).create(smart)["id"] == "06-001-c1d1"
    read = MedicationAdministration.read("06-001-c1d1", smart)
    read.dosage.dose.value = 0.5
    assert read.update(smart)["meta"]["versionId"] == "2"
    history = Bundle(smart.request_json("MedicationAdministration/06-001-c1d1/_history"))
    assert [entry.resource.dosage.dose.value for entry in history.entry] == [0.5, 1]
    read.delete()
    with pytest.raises(Exception, match="410"):
        MedicationAdministration.read("06-001-c1d1", smart)
    with pytest.raises(FHIRNotFoundException):
        Patient.read("06-002", smart)


def test_the_other_client_follows_a_search_and_reads_its_references(smart: FHIRServer) -> None:
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": []}
    for day in range(1, 6):
        one = injection(f"07-001-c1d{day}", effectiveDateTime=f"2025-04-0{day}T08:00:00+08:00")
        request = {"method": "PUT", "url": f"{TYPE}/{one['id']}"}
        bundle["entry"].append({"resource": one, "request": request})
    told = Bundle(smart.post_json("", Bundle(bundle).as_json()).json())
    assert [entry.response.status for entry in told.entry] == ["201 Created"] * 5
    search = MedicationAdministration.where({"subject": "Patient/07-001", "_count": "2", "_sort": "-effective-time"})
    found = list(search.perform_resources_iter(smart))
    assert [each.id for each in found] == [f"07-001-c1d{day}" for day in (5, 4, 3, 2, 1)]
    assert isinstance(found[0].subject, FHIRReference)


def test_the_other_client_reads_what_the_server_can_do_and_its_definitions(smart: FHIRServer) -> None:
    statement = CapabilityStatement.read_from("metadata", smart)
    assert statement.fhirVersion == "4.0.1"
    for resource in statement.rest[0].resource:
        if "search-type" not in [interaction.code for interaction in resource.interaction]:
            continue
        page = Bundle(smart.request_json(f"{resource.type}?_count=200"))
        assert page.type == "searchset"
        assert all(entry.resource.as_json() for entry in page.entry or ())
