"""Both validators asked: HL7's as a command (CRFHIR_ORACLE), its verdicts kept by case in an untracked folder."""

from __future__ import annotations

import hashlib
import json
import shlex
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from adapter.fhir.conformance import Definitions, load_definitions
from adapter.validation.validator import Validator
from tests.oracle.case import Case
from tests.oracle.verdict import Fault, of_ours, of_theirs

ANSWERED_LATE = 64
"""Cases whose answers may be lost when the command dies: it writes when its buffer is full."""

KEPT = Path(__file__).parent.parent.parent / ".make" / "oracle"


def theirs(cases: Sequence[Case], command: str, definitions: Path) -> dict[str, list[Fault]]:
    """Return what HL7's validator says of each case, by digest; asked only where it was not asked before."""
    kept = KEPT / f"{version(definitions)}.ndjson"
    known = {line["digest"]: of_theirs(line) for line in _lines(kept)}
    new = [case for case in cases if case.digest not in known]
    if new:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with kept.open("a", encoding="utf-8") as out:
            for case, line in zip(
                new, answers(new, [*shlex.split(command), "--definitions", str(definitions)]), strict=True
            ):
                answer = {"digest": case.digest, **line}
                out.write(f"{json.dumps(answer)}\n")
                known[case.digest] = of_theirs(answer)
    return {case.digest: known[case.digest] for case in cases}


def version(definitions: Path) -> str:
    """Return what verdicts depend on beside the case: every definition. A new validator wants the folder emptied."""
    digest = hashlib.sha256()
    for path in sorted(definitions.glob("*.json")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _lines(kept: Path) -> Iterator[dict[str, Any]]:
    if kept.is_file():
        with kept.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def answers(cases: Sequence[Case], words: list[str]) -> Iterator[dict[str, Any]]:
    """Yield what the command answers to each case, in their order.

    A case at which it dies is sought by halves, since it answers late: its answer is a fatal issue of rule 'died'.
    """
    given = 0
    for line in _asked(cases, words):
        given += 1
        yield line
    left = cases[given:]
    if len(left) == 1:
        yield {"issues": [{"severity": "fatal", "expression": None, "id": "died", "message": "It died of this case."}]}
    elif left:
        middle = min(ANSWERED_LATE, len(left) // 2)
        yield from answers(left[:middle], words)
        yield from answers(left[middle:], words)


def _asked(cases: Iterable[Case], words: list[str]) -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryFile("w+", encoding="utf-8") as texts:
        texts.writelines(f"{case.text}\n" for case in cases)
        texts.seek(0)
        with subprocess.Popen(words, stdin=texts, stdout=subprocess.PIPE, encoding="utf-8") as running:
            assert running.stdout is not None
            for line in running.stdout:
                if line.endswith("\n"):  # the last one is cut where it died
                    yield {"issues": json.loads(line)["issues"]}


def ours(cases: Iterable[Case], definitions: Path) -> dict[str, list[Fault]]:
    """Return what crfhir says of each case, by digest. Raises nothing: a crash is a fault of rule 'crash'."""
    validator = Validator(load_definitions(definitions) if any(definitions.glob("*.json")) else Definitions())
    return {case.digest: of_text(validator, case.text) for case in cases}


def of_text(validator: Validator, text: str) -> list[Fault]:
    try:
        issues = validator.check_xml(text.encode()) if text.startswith("<") else validator.check_json(text)
    except Exception as failure:
        return [Fault("fatal", "", "crash", f"{type(failure).__name__}: {failure}")]
    return of_ours(issues)
