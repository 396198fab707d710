from __future__ import annotations

import pytest

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
