import pytest

from adapter.fhir.xml_reader import parse
from adapter.fhir.xml_writer import encode

PATIENT = {"resourceType": "Patient"}


def body(resource):
    return encode(resource).decode().partition("\n")[2]


def test_elements_stand_in_the_order_of_r4_with_values_as_attributes():
    patient = {**PATIENT, "birthDate": "1980", "active": False, "id": "a"}
    assert body(patient) == (
        '<Patient xmlns="http://hl7.org/fhir"><id value="a"/><active value="false"/><birthDate value="1980"/></Patient>'
    )


def test_an_elements_id_and_an_extensions_url_are_attributes():
    extension = {"url": "http://x", "id": "e", "valueInteger": 0}
    assert body({**PATIENT, "extension": [extension]}) == (
        '<Patient xmlns="http://hl7.org/fhir"><extension url="http://x" id="e"><valueInteger value="0"/>'
        "</extension></Patient>"
    )


def test_what_stands_beside_a_primitive_stands_in_its_element():
    beside = [{"id": "x"}, {"extension": [{"url": "u", "valueCode": "masked"}]}]
    name = {"given": ["a", None], "_given": beside}
    assert (
        '<given value="a" id="x"/><given><extension url="u"><valueCode value="masked"/></extension></given>'
    ) in body({**PATIENT, "name": [name]})


def test_contained_resources_and_entries_have_their_type_as_an_element():
    patient = {**PATIENT, "contained": [{**PATIENT, "id": "p"}]}
    assert body({"resourceType": "Bundle", "entry": [{"resource": patient}]}) == (
        '<Bundle xmlns="http://hl7.org/fhir"><entry><resource><Patient><contained><Patient><id value="p"/>'
        "</Patient></contained></Patient></resource></entry></Bundle>"
    )


def test_line_breaks_and_markup_in_text_survive_as_references():
    patient = {**PATIENT, "language": 'a\n<b> & "c"\r\t'}
    assert '"a&#10;&lt;b&gt; &amp; &quot;c&quot;&#13;&#9;"' in body(patient)


def test_a_narrative_is_written_as_it_is():
    div = '<div xmlns="http://www.w3.org/1999/xhtml">a<br  /></div>'
    patient = {**PATIENT, "text": {"div": div, "status": "generated"}}
    assert f'<status value="generated"/>{div}</text>' in body(patient)


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ({}, "resourceType"),
        ({"resourceType": "Banana"}, "no R4 resource"),
        ({"resourceType": "DomainResource"}, "no R4 resource"),
        ({**PATIENT, "nom": 1}, "Patient has no element 'nom'"),
        ({**PATIENT, "name": [{"resourceType": "Patient"}]}, "'resourceType'"),
        ({**PATIENT, "name": {"text": "a"}}, "Patient.name must be a list"),
        ({**PATIENT, "active": [True]}, "Patient.active must be a single value"),
        ({**PATIENT, "name": []}, "Patient.name must be a list that is not empty"),
        ({**PATIENT, "name": [{}]}, "Patient.name must be an object that is not empty"),
        ({**PATIENT, "name": ["a"]}, "Patient.name must be an object"),
        ({**PATIENT, "name": [None]}, "Patient.name must be an object"),
        ({**PATIENT, "name": [{"given": ["a"], "_given": [None, {"id": "b"}]}]}, "as long as its _ twin"),
        ({**PATIENT, "name": [{"given": ["a"], "_given": {"id": "b"}}]}, "as long as its _ twin"),
        ({**PATIENT, "name": [{"given": [None]}]}, "Patient.name.given is empty"),
        ({**PATIENT, "active": None}, "Patient.active is empty"),
        ({**PATIENT, "_active": "x"}, "must be an object"),
        ({**PATIENT, "active": {"a": 1}}, "single value"),
        ({**PATIENT, "id": 1.5}, "single value"),
        ({**PATIENT, "id": ""}, "Patient.id is empty"),
        ({**PATIENT, "id": "a\x01"}, "character that XML cannot"),
        ({**PATIENT, "id": "\ud800"}, "character that XML cannot"),
        ({**PATIENT, "contained": [{"id": "a"}]}, "Patient.contained is no R4 resource"),
        ({**PATIENT, "text": {"div": "<div>a</div>"}}, "Patient.text.div: a narrative must be a <div xmlns"),
        ({**PATIENT, "text": {"_div": {"id": "a"}}}, "one xhtml text"),
    ],
)
def test_what_r4_does_not_define_is_refused_with_its_place(resource, said):
    with pytest.raises(ValueError, match=said):
        encode(resource)


def test_a_resource_nested_beyond_measure_is_refused():
    extension = {"url": "a"}
    for _ in range(150):
        extension = {"url": "a", "extension": [extension]}
    with pytest.raises(ValueError, match="100 deep"):
        encode({**PATIENT, "extension": [extension]})


def test_a_document_for_people_has_a_line_for_each_element_and_says_the_same():
    div = '<div xmlns="http://www.w3.org/1999/xhtml"><p>a <b>b</b> c</p></div>'
    inner = {**PATIENT, "id": "p", "text": {"status": "generated", "div": div}}
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": inner}, {"fullUrl": "urn:x"}]}
    pretty = encode(bundle, pretty=True)
    assert pretty.decode().partition("\n")[2] == (
        '<Bundle xmlns="http://hl7.org/fhir">\n'
        '  <type value="collection"/>\n'
        "  <entry>\n    <resource>\n      <Patient>\n"
        '        <id value="p"/>\n        <text>\n          <status value="generated"/>\n'
        f"          {div}\n        </text>\n"
        "      </Patient>\n    </resource>\n  </entry>\n"
        '  <entry>\n    <fullUrl value="urn:x"/>\n  </entry>\n'
        "</Bundle>"
    )
    assert parse(pretty) == bundle
