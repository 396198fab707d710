"""Requests that are no HTTP for this service, or that go where nothing is."""

from __future__ import annotations

import gzip
import json

from tests.api.attacks import GOOD, JSON, PATH, Attack, get

BODY = json.dumps(GOOD).encode()
BOMB = gzip.compress(b" " * 50_000_000)
SEARCH = "/fhir/MedicationAdministration"


def put(name: str, status: int | tuple[int, ...], code: str, body: bytes = BODY, **headers: str) -> Attack:
    statuses = status if isinstance(status, tuple) else (status,)
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return Attack(name, statuses, tuple(code.split()), body, PATH, "PUT", {"Content-Type": JSON} | named)


ATTACKS = [
    put("another type", 415, "not-supported", Content_Type="text/plain"),
    put("a form", 415, "not-supported", Content_Type="application/x-www-form-urlencoded"),
    put("no type", 415, "not-supported", Content_Type=""),
    put("another charset", 415, "not-supported", Content_Type=f"{JSON}; charset=utf-16"),
    put("another coding", 415, "not-supported", Content_Encoding="br"),
    put("an Accept that cannot be", 406, "not-supported", Accept="image/png"),
    put("another version of FHIR", 406, "not-supported", Accept=f"{JSON}; fhirVersion=3.0"),
    put("gzip that swells", 413, "too-long", BOMB, Content_Encoding="gzip"),
    put("gzip that is none", 400, "structure", BODY, Content_Encoding="gzip"),
    put("gzip cut off", 400, "structure", gzip.compress(BODY)[:-9], Content_Encoding="gzip"),
    put("gzip and something more", 400, "structure", gzip.compress(BODY) + b"x", Content_Encoding="gzip"),
    put("an empty body", 400, "structure", b""),
    put("a condition on a date", 400, "not-supported", If_Unmodified_Since="Mon, 01 Jan 2024 00:00:00 GMT"),
    put("an empty If-Match", 400, "invalid", If_Match=""),
    Attack("TRACE", (405,), ("not-supported",), path="/fhir/metadata", method="TRACE"),
    Attack("PUT to metadata", (405,), ("not-supported",), BODY, "/fhir/metadata", "PUT", {"Content-Type": JSON}),
    Attack(
        "a method in a header",
        (405,),
        ("not-supported",),
        path="/fhir/metadata",
        method="POST",
        headers={"X-HTTP-Method-Override": "GET"},
    ),
    Attack("a method in the query", (405, 415), ("not-supported",), path="/fhir/metadata?_method=GET", method="POST"),
    get("a path upwards", (400, 404), "not-found invalid not-supported", "/fhir/..%2f..%2fetc/passwd"),
    get("a path upwards, plain", (400, 404), "not-found invalid not-supported", "/fhir/../../etc/passwd"),
    get("an id with a line break", (400, 404), "not-found invalid", f"{PATH}%0d%0aX:%20y"),
    get("an id with NUL", (400, 404), "not-found invalid", f"{PATH}%00"),
    get("a search with NUL", (400, 404), "not-found invalid", f"{SEARCH}?identifier=%00"),
    get("a negative count", 400, "invalid", f"{SEARCH}?_count=-1"),
    get("a count that is none", 400, "invalid", f"{SEARCH}?_count=1e9"),
    get("a count in other digits", 400, "invalid", f"{SEARCH}?_count=%D9%A1"),
    get("a date that is none", 400, "invalid", f"{SEARCH}?effective-time=2025-13"),
    get("a page of another hand", 404, "not-found", f"{SEARCH}?_page=AAAA"),
    get("a version that is none", 404, "not-found", f"{PATH}/_history/1e9"),
    get("a version beyond measure", 404, "not-found", f"{PATH}/_history/{'9' * 400}"),
    get("a type that is none", 404, "not-supported", "/fhir/Nonsense"),
    get("a format that is none", 406, "not-supported", "/fhir/metadata?_format=html"),
    get("a history of a time that is none", 400, "invalid", f"{PATH}/_history?_since=x"),
    get("501 values", 400, "too-costly", f"{SEARCH}?_id={','.join(['x'] * 501)}"),
    get("a parameter that is not known, strictly", 400, "not-supported", f"{SEARCH}?x=1", Prefer="handling=strict"),
    get("a name that is not loopback", 403, "forbidden", "/fhir/metadata", Host="evil.example"),
]

FOUND_NOTHING = [
    f"{SEARCH}?identifier='; DROP TABLE resource; --",
    f"{SEARCH}?identifier=%25",
    f"{SEARCH}?identifier=_",
    f"{SEARCH}?_id=' OR '1'='1",
    f"{SEARCH}?subject=Patient/%25",
]
"""Searches whose values mean something elsewhere: here they are values, and find nothing."""
