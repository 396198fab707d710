"""Every form, both ways, against fhir.resources; then the command on many records. `python -m benchmarks [--records
N]`.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from adapter.crf.record import parser as record_parser
from adapter.fhir import json as fhir_json
from adapter.mapping.study import MappedStudy, load_study
from benchmarks import command, service, validation
from benchmarks.compare import compare

HERE = Path(__file__).parent


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(
        "--records", type=int, default=100_000, help="records for the command (1000000 for the full figure)"
    )
    arguments.add_argument("--study", default=str(HERE.parent / "mappings" / "il2_csu"))
    arguments.add_argument(
        "--only", default="", choices=("mapping", "validation", "command", "service"), help="one part alone"
    )
    arguments.add_argument("--stored", type=int, default=20_000, help="resources stored, for the service")
    arguments.add_argument("--database", help="another database for the service, as a URL: it is filled")
    arguments.add_argument("--write", action="store_true", help="put what validation costs into docs/validation.md")
    given = arguments.parse_args()
    study = load_study(given.study)
    records = fhir_json.parse((HERE / "records.json").read_bytes())
    if given.only in ("", "mapping"):
        forms(study, records)
    if given.only in ("", "validation"):
        document = HERE.parent / "docs" / "validation.md" if given.write else None
        validation.report(study, Path(given.study) / "package", records, document)
    if given.only in ("", "service"):
        service.report(study, given.study, given.stored, given.database)
    if given.only in ("", "command"):
        command.report(given.study, given.records)


def forms(study: MappedStudy, records: dict[str, Any]) -> None:
    """Print the table: CPU microseconds of ours, and the peer's as a multiple of it."""
    print("CPU µs a record, JSON bytes included; × is fhir.resources divided by crfhir, from this run\n")
    print(f"{'record (view: resources)':36}{'forwards':>10}{'peer':>10}{'×':>7}{'backwards':>12}{'peer':>10}{'×':>7}")
    for form, written in records.items():
        record, issues = record_parser(study.definition, form).parse_json(written)
        if issues:
            raise SystemExit("\n".join(map(str, issues)))
        for view in ("clinical", "form"):
            _row(study, form, record, view)
    print()


def _row(study: MappedStudy, form: str, record: dict[str, Any], view: str) -> None:
    bodies = study.to_fhir_json(form, record, view)
    there = compare(lambda: study.to_fhir_json(form, record, view), _built(bodies))
    back = compare(lambda: study.merge([study.read(fhir_json.parse(body)) for body in bodies]), _parsed(bodies))
    name = f"{form} ({view}: {len(bodies)})"
    print(
        f"{name:36}{there.ours:10.1f}{there.peer:10.0f}{there.ratio:7.0f}"
        f"{back.ours:12.1f}{back.peer:10.0f}{back.ratio:7.1f}"
    )


def _models(bodies: list[bytes]) -> list[tuple[Any, bytes]]:
    """Return the peer's model class of each body."""
    kinds = [str(fhir_json.parse(body)["resourceType"]) for body in bodies]
    return [(_model(kind), body) for kind, body in zip(kinds, bodies, strict=True)]


def _model(kind: str) -> Any:
    return getattr(importlib.import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)


def _built(bodies: list[bytes]) -> Callable[[], Any]:
    built = [(model, fhir_json.parse(body)) for model, body in _models(bodies)]
    return lambda: [model.model_validate(resource).model_dump_json() for model, resource in built]


def _parsed(bodies: list[bytes]) -> Callable[[], Any]:
    models = _models(bodies)
    return lambda: [model.model_validate_json(body) for model, body in models]


if __name__ == "__main__":
    main()
