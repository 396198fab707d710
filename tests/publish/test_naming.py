from adapter.publish.naming import languages, name_of, translated, version
from tests.studies import study

IL2 = study("il2_csu").definition


def test_a_name_begins_with_a_capital_and_has_no_dash() -> None:
    assert name_of("adverse-event-restricted") == "AdverseEventRestricted"
    assert name_of("uas7_band") == "Uas7Band"


def test_the_leading_language_is_the_first_of_the_study() -> None:
    assert languages(IL2) == ("en", "zh")


def test_the_version_is_the_one_that_responses_claim() -> None:
    assert version(IL2) == "1.0.0"


def test_other_languages_stand_in_the_twin_and_none_where_there_is_no_other_label() -> None:
    (extension,) = translated(IL2, {"en": "Day", "zh": "日期"}, "text")["_text"]["extension"]
    assert [part.get("valueCode", part.get("valueString")) for part in extension["extension"]] == ["zh", "日期"]
    assert translated(IL2, {"en": "Day"}, "text") == {}
