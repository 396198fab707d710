"""`crfhir validate` as a person runs it."""

from __future__ import annotations

import gzip
import json
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.cli.conftest import STUDY, Crfhir

SAMPLES = STUDY.parents[1] / "fhir_samples"
SOUND = {"resourceType": "Patient"}
BROKEN = {"resourceType": "Patient", "gender": "banana"}
URL = "http://x.example/StructureDefinition/tall"


def write(name: str, *resources: Any) -> str:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in resources))
    return name


def profile(url: str = URL, base: str = "Patient", **element: Any) -> dict[str, Any]:
    """A profile of Patient that says one thing of one element, by default that it has a name."""
    stated = element or {"id": "Patient.name", "path": "Patient.name", "min": 1}
    return {
        "resourceType": "StructureDefinition",
        "url": url,
        "name": "Tall",
        "status": "draft",
        "fhirVersion": "4.0.1",
        "kind": "resource",
        "abstract": False,
        "type": "Patient",
        "baseDefinition": base if ":" in base else f"http://hl7.org/fhir/StructureDefinition/{base}",
        "derivation": "constraint",
        "differential": {"element": [{"id": "Patient", "path": "Patient"}, stated]},
    }


def rules(ended: Any) -> list[str]:
    return [issue["constraint"] for verdict in ended.lines for issue in verdict["issues"]]


def test_a_sound_file_is_told_in_one_line_and_ends_with_0(crfhir: Crfhir) -> None:
    ended = crfhir("validate", write("a.json", SOUND))
    assert (ended.status, ended.out, ended.err) == (0, b"", "1 resource: none refused\n")


def test_a_broken_file_ends_with_1_and_tells_place_item_rule_and_what_to_do(crfhir: Crfhir) -> None:
    ended = crfhir("validate", write("a.json", '{"resourceType": "Patient",\n "gender": "femal", "nam": 1}'))
    first, second, third = ended.out.decode().splitlines()
    assert first == "a.json: NOT VALID"
    assert second.startswith("  line 2, column 2, Patient.gender (subject.sex): error: 'femal' is not a code of")
    assert "female" in second
    assert second.endswith("[binding]")
    assert "did you mean 'name'?" in third
    assert (ended.status, ended.err) == (1, "1 resource: 1 refused (2 errors)\n")


def test_the_samples_of_the_project_are_valid(crfhir: Crfhir) -> None:
    ended = crfhir("validate", str(SAMPLES), "--format", "ndjson")
    assert ended.status == 0, ended.out.decode()[:2000]
    assert len(ended.lines) == len(list(SAMPLES.rglob("*.json")))


def test_every_way_in_gives_the_same_verdict(crfhir: Crfhir) -> None:
    write("one.json", BROKEN)
    Path("one.json.gz").write_bytes(gzip.compress(Path("one.json").read_bytes()))
    Path("one.xml").write_text('<Patient xmlns="http://hl7.org/fhir"><gender value="banana"/></Patient>')
    write("folder/deep/one.json", BROKEN)
    write("list.json", [BROKEN])
    write("lines.ndjson", BROKEN)
    write("odd name", BROKEN)
    names = ["one.json", "one.json.gz", "one.xml", "folder", "list.json", "lines.ndjson", "odd name"]
    ended = crfhir("validate", *names, "-", "--format", "ndjson", stdin=Path("one.json.gz").read_bytes())
    assert [verdict["source"] for verdict in ended.lines] == [
        "one.json",
        "one.json.gz",
        "one.xml",
        str(Path("folder", "deep", "one.json")),
        "list.json[0]",
        "lines.ndjson:1",
        "odd name",
        "standard input",
    ]
    assert rules(ended) == ["binding"] * 8
    assert {issue["item"] for verdict in ended.lines for issue in verdict["issues"]} == {"sex"}


def test_the_entries_of_a_bundle_are_told_by_their_path(crfhir: Crfhir) -> None:
    entries = [
        {"fullUrl": f"urn:uuid:c757873d-ec9a-4326-a141-556f4323952{n}", "resource": each}
        for n, each in enumerate([SOUND, BROKEN])
    ]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    ended = crfhir("validate", write("bundle.json", bundle), "--format", "ndjson")
    (verdict,) = ended.lines
    (issue,) = verdict["issues"]
    assert (issue["expression"], issue["form"], issue["item"]) == (
        "Bundle.entry[1].resource.gender",
        "subject",
        "sex",
    )


