from __future__ import annotations

from dataclasses import replace

from adapter.crf.strict_yaml import loads
from adapter.crf.study import Study
from adapter.mapping.study import load_study
from adapter.mapping.unused import unused_names
from tests.studies import FOLDERS

NAMES = b"""\
meant: https://a.example/meant
system: https://a.example/system
nobody: {system: system, code: x}
subject-id: https://a.example/id/subject
diary-id: https://a.example/id/diary
pocket-id: https://a.example/id/pocket
"""


def study(**maps: object) -> Study:
    return replace(load_study(FOLDERS["pocket"]).definition, names=loads(NAMES, "names.yaml"), maps=maps)


def test_a_name_that_neither_map_nor_name_nor_form_uses_is_noted_with_its_line() -> None:
    notes = unused_names(study(one={"resources": [{"code": {"coding": ["meant"]}}]}))
    unused = [note for note in notes if "-id" not in note.why]
    assert [(note.file, note.line) for note in unused] == [("names.yaml", 3)]
    assert unused[0].why == "warning: the name 'nobody' is used nowhere: use it, or take it out"


def test_a_name_in_another_text_of_the_package_is_used() -> None:
    words = "* code = $nobody // meant\n"
    assert not [note for note in unused_names(study(), [words]) if "nobody" in note.why or "meant" in note.why]


def test_the_names_that_are_looked_up_by_form_and_type_are_used() -> None:
    assert not [note for note in unused_names(study()) if "subject-id" in note.why]
