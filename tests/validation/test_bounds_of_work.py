"""What is very large, very deep or ever new is answered in bounded time and memory: counted, never clocked."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations, islice, permutations, product
from typing import Any

import pytest

from adapter.fhir import json
from adapter.fhir.conformance import load_definitions
from adapter.outcome import Issue
from adapter.validation.issue import MOST_ISSUES
from adapter.validation.validator import Validator


@cache
def validator() -> Validator:
    return Validator(load_definitions())


def keys(found: list[Issue]) -> list[str | None]:
    return [each.key for each in found]


def test_what_is_nested_beyond_measure_is_told() -> None:
    deep = 100_000
    nested: dict[str, Any] = {"url": "http://example.org/a", "valueCode": "a"}
    for _ in range(deep):
        nested = {"url": "http://example.org/a", "extension": [nested]}
    assert keys(validator().check({"resourceType": "Patient", "extension": [nested]})) == ["depth"]
    assert keys(validator().check_json(b"[" * deep)) == ["syntax"]
    assert keys(validator().check_json(b'{"a":' * deep + b"1" + b"}" * deep)) == ["syntax"]
    inner = b'<extension url="http://example.org/a">' * deep + b"</extension>" * deep
    assert keys(validator().check_xml(b'<Patient xmlns="http://hl7.org/fhir">' + inner + b"</Patient>")) == ["syntax"]
    while "extension" in nested:  # taken apart by hand: the collector, too, goes down
        nested = nested["extension"][0]


def test_of_fifty_thousand_issues_a_thousand_are_told_and_the_rest_counted() -> None:
    url = "urn:uuid:00000000-0000-4000-8000-000000000000"
    entry = {"fullUrl": url, "resource": {"resourceType": "Basic", "code": {}}}
    found = validator().check({"resourceType": "Bundle", "type": "collection", "entry": [entry] * 50_000})
    assert len(found) == MOST_ISSUES + 1
    assert found[-1].key == "too-many"
    assert int(found[-1].diagnostics.split()[0]) >= 49_000
    assert keys(found)[:2] == ["ele-1", "ele-1"]


def test_behind_very_many_findings_a_list_is_no_longer_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapter.validation.element.MOST_FOUND", 1_500)
    found = validator().check({"resourceType": "Patient", "name": [{}] * 1_000_000})
    assert found[-1].diagnostics.startswith("at least 501 more")
    (told,) = validator().check({"resourceType": "Patient", "contact": [{"gender": "male"}] * 1_499})[-1:]
    assert told.key == "too-many"
    monkeypatch.setattr("adapter.validation.element.MOST_FOUND", 3)
    for wrong in ({"given": [1] * 9}, {"given": [1] * 9, "_given": [{"id": "a"}] * 9}):
        keys_ = keys(validator().check({"resourceType": "Patient", "name": [wrong]}))
        assert len(keys_) < 9
        assert keys_.count("not-judged") >= 1


def test_objects_with_very_many_keys_are_judged() -> None:
    patient = {"resourceType": "Patient", **{f"nam{place}": 1 for place in range(20_000)}}
    found = validator().check(patient)
    assert set(keys(found[:-1])) == {"unknown-element"}
    assert "19000 more" in found[-1].diagnostics


OBSERVATION = {"resourceType": "Observation", "status": "final", "code": {"text": "a"}}


def count_plans(held: Validator, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that names the kind of every plan which is made from now on."""
    made: list[str] = []
    plan = held.plans._plan
    monkeypatch.setattr(held.plans, "_plan", lambda kind, *more: made.append(kind.path) or plan(kind, *more))
    return made


def test_ever_new_shapes_are_kept_up_to_a_number_and_serve_others_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapter.validation.plan.MOST_SHAPES", 50)
    held = Validator(validator().definitions)
    made = count_plans(held, monkeypatch)
    for keys_ in islice(permutations(OBSERVATION | {"id": "a", "language": "en"}), 1, 300):
        held.check({key: (OBSERVATION | {"id": "a", "language": "en"})[key] for key in keys_})
        assert sum(map(len, held.plans._shapes._all.values())) <= 50
    made.clear()
    for _ in range(3):
        held.check(OBSERVATION | {"subject": {"reference": "Patient/1"}})
    assert made.count("Observation") == 1


def test_kinds_are_kept_again_after_very_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapter.validation.plan.MOST_KINDS", 10)
    held = Validator(validator().definitions)
    for place in range(20):
        inner: dict[str, Any] = {"url": "http://example.org/a", "valueCode": "a"}
        for _ in range(place):
            inner = {"url": "http://example.org/a", "extension": [inner]}
        held.check(OBSERVATION | {"extension": [inner]})
    held.check(OBSERVATION | {"method": {"text": "a"}})
    made = count_plans(held, monkeypatch)
    held.check(OBSERVATION | {"method": {"text": "a"}, "id": "a"})
    assert made == ["Observation"]


LONG = {
    "a code": lambda long: {"code": {"coding": [{"system": "http://example.org/s", "code": long}]}},
    "a code bound": lambda long: {"interpretation": [{"coding": [{"system": "http://example.org/s", "code": long}]}]},
    "a display": lambda long: {"code": {"coding": [{"system": "http://loinc.org", "code": "8867-4", "display": long}]}},
    "a code system": lambda long: {"code": {"coding": [{"system": f"http://example.org/{long}", "code": "a"}]}},
    "a unit": lambda long: {"valueQuantity": {"value": 1, "system": "http://unitsofmeasure.org", "code": long}},
    "a language": lambda long: {"language": long},
    "a reference": lambda long: {"subject": {"reference": f"http://example.org/{long}/Patient/1"}},
    "a type": lambda long: {"subject": {"type": long, "display": "a"}},
    "a type of resource": lambda long: {"resourceType": long},
    "an extension": lambda long: {"extension": [{"url": f"http://example.org/{long}", "valueString": "a"}]},
    "a profile": lambda long: {"meta": {"profile": [f"http://example.org/{long}"]}},
    "a part of a profile": lambda long: {"meta": {"profile": [f"http://hl7.org/fhir/StructureDefinition/bp#{long}"]}},
    "a moment": lambda long: {"effectiveDateTime": f"2020-01-01T00:00:00.{long}Z"},
}


