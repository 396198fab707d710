"""Both validators asked: HL7's as a command (CRFHIR_ORACLE), its verdicts kept by case in an untracked folder."""

from __future__ import annotations

import hashlib
import json
import shlex
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from adapter.fhir.conformance import Definitions, load_definitions
from adapter.validation.validator import Validator
from tests.oracle.case import Case
from tests.oracle.verdict import Fault, of_ours, of_theirs

KEPT = Path(__file__).parent.parent.parent / ".make" / "oracle"


def theirs(cases: Sequence[Case], command: str, definitions: Path) -> dict[str, list[Fault]]:
    """Return what HL7's validator says of each case, by digest; asked only where it was not asked before."""
    kept = KEPT / f"{version(command, definitions)}.ndjson"
    known = dict(_read(kept))
    new = [case for case in cases if case.digest not in known]
    if new:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with kept.open("a", encoding="utf-8") as out:
            for case, line in zip(new, _asked(new, command, definitions), strict=True):
                out.write(json.dumps({"digest": case.digest, "issues": json.loads(line)["issues"]}) + "\n")
        known = dict(_read(kept))
    return {case.digest: known[case.digest] for case in cases}


def version(command: str, definitions: Path) -> str:
    """Return what verdicts depend on beside the case: the command and every definition."""
    digest = hashlib.sha256(command.encode())
    for path in sorted(definitions.glob("*.json")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _read(kept: Path) -> Iterator[tuple[str, list[Fault]]]:
    if kept.is_file():
        for text in kept.read_text(encoding="utf-8").splitlines():
            line = json.loads(text)
            yield line["digest"], of_theirs(line)


def _asked(cases: Iterable[Case], command: str, definitions: Path) -> Iterator[str]:
    """Yield a line of the command's for each case, in their order."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as texts:
        texts.writelines(f"{case.text}\n" for case in cases)
        texts.seek(0)
        words = [*shlex.split(command), "--definitions", str(definitions)]
        with subprocess.Popen(words, stdin=texts, stdout=subprocess.PIPE, encoding="utf-8") as running:
            assert running.stdout is not None
            yield from running.stdout


def ours(cases: Iterable[Case], definitions: Path) -> dict[str, list[Fault]]:
    """Return what crfhir says of each case, by digest. Raises nothing: a crash is a fault of rule 'crash'."""
    validator = Validator(load_definitions(definitions) if any(definitions.glob("*.json")) else Definitions())
    return {case.digest: of_text(validator, case.text) for case in cases}


def of_text(validator: Validator, text: str) -> list[Fault]:
    try:
        issues = validator.check_xml(text.encode()) if text.startswith("<") else validator.check_json(text)
    except Exception as failure:  # noqa: BLE001 - whatever it is, the other cases are judged too
        return [Fault("fatal", "", "crash", f"{type(failure).__name__}: {failure}")]
    return of_ours(issues)
