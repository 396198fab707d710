import pytest

from adapter.fhir.terminology.suggestion import LONGEST, nearest

STATUS = ("completed", "not-done", "in-progress", "entered-in-error", "stopped")


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("complete", "completed"),
        ("COMPLETED", "completed"),
        ("Not Done", "not-done"),
        ("not_done", "not-done"),
        ("in-progres", "in-progress"),
        ("banana", None),
        ("", None),
        ("x" * (LONGEST + 1), None),
    ],
)
def test_the_nearest_code_is_the_one_that_was_meant(wrong, meant):
    assert nearest(STATUS, wrong) == meant


def test_of_very_many_codes_only_case_is_looked_at():
    many = [f"code-{number}" for number in range(6_000)]
    assert nearest(many, "CODE-5999") == "code-5999"
    assert nearest(many, "code-599x") is None
