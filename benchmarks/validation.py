"""What a verdict costs, JSON bytes to issues: ours, fhir.resources merely parsing, HL7's validator where CRFHIR_ORACLE
is its command, and decoding the JSON alone, which nobody can beat.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from adapter.crf.record import parser as record_parser
from adapter.fhir import json as fhir_json
from adapter.fhir.conformance import load_definitions
from adapter.mapping.study import MappedStudy
from adapter.validation.validator import Validator
from benchmarks.compare import compare

ORACLE = "CRFHIR_ORACLE"
REPEATS = 200
ENTRIES = 50


def report(study: MappedStudy, package: Path, records: dict[str, Any]) -> None:
    """Print the table."""
    validator = Validator(load_definitions(package))
    print("CPU µs a verdict with profile, JSON bytes included; × is the peer divided by crfhir, from this run\n")
    print(f"{'resource':32}{'crfhir':>9}{'parse*':>9}{'×':>6}{'HL7':>10}{'×':>7}{'orjson':>9}{'share':>7}")
    samples = dict(_samples(study, records))
    told = _oracle(samples, package)
    gc.collect()
    gc.freeze()
    for name, raw in samples.items():
        _row(validator, name, raw, told.get(name))
    gc.unfreeze()
    print(f"\n* fhir.resources, which checks less; share: orjson's of ours.{'' if told else f' HL7: set {ORACLE}.'}\n")


def _row(validator: Validator, name: str, raw: bytes, oracle: float | None) -> None:
    errors = [str(issue) for issue in validator.check_json(raw) if issue.severity != "information"]
    if errors:
        raise SystemExit("\n".join(errors))
    model = _model(raw)
    ours = compare(lambda: validator.check_json(raw), lambda: model.model_validate_json(raw))
    bare = compare(lambda: validator.check_json(raw), lambda: orjson.loads(raw))
    hl7 = f"{oracle:10.0f}{oracle / ours.ours:7.0f}" if oracle is not None else f"{'–':>10}{'–':>7}"
    share = f"{bare.peer / bare.ours:7.0%}"
    print(f"{name:32}{ours.ours:9.1f}{ours.peer:9.0f}{ours.ratio:6.1f}{hl7}{bare.peer:9.2f}{share}")


def _model(raw: bytes) -> Any:
    kind = orjson.loads(raw)["resourceType"]
    return getattr(importlib.import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)


def _samples(study: MappedStudy, records: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    injection = _bodies(study, "injection", records, "clinical")
    administration = _first(injection, "MedicationAdministration")
    yield "MedicationAdministration", administration
    yield "QuestionnaireResponse (diary)", _first(_bodies(study, "diary", records, "clinical"), "QuestionnaireResponse")
    yield "AdverseEvent", _first(_bodies(study, "adverse_event", records, "clinical"), "AdverseEvent")
    visit = _bodies(study, "visit", records, "clinical")
    yield "Observation (blood pressure)", next(body for body in visit if b"85354-9" in body)
    yield f"Bundle of {ENTRIES}", _bundle(administration)


def _bodies(study: MappedStudy, form: str, records: dict[str, Any], view: str) -> list[bytes]:
    record, _ = record_parser(study.definition, form).parse_json(records[form])
    return study.to_fhir_json(form, record, view)


def _first(bodies: list[bytes], kind: str) -> bytes:
    return next(body for body in bodies if orjson.loads(body)["resourceType"] == kind)


def _bundle(raw: bytes) -> bytes:
    """A transaction of as many resources, each with its own id."""
    entries = []
    for place in range(ENTRIES):
        resource = fhir_json.parse(raw)
        resource["id"] = f"{resource['id']}-{place}"
        url = f"{resource['resourceType']}/{resource['id']}"
        request = {"method": "PUT", "url": url}
        entries.append({"fullUrl": f"https://example.org/fhir/{url}", "resource": resource, "request": request})
    return fhir_json.encode({"resourceType": "Bundle", "type": "transaction", "entry": entries})


def _oracle(samples: dict[str, bytes], package: Path) -> dict[str, float]:
    """Return the microseconds of HL7's validator, warm, by sample; nothing where there is none."""
    command = os.environ.get(ORACLE)
    return {name: _asked(command, raw, package) for name, raw in samples.items()} if command else {}


def _asked(command: str, raw: bytes, package: Path) -> float:
    repeats = max(20, REPEATS * 2_000 // max(len(raw), 2_000))
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(raw)
        file.flush()
        words = [*shlex.split(command), "--definitions", str(package), "--repeat", str(repeats), file.name]
        told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return float(json.loads(next(line for line in told.splitlines() if '"microseconds"' in line))["microseconds"])
