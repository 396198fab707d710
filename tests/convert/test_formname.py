import pytest

from adapter.convert.formname import FormNames
from adapter.crf.study import Form

FORMS = {
    "visit": Form("visit", {}, {"en": "Visit", "zh": "访视"}),
    "injection": Form("injection", {}, {"en": "Injection", "zh": "注射记录"}),
    "adverse_event": Form("adverse_event", {}, {"en": "Adverse event", "zh": "不良事件"}),
    "event": Form("event", {}, {}),
}


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("injection", "injection"),
        ("Injection", "injection"),
        ("注射记录", "injection"),
        ("03-injection 2025-06", "injection"),
        ("Adverse-Event", "adverse_event"),
        ("site03_adverse_event", "adverse_event"),
        ("injections", None),
        ("injection_visit", None),
        ("export", None),
        ("", None),
    ],
)
def test_a_form_is_told_from_the_name_of_its_file_or_sheet(name: str, form: str | None) -> None:
    assert FormNames(FORMS).find(name) == form
