from __future__ import annotations

from dataclasses import replace

from adapter.mapping import form_view
from adapter.mapping.study import MappedStudy
from tests.mapping.shapes import RECORD


def test_restricted_items_stand_in_a_response_of_their_own_with_the_keys(clinic: MappedStudy) -> None:
    answers = form_view.study_of_answers(clinic.definition)
    (opened, of_open), (hidden, of_hidden) = form_view.templates(answers, answers.forms["visit"])
    assert (of_open, of_hidden) == (False, True)
    assert [item["linkId"] for item in hidden["item"]] == ["visit", "kit"]
    assert "kit" not in [item["linkId"] for item in opened["item"]]


def test_a_form_without_restricted_items_has_one_response(clinic: MappedStudy) -> None:
    answers = form_view.study_of_answers(clinic.definition)
    assert len(form_view.templates(answers, answers.forms["note"])) == 1


def test_the_subject_is_the_response_s_own_and_a_patient_whatever_else_has_that_key(clinic: MappedStudy) -> None:
    (form,) = clinic.to_fhir("visit", RECORD, "form")
    assert form["subject"]["reference"] == "Patient/001"
    assert "subject" not in [item["linkId"] for item in form["item"]]


def test_codes_are_the_answers_in_a_code_system_of_the_study_and_booleans_are_booleans(clinic: MappedStudy) -> None:
    answers = form_view.study_of_answers(clinic.definition)
    side = answers.codelists["side"]
    assert dict(side.columns) == {"answer": "https://clinic.example/fhir/CodeSystem/side"}
    assert (dict(side.rows["left"]), side.silence) == ({"answer": ("left",)}, None)
    assert answers.forms["visit"].items["calm"].codelist is None


def test_a_group_is_an_item_with_items_and_many_answers_are_answers_of_one_item(clinic: MappedStudy) -> None:
    (form,) = clinic.to_fhir("visit", RECORD | {"drugs": [{"name": "a"}, {"name": "b"}]}, "form")
    items = {item["linkId"]: item for item in form["item"]}
    assert [len(items[name].get("answer", ())) for name in ("signs", "pulse")] == [2, 1]
    assert [item["item"][0]["linkId"] for item in form["item"] if item["linkId"] == "drugs"] == ["drugs.name"] * 2


def test_the_questionnaire_is_named_with_the_version_of_the_study(clinic: MappedStudy) -> None:
    study = clinic.definition
    newer = replace(study, facts={**study.facts, "version": "2.1.0"})
    form = study.forms["visit"]
    assert form_view.questionnaire(study, form) == "https://clinic.example/fhir/Questionnaire/visit|1.0.0"
    assert form_view.questionnaire(newer, form, "-restricted").endswith("/visit-restricted|2.1.0")


def test_keys_that_may_hold_a_dash_are_joined_by_a_point(clinic: MappedStudy) -> None:
    study = clinic.definition
    dashed = replace(study.forms["visit"], key_text="{subject}-{visit}")
    keyed = form_view.keyed(replace(study, forms={"visit": dashed}))
    assert keyed.forms["visit"].key_text == "{subject}.{visit}"
    own = replace(study.forms["visit"], key_text="{visit}/{subject}")
    assert form_view.keyed(replace(study, forms={"visit": own})).forms["visit"].key_text == "{visit}/{subject}"


def test_the_response_is_authored_when_the_form_was_filled_in(clinic: MappedStudy) -> None:
    visit = replace(clinic.definition.forms["visit"], authored="date")
    (opened, _), (hidden, _) = form_view.templates(clinic.definition, visit)
    assert opened["authored"] == "{=date}"
    assert "authored" not in hidden
    assert list(opened).index("subject") < list(opened).index("authored") < list(opened).index("item")
