"""Suites: cases that are judged by the same definitions, in one run of each validator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from adapter.fhir import json
from tests.oracle import generate
from tests.oracle.case import Case, case
from tests.oracle.judge import KEPT
from tests.oracle.seeds import drawn
from tests.validation.questionnaire.table import CASES, questionnaire_of, response_of

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "mappings" / "il2_csu" / "package"
MUTANTS_OF_ONE = 6
MUTANTS_OF_STUDY = 60


@dataclass(frozen=True, slots=True)
class Suite:
    name: str
    definitions: Path
    cases: list[Case]


def suites(seed: int, most: int | None) -> list[Suite]:
    """Return every suite; of the cases of each at most `most`."""
    return [
        Suite("core", Path(__file__).parent / "definitions", chosen(list(generate.cases(seed)), most)),
        Suite("questionnaires", asked(KEPT / "questionnaires"), chosen(list(responses(seed)), most)),
        Suite("study", PACKAGE, chosen(list(of_study(seed)), most)),
    ]


def chosen(cases: list[Case], most: int | None) -> list[Case]:
    """Return each case once; at most `most`, the same ones whatever is added to the others."""
    once = {each.digest: each for each in cases}
    kept = set(sorted(once)[:most])
    return [each for digest, each in once.items() if digest in kept]


def asked(folder: Path) -> Path:
    """Write the Questionnaires of the table of cases, each with a url of its own, and return their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    for place, stated in enumerate(CASES):
        questionnaire = {**questionnaire_of(stated), "id": f"q{place}", "url": url(place)}
        (folder / f"q{place}.json").write_bytes(json.encode(questionnaire))
    return folder


def url(place: int) -> str:
    return f"http://example.org/fhir/Questionnaire/q{place}"


def responses(seed: int) -> Iterator[Case]:
    """Yield the responses of the table of cases and a few mutants of each, and the Questionnaires themselves."""
    for place, stated in enumerate(CASES):
        response = {**response_of(stated), "questionnaire": url(place)}
        yield case("response", stated["name"], response)
        yield from drawn("response", stated["name"], response, seed, MUTANTS_OF_ONE)
        yield case("questionnaire", stated["name"], {**questionnaire_of(stated), "url": f"{url(place)}-again"})


def of_study(seed: int) -> Iterator[Case]:
    """Yield one resource of each set of profiles that the study's resources claim, and mutants of it."""
    seen = set()
    for path in sorted((ROOT / "tests" / "golden").glob("*/clinical.json")):
        for resource in json.parse(path.read_bytes()):
            profiles = tuple(resource["meta"]["profile"])
            if profiles not in seen:
                seen.add(profiles)
                name = profiles[0].rpartition("/")[2]
                yield case("study", name, resource)
                yield from drawn("study", name, resource, seed, MUTANTS_OF_STUDY)
