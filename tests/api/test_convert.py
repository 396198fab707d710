from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from adapter.fhir import xml
from tests.api.trial import FHIR, INJECTION, diary, refused, told


@pytest.mark.parametrize("view", ["clinical", "form", "both"])
def test_a_record_becomes_resources_and_they_become_the_record(client: FlaskClient, view: str) -> None:
    bundle = client.post(f"/crf/injection/$convert?view={view}", json=INJECTION)
    assert bundle.status_code == 200
    back = told(client.post("/fhir/$convert", data=bundle.data, headers=FHIR))
    assert [entry["record"] for entry in back["records"]] == [INJECTION]
    assert told(client.get("/crf/injection"))["total"] == 0


def test_records_that_name_their_form_convert_at_the_fhir_address_too(client: FlaskClient) -> None:
    one = client.post("/fhir/$convert", json={"form": "diary", "record": diary("2025-04-01")})
    two = client.post("/fhir/$convert", json={"form": "diary", "records": [diary("2025-04-01"), diary("2025-04-02")]})
    assert len(told(two)["entry"]) == 2 * len(told(one)["entry"])


def test_a_bundle_is_answered_in_xml_and_read_from_xml(client: FlaskClient) -> None:
    bundle = client.post("/crf/injection/$convert?_format=xml", json=INJECTION)
    assert xml.parse(bundle.data)["type"] == "collection"
    back = client.post("/fhir/$convert", data=bundle.data, headers={"Content-Type": "application/fhir+xml"})
    assert told(back)["records"][0]["record"] == INJECTION


def test_restricted_things_are_left_out_both_ways(client: FlaskClient) -> None:
    bundle = client.post("/crf/injection/$convert?view=both", json=INJECTION | {"kit": "K-77"})
    assert "K-77" not in bundle.get_data(as_text=True)
    back = client.post(
        "/crf/injection/$convert",
        json={
            "resourceType": "Observation",
            "identifier": [{"system": "https://il2-csu.example/id/observation", "value": "01-001-c1d1-kit"}],
            "status": "final",
            "code": {"coding": [{"system": "https://il2-csu.example/fhir/CodeSystem/trial", "code": "kit-number"}]},
            "subject": {"reference": "Patient/01-001"},
            "valueString": "K-77",
        },
    )
    assert back.status_code == 200, back.data
    assert "K-77" not in back.get_data(as_text=True)


def test_residue_is_a_path_and_never_a_value(client: FlaskClient) -> None:
    resource = told(client.post("/crf/injection/$convert", json=INJECTION))["entry"][0]["resource"]
    resource["dosage"]["dose"]["value"] = 1
    resource["note"] = [{"text": "a remark"}]
    back = client.post("/fhir/$convert", json=resource, headers=FHIR)
    assert "MedicationAdministration.note[0].text" in back.get_data(as_text=True)
    assert "a remark" not in back.get_data(as_text=True)


def test_what_cannot_be_converted_is_refused(client: FlaskClient) -> None:
    refused(client.post("/crf/injection/$convert", json=INJECTION | {"cycle": 9}), 422, "value")
    refused(client.post("/crf/injection/$convert?view=x", json=INJECTION), 400, "invalid")
    refused(client.post("/crf/nothing/$convert", json=INJECTION), 404, "not-found")
    refused(client.post("/fhir/$convert", json={"form": "nothing", "record": {}}), 404, "not-found")
    refused(client.post("/fhir/$convert", json={"form": 1, "record": {}}), 400, "structure")
    refused(client.post("/fhir/$convert", json=[1]), 400, "structure")
    refused(client.post("/fhir/$convert", json={"resourceType": "Basic", "cod": {}}), 400, "structure")
    refused(client.post("/fhir/$convert", json={"resourceType": "Bundle", "entry": 1}), 400, "structure")
    refused(client.post("/fhir/$convert", json={"resourceType": "Bundle", "entry": [{}]}), 400, "structure")
    refused(client.post("/fhir/$convert", json={"resourceType": "Basic", "code": {"text": "x"}}), 422, "not-supported")


def test_resources_of_another_form_are_refused_at_a_forms_address(client: FlaskClient) -> None:
    bundle = client.post("/crf/injection/$convert", json=INJECTION)
    assert "injection" in refused(
        client.post("/crf/diary/$convert", data=bundle.data, headers=FHIR), 422, "business-rule"
    )
