"""What is very large, very deep or ever new is answered in bounded time and memory: counted, never clocked."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from functools import cache
from itertools import combinations, islice, product
from typing import Any

import pytest

from adapter.fhir.conformance import load_definitions
from adapter.outcome import Issue
from adapter.validation.issue import MOST_ISSUES
from adapter.validation.plan import MOST_SHAPES
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


def test_ever_new_shapes_are_kept_up_to_a_number() -> None:
    held = Validator(validator().definitions)
    observation = {"resourceType": "Observation", "status": "final", "code": {"text": "a"}}
    optional = {
        **{name: {"text": "a"} for name in ("method", "bodySite", "dataAbsentReason")},
        **dict.fromkeys(("effectiveDateTime", "issued"), "2020-01-01T00:00:00Z"),
        **{name: {"reference": "Device/1"} for name in ("device", "specimen", "subject", "encounter")},
        **{name: [{"text": "a"}] for name in ("category", "note", "interpretation")},
        "id": "a",
        "language": "en",
        "implicitRules": "http://example.org/r",
        "performer": [{"reference": "Patient/1"}],
    }
    shapes = (names for size in range(1, 9) for names in combinations(optional, size))
    for names in islice(shapes, MOST_SHAPES + 1_000):
        held.check({**observation, **{name: optional[name] for name in names}})
    tracemalloc.start()
    for names in islice(shapes, 500):
        held.check({**observation, **{name: optional[name] for name in names}})
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 400_000  # 500 plans take some megabytes


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
