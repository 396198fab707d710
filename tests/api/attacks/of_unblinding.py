"""Ways to ask for what is hidden: each is answered as if there were nothing."""

from __future__ import annotations

import json

from tests.api.attacks import JSON, Attack, get, put

KIT = "/fhir/Observation/01-001-c1d1-kit"
SUBJECT = "/fhir/ResearchSubject"
KIT_BODY = json.dumps(
    {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "https://il2-csu.example/fhir/CodeSystem/trial", "code": "kit-number"}]},
        "identifier": [{"system": "https://il2-csu.example/id/observation", "value": "01-001-c1d1-kit"}],
        "subject": {"reference": "Patient/01-001"},
        "valueString": "K-1",
    }
).encode()
STRICT = {"Prefer": "handling=strict"}
PATCH = json.dumps([{"op": "test", "path": "/valueString", "value": "K-1"}]).encode()


def patch(name: str, path: str) -> Attack:
    return Attack(
        name,
        (403, 404),
        ("forbidden", "not-found"),
        PATCH,
        path,
        "PATCH",
        {"Content-Type": "application/json-patch+json"},
    )


ATTACKS = [
    get("a kit", 404, "not-found", KIT),
    get("a version of a kit", 404, "not-found", f"{KIT}/_history/1"),
    get("the history of a kit", 404, "not-found", f"{KIT}/_history"),
    get("the meta of a kit", 404, "not-found", f"{KIT}/$meta"),
    patch("a kit by a test", KIT),
    patch("a kit by a test, found by a search", "/fhir/Observation?identifier=01-001-c1d1-kit"),
    get("an arm by a search", 400, "not-supported", f"{SUBJECT}?assignedArm=A", **STRICT),
    get("an arm by an order", 400, "not-supported", f"{SUBJECT}?_sort=assignedArm"),
    get("_has", (400, 403), "forbidden not-supported", "/fhir/Patient?_has:Observation:patient:code=kit-number"),
    get("a chain", (400, 403), "forbidden not-supported", "/fhir/Observation?subject.birthdate=1980"),
    get(
        "an iterating include",
        (400, 403),
        "too-costly forbidden not-supported",
        "/fhir/Observation?_include:iterate=Observation:part-of",
    ),
    put(
        "an arm where the profile masks it",
        (400, 422),
        "structure invariant business-rule value",
        json.dumps(
            {
                "resourceType": "ResearchSubject",
                "id": "01-001",
                "meta": {"profile": ["https://il2-csu.example/fhir/StructureDefinition/trial-subject"]},
                "identifier": [{"system": "https://il2-csu.example/id/subject", "value": "01-001"}],
                "status": "on-study",
                "study": {"reference": "ResearchStudy/il2-csu-01"},
                "individual": {"reference": "Patient/01-001"},
                "assignedArm": "A",
            }
        ),
        path=f"{SUBJECT}/01-001",
    ),
    Attack(
        "a conditional create by what is hidden",
        (400,),
        ("not-supported",),
        KIT_BODY,
        "/fhir/Observation",
        "POST",
        {"Content-Type": JSON, "If-None-Exist": "kit=K-1"},
    ),
    get("_filter", 400, "not-supported", "/fhir/Observation?_filter=value eq K-1", **STRICT),
    get("GraphQL", (400, 404), "not-supported not-found", "/fhir/$graphql?query={Observation{id}}"),
]
