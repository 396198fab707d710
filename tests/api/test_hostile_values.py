"""Every search parameter that is declared, every item and every element, with values that are none: no fault, and a
refusal is an OperationOutcome."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from adapter.api.app import create_app
from adapter.api.config import Config
from adapter.mapping.study import MappedStudy
from tests.api.attacks import GOOD, PATH
from tests.api.hostile import DIGITS, MODIFIERS, QUERIED, TIMES, WRITTEN
from tests.api.trial import FHIR, INJECTION, STUDY, SUBJECT, Clock, diary, told
from tests.databases import ENGINES

AT_ONCE = 6
"""Values that one parameter or element is asked with; the next one goes on with those after them."""

GENERAL = ("_count", "_sort", "_total", "_include", "_revinclude", "_elements", "_summary", "_format", "_page", "_type")
JSON = {"Content-Type": "application/json"}
RECORDS = {"subject": SUBJECT, "injection": INJECTION, "diary": diary("2025-04-01")}
HOLE = '"a hole"'


@pytest.fixture(scope="module", params=ENGINES)
def app(
    request: pytest.FixtureRequest, engine: MappedStudy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application with a few records, on each engine."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('hostile') / 'crfhir.db'}"
    else:
        url = request.getfixturevalue("postgresql").ready()
    made = create_app(Config(str(STUDY), url, open_demo=True, clock=Clock()), engine)
    for form, record in RECORDS.items():
        assert made.test_client().post(f"/crf/{form}", json=record).status_code == 201
    yield made
    made.extensions["crfhir"].store.close()


def sound(answered: TestResponse) -> None:
    assert answered.status_code < 500, (answered.request.path[:200], answered.request.query_string[:500])
    if answered.status_code >= 400:
        assert told(answered)["resourceType"] == "OperationOutcome"


def parameters(client: FlaskClient) -> list[tuple[str, str]]:
    """(type, parameter) of all that is declared."""
    declared = told(client.get("/fhir/metadata"))["rest"][0]["resource"]
    own = [(each["type"], named["name"]) for each in declared for named in each.get("searchParam", ())]
    return own + [(declared[0]["type"], name) for name in GENERAL]


def test_no_value_of_a_search_makes_a_fault(client: FlaskClient) -> None:
    values, modifiers = cycle(QUERIED), cycle(MODIFIERS)
    asked = parameters(client)
    assert len(asked) > 200
    for type_, name in asked:
        for value in islice(values, AT_ONCE):
            sound(client.get(f"/fhir/{type_}?{name}={quote(value, safe='')}"))
        for modifier in islice(modifiers, 3):
            sound(client.get(f"/fhir/{type_}?{name}{quote(modifier)}=2025"))


@pytest.mark.parametrize("name", ["identifier", "subject", "effective-time", "_id", "_lastUpdated", "_profile"])
def test_no_number_of_values_makes_a_fault(client: FlaskClient, name: str) -> None:
    for query in (f"{name}={','.join(['2025'] * 10_000)}", "&".join([f"{name}=2025"] * 1000)):
        answered = client.get(f"/fhir/MedicationAdministration?{query}")
        sound(answered)
        assert answered.status_code == 400


@pytest.mark.parametrize("form", RECORDS)
def test_no_value_of_an_item_makes_a_fault(client: FlaskClient, form: str) -> None:
    for item in RECORDS[form]:
        for value in WRITTEN:
            sound(client.post(f"/crf/{form}", data=json.dumps(RECORDS[form] | {item: value}), headers=JSON))
        for digits in DIGITS:
            sound(client.post(f"/crf/{form}", data=with_digits(RECORDS[form], (item,), digits), headers=JSON))


@pytest.mark.parametrize("day", [time for time in TIMES if len(time) == 10 and time[:2] in ("00", "99")])
def test_the_ends_of_the_calendar_are_no_fault_of_ours(client: FlaskClient, day: str) -> None:
    subject = {"subject": "05-001"}
    told_of_day = {
        "subject": SUBJECT | subject | {"site": "05", "randomized": day},
        "injection": INJECTION | subject | {"time": f"{day}T12:00:00+14:00"},
        "diary": diary(day, **subject),
        "visit": subject | {"visit": "W2", "date": day, "attendance": "attended"},
        "medication": subject | {"sequence": 1, "name": "x", "atc": "H02AB06", "start": day, "ongoing": True},
    }
    for form, record in told_of_day.items():
        sound(client.post(f"/crf/{form}", json=record))


def test_no_value_of_an_element_makes_a_fault(client: FlaskClient) -> None:
    values, digits = cycle(WRITTEN), cycle(DIGITS)
    for place in places(GOOD):
        for value in islice(values, AT_ONCE):
            sound(client.put(PATH, data=json.dumps(at(GOOD, place, value)), headers=FHIR))
        sound(client.put(PATH, data=with_digits(GOOD, place, next(digits)), headers=FHIR))


@pytest.mark.parametrize("value", [[], [[]], {}, {"a": 1}, [None], 5])
@pytest.mark.parametrize("name", ["system", "value"])
def test_an_identifier_that_is_none_is_refused_or_dropped(client: FlaskClient, name: str, value: Any) -> None:
    identifier = GOOD["identifier"][0] | {name: value}
    for type_ in ("batch", "transaction"):
        entry = {"resource": GOOD | {"identifier": [identifier]}, "request": {"method": "PUT", "url": PATH[6:]}}
        sound(client.post("/fhir", json={"resourceType": "Bundle", "type": type_, "entry": [entry]}, headers=FHIR))
    sound(client.post("/fhir/MedicationAdministration", json=GOOD | {"identifier": [identifier]}, headers=FHIR))


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to everything inside of a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*above, key)
        yield from places(one, (*above, key))


def at(value: Any, place: tuple[Any, ...], other: Any) -> Any:
    """The value with another at one place."""
    if not place:
        return other
    if isinstance(value, list):
        return [at(one, place[1:], other) if number == place[0] else one for number, one in enumerate(value)]
    return value | {place[0]: at(value[place[0]], place[1:], other)}


def with_digits(value: Any, place: tuple[Any, ...], digits: str) -> str:
    """The JSON of a value with these digits at one place."""
    return json.dumps(at(value, place, json.loads(HOLE))).replace(HOLE, digits)
