from __future__ import annotations

from pathlib import Path

import pytest

from adapter.errors import DefinitionError, UsageError
from adapter.files.flaw import Flaw
from adapter.outcome import Place
from adapter.verdict.judge import Held, Judge, Verdict
from adapter.verdict.reading import Item

STUDY = Path(__file__).parents[2] / "mappings" / "il2_csu"
VITAL_SIGNS = "http://hl7.org/fhir/StructureDefinition/vitalsigns"


def judged(held: Held, raw: bytes | Flaw, line: int = 1, *, is_xml: bool = False) -> Verdict:
    (verdict,) = Judge(held)([Item("a.json", "a.json", line, raw, is_xml)])
    return verdict


def test_a_sound_resource_is_valid_without_an_issue() -> None:
    assert judged(Held(()), b'{"resourceType":"Patient"}') == Verdict("a.json", ())


def test_an_issue_stands_at_its_line_of_the_file() -> None:
    verdict = judged(Held(()), b'{"resourceType":"Patient",\n"gender":"banana"}', line=7)
    assert not verdict.valid
    assert verdict.issues[0].place == Place("a.json", 8, 1)


def test_an_issue_of_xml_has_its_place_too() -> None:
    raw = b'<Patient xmlns="http://hl7.org/fhir">\n  <gender value="banana"/>\n</Patient>'
    (issue,) = judged(Held(()), raw, is_xml=True).issues
    assert (issue.expression, issue.place) == ("Patient.gender", Place("a.json", 2, 3))


@pytest.mark.parametrize("raw", [b"{", b'{"a":1,"a":2}', b"\xff", b"[1]", b"null", Flaw("structure", "cut off")])
def test_what_is_no_fhir_is_not_valid_and_has_a_place(raw: bytes | Flaw) -> None:
    verdict = judged(Held(()), raw)
    assert not verdict.valid
    assert verdict.issues[0].place is not None


def test_broken_xml_is_not_valid() -> None:
    assert not judged(Held(()), b"<Patient", is_xml=True).valid


def test_a_warning_keeps_nothing_from_being_valid() -> None:
    raw = b'{"resourceType":"Patient","meta":{"profile":["http://x.example/p"]}}'
    verdict = judged(Held(()), raw)
    assert [issue.severity for issue in verdict.issues] == ["warning"]
    assert verdict.issues[0].diagnostics.endswith("was not held to it. Load it with --definitions.")
    assert verdict.valid


def test_every_resource_is_held_to_the_profiles_that_are_asked_for() -> None:
    raw = b'{"resourceType":"Observation","status":"final","code":{"text":"x"}}'
    assert judged(Held(()), raw).valid
    assert not judged(Held((), (VITAL_SIGNS,)), raw).valid
    assert not judged(Held((), (VITAL_SIGNS,)), b'{"resourceType":"Patient"}').valid


def test_the_items_of_the_study_are_named() -> None:
    raw = b"""{"resourceType":"Patient","gender":"banana",
               "identifier":[{"system":"https://il2-csu.example/id/subject","value":"01-001"}]}"""
    (issue,) = judged(Held((), study=STUDY), raw).issues
    assert (issue.form, issue.item) == ("subject", "sex")


def test_a_study_that_cannot_be_compiled_names_nothing_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text("id: [")
    (issue,) = judged(Held((), study=tmp_path), b'{"resourceType":"Patient","gender":"banana"}').issues
    assert issue.item is None


def test_a_profile_that_nobody_knows_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="load it with --definitions"):
        Judge(Held((), ("http://x.example/p",)))
    with pytest.raises(UsageError, match=r"did you mean https://il2-csu\.example/fhir/StructureDefinition/trial-kit\?"):
        Judge(Held((STUDY / "package",), ("https://il2-csu.example/fhir/StructureDefinition/trial-kitt",)))


def test_faulty_definitions_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(DefinitionError):
        Judge(Held((tmp_path,)))


def test_a_fault_of_xml_names_the_crf_item_too() -> None:
    resource = (
        b'<AdverseEvent xmlns="http://hl7.org/fhir"><actuality value="actual"/><date value="2025"/><date value="x"/>'
        b'<subject><reference value="Patient/01-001"/></subject></AdverseEvent>'
    )
    found = judged(Held((), study=STUDY), resource, is_xml=True).issues
    (twice,) = [each for each in found if each.key == "cardinality-max"]
    assert (twice.expression, twice.form) == ("AdverseEvent.date", "adverse_event")
