"""A transaction as an EHR sends one: its patients found by a search for its own numbers, its own ids in references."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from adapter.intake.deciding import Name, link
from tests.api.test_quarantine import EHR, EPIC
from tests.api.test_quarantine import app as app  # a fixture
from tests.api.test_quarantine import client as client  # a fixture
from tests.api.trial import told

MRN = "http://site01.example/mrn"


def sent(client: FlaskClient, value: str) -> Any:
    injection = EHR | {"subject": {"reference": f"Patient?identifier={MRN}|{value}"}}
    entry = {"resource": injection, "request": {"method": "PUT", "url": "MedicationAdministration/ehr-1"}}
    return client.post("/fhir", json={"resourceType": "Bundle", "type": "transaction", "entry": [entry]}, headers=EPIC)


@pytest.mark.parametrize("value", ["778899", "77%2088"])
def test_a_patient_is_found_by_the_hospitals_own_number(app: Flask, client: FlaskClient, value: str) -> None:
    number = value.replace("%20", " ")
    link(app.extensions["crfhir"].pipeline, [Name("01", MRN, number, "01-001")], "tests")
    done = sent(client, value)
    assert done.status_code == 200, done.text
    assert told(done)["entry"][0]["response"]["location"].endswith("/MedicationAdministration/01-001-c1d1/_history/1")
    assert number not in done.text


def test_a_number_that_is_not_linked_waits_and_is_not_repeated(client: FlaskClient) -> None:
    done = sent(client, "778899")
    assert done.status_code == 202, done.text
    assert "778899" not in done.text
