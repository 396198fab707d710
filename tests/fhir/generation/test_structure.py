from adapter.fhir.generation import structure
from adapter.fhir.generation.package import Published
from adapter.fhir.generation.structure import FHIR_TYPE, STRUCTURE

ELE_1 = {"key": "ele-1", "severity": "error", "expression": "true"}


def element(path, *types, **more):
    return {"path": path, "id": path, "min": 0, "max": "1", "type": list(types), **more}


def definition(name, kind, base, *elements, **more):
    return {
        "resourceType": "StructureDefinition",
        "id": name,
        "url": STRUCTURE + name,
        "type": name,
        "kind": kind,
        "abstract": False,
        "derivation": "specialization",
        "baseDefinition": STRUCTURE + base if base else "",
        "snapshot": {"element": list(elements)},
        **more,
    }


STRING = {
    "code": "http://hl7.org/fhirpath/System.String",
    "extension": [{"url": FHIR_TYPE, "valueUrl": "uri"}],
}


def made(*definitions):
    published = Published()
    base = element("Element", constraint=[ELE_1]), element("Element.id", STRING)
    extension = element("Extension"), element("Extension.url", STRING)
    published.add(definition("Element", "complex-type", "", *base))
    published.add(definition("Extension", "complex-type", "Element", *extension))
    for resource in definitions:
        published.add(resource)
    return structure.rows(published)


def one(row, name):
    return next(found for found in row["elements"] if found["name"] == name)


def test_what_is_typed_system_string_has_its_fhir_type():
    assert one(made()["Extension"], "url")["types"] == [["uri"]]


def test_inherited_elements_and_invariants_are_left_to_the_base():
    thing = definition(
        "Thing",
        "complex-type",
        "Element",
        element("Thing", constraint=[ELE_1, {"key": "t-1", "severity": "warning", "expression": "x"}]),
        element("Thing.id", STRING),
        element("Thing.a", {"code": "string"}, constraint=[ELE_1]),
    )
    row = made(thing)["Thing"]
    assert [found["name"] for found in row["elements"]] == ["a"]
    assert row["invariants"] == [["t-1", "warning", "x", ""]]
    assert "invariants" not in one(row, "a")


def test_a_backbone_is_a_row_of_its_own_and_a_content_reference_names_it():
    thing = definition(
        "Thing",
        "resource",
        "Element",
        element("Thing"),
        element("Thing.part", {"code": "Element"}, max="*"),
        element("Thing.part.part", contentReference="#Thing.part"),
    )
    rows = made(thing)
    assert rows["Thing"]["kind"] == "resource"
    assert one(rows["Thing"], "part") == {"name": "part", "min": 0, "max": None, "types": [["Thing.part"]]}
    assert rows["Thing.part"]["kind"] == "backbone"
    assert one(rows["Thing.part"], "part")["types"] == [["Thing.part"]]


def test_targets_are_names_of_types_and_any_resource_is_none():
    named = {"code": "Reference", "targetProfile": [STRUCTURE + "Thing", "http://other/Profile"]}
    any_resource = {"code": "Reference", "targetProfile": [STRUCTURE + "Resource"]}
    elements = element("Thing"), element("Thing.a", named), element("Thing.b", any_resource)
    row = made(definition("Thing", "resource", "Element", *elements))["Thing"]
    assert one(row, "a")["types"] == [["Reference", "Thing", "Profile"]]
    assert one(row, "b")["types"] == [["Reference"]]


def test_a_resources_id_is_an_id():
    identity = element("Thing.id", STRING, base={"path": "Resource.id"})
    thing = definition("Thing", "resource", "Element", element("Thing"), identity)
    assert one(made(thing)["Thing"], "id")["types"] == [["id"]]


def test_bindings_lose_their_version_and_keep_their_strength():
    binding = {"valueSet": "http://x/vs|4.0.1", "strength": "preferred"}
    coded = element("Thing.a", {"code": "code"}, binding=binding)
    thing = definition("Thing", "resource", "Element", element("Thing"), coded)
    assert one(made(thing)["Thing"], "a")["binding"] == ["http://x/vs", "preferred"]


def test_logical_models_and_profiles_are_no_types_but_quantitys_own():
    logical = definition("Model", "logical", "Element", element("Model"))
    profile = definition("Bp", "resource", "Element", element("Bp"), derivation="constraint", type="Thing")
    quantity = definition("Quantity", "complex-type", "Element", element("Quantity"))
    simple = definition(
        "SimpleQuantity",
        "complex-type",
        "Quantity",
        element("Quantity"),
        element("Quantity.comparator", {"code": "code"}, max="0"),
        derivation="constraint",
        type="Quantity",
    )
    rows = made(logical, profile, quantity, simple)
    assert "Model" not in rows
    assert "Bp" not in rows
    assert rows["SimpleQuantity"]["kind"] == "profile"
    assert one(rows["SimpleQuantity"], "comparator")["max"] == 0
