from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from adapter.fhir import locate
from adapter.fhir.locate import locate_json, locate_xml

JSON = """{
 "resourceType": "Patient",
 "birthDate": "2000", "_birthDate": {"extension": [{"url": "x"}]},
 "name": [{"given": ["a",
    "b, \\"c\\": {"]}, {"family": "c"}],
 "deceasedDateTime": "2001"
}"""

XML = b"""<Patient xmlns="http://hl7.org/fhir">
 <birthDate value="2000"><extension url="x"/></birthDate>
 <name><given value="a"/>
   <given value="b"/></name><name><family value="c"/></name>
 <contained><Patient><id value="1"/></Patient></contained>
</Patient>"""


@pytest.mark.parametrize(
    ("expression", "position"),
    [
        ("Patient", (1, 1)),
        ("Patient.birthDate", (3, 2)),
        ("Patient.birthDate.extension[0]", (3, 52)),
        ("Patient.birthDate.extension[0].url", (3, 53)),
        ("Patient.name[0].given[1]", (5, 5)),
        ("Patient.name[1].family", (5, 23)),
        ("Patient.deceased.ofType(dateTime)", (6, 2)),
    ],
)
def test_an_element_of_json_has_its_line_and_column(expression: str, position: tuple[int, int]) -> None:
    assert locate_json(JSON, [expression]) == {expression: position}


@pytest.mark.parametrize(
    ("expression", "position"),
    [
        ("Patient", (1, 1)),
        ("Patient.birthDate", (2, 2)),
        ("Patient.birthDate.extension[0]", (2, 26)),
        ("Patient.name[0].given[1]", (4, 4)),
        ("Patient.name[1].family", (4, 35)),
        ("Patient.contained[0].id", (5, 22)),
    ],
)
def test_an_element_of_xml_has_its_line_and_column(expression: str, position: tuple[int, int]) -> None:
    assert locate_xml(XML, [expression]) == {expression: position}


def test_what_is_missing_is_told_at_what_is_around_it() -> None:
    assert locate_json(JSON, ["Patient.name[1].given[0].x"])["Patient.name[1].given[0].x"] == (5, 22)
    assert locate_json('"text"', ["Patient.name"]) == {"Patient.name": (1, 1)}


def test_an_element_that_the_type_does_not_have_is_found_by_its_key() -> None:
    text = '{"resourceType": "Patient",\n "name": [{"text": "a",\n  "_fam-ily": 1}],\n "notes": []}'
    wanted = {"Patient.notes": (4, 2), "Patient.name": (2, 2), "Patient.name[0]._fam-ily": (3, 3)}
    assert locate_json(text, wanted) == wanted
    xml = b'<Patient xmlns="http://hl7.org/fhir">\n <id value="a"/>\n <notes value="b"/></Patient>'
    assert locate_xml(xml, ["Patient.notes"]) == {"Patient.notes": (3, 2)}


def test_a_text_is_read_no_further_than_what_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = ",".join('{"family": "a"}' for _ in range(1_000))
    text = f'{{"resourceType": "Patient", "name": [{entries}], "gender": "x"}}'
    read = 0

    class Counted:
        def finditer(self, text: str) -> Iterator[re.Match[str]]:
            nonlocal read
            for match in token.finditer(text):
                read += 1
                yield match

    token = locate._TOKEN
    monkeypatch.setattr(locate, "_TOKEN", Counted())
    assert locate_json(text, ["Patient.name[3].family", "Patient.name[1]"])["Patient.name[1]"][1] > 30
    assert read < 50
    monkeypatch.setattr(locate, "MOST_TOKENS", 100)
    assert locate_json(text, ["Patient.gender", "Patient.name[900]"])["Patient.gender"] == (1, 1)
    assert read < 200


def test_of_xml_no_more_than_a_number_of_places_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    names = b"".join(b'<name><family value="a"/></name>' for _ in range(100))
    xml = b'<Patient xmlns="http://hl7.org/fhir">\n' + names + b"</Patient>"
    monkeypatch.setattr(locate, "MOST_ELEMENTS", 50)
    found = locate_xml(xml, ["Patient.name[2].family", "Patient.name[90].family"])
    assert found["Patient.name[2].family"][0] == 2
    assert found["Patient.name[90].family"] == (2, 1)


def test_a_name_that_one_reader_of_xml_alone_knows_keeps_nothing_from_being_told() -> None:
    xml = '<Patient xmlns="http://hl7.org/fhir">\n<active value="a"/><\uf900/></Patient>'.encode()
    assert locate_xml(xml, ["Patient.active", "Patient.name"]) == {"Patient.active": (2, 1), "Patient.name": (1, 1)}
    assert locate_xml("<\uf900/>".encode(), ["Patient"]) == {"Patient": (1, 1)}
