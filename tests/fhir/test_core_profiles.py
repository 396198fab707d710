"""The profiles of R4's own package, as the generated table keeps them: sound, and what HL7's snapshots say."""

import json
from decimal import Decimal

import pytest

from adapter.fhir import definitions, differential, element_flaws, profile
from adapter.fhir.conformance import load_definitions
from adapter.fhir.generation import package
from adapter.fhir.table import FOLDER, Table
from tests.fhir.structures import CORE

CORRECTED = ("catalog", "familymemberhistory-genetic")
PROFILES = Table(FOLDER / "profiles.ndjson")


def chain(url):
    found = [PROFILES.get(url)]
    while found[0]["base"] in PROFILES:
        found.insert(0, PROFILES.get(found[0]["base"]))
    return found


def test_every_profile_of_the_core_package_is_sound_but_one():
    """codesystem-history forbids extensions in `revision` and asks for three: HL7's validator takes it so, too."""
    flawed = {url for url in PROFILES if profile.flaws(chain(url), element_flaws.flaws)}
    assert flawed == {CORE + "codesystem-history"}


def test_blood_pressure_has_its_nested_slices_from_its_base_and_itself():
    made = profile.build(chain(CORE + "bp"))
    assert made.bases == (CORE + "vitalsigns",)
    category, component = made.root.children["category"], made.root.children["component"]
    assert category.slices["VSCat"].children["coding"].children["code"].fixed == "vital-signs"
    coding = component.slices["SystolicBP"].children["code"].children["coding"].slices["SBPCode"]
    assert coding.children["code"].fixed == "8480-6"
    assert made.root.children["value[x]"].slices["valueQuantity"].max == 0
    assert component.min == 2
    assert [each.key for each in component.invariants] == ["vs-3"]


def stated(node, found):
    """What a tree states, by element id: limits, fixed values, patterns of elements that are not slices."""
    for name, child in node.children.items():
        if name not in ("extension", "modifierExtension") and not name.endswith("[x]"):
            found[child.id] = (child.min, child.max, child.fixed, child.pattern, child.types, child.binding)
            stated(child, found)
            for slice_ in child.slices.values():
                stated(slice_, found)
    return {key: value for key, value in found.items() if value != (None, None, None, None, (), None)}


def test_differentials_say_what_the_published_snapshots_say(published):
    """Choices apart: a snapshot spells its types out in another way."""
    for structure_ in published:
        by_chain = stated(profile.build(chain(structure_["url"])).root, {})
        by_snapshot = stated(profile.build([differential.row(structure_, "snapshot")]).root, {})
        inherited = by_snapshot.keys() - by_chain.keys()
        assert by_chain.keys() <= by_snapshot.keys(), structure_["id"]
        assert {key: by_snapshot[key] for key in by_chain} == by_chain, structure_["id"]
        assert all(":" in key for key in inherited), structure_["id"]  # of the element that is sliced


@pytest.fixture
def published(fhir_packages):
    resources = package.resources(fhir_packages[0])
    structures = [each for each in resources if each["resourceType"] == "StructureDefinition" and "snapshot" in each]
    profiles = [each for each in structures if differential.is_profile(each) and each["id"] not in CORRECTED]
    return [json.loads(json.dumps(each), parse_float=Decimal) for each in profiles]


def test_que_12_says_what_its_text_says():
    (stated,) = [each for each in definitions.invariants("Questionnaire.item") if each.key == "que-12"]
    assert stated.expression == "enableWhen.count() > 1 implies enableBehavior.exists()"


def test_what_hl7_takes_for_the_element_itself_is_no_slice():
    root = profile.build(chain(CORE + "familymemberhistory-genetic")).root
    assert root.children["condition"].slices == {}
    assert root.children["condition"].children["note"].max == 1


def test_the_adverse_event_guide_loads_as_it_is_published(fhir_packages):
    guide = "http://hl7.org/fhir/uv/ae-research-backport-ig/StructureDefinition/"
    held = load_definitions(*fhir_packages, cache=None)
    event = held.profile(guide + "AdverseEvent-clinical-research")
    assert event.root.children["modifierExtension"].slices["status"].children["url"].fixed == guide + "status"
    assert (held.own(guide + "none"), held.own(CORE + "none")) == (True, False)
