"""Create, update, patch, delete, read, search and history in any order, against a dictionary that does the same."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import count
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from werkzeug.test import TestResponse

from tests.api.attacks import GOOD
from tests.api.test_history import walked
from tests.api.trial import FHIR, told

TYPE = "/fhir/MedicationAdministration"
DAYS = st.integers(1, 4)
VOLUMES = st.sampled_from([0, 1])
SUBJECTS = (f"01-{number:03}" for number in count(1))


@dataclass
class Held:
    """What the dictionary holds of one resource: its last volume, whether it stands, and its versions."""

    volume: int
    stands: bool
    version: int


class Injections(RuleBasedStateMachine):
    """The injections of one subject, on a server and in a dictionary."""

    client: FlaskClient

    def __init__(self) -> None:
        super().__init__()
        self.subject = next(SUBJECTS)
        self.held: dict[int, Held] = {}

    def id(self, day: int) -> str:
        return f"{self.subject}-c1d{day}"

    def resource(self, day: int, volume: int) -> dict[str, Any]:
        identifier = [{"system": GOOD["identifier"][0]["system"], "value": self.id(day)}]
        dosage = {"dose": GOOD["dosage"]["dose"] | {"value": volume}}
        subject = {"reference": f"Patient/{self.subject}"}
        return GOOD | {"id": self.id(day), "identifier": identifier, "dosage": dosage, "subject": subject}

    def wrote(self, day: int, volume: int, sent: TestResponse) -> None:
        held = self.held.get(day)
        changed = held is None or not held.stands or held.volume != volume
        version = (held.version if held is not None else 0) + changed
        self.held[day] = Held(volume, True, version)
        assert sent.status_code == (201 if held is None or not held.stands else 200), sent.data
        assert sent.headers["ETag"] == f'W/"{version}"'
        assert told(sent)["dosage"]["dose"]["value"] == volume

    @rule(day=DAYS, volume=VOLUMES)
    def update(self, day: int, volume: int) -> None:
        sent = self.client.put(f"{TYPE}/{self.id(day)}", json=self.resource(day, volume), headers=FHIR)
        self.wrote(day, volume, sent)

    @rule(day=DAYS, volume=VOLUMES)
    def create(self, day: int, volume: int) -> None:
        self.wrote(day, volume, self.client.post(TYPE, json=self.resource(day, volume), headers=FHIR))

    @rule(day=DAYS, volume=VOLUMES)
    def create_unless_there(self, day: int, volume: int) -> None:
        headers = FHIR | {"If-None-Exist": f"identifier={self.id(day)}"}
        sent = self.client.post(TYPE, json=self.resource(day, volume), headers=headers)
        held = self.held.get(day)
        if held is not None and held.stands:
            assert (sent.status_code, sent.headers["ETag"]) == (200, f'W/"{held.version}"')
        else:
            self.wrote(day, volume, sent)

    @rule(day=DAYS, volume=VOLUMES, behind=st.integers(0, 1))
    def update_what_was_read(self, day: int, volume: int, behind: int) -> None:
        held = self.held.get(day)
        version = held.version - behind if held is not None else 1
        headers = FHIR | {"If-Match": f'W/"{version}"'}
        sent = self.client.put(f"{TYPE}/{self.id(day)}", json=self.resource(day, volume), headers=headers)
        if held is not None and held.stands and not behind:
            self.wrote(day, volume, sent)
        else:
            assert sent.status_code == 412

    @rule(day=DAYS, volume=VOLUMES)
    def patch(self, day: int, volume: int) -> None:
        body = json.dumps([{"op": "replace", "path": "/dosage/dose/value", "value": volume}])
        headers = {"Content-Type": "application/json-patch+json"}
        sent = self.client.patch(f"{TYPE}/{self.id(day)}", data=body, headers=headers)
        held = self.held.get(day)
        if held is not None and held.stands:
            self.wrote(day, volume, sent)
        else:
            assert sent.status_code == (404 if held is None else 410)

    @rule(day=DAYS)
    def delete(self, day: int) -> None:
        assert self.client.delete(f"{TYPE}/{self.id(day)}").status_code == 204
        held = self.held.get(day)
        if held is not None and held.stands:
            self.held[day] = Held(held.volume, False, held.version + 1)

    @invariant()
    def each_is_read_as_it_stands(self) -> None:
        for day, held in self.held.items():
            read = self.client.get(f"{TYPE}/{self.id(day)}")
            assert read.status_code == (200 if held.stands else 410)
            if held.stands:
                assert told(read)["dosage"]["dose"]["value"] == held.volume
            assert told(self.client.get(f"{TYPE}/{self.id(day)}/_history"))["total"] == held.version

    @invariant()
    def a_search_finds_what_stands(self) -> None:
        found = walked(self.client, f"{TYPE}?subject=Patient/{self.subject}&_count=2")
        assert sorted(each["resource"]["id"] for each in found) == sorted(
            self.id(day) for day, held in self.held.items() if held.stands
        )


def test_the_service_does_what_a_dictionary_does(everywhere: Flask) -> None:
    Injections.client = everywhere.test_client()
    sparing = settings(max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Injections, settings=sparing)
