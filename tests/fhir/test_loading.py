import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.errors import DefinitionError
from adapter.fhir import loading, xml
from adapter.fhir.conformance import Definitions, load_definitions
from adapter.fhir.package import File, Source
from adapter.fhir.table import Table
from tests.fhir.packages import MANIFEST, archive, files, folder
from tests.fhir.structures import CORE, OURS, element, rule, sliced, structure, typed

QUESTIONNAIRE = {
    "resourceType": "Questionnaire",
    "url": "https://x.example/Questionnaire/diary",
    "version": "1",
    "status": "active",
    "item": [{"linkId": "1", "type": "decimal", "initial": [{"valueDecimal": Decimal("1.50")}]}],
}
PROFILE = structure("Patient", element("Patient.name", max="0"))


def written(resource):
    from adapter.fhir import json as fhir_json

    return fhir_json.encode(resource).decode()


def load(*paths):
    return load_definitions(*paths, cache=None)


def faults(*paths):
    with pytest.raises(DefinitionError) as refused:
        load(*paths)
    return [str(fault) for fault in refused.value.faults]


def test_a_package_an_unpacked_one_a_folder_and_a_bundle_say_the_same(tmp_path):
    contents = files(PROFILE)
    entries = [{"resource": PROFILE}, {"fullUrl": "urn:uuid:none"}]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    sources = [
        archive(tmp_path / "x.tgz", contents),
        folder(tmp_path / "package", contents),
        folder(tmp_path / "folder", {"deep/p.json": json.dumps(PROFILE), "notes.json": "[1]"}),
        folder(tmp_path / "bundle", {"b.json": json.dumps(bundle)}) / "b.json",
    ]
    for source in sources:
        found = load(source).profile(OURS + "p")
        assert found is not None, source
        assert found.root.children["name"].max == 0


def test_a_definition_in_xml_may_have_another_order(tmp_path):
    (tmp_path / "v.xml").write_text(
        '<ValueSet xmlns="http://hl7.org/fhir"><status value="draft"/><url value="http://x.org/v"/></ValueSet>'
    )
    assert load_definitions(tmp_path / "v.xml").value_set("http://x.org/v")["status"] == "draft"


def test_one_file_in_json_or_xml_is_enough(tmp_path):
    (tmp_path / "q.json").write_text(written(QUESTIONNAIRE))
    (tmp_path / "q.xml").write_bytes(xml.encode(QUESTIONNAIRE))
    for name in ("q.json", "q.xml"):
        found = load(tmp_path / name).questionnaire(QUESTIONNAIRE["url"] + "|1")
        assert found == QUESTIONNAIRE
        assert str(found["item"][0]["initial"][0]["valueDecimal"]) == "1.50"


def test_a_profile_in_xml_is_read_like_one_in_json(tmp_path):
    (tmp_path / "p.xml").write_bytes(xml.encode(PROFILE))
    assert load(tmp_path / "p.xml").profile(OURS + "p").root.children["name"].max == 0


def test_the_later_source_counts(tmp_path):
    for name, most in (("a", "3"), ("b", "2")):
        (tmp_path / f"{name}.json").write_text(json.dumps(structure("Patient", element("Patient.name", max=most))))
    assert load(tmp_path / "a.json", tmp_path / "b.json").profile(OURS + "p").root.children["name"].max == 2


def test_the_core_package_is_always_here_and_not_read_again(tmp_path):
    twisted = {**PROFILE, "url": CORE + "bp", "name": "bp"}
    source = archive(tmp_path / "core.tgz", files(twisted, manifest={**MANIFEST, "name": "hl7.fhir.r4.core"}))
    found = load(source)
    assert found.profile(CORE + "bp").type == "Observation"
    assert not found.own(CORE + "bp2")


def test_a_package_for_another_fhir_is_refused(tmp_path):
    source = archive(tmp_path / "r5.tgz", files(PROFILE, manifest={**MANIFEST, "fhirVersions": ["5.0.0"]}))
    assert faults(source) == [f"{source}:1: a package for FHIR 5.0.0: expected one for 4.0.1"]


def test_what_is_no_json_is_refused_with_its_line(tmp_path):
    source = folder(tmp_path / "p", {"a.json": '{\n "resourceType": \n}', "b.json": '{"a": 1, "a": 2}'})
    first, second = faults(source)
    assert first.startswith(f"{source}/a.json:3: ")
    assert second.startswith(f"{source}/b.json:1: ")


def test_a_file_given_by_name_that_defines_nothing_is_refused(tmp_path):
    for text in ('{"resourceType": "Patient"}', "[]", "null", '{"resourceType": "Bundle", "entry": [1]}'):
        (tmp_path / "a.json").write_text(text)
        assert faults(tmp_path / "a.json") == [
            f"{tmp_path}/a.json:1: expected a conformance resource with a url, or a Bundle of them"
        ]


def test_a_canonical_stated_twice_in_one_source_is_refused(tmp_path):
    other = {**PROFILE, "title": "another"}
    source = folder(tmp_path / "p", {"a.json": json.dumps(PROFILE), "b.json": json.dumps(other)})
    assert faults(source) == [f"{source}/b.json:1: {OURS}p is in {source}/a.json too"]
    (source / "b.json").write_text(json.dumps(PROFILE))
    assert load(source).known(OURS + "p")


