import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.fhir.syntax import FhirSyntaxError
from adapter.fhir.xml_reader import parse, read

FHIR = 'xmlns="http://hl7.org/fhir"'
XHTML = "http://www.w3.org/1999/xhtml"


def patient(content, attributes=FHIR):
    return f"<Patient {attributes}>{content}</Patient>".encode()


def test_values_have_the_types_of_their_elements():
    content = '<active value="true"/><multipleBirthInteger value="2"/>'
    assert parse(patient(content)) == {"resourceType": "Patient", "active": True, "multipleBirthInteger": 2}


def test_what_r4_allows_many_times_is_a_list_even_alone():
    assert parse(patient('<name><given value="a"/></name>'))["name"] == [{"given": ["a"]}]


def test_a_repeat_without_value_leaves_its_place():
    given = '<given value="a"/><given><extension url="u"><valueBoolean value="false"/></extension></given>'
    assert parse(patient(f"<name>{given}</name>"))["name"] == [
        {"given": ["a", None], "_given": [None, {"extension": [{"url": "u", "valueBoolean": False}]}]}
    ]


def test_comments_and_schema_locations_are_passed_over():
    attributes = f'{FHIR} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"'
    before = b'<?xml version="1.0" encoding="utf-8"?><!-- <?b?> -->'
    raw = before + patient('<!-- c --><id value="a"/>', attributes)
    assert parse(raw) == {"resourceType": "Patient", "id": "a"}


def test_a_byte_order_mark_and_a_prefix_are_tolerated():
    raw = b'\xef\xbb\xbf<f:Patient xmlns:f="http://hl7.org/fhir"><f:id value="a"/></f:Patient>'
    assert parse(raw) == {"resourceType": "Patient", "id": "a"}


def test_a_narrative_stays_as_it_was_written():
    div = f'<div  xmlns="{XHTML}"> a <br /> &amp; &#160;<div>x</div><!-- c --></div>'
    assert parse(patient(f'<text><status value="generated"/>{div}</text>'))["text"]["div"] == div


def test_every_narrative_finds_its_own_text():
    one, two = (f'<div xmlns="{XHTML}">{text}</div>' for text in "12")
    raw = patient(f"<text>{one}</text><contained><Patient><text>{two}</text></Patient></contained>")
    assert parse(raw)["text"]["div"] == one
    assert parse(raw)["contained"][0]["text"]["div"] == two


def test_a_narrative_whose_namespace_stands_further_out_is_written_anew():
    raw = patient("<text><h:div>a<h:br/> &lt;h:b</h:div></text>", f'{FHIR} xmlns:h="{XHTML}"')
    assert parse(raw)["text"]["div"] == f'<div xmlns="{XHTML}">a<br/> &lt;h:b</div>'


EXTERNAL = b'<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n'
LAUGHS = b'<!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
DEEP, DEEPER = ('<extension url="a">' * depth + "</extension>" * depth for depth in (150, 9999))
REFUSED = [
    (EXTERNAL + patient('<id value="&x;"/>'), "structure", 1, "DOCTYPE"),
    (b"\n<!DOCTYPE Patient>" + patient('<id value="a"/>'), "structure", 2, "DOCTYPE"),
    (b'<!DOCTYPE p SYSTEM "http://x/p.dtd">' + patient(""), "structure", 1, "DOCTYPE"),
    (LAUGHS + patient('<id value="&b;"/>'), "structure", 1, "DOCTYPE"),
    (patient('<id value="&nbsp;"/>'), "structure", 1, "not defined"),
    (patient('<include xmlns="http://www.w3.org/2001/XInclude" href="a"/>'), "structure", 1, "namespace"),
    (b'<?xml version="1.0" encoding="UTF-7"?>' + patient(""), "structure", 1, "expected UTF-8"),
    (b'<?xml version="1.0" encoding="gb18030"?>' + patient(""), "structure", 1, "expected UTF-8"),
    (patient("").decode().encode("utf-16"), "structure", 1, "UTF-16"),
    (patient("").decode().encode("utf-16-le"), "structure", 1, "UTF-16"),
    (patient('<id value="#"/>').replace(b"#", b"\xff"), "structure", 1, "encoding"),
    (patient("", 'xmlns="http://example.org"'), "structure", 1, "namespace"),
    (patient("", ""), "structure", 1, "namespace"),
    (f"<Banana {FHIR}/>".encode(), "structure", 1, "no resource 'Banana'"),
    (patient('\n<nom value="a"/>'), "structure", 2, "Patient has no element 'nom'"),
    (patient("\n<?a b?>"), "structure", 2, "processing instructions"),
    (b'<?xml-stylesheet href="a"?>' + patient(""), "structure", 1, "processing instructions"),
    (b'<?xml version="1.0"?>\n<?a b?>' + patient(""), "structure", 2, "processing instructions"),
    (patient(""), "structure", 1, "Patient is empty"),
    (patient('<extension><url value="a"/></extension>'), "structure", 1, "url is an attribute"),
    (patient('<active value="true"/>', f'{FHIR} status="a"'), "structure", 1, "no attribute 'status'"),
    (patient('<id value="a" other="b"/>'), "structure", 1, "no attribute 'other'"),
    (patient('<name value="a"/>'), "structure", 1, "no attribute 'value'"),
    (patient('hello<id value="a"/>'), "structure", 1, "holds text"),
    (patient('<id value="a"/>hello'), "structure", 1, "holds text"),
    (patient("<id>a</id>"), "structure", 1, "holds text"),
    (patient('<active value="true"/>\n<id value="1"/>'), "structure", 2, "Patient.id stands out of R4's"),
    (patient('<active value="true"/><active value="true"/>'), "structure", 1, "stands twice"),
    (patient("<active/>"), "structure", 1, "Patient.active is empty"),
    (patient("<name/>"), "structure", 1, "Patient.name is empty"),
    (patient('<id value=""/>'), "value", 1, "Patient.id is empty"),
    (patient('<extension url=""/>'), "value", 1, "url is empty"),
    (patient('<active value="yes"/>'), "value", 1, "expected true or false"),
    (patient('<multipleBirthInteger value="1.5"/>'), "value", 1, "expected a whole number"),
    (patient('<multipleBirthInteger value="+1"/>'), "value", 1, "expected a whole number"),
    (patient('<extension url="a"><valueDecimal value="0,5"/></extension>'), "value", 1, "expected a number"),
    (patient('<extension url="a"><valueDecimal value="1e400"/></extension>'), "value", 1, "a number such as"),
    (patient("<contained/>"), "structure", 1, "must hold one resource"),
    (patient(f'<div xmlns="{XHTML}">a</div>'), "structure", 1, "namespace"),
    (patient("<text><div>a</div></text>"), "structure", 1, "no element 'div'"),
    (patient('<id value="a"')[:-10], "structure", 1, "no well-formed XML"),
    (b'{"resourceType":"Patient"}', "structure", 1, "no well-formed XML"),
    (b"", "structure", 1, "empty"),
    (b" \n ", "structure", 1, "empty"),
    (patient(DEEP), "too-costly", 1, "100 deep"),
    (patient(DEEPER), "too-costly", 1, "100 deep"),
]


