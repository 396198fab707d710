from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from adapter.api.config import Config
from adapter.cli.load import load_files
from adapter.errors import CrfhirError, UsageError
from adapter.fhir import xml
from adapter.mapping.study import MappedStudy, load_study
from adapter.store.sight import BLIND
from adapter.store.store import open_store
from tests.api.trial import INJECTION, STUDY, SUBJECT, diary

VISIT = {"subject": "01-001", "visit": "W2", "date": "2025-04-15", "attendance": "attended", "weight": 70, "pulse": 60}


@pytest.fixture(scope="module")
def study() -> MappedStudy:
    return load_study(STUDY)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(study=str(STUDY), database=f"sqlite:///{tmp_path / 'crfhir.db'}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def held(config: Config, form: str, key: str) -> Any:
    store = open_store(config.database, "+08:00")
    try:
        found = store.read_record(BLIND, form, key)
        return json.loads(found.content) if found is not None else None
    finally:
        store.close()


def entry(resource: dict[str, Any]) -> dict[str, Any]:
    return {"resource": resource, "request": {"method": "POST", "url": resource["resourceType"]}}


def test_records_and_resources_of_a_folder_are_loaded_whatever_their_format(
    config: Config, study: MappedStudy, folder: Path
) -> None:
    injection = study.to_fhir("injection", INJECTION)
    (folder / "a.xml").write_bytes(xml.encode(injection[0]))
    entries = [entry(resource) for resource in study.to_fhir("visit", VISIT)]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    (folder / "b.json.gz").write_bytes(gzip.compress(json.dumps(bundle, default=str).encode()))
    (folder / "subject.json").write_text(json.dumps([SUBJECT]))
    (folder / "mixed.ndjson").write_text(json.dumps({"form": "diary", "record": diary("2025-04-01")}) + "\n")
    load_files(config, [str(folder)])
    assert held(config, "injection", "01-001-c1d1") == INJECTION
    assert held(config, "visit", "01-001-W2") == VISIT
    assert held(config, "subject", "01-001") == SUBJECT
    assert held(config, "diary", "01-001-2025-04-01")["wheals"] == 1


def test_the_fragments_of_a_record_may_stand_in_files_of_their_own_in_any_order(
    config: Config, study: MappedStudy, folder: Path
) -> None:
    resources = study.to_fhir_json("visit", VISIT)
    assert len(resources) > 2
    for number, resource in enumerate(reversed(resources)):
        (folder / f"{number}.json").write_bytes(resource)
    load_files(config, [str(folder)])
    assert held(config, "visit", "01-001-W2") == VISIT


def test_a_bad_resource_is_told_with_its_place_and_keeps_no_other_from_being_stored(
    config: Config, study: MappedStudy, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (good,) = study.to_fhir_json("injection", INJECTION)
    bad = json.dumps(json.loads(good) | {"status": "banana"})
    (folder / "MedicationAdministration.ndjson").write_text(f"{bad}\n{{\n{good.decode()}\n[]\n")
    with pytest.raises(CrfhirError):
        load_files(config, [str(folder)])
    told = capsys.readouterr().err
    assert all(f"line {line}" in told for line in (1, 2, 4))
    assert held(config, "injection", "01-001-c1d1") == INJECTION


def test_a_record_of_no_known_form_is_told(config: Config, folder: Path) -> None:
    (folder / "x.ndjson").write_text('{"form": "nothing", "record": {}}\n{"subject": "01-001"}\n')
    with pytest.raises(CrfhirError, match="2 issues"):
        load_files(config, [str(folder)])


def test_standard_input_is_refused(config: Config) -> None:
    with pytest.raises(UsageError, match="Standard input"):
        load_files(config, ["-"])


def test_no_restricted_value_is_printed(config: Config, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "visit.csv").write_text("subject,visit,date,attendance,eosinophils\n01-001,W2,2025-04-15,attended,K77\n")
    with pytest.raises(CrfhirError):
        load_files(config, [str(folder)])
    told = capsys.readouterr().err
    assert "visit.eosinophils" in told
    assert "K77" not in told
