from __future__ import annotations

from flask.testing import FlaskClient

from adapter.fhir.conformance import Definitions
from adapter.validation.validator import Validator
from tests.api.trial import told


def test_the_statement_names_what_is_there_and_is_sound(client: FlaskClient) -> None:
    statement = told(client.get("/fhir/metadata"))
    assert [issue for issue in Validator(Definitions()).check(statement) if issue.refuses] == []
    types = {entry["type"]: entry for entry in statement["rest"][0]["resource"]}
    assert {"MedicationAdministration", "QuestionnaireResponse", "ResearchStudy"} <= types.keys()
    assert {"convert", "validate"} <= {operation["name"] for operation in statement["rest"][0]["operation"]}
    assert [operation["name"] for operation in types["Patient"]["operation"]] == ["validate"]
    found = {parameter["name"] for parameter in types["MedicationAdministration"]["searchParam"]}
    assert {"subject", "patient", "identifier", "date", "effective-time", "_lastUpdated", "_id"} <= found


def test_every_parameter_that_is_named_is_understood(client: FlaskClient) -> None:
    values = {"date": "2025-01-01", "reference": "01-001", "token": "x"}
    for entry in told(client.get("/fhir/metadata"))["rest"][0]["resource"]:
        for parameter in entry["searchParam"]:
            query = f"{parameter['name']}={values[parameter['type']]}"
            found = client.get(f"/fhir/{entry['type']}?{query}", headers={"Prefer": "handling=strict"})
            assert found.status_code == 200, query
            assert parameter["name"] in told(found)["link"][0]["url"]
