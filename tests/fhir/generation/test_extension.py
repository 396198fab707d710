from adapter.fhir.generation import extension
from adapter.fhir.generation.package import Published
from adapter.fhir.generation.structure import STRUCTURE


def row(*elements, form="differential", **more):
    published = Published()
    head = {"resourceType": "StructureDefinition", "url": "http://x/e", "type": "Extension"}
    head |= {"derivation": "constraint", "context": [{"type": "element", "expression": "AdverseEvent"}]}
    published.add({**head, form: {"element": list(elements)}, **more})
    return extension.rows(published)["http://x/e"]


ROOT = {"id": "Extension", "min": 0, "max": "*"}


def test_a_value_has_its_type_targets_and_binding():
    reference = {"code": "Reference", "targetProfile": [STRUCTURE + "ResearchSubject"]}
    value = {"id": "Extension.value[x]", "type": [reference]}
    found = row(ROOT, value, form="snapshot")
    assert found["types"] == [["Reference", "ResearchSubject"]]
    assert found["contexts"] == ["AdverseEvent"]
    binding = {"valueSet": "vs|1", "strength": "required"}
    coded = {"id": "Extension.value[x]", "type": [{"code": "code"}]}
    assert row(ROOT, {**coded, "binding": binding})["binding"] == ["vs", "required"]


def test_a_value_that_is_not_spoken_of_may_be_anything():
    assert "types" not in row(ROOT)


def test_a_value_that_may_not_stand_has_no_types():
    assert row(ROOT, {"id": "Extension.value[x]", "max": "0"})["types"] == []


def test_slices_of_the_value_say_which_types_it_has():
    slices = [
        {"id": "Extension.value[x]"},
        {"id": "Extension.value[x]:valueCode", "type": [{"code": "code"}]},
        {"id": "Extension.value[x]:valueCode.extension", "max": "0"},
        {"id": "Extension.value[x]:valueString", "type": [{"code": "string"}]},
        {"id": "Extension.value[x]:valueDate", "type": [{"code": "date"}], "max": "0"},
    ]
    assert row(ROOT, *slices)["types"] == [["code"], ["string"]]


def test_nested_extensions_are_found_by_url_however_deep():
    found = row(
        ROOT,
        {"id": "Extension.extension:a", "min": 1, "max": "1"},
        {"id": "Extension.extension:a.extension:b.value[x]", "type": [{"code": "date"}]},
        {"id": "Extension.extension:c.url", "fixedUri": "see"},
        {"id": "Extension.extension:d", "type": [{"code": "Extension", "profile": ["http://x/d"]}]},
    )
    assert list(found["nested"]) == ["a", "see", "http://x/d"]
    assert (found["nested"]["a"]["min"], found["nested"]["a"]["max"]) == (1, 1)
    assert found["nested"]["a"]["nested"]["b"]["types"] == [["date"]]


def test_an_extension_that_modifies_says_so():
    assert row({**ROOT, "isModifier": True})["modifier"] is True
    assert "modifier" not in row(ROOT)


def test_profiles_of_other_types_are_no_extensions():
    published = Published()
    profile = {"resourceType": "StructureDefinition", "url": "u", "type": "Patient"}
    published.add({**profile, "derivation": "constraint"})
    assert extension.rows(published) == {}