def test_ndjson_is_told_by_file_and_line(crfhir: Crfhir) -> None:
    ended = crfhir("validate", write("a.ndjson", SOUND, "", "{broken", BROKEN), "--format", "ndjson")
    assert [(verdict["source"], verdict["valid"]) for verdict in ended.lines] == [
        ("a.ndjson:1", True),
        ("a.ndjson:3", False),
        ("a.ndjson:4", False),
    ]
    assert [issue["line"] for verdict in ended.lines for issue in verdict["issues"]] == [3, 4]


def test_junit_is_a_report_for_a_ci(crfhir: Crfhir) -> None:
    ended = crfhir("validate", write("a.ndjson", SOUND, BROKEN), "--format", "junit")
    suite = etree.fromstring(ended.out)[0]
    assert (ended.status, suite.get("tests"), suite.get("failures")) == (1, "2", "1")


@pytest.mark.parametrize("content", ["", " \n", "{", "[]x", "hello", "\x00", '{"resourceType": "Banana"}', "null", "1"])
def test_what_is_no_fhir_is_not_valid(crfhir: Crfhir, content: str) -> None:
    ended = crfhir("validate", write("a.json", content))
    assert ended.status == 1
    assert b"NOT VALID" in ended.out


def test_other_formats_are_named(crfhir: Crfhir) -> None:
    ended = crfhir("validate", write("a.csv", "subject,day\n01-001,1\n"))
    assert ended.status == 1
    assert b"this is no FHIR" in ended.out


@pytest.mark.parametrize("words", [["list.json"], ["folder"], ["absent.json"], []])
def test_nothing_to_validate_could_not_run(crfhir: Crfhir, words: list[str]) -> None:
    write("list.json", [])
    write("folder/a.csv", "x")
    ended = crfhir("validate", *words)
    assert ended.status == 2
    assert ended.err


def definitions() -> list[str]:
    """One profile in each of the forms in which definitions come."""
    write("as-file.json", profile())
    write("folder/deep/a.json", profile())
    write("package/package.json", {"name": "x", "version": "1", "canonical": "http://x.example"})
    write("package/a.json", profile())
    with tarfile.open("x.tgz", "w:gz") as archive:
        archive.add("package")
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": profile()}]}
    write("bundle.json", bundle)
    write(
        "a.xml",
        f"""<StructureDefinition xmlns="http://hl7.org/fhir"><url value="{URL}"/><name value="Tall"/>
        <status value="draft"/><fhirVersion value="4.0.1"/><kind value="resource"/><abstract value="false"/>
        <type value="Patient"/><baseDefinition value="http://hl7.org/fhir/StructureDefinition/Patient"/>
        <derivation value="constraint"/><differential><element id="Patient"><path value="Patient"/></element>
        <element id="Patient.name"><path value="Patient.name"/><min value="1"/></element></differential>
        </StructureDefinition>""",
    )
    return ["as-file.json", "folder", "package", "x.tgz", "bundle.json", "a.xml"]


def test_definitions_come_in_every_form(crfhir: Crfhir) -> None:
    sound = write("sound.json", SOUND)
    for name in definitions():
        ended = crfhir("validate", sound, "--definitions", name, "--profile", URL, "--format", "ndjson")
        assert (ended.status, rules(ended)) == (1, ["cardinality-min"]), name
    claims = write("claims.json", SOUND | {"meta": {"profile": [URL]}})
    ended = crfhir("validate", claims, "--definitions", "as-file.json", "--format", "ndjson")
    assert rules(ended) == ["cardinality-min"]
    assert rules(crfhir("validate", claims, "--format", "ndjson")) == ["unknown-profile"]


def test_a_questionnaire_can_be_given(crfhir: Crfhir) -> None:
    item = {"linkId": "a", "type": "integer", "required": True}
    asked = {"resourceType": "Questionnaire", "url": "http://x.example/Questionnaire/q", "status": "active"}
    write("q.json", asked | {"item": [item]})
    answers = {"resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": asked["url"]}
    ended = crfhir("validate", write("r.json", answers), "--definitions", "q.json", "--format", "ndjson")
    assert (ended.status, rules(ended)) == (1, ["qr-required"])
    assert crfhir("validate", "r.json").status == 0