@pytest.mark.parametrize("what", LONG)
def test_what_is_long_is_not_kept(what: str) -> None:
    held = Validator(validator().definitions)
    held.check_json(json.encode(OBSERVATION | LONG[what]("1")))
    gc.collect()
    tracemalloc.start()
    for place in range(20):
        held.check_json(json.encode(OBSERVATION | LONG[what](str(place) * 50_000)))
    gc.collect()
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 400_000  # each of the texts has 50,000 characters, or twice that


@pytest.fixture
def _crowded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Threads change at every turn, and all that is kept begins anew again and again."""
    for name, most in {"memory.MOST_BYTES": 3_000, "plan.MOST_SHAPES": 10, "plan.MOST_KINDS": 20}.items():
        monkeypatch.setattr(f"adapter.validation.{name}", most)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_crowded")
def test_threads_may_share_a_validator() -> None:
    types = ("Observation", "Procedure", "DiagnosticReport", "ServiceRequest")
    elements = ("code", "subject", "category", "partOf", "basedOn", "identifier", "status")
    values = ({"coding": [{"code": "a"}]}, [{"coding": [{"code": "b"}]}], [{"reference": "Patient/1"}], "x")
    every = [
        {"resourceType": type_, **dict.fromkeys(chosen, value)}
        for type_, chosen, value in product(types, combinations(elements, 3), values)
    ]
    alone = [Validator(validator().definitions).check_json(json.encode(each)) for each in every[::40]]
    held = Validator(validator().definitions)
    found: list[list[list[Issue]]] = []

    def judge(order: int) -> None:
        found.append([held.check_json(json.encode(each)) for each in every[::order]][::order])

    threads = [threading.Thread(target=judge, args=(order,)) for order in (1, -1, 1, -1)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [issues[::40] for issues in found] == [alone] * 4


def test_ever_new_places_of_extensions_are_kept_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapter.validation.plan.MOST_KINDS", 100, raising=False)
    held = Validator(validator().definitions)

    def nested(kinds: tuple[str, ...]) -> dict[str, Any]:
        inner: dict[str, Any] = {"url": "http://example.org/a", "valueCode": "a"}
        for kind in kinds:
            below = {"extension": [inner]} if kind == "extension" else {kind: {"text": "a", "extension": [inner]}}
            inner = {"url": "http://example.org/a", **below}
        return inner

    kinds = ("extension", "valueCodeableConcept", "valueAddress", "valueHumanName")
    for each in product(kinds, repeat=6):
        held.check({"resourceType": "Patient", "extension": [nested(each)]})
    assert len(held.plans._checks) <= 100
    assert len(held.plans.values) <= 100


SUBPROCESS = """
import resource, sys
gigabyte = 1024 ** 3
resource.setrlimit(resource.RLIMIT_AS, (2 * gigabyte, 2 * gigabyte))
resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
from adapter.fhir import json
from adapter.fhir.conformance import load_definitions
from adapter.validation.validator import Validator
validator, many = Validator(load_definitions()), 100_000_000
for start, end in ((b'"gender":"', b'"'), (b'"', b'":1'), (b'"gender":"', b""), (b'"id":', b"")):
    for issue in validator.check_json(b'{"resourceType":"Patient",' + start + b"1" * many + end + b"}"):
        print(issue.key, len(str(issue)) < 1_000)
raw = b'<Patient xmlns="http://hl7.org/fhir"><id value="' + b"a" * many + b'"/></Patient>'
print(*[issue.key for issue in validator.check_xml(raw)])
"""


def test_a_text_of_a_hundred_megabytes_is_answered_in_two_gigabytes() -> None:
    done = subprocess.run([sys.executable, "-c", SUBPROCESS], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.split("\n") == [
        "format True",
        "unknown-element True",
        "syntax True",
        "syntax True",
        "syntax",
        "",
    ]


def test_time_grows_no_faster_than_what_is_contained() -> None:
    def calls(count: int) -> int:
        held = [{"resourceType": "Basic", "id": f"a{place}", "code": {"text": "a"}} for place in range(count)]
        return calls_of(lambda: validator().check({"resourceType": "Patient", "contained": held}))

    assert calls(400) < 2.5 * calls(200)


def test_time_grows_no_faster_than_a_bundle() -> None:
    def calls(count: int) -> int:
        every = [
            {
                "fullUrl": f"http://example.org/Patient/{place}",
                "resource": {
                    "resourceType": "Patient",
                    "id": str(place),
                    "link": [{"other": {"reference": f"Patient/{place + 1}"}, "type": "refer"}],
                },
            }
            for place in range(count)
        ]
        return calls_of(lambda: validator().check({"resourceType": "Bundle", "type": "collection", "entry": every}))

    assert calls(400) < 2.5 * calls(200)


def calls_of(work: Callable[[], Any]) -> int:
    """How many calls a piece of work makes, those of built-in functions too."""
    events: list[str] = []
    work()  # plans are made once
    sys.setprofile(lambda frame, event, argument: events.append(event))
    try:
        work()
    finally:
        sys.setprofile(None)
    return events.count("call") + events.count("c_call")
