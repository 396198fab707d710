"""Keys that were looked up before the push held anything: what is stored there meanwhile is not written over."""

from __future__ import annotations

from adapter.intake.completing import UNCERTAIN
from adapter.pipeline import Pipeline
from tests.api.trial import INJECTION
from tests.intake.pushes import EPIC, HOUSE, held
from tests.intake.test_knowing import VISIT, ehr

EVENING = {item: value for item, value in INJECTION.items() if item not in ("cycle", "day")}
EVENING |= {"time": "2025-04-01T20:00:00+08:00"}


def test_keys_that_were_completed_before_another_came_are_refused(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "visit", [VISIT])
    late = ehr(time=EVENING["time"], subject={"reference": "Patient/01-001"})
    known = pipeline.knowing.of_resources(EPIC, [("", late)])
    assert {key.text for key in known.completed} == {"01-001-c1d1"}
    pipeline.push_records(HOUSE, "injection", [INJECTION])
    receipt = pipeline.push_known(EPIC, known)
    assert (receipt.refused, [issue.key for issue in receipt.issues if issue.refuses]) == (True, [UNCERTAIN])
    assert held(pipeline) == INJECTION | {"version": 1}


def test_a_key_whose_record_was_taken_back_meanwhile_is_free(pipeline: Pipeline) -> None:
    pipeline.push_records(HOUSE, "visit", [VISIT])
    whole, known = pipeline.knowing.of_values(HOUSE, "injection", [EVENING])
    assert (whole[0]["cycle"], whole[0]["day"], len(known.completed)) == (1, 1, 1)
    pipeline.push_records(HOUSE, "injection", [INJECTION])
    pipeline.remove(HOUSE, "MedicationAdministration", "01-001-c1d1")
    assert not pipeline.push_records(HOUSE, "injection", [EVENING]).refused