def test_every_fault_is_told_with_file_line_element_and_reason(tmp_path):
    broken = structure(
        "Patient",
        element("Patient.nickname", max="1"),
        element("Patient.active", constraint=[rule("p-1", "exists(")]),
    )
    lost = structure("Patient", name="lost", base="nowhere")
    odd = {**structure("Patient", name="odd"), "differential": {"element": [{"path": 1}]}}
    source = folder(tmp_path / "p", {"a.json": json.dumps(broken, indent=1), "b.json": json.dumps(lost)})
    first, second, third = faults(source)
    lines = json.dumps(broken, indent=1).splitlines()
    line = 1 + next(number for number, text in enumerate(lines) if '"Patient.nickname"' in text)
    assert first == f"{source}/a.json:{line}: Patient.nickname: Patient has no element 'nickname'"
    assert "Patient.active: the invariant p-1 does not parse" in second
    assert third == f"{source}/b.json:1: Patient: its base {OURS}nowhere is not here"
    (source / "c.json").write_text(json.dumps(odd))
    odd_type = f"{source}/c.json:1: Expected `str`, got `int` - at `$.differential.element[0].path`"
    assert faults(source) == [first, second, odd_type]  # what is not here may be what could not be read
    (source / "c.json").write_text("{")
    assert faults(source)[:2] == [first, second]


def test_a_source_that_cannot_be_read_hides_no_faults_of_the_others(tmp_path):
    cut, odd = tmp_path / "cut.tgz", folder(tmp_path / "q", {"package.json": "[]"})
    cut.write_bytes(b"no archive")
    broken = structure("Patient", element("Patient.nickname", max="1"))
    source = folder(tmp_path / "p", {"a.json": json.dumps(broken)})
    found = faults(cut, odd, source)
    assert [each.partition(":")[0] for each in found] == [str(cut), f"{source}/a.json", f"{odd}/package.json"]


def test_a_snapshot_is_read_where_the_base_is_not_here(tmp_path):
    whole = {"element": [element("Patient"), element("Patient.name", min=0, max="0")]}
    alone = structure("Patient", name="alone", base="nowhere", snapshot=whole)
    (tmp_path / "a.json").write_text(json.dumps(alone))
    found = load(tmp_path / "a.json").profile(OURS + "alone")
    assert (found.root.children["name"].max, found.bases) == (0, ())


def test_what_a_package_leaves_aside_is_known_and_no_profile(tmp_path):
    logical = {**structure("Patient", name="model"), "kind": "logical"}
    type_ = {**structure("Patient", name="type"), "derivation": "specialization"}
    found = load(archive(tmp_path / "x.tgz", files(logical, type_)))
    assert found.known(OURS + "model")
    assert found.profile(OURS + "model") is None
    assert found.profile(OURS + "type") is None


def test_the_cache_gives_what_was_loaded(tmp_path):
    source = archive(tmp_path / "x.tgz", files(PROFILE, json.loads(written(QUESTIONNAIRE))))
    first = load_definitions(source, cache=tmp_path / "cache")
    again = load_definitions(source, cache=tmp_path / "cache")
    for found in (first, again):
        assert repr(found.profile(OURS + "p")) == repr(first.profile(OURS + "p"))
        assert found.own(OURS + "other")
        assert found.questionnaire(QUESTIONNAIRE["url"])["version"] == "1"


def test_a_broken_source_leaves_no_cache(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(structure("Patient", base="nowhere")))
    for _ in range(2):
        with pytest.raises(DefinitionError):
            load_definitions(tmp_path / "a.json", cache=tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 2)
    | st.sampled_from(["", "*", "Patient", "Patient.name", "a.b", "value[x]"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["code", "path", "a"]), inner, max_size=2)
    ),
    max_leaves=4,
)
SOUND = structure(
    "Observation",
    element("Observation.component", slicing=sliced(), min=1, type=[typed("BackboneElement")]),
    element(
        "Observation.component:a.code", constraint=[rule("a-1", "coding.exists()")], fixedCodeableConcept={"text": "a"}
    ),
    element("Observation.valueQuantity", binding={"strength": "required", "valueSet": "http://x"}, max="1"),
    context=[{"type": "element", "expression": "Patient"}],
)


def places(value, path=()):
    """Every path into a JSON value but the outermost."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in below:
        yield (*path, step)
        yield from places(inner, (*path, step))


@given(st.sampled_from(sorted(places(SOUND), key=str)), JSON)
def test_a_profile_of_which_anything_is_replaced_is_loaded_or_refused(path, value):
    changed = json.loads(json.dumps(SOUND))
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    file = File("a.json", json.dumps(changed).encode())
    with suppress(DefinitionError):
        made = loading.made([Source("a.json", (file,))])
        held = Definitions(Table(made.table), made.canonicals)
        assert held.profile(changed["url"]) is not None or path[0] in ("resourceType", "derivation", "kind")