NAMES = [f"{case[-1]} {number}" for number, case in enumerate(REFUSED)]


@pytest.mark.parametrize(("raw", "code", "line", "said"), REFUSED, ids=NAMES)
def test_what_is_no_fhir_xml_is_refused_with_its_line(raw, code, line, said):
    with pytest.raises(FhirSyntaxError, match=said) as refused:
        parse(raw)
    assert (refused.value.issue_code, refused.value.line) == (code, line)


@given(st.binary(max_size=60) | st.text(alphabet='<>/="&;! xidvalue-[]?f', max_size=40).map(str.encode))
def test_no_input_raises_anything_but_a_syntax_error(raw):
    for text in (raw, patient('<id value="a"/>').replace(b"<id", raw + b"<id")):
        try:
            assert parse(text)["resourceType"] == "Patient"
        except FhirSyntaxError:
            continue


def test_a_definition_may_have_its_elements_in_another_order():
    raw = patient('<active value="true"/><id value="a"/><name><given value="b"/><family value="c"/></name>')
    with pytest.raises(FhirSyntaxError, match="order"):
        parse(raw)
    read = parse(raw, in_order=False)
    assert read == {"resourceType": "Patient", "id": "a", "active": True, "name": [{"family": "c", "given": ["b"]}]}


def test_what_may_stand_once_stands_once_in_any_order():
    with pytest.raises(FhirSyntaxError, match="twice"):
        parse(patient('<active value="true"/><id value="a"/><active value="false"/>'), in_order=False)


def test_reading_goes_on_behind_a_fault_and_keeps_what_a_check_can_judge():
    raw = patient('hello<nam value="a"/><birthDate value="2020"/><active value="yes"/><active value="true"/><name/>')
    resource, faults = read(raw)
    assert resource == {
        "resourceType": "Patient",
        "nam": "a",
        "birthDate": "2020",
        "active": "yes",
        "name": [{}],
    }
    told = [(each.key, each.expression) for each in faults]
    assert told == [
        ("xml-text", "Patient"),
        ("unknown-element", "Patient"),
        ("xml-order", "Patient.active"),
        ("format", "Patient.active"),
        ("cardinality-max", "Patient.active"),
        ("ele-1", "Patient.name[0]"),
    ]


def test_every_fault_is_in_the_error_of_a_text():
    with pytest.raises(FhirSyntaxError) as refused:
        parse(patient('<nam value="a"/>\n<active value="yes"/>'))
    assert [(each.line, each.column) for each in refused.value.faults] == [(1, 38), (2, 1)]


def test_an_element_out_of_order_is_told_where_it_belongs():
    (fault,) = read(patient('<name><family value="b"/></name><gender value="male"/><id value="a"/>')).faults
    assert fault.message == "Patient.id stands out of R4's order: it belongs before name"


def test_what_is_no_element_of_fhir_takes_no_key_of_the_resource():
    inner = '<resourceType value="B"/><_active value="a"/><x xmlns="urn:a"/><active value="true"/>'
    resource, faults = read(patient(inner))
    assert resource == {"resourceType": "Patient", "active": True}
    assert [each.name for each in faults] == ["resourceType", "_active", "x"]


def test_a_narrative_behind_an_element_that_was_left_is_its_own():
    left = f'<foo><div xmlns="{XHTML}">1</div></foo>'
    raw = patient(f'{left}<text><status value="generated"/><div xmlns="{XHTML}">2</div></text>')
    assert read(raw).resource["text"]["div"] == f'<div xmlns="{XHTML}">2</div>'


@given(st.text(alphabet='<>/="&; activename', max_size=30).map(str.encode))
def test_what_parse_refuses_has_faults_and_what_it_takes_has_none(raw):
    text = patient('<id value="a"/>').replace(b"<id", raw + b"<id")
    try:
        resource, faults = read(text)
    except FhirSyntaxError:
        return
    if faults:
        with pytest.raises(FhirSyntaxError):
            parse(text)
    else:
        assert parse(text) == resource
