from __future__ import annotations

from adapter.mapping.marks import Marks
from adapter.mapping.plan import Hole, Text
from adapter.mapping.study import MappedStudy
from tests.mapping.conftest import FILES
from tests.mapping.shapes import element, hole, plan

LINES = FILES["maps/visit.yaml"].splitlines()


def line(of: str, *, nth: int = 1) -> int:
    """The line of the map on which a text stands for the nth time."""
    return [number for number, text in enumerate(LINES, start=1) if of in text][nth - 1]


def test_a_hole_stands_where_it_is_written(clinic: MappedStudy) -> None:
    marks, pulse = Marks(clinic.definition.maps["visit"]), plan(clinic, "pulse")
    assert marks.hole(pulse, hole(pulse, "pulse")) == ("maps/visit.yaml", line("{pulse}"))
    assert marks.hole(pulse, hole(pulse, "when")) == ("maps/visit.yaml", line("{=when}"))


def test_a_text_an_element_and_a_constant_stand_where_they_are_written(clinic: MappedStudy) -> None:
    marks, encounter = Marks(clinic.definition.maps["visit"]), plan(clinic, "Encounter")
    value = element(encounter, "identifier", "value")
    assert isinstance(value, Text)
    assert marks.text(encounter, value)[1] == line("identifier:")
    assert marks.element(encounter, "period")[1] == line("period:")
    assert marks.constant(plan(clinic, "kit"), "final")[1] == line("status: final")


def test_every_object_has_its_path_and_place(clinic: MappedStudy) -> None:
    marks, pulse = Marks(clinic.definition.maps["visit"]), plan(clinic, "pulse")
    found = {path: where[1] for _, path, where in marks.objects(pulse)}
    assert found["Observation"] == line("resourceType: Observation")
    assert found["Observation.code.coding"] == line("code: {coding: [pulse]}")
    assert found["Observation.component.code"] == line("each: signs")


def test_what_a_form_view_holds_stands_where_its_item_does(clinic: MappedStudy) -> None:
    opened = clinic.plan("visit").form_view[0]
    where = Marks(clinic.definition.maps["visit"]).hole(opened, hole(opened, "pulse"))
    assert where == ("forms.yaml", 1 + FILES["forms.yaml"].splitlines().index("    pulse: integer 0..300 /min"))


def test_what_is_written_nowhere_has_the_line_of_its_resource(clinic: MappedStudy) -> None:
    pulse = plan(clinic, "pulse")
    made: Hole = hole(pulse, "pulse")
    assert Marks(None).hole(pulse, made) == (pulse.file, pulse.line)
    assert Marks(clinic.definition.maps["visit"]).constant(pulse, "of a name") == (pulse.file, pulse.line)
