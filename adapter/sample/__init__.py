"""`crfhir sample`: a synthetic trial of any study package, as an EDC exports it and as an EHR pushes it.

from adapter.sample import make
counts = make(adapter.mapping.load_study(folder), Path("sample"), subjects=124, seed=1)
"""

from __future__ import annotations

from collections.abc import Iterator
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

__all__ = ["Counts", "make", "make_crf", "plan_of"]

FILE = "sample.yaml"
"""Where a study package declares its sample; without it the records are random."""


def plan_of(study: Study, file: Path | None = None) -> Plan:
    """Return the plan of a study's sample: of `file`, else of its sample.yaml, else a random one."""
    declared = file if file is not None else study.folder / FILE
    return plan_file.load(study, declared) if declared.exists() else random_plan.plan(study)


def make(study: Engine, folder: Path, subjects: int = 124, seed: int = 1, progress: Progress | None = None) -> Counts:
    """Write `folder`/crf/<form>.csv and `folder`/fhir/<ResourceType>.ndjson, and return what was written.

    `study` is a compiled study (adapter.mapping.load_study). The same seed gives the same bytes; a subject
    is the same whatever the number of subjects. Computed forms stand in crf alone: no EHR pushes them.
    Raises DefinitionError with every fault of sample.yaml, UsageError for an impossible number of subjects;
    then nothing is written.
    """
    cast, ehr = Cast(study.definition, plan_of(study.definition), seed), Ehr(study, seed)
    with Staged() as staged:
        writer = Writer(study.definition, staged, folder / "crf", folder / "fhir")
        for form in cast.forms:
            writer.open_form(form)
        for participant in _acts(cast, subjects, writer, progress):
            for form, records in cast.records(participant).items():
                for record in records:
                    writer.record(form, record)
                    if not cast.is_computed(form):
                        writer.resources_of(ehr.push(form, record, participant.site))
        writer.refuse_others()
        staged.commit()
    writer.counts.varied = ehr.varied
    return writer.counts


def make_crf(study: Study, file: Path, folder: Path, subjects: int, seed: int = 1) -> Counts:
    """Write `folder`/<form>.csv alone, of the forms that are filled in, as the sample in `file` declares."""
    cast = Cast(study, plan_of(study, file), seed)
    forms = [form for form in cast.forms if not cast.is_computed(form)]
    with Staged() as staged:
        writer = Writer(study, staged, folder, folder)
        for form in forms:
            writer.open_form(form)
        for participant in _acts(cast, subjects, writer, None):
            records = cast.records(participant)
            for form in forms:
                for record in records[form]:
                    writer.record(form, record)
        staged.commit()
    return writer.counts


def _acts(cast: Cast, subjects: int, writer: Writer, progress: Progress | None) -> Iterator[Participant]:
    """Yield one participant after the other, counted and told."""
    if subjects < 1:
        raise UsageError(f"A sample has at least one subject, not {subjects}.")
    for done, participant in enumerate(cast.participants(subjects), 1):
        yield participant
        writer.counts.subjects = done
        if progress is not None:
            progress(done, subjects)