def test_several_definitions_are_held_to_together(crfhir: Crfhir) -> None:
    write("base.json", profile())
    gender = {"id": "Patient.gender", "path": "Patient.gender", "min": 1}
    write("derived.json", profile(f"{URL}er", URL, **gender))
    words = ["--definitions", "base.json", "--definitions", "derived.json", "--profile", f"{URL}er"]
    ended = crfhir("validate", write("a.json", SOUND), *words, "--format", "ndjson")
    assert rules(ended) == ["cardinality-min"] * 2


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_broken_definitions_are_told_with_every_fault_and_stop_the_run(crfhir: Crfhir, jobs: str) -> None:
    write("d/cycle.json", profile(URL, URL))
    write("d/path.json", profile(f"{URL}1", id="Patient.nam", path="Patient.nam", min=1))
    rule = {"key": "t-1", "severity": "error", "human": "x", "expression": "a.(("}
    write("d/rule.json", profile(f"{URL}2", id="Patient.name", path="Patient.name", constraint=[rule]))
    write("d/base.json", profile(f"{URL}3", "http://x.example/StructureDefinition/absent"))
    ended = crfhir("validate", write("a.json", SOUND), "--definitions", "d", "--jobs", jobs)
    assert (ended.status, ended.out) == (2, b"")
    files = [line.partition(":")[0] for line in ended.err.splitlines()]
    assert {Path(name).name for name in files} == {"base.json", "cycle.json", "path.json", "rule.json"}
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("words", [["absent.tgz"], ["empty"], ["a.json"], ["cut.tgz"]])
def test_definitions_that_are_none_are_told(crfhir: Crfhir, words: list[str]) -> None:
    Path("empty").mkdir()
    Path("cut.tgz").write_bytes(gzip.compress(b"x" * 5000)[:-10])
    ended = crfhir("validate", write("a.json", SOUND), "--definitions", *words)
    assert ended.status == 2
    assert words[0] in ended.err


def test_a_profile_that_is_not_known_is_told_with_the_nearest(crfhir: Crfhir) -> None:
    write("p.json", profile())
    ended = crfhir("validate", write("a.json", SOUND), "--definitions", "p.json", "--profile", f"{URL}l")
    assert (ended.status, ended.out) == (2, b"")
    assert f"did you mean {URL}?" in ended.err


def test_without_a_study_there_is_r4_alone(crfhir: Crfhir, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = "https://il2-csu.example/fhir/StructureDefinition/trial-nothing"
    write("a.json", SOUND | {"meta": {"profile": [own]}})
    assert crfhir("validate", "a.json").status == 1
    monkeypatch.setattr("adapter.config._mappings", lambda: iter(()))
    monkeypatch.delenv("CRFHIR_STUDY")
    assert crfhir("validate", "a.json").status == 0
    assert crfhir("validate", "a.json", "--study", "absent").status == 2


def test_faulty_definitions_of_the_study_are_told(crfhir: Crfhir) -> None:
    shutil.copytree(STUDY, "study")
    write("study/package/StructureDefinition-cycle.json", profile(URL, URL))
    ended = crfhir("validate", write("a.json", SOUND), "--study", "study")
    assert ended.status == 2
    assert "StructureDefinition-cycle.json" in ended.err


@pytest.mark.parametrize("form", ["text", "ndjson", "junit"])
def test_several_processes_tell_the_same_byte_for_byte(crfhir: Crfhir, form: str) -> None:
    write("a.ndjson", *[BROKEN if number % 3 == 0 else SOUND for number in range(900)])
    write("b.json", BROKEN)
    alone, together = (crfhir("validate", "a.ndjson", "b.json", "--format", form, "--jobs", n) for n in ("1", "3"))
    assert alone.out
    assert (alone.status, alone.out, alone.err) == (together.status, together.out, together.err)


def test_deep_and_large_documents_are_answered(crfhir: Crfhir) -> None:
    write("deep.json", '{"resourceType":"Patient","extension":' + "[{" * 100_000 + "}]" * 100_000 + "}")
    write("long.json", {"resourceType": "Patient", "id": "x" * 5_000_000})
    write("many.json", {"resourceType": "Patient", "name": [{"use": "x"}] * 50_000})
    ended = crfhir("validate", "deep.json", "long.json", "many.json", "--format", "ndjson")
    assert ended.status == 1
    assert [verdict["valid"] for verdict in ended.lines] == [False] * 3
    assert len(ended.out) < 3_000_000
    assert "more issues" in ended.lines[2]["issues"][-1]["diagnostics"]
