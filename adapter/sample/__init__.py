"""`crfhir sample`: a synthetic trial of any study package, as an EDC exports it and as an EHR pushes it.

from adapter.sample import make
counts = make(adapter.mapping.load_study(folder), Path("sample"), subjects=124, seed=1)
"""

from __future__ import annotations

from pathlib import Path

from adapter.crf.study import Study
from adapter.errors import UsageError
from adapter.files.atomic import Staged
from adapter.sample import plan as plan_file
from adapter.sample import random_plan
from adapter.sample.cast import Cast
from adapter.sample.ehr import Ehr, Engine
from adapter.sample.moment import Participant
from adapter.sample.plan import Plan
from adapter.sample.writer import Counts, Progress, Writer

__all__ = ["Counts", "make", "plan_of"]

FILE = "sample.yaml"
"""Where a study package declares its sample; without it the records are random."""


def plan_of(study: Study, file: Path | None = None) -> Plan:
    """Return the plan of a study's sample: of `file`, else of its sample.yaml, else a random one."""
    declared = file if file is not None else study.folder / FILE
    return plan_file.load(study, declared) if declared.exists() else random_plan.plan(study)


def make(
    study: Engine, folder: Path, subjects: int = 124, seed: int = 1, progress: Progress | None = None
) -> Counts:
    """Write `folder`/crf/<form>.csv and `folder`/fhir/<ResourceType>.ndjson, and return what was written.

    `study` is a compiled study (adapter.mapping.load_study). The same seed gives the same bytes; a subject
    is the same whatever the number of subjects. Computed forms stand in crf alone: no EHR pushes them.
    Raises DefinitionError with every fault of sample.yaml, UsageError for an impossible number of subjects;
    then nothing is written.
    """
    if subjects < 1:
        raise UsageError(f"A sample has at least one subject, not {subjects}.")
    definition = study.definition
    cast, ehr = Cast(definition, plan_of(definition), seed), Ehr(study, seed)
    with Staged() as staged:
        writer = Writer(definition, folder, staged)
        for form in cast.forms:
            writer.open_form(form)
        for done, participant in enumerate(cast.participants(subjects), 1):
            _write(cast, participant, ehr, writer)
            if progress is not None:
                progress(done, subjects)
        staged.commit()
    writer.counts.subjects, writer.counts.varied = subjects, ehr.varied
    return writer.counts


def _write(cast: Cast, participant: Participant, ehr: Ehr, writer: Writer) -> None:
    for form, records in cast.records(participant).items():
        for record in records:
            writer.record(form, record)
            if not cast.is_computed(form):
                for type_name, body in ehr.push(form, record, participant.site):
                    writer.resource(type_name, body)
