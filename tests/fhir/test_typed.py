import subprocess
import sys
from decimal import Decimal

import pytest

from adapter.fhir import definitions, typed

OBSERVATION = {
    "resourceType": "Observation",
    "id": "01-001",
    "status": "final",
    "code": {"text": "a"},
    "effectiveDateTime": "2025-04-01T09:30:00+08:00",
    "issued": "2025-04-01T01:30:00.120Z",
    "valueQuantity": {"value": Decimal("1.10"), "unit": "mL"},
    "component": [
        {"code": {"text": "c"}, "valueTime": "09:30:00"},
        {"code": {"text": "c"}, "valueDateTime": "2025-02"},
        {"code": {"text": "c"}, "valueBoolean": False},
        {"code": {"text": "c"}, "valueInteger": 0},
    ],
}
PATIENT = {
    "resourceType": "Patient",
    "contained": [{"resourceType": "Organization", "name": "a"}],
    "extension": [
        {"url": "http://x", "valueBase64Binary": "aGVsbG8="},
        {"url": "http://x", "valueUuid": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"},
        {"url": "http://x", "valueDate": "2025-02-03"},
        {"url": "http://x", "valueDecimal": Decimal("2.00")},
    ],
    "name": [{"given": ["a", None], "_given": [None, {"extension": [{"url": "u", "valueInteger": 0}]}]}],
    "birthDate": "1980",
    "deceasedBoolean": False,
}
BUNDLE = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": PATIENT}]}


@pytest.mark.parametrize(
    "resource",
    [OBSERVATION, PATIENT, BUNDLE],
    ids=lambda resource: resource["resourceType"],
)
def test_a_resource_comes_back_from_its_model(resource):
    back = typed.from_model(typed.to_model(resource))
    assert back == resource
    assert str(back.get("valueQuantity", {}).get("value", "1.10")) == "1.10"


def test_names_that_python_keeps_for_itself_come_back():
    encounter = {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}}
    assert typed.from_model(typed.to_model(encounter)) == encounter


def test_the_model_is_of_r4b():
    assert type(typed.to_model(OBSERVATION)).__module__ == "fhir.resources.R4B.observation"


def test_what_the_library_refuses_is_a_value_error():
    with pytest.raises(ValueError, match="foo"):
        typed.to_model({"resourceType": "Patient", "foo": 1})


@pytest.mark.parametrize("resource", [{}, {"resourceType": "Banana"}])
def test_a_type_that_r4_does_not_have_is_unknown(resource):
    with pytest.raises(definitions.UnknownType):
        typed.to_model(resource)


def test_the_library_is_imported_at_the_first_call_and_never_its_r5_root():
    code = (
        "import sys; from adapter.fhir import typed; early = 'fhir.resources' in sys.modules;"
        "typed.to_model({'resourceType': 'Patient'});"
        "print(early, 'fhir.resources.patient' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "False"]
