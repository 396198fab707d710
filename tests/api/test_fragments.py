"""One resource of a record, pushed alone: what it has no place for is no answer that is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from adapter.api.app import create_app
from adapter.api.config import Config
from adapter.fhir import json
from adapter.mapping.study import load_study
from tests.api.trial import FHIR, refused

PACKAGE = {
    "study.yaml": 'study: clinic\nbase: https://clinic.example/fhir\nzone: "+00:00"\n',
    "forms/visit.yaml": """
form: visit
items:
  subject: subject key
  week: integer 0..52 key
  attended: code attended required
  weight: decimal 20..300 kg
  arm: token restricted
checks:
  weighed-when-seen: {needs: {items: [weight], when: {attended: "yes"}}, label: {en: Who is seen is weighed.}}
  blind-until-seen: {only_with: {items: [weight], when: {arm: [open]}}, label: {en: No weight unless open.}}
""",
    "codelists.yaml": 'attended:\n  columns: {code: }\n  "yes": finished\n  "no": cancelled\n',
    "names.yaml": """
visit-id: https://clinic.example/id/visit
subject-id: https://clinic.example/id/subject
subject-organization: {reference: Organization/1}
ambulatory: {system: http://terminology.hl7.org/CodeSystem/v3-ActCode, code: AMB}
body-weight: {system: https://clinic.example/fhir/CodeSystem/own, code: weight}
arm-code: {system: https://clinic.example/fhir/CodeSystem/own, code: arm}
""",
    "maps/visit.yaml": """
form: visit
resources:
  - resourceType: Encounter
    identifier: [&id {system: visit-id, value: "{subject}-{week}"}]
    status: "{attended}"
    class: ambulatory
    subject: "{subject}"
  - resourceType: Observation
    identifier: [{system: visit-id, value: "{subject}-{week}-weight"}]
    status: final
    code: {coding: [body-weight]}
    subject: "{subject}"
    valueQuantity: "{weight}"
  - resourceType: Observation
    identifier: [{system: visit-id, value: "{subject}-{week}-arm"}]
    status: final
    code: {coding: [arm-code]}
    subject: "{subject}"
    valueString: "{arm}"
""",
}
RECORD = {"subject": "001", "week": 2, "attended": "yes", "weight": 71}


@pytest.fixture
def app_folder(tmp_path: Path) -> Path:
    for name, text in PACKAGE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def client(app_folder: Path) -> Iterator[FlaskClient]:
    config = Config(database=f"sqlite:///{app_folder / 'crfhir.db'}", open_demo=True)
    app = create_app(config, load_study(app_folder))
    yield app.test_client()
    app.extensions["crfhir"].store.close()


def clinical(client: FlaskClient, record: dict[str, Any]) -> dict[str, Any]:
    """Type -> the resource of a record, as the service converts it."""
    answered = client.post("/crf/visit/$convert", json=record)
    assert answered.status_code == 200, answered.data
    found = [entry["resource"] for entry in json.parse(answered.data)["entry"]]
    return {resource["resourceType"]: resource for resource in found}


def put(client: FlaskClient, resource: dict[str, Any]) -> Any:
    path = f"/fhir/{resource['resourceType']}/{resource['id']}"
    return client.put(path, data=json.encode(resource), headers=FHIR)


def test_a_resource_alone_is_not_refused_for_what_another_resource_says(client: FlaskClient) -> None:
    made = clinical(client, RECORD)
    assert put(client, made["Encounter"]).status_code == 201
    assert put(client, made["Observation"]).status_code == 201
    stored = json.parse(client.get("/crf/visit/001-2").data)
    assert stored == RECORD


def test_what_a_whole_record_leaves_out_is_judged(client: FlaskClient) -> None:
    lacking = {key: value for key, value in RECORD.items() if key != "weight"}
    assert "weighed" in refused(client.post("/crf/visit", json=lacking), 422, "business-rule")


def test_a_whole_record_is_not_judged_by_a_restricted_item_that_it_did_not_bring(client: FlaskClient) -> None:
    assert client.post("/crf/visit", json=RECORD).status_code == 201
    assert "may reveal" in refused(client.post("/crf/visit", json={**RECORD, "arm": "shut"}), 422, "business-rule")
