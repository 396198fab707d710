"""FHIR that breaks its rules, or asks for what cannot be done."""

from __future__ import annotations

import json
from typing import Any

from tests.api.attacks import GOOD, JSON, Attack, changed, put

URN = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"
SYSTEM = "https://il2-csu.example/id/injection"


def dated(text: str) -> str:
    return changed(effectiveDateTime=text)


def bundle(name: str, status: int | tuple[int, ...], codes: str, *entries: Any, type_: str = "transaction") -> Attack:
    body = json.dumps({"resourceType": "Bundle", "type": type_, "entry": list(entries)}).encode()
    statuses = status if isinstance(status, tuple) else (status,)
    return Attack(name, statuses, tuple(codes.split()), body, "/fhir", "POST", {"Content-Type": JSON})


def entry(resource: Any = GOOD, method: str = "PUT", url: str | None = None, **more: Any) -> dict[str, Any]:
    path = f"{resource['resourceType']}/{resource['id']}" if method == "PUT" else resource["resourceType"]
    return {"resource": resource, "request": {"method": method, "url": path if url is None else url}} | more


def many(count: int) -> list[dict[str, Any]]:
    return [{"request": {"method": "GET", "url": "Patient/1"}}] * count


ATTACKS = [
    put("another type than the address", 400, "invalid", changed(resourceType="Observation")),
    put("another id than the address", 400, "invalid", changed(id="x")),
    put("no id", 400, "invalid", changed(id=None)),
    put("an unknown type", 404, "not-supported", changed(resourceType="Nonsense"), path="/fhir/Nonsense/1"),
    put("a type that is not stored", 404, "not-supported", changed(resourceType="Slot"), path="/fhir/Slot/1"),
    put(
        "a modifier that is not known",
        422,
        "extension",
        changed(modifierExtension=[{"url": "http://x.y", "valueCode": "x"}]),
    ),
    put("implicit rules", 422, "not-supported", changed(implicitRules="http://x.example")),
    put(
        "contained in contained",
        (400, 422),
        "invariant structure",
        changed(
            contained=[{"resourceType": "Patient", "id": "a", "contained": [{"resourceType": "Patient", "id": "b"}]}],
            subject={"reference": "#a"},
        ),
    ),
    put("contained that is not there", (400, 422), "invariant not-found", changed(subject={"reference": "#nothing"})),
    put("a day that does not exist", (400, 422), "value", dated("2025-02-30")),
    put("a time without a zone", (400, 422), "value", dated("2025-04-01T08:00:00")),
    put("24 o'clock", (400, 422), "value", dated("2025-04-01T24:00:00Z")),
    put("a week", (400, 422), "value", dated("2025-W14-1")),
    put("a blank for the T", (400, 422), "value", dated("2025-04-01 08:00:00Z")),
    put("digits of full width", (400, 422), "value", dated("２０２５-04-01")),
    put("a zone too far", (400, 422), "value", dated("2025-04-01T08:00:00+14:01")),
    put("a line break after the date", (400, 422), "value", dated("2025-04-01\n")),
    put("an id with a line break", (400, 422), "value invalid", changed(id="01-001-c1d1\n")),
    put("a code that is none", 422, "code-invalid", changed(status="banana")),
    put(
        "a dose in units that unblind",
        422,
        "business-rule value",
        changed(dosage={"dose": {"value": 1, "system": "http://unitsofmeasure.org", "code": "[iU]"}}),
    ),
    put(
        "a profile that is not known",
        422,
        "not-found",
        changed(meta={"profile": ["https://il2-csu.example/fhir/StructureDefinition/no-such"]}),
    ),
    put(
        "an id that is not its key's",
        422,
        "business-rule",
        changed(id="mine"),
        path="/fhir/MedicationAdministration/mine",
    ),
    bundle("a fullUrl twice", 400, "invariant", entry(fullUrl=URN), entry(GOOD | {"id": "x"}, fullUrl=URN)),
    bundle("a resource twice", 400, "duplicate business-rule", entry(), entry()),
    bundle("a resource twice, by its key", 400, "business-rule", entry(), entry(method="POST")),
    bundle("a reference to no entry", 400, "not-found", entry(GOOD | {"subject": {"reference": URN}})),
    bundle(
        "a search that finds nothing",
        400,
        "not-found",
        entry(GOOD | {"context": {"reference": "Encounter?identifier=x"}}),
    ),
    bundle(
        "one bad of fifty",
        (400, 422),
        "code-invalid",
        *[
            entry(
                GOOD | {"id": f"x{i}", "status": "completed" if i else "banana"},
                fullUrl=f"https://x.y/MedicationAdministration/x{i}",
            )
            for i in range(50)
        ],
    ),
    bundle(
        "1001 references by search",
        400,
        "too-costly",
        entry(GOOD | {"partOf": [{"reference": f"Procedure?identifier={i}"} for i in range(1001)]}),
    ),
    bundle("10000 entries", 413, "too-costly", *many(10_000)),
    bundle("10000 entries of a batch", 413, "too-costly", *many(10_000), type_="batch"),
    bundle(
        "an address elsewhere", 400, "invalid", entry(url="https://x.example/fhir/MedicationAdministration/01-001-c1d1")
    ),
    bundle("another method", (400, 422), "not-supported code-invalid", entry(method="TRACE")),
    bundle(
        "If-None-Exist by what cannot be searched",
        400,
        "not-supported",
        entry(method="POST", url="MedicationAdministration")
        | {"request": {"method": "POST", "url": "MedicationAdministration", "ifNoneExist": "kit=x"}},
    ),
    bundle(
        "a version that is not there",
        412,
        "conflict",
        entry() | {"request": {"method": "PUT", "url": "MedicationAdministration/01-001-c1d1", "ifMatch": 'W/"9"'}},
    ),
    bundle("a Bundle of another kind", 422, "not-supported", entry(), type_="collection"),
    Attack(
        "a version that is not there, alone",
        (412,),
        ("conflict",),
        json.dumps(GOOD).encode(),
        headers={"Content-Type": JSON, "If-Match": 'W/"9"'},
    ),
    Attack(
        "a condition that is none",
        (400,),
        ("not-supported",),
        json.dumps(GOOD).encode(),
        "/fhir/MedicationAdministration",
        "POST",
        {"Content-Type": JSON, "If-None-Exist": "kit=K-1"},
    ),
    Attack(
        "an empty condition",
        (400,),
        ("invalid",),
        json.dumps(GOOD).encode(),
        "/fhir/MedicationAdministration",
        "POST",
        {"Content-Type": JSON, "If-None-Exist": ""},
    ),
    Attack(
        "a PUT without a condition",
        (400,),
        ("invalid",),
        json.dumps(GOOD).encode(),
        "/fhir/MedicationAdministration",
        "PUT",
        {"Content-Type": JSON},
    ),
    Attack(
        "a Provenance that is none",
        (400,),
        ("structure",),
        json.dumps(GOOD).encode(),
        headers={"Content-Type": JSON, "X-Provenance": "{"},
    ),
    Attack(
        "a Provenance with a target",
        (400,),
        ("invalid",),
        json.dumps(GOOD).encode(),
        headers={"Content-Type": JSON, "X-Provenance": '{"resourceType":"Provenance","target":[]}'},
    ),
    Attack(
        "an empty key",
        (400,),
        ("invalid",),
        json.dumps(GOOD).encode(),
        headers={"Content-Type": JSON, "Idempotency-Key": " "},
    ),
]
