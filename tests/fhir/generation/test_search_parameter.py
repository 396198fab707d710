from adapter.fhir.generation.package import Published
from adapter.fhir.generation.search_parameter import compartments, of_resource, rows


def parameter(**more):
    return {
        "resourceType": "SearchParameter",
        "url": "urn:x",
        "code": "x",
        "base": ["Patient", "Group"],
        "type": "token",
        "expression": "Patient.a | (Group.b as code) | Device.c",
        **more,
    }


def published(*resources):
    found = Published()
    for resource in resources:
        found.add(resource)
    return found


def test_each_base_gets_its_part_of_the_union():
    assert rows(published(parameter())) == {
        "Group": {"x": {"type": "token", "url": "urn:x", "expression": ["(Group.b as code)"]}},
        "Patient": {"x": {"type": "token", "url": "urn:x", "expression": ["Patient.a"]}},
    }


def test_what_stands_for_no_value_of_its_own_is_left_out():
    assert list(of_resource(parameter(type="composite"))) == []
    assert list(of_resource({key: value for key, value in parameter().items() if key != "expression"})) == []
    assert rows(published(parameter(url="http://hl7.org/fhir/SearchParameter/example"))) == {}


def test_targets_are_kept_unless_they_are_all():
    some = dict(of_resource(parameter(target=["Patient", "Group"])))
    assert some["Patient"]["target"] == ["Group", "Patient"]
    every = dict(of_resource(parameter(target=[f"T{number}" for number in range(146)])))
    assert "target" not in every["Patient"]


def test_a_compartment_keeps_the_types_that_are_in_it():
    resource = {
        "resourceType": "CompartmentDefinition",
        "url": "http://hl7.org/fhir/CompartmentDefinition/patient",
        "code": "Patient",
        "resource": [{"code": "Account", "param": ["subject"]}, {"code": "Binary"}],
    }
    assert compartments(published(resource)) == {"Patient": {"Account": ["subject"]}}
