"""Rewrite the goldens: `make golden`. Read the diff before you commit it.

For every form of il2_csu: record.json, written by hand; clinical.json, form.json and plan.txt, made from it; and
docs/coverage.md. `test_golden` compares all of them with what the code makes today.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from adapter.crf.record import Record, parser
from adapter.fhir import json as fhir_json
from adapter.mapping.coverage import markdown
from adapter.mapping.study import MappedStudy
from tests.studies import study

HERE = Path(__file__).parent
COVERAGE = HERE.parents[1] / "docs" / "coverage.md"


def record(mapped: MappedStudy, form: str) -> Record:
    """Return the golden record of a form."""
    value = fhir_json.parse((HERE / form / "record.json").read_bytes())
    found, issues = parser(mapped.definition, form).parse_json(value)
    if issues:
        raise ValueError("\n".join(map(str, issues)))
    return found


def made(mapped: MappedStudy, form: str) -> Iterator[tuple[Path, str]]:
    """Yield each golden file of a form with its text as the code makes it today."""
    found = record(mapped, form)
    for view in ("clinical", "form"):
        yield HERE / form / f"{view}.json", fhir_json.pretty(mapped.to_fhir(form, found, view))
    yield HERE / form / "plan.txt", mapped.plan_text(form)


def everything() -> Iterator[tuple[Path, str]]:
    """Yield every golden file with its text."""
    mapped = study("il2_csu")
    for form in mapped.forms:
        yield from made(mapped, form)
    yield COVERAGE, markdown(mapped.coverage(), mapped.languages)


def main() -> None:
    """Write every golden file."""
    for path, text in everything():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
