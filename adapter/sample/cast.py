"""The participants of a sample, one after another: who they are, when they came, and all their records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from random import Random
from typing import Any

from adapter.crf.derive import compute
from adapter.crf.record import Record
from adapter.crf.study import Form, Study
from adapter.errors import CrfhirError, UsageError
from adapter.sample.maker import Maker
from adapter.sample.moment import Moment, Participant
from adapter.sample.plan import Plan


class Cast:
    """The participants of a sample. Each has random numbers of its own: the same whatever their number."""

    def __init__(self, study: Study, plan: Plan, seed: int) -> None:
        self._study, self._plan, self._seed = study, plan, seed
        self._makers = {form: Maker(study, study.forms[form], blocks) for form, blocks in plan.forms.items()}
        self._computed = [form.id for form in study.forms.values() if form.rule is not None]
        self._seen = {form: set[Any]() for form in plan.forms if not _has_subject(study.forms[form])}

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms that the sample has records of, in the study's order."""
        return tuple(form for form in self._study.forms if form in self._makers or form in self._computed)

    def is_computed(self, form: str) -> bool:
        """True for a form whose records are computed from those of others."""
        return form in self._computed

    def participants(self, subjects: int) -> list[Participant]:
        """Return so many participants, sorted by subject, without records; UsageError for want of ids."""
        made = sorted((self._participant(*place) for place in self._numbered(subjects)), key=lambda each: each.id)
        if len({participant.id for participant in made}) < subjects:
            raise UsageError(f"study {self._study.id} has not {subjects} different subject ids; ask for fewer subjects")
        return made

    def _numbered(self, subjects: int) -> Iterator[tuple[int, str, int]]:
        """Yield ordinal, site and number at the site: each goes where most is wanting of the site's share."""
        taken = dict.fromkeys(self._plan.sites, 0)
        share = sum(self._plan.sites.values())
        for ordinal in range(1, subjects + 1):
            site = max(taken, key=lambda at: self._plan.sites[at] / share * ordinal - taken[at])
            taken[site] += 1
            yield ordinal, site, taken[site]

    def _participant(self, ordinal: int, site: str, number: int) -> Participant:
        random, plan = Random(f"{self._seed}:{ordinal}"), self._plan
        participant = Participant(
            ordinal=ordinal,
            id=plan.subject(site, number, ordinal),
            site=site,
            number=number,
            day_0=plan.enrolment.start + timedelta(plan.enrolment.day_0(ordinal, random.random())),
            until=plan.until,
            zone=self._study.zone,
            compute=lambda form, records: compute(self._study, form, records),
        )
        moment = Moment(participant, random, participant.scope())
        for name, draw in plan.hidden.items():
            moment.scope[name] = participant.hidden[name] = draw(moment)
        return participant

    def records(self, participant: Participant) -> Mapping[str, list[Record]]:
        """Make the records of `participant` and hand them over: forms in the study's order, each by date."""
        for form, maker in self._makers.items():
            random = Random(f"{self._seed}:{participant.ordinal}:{form}")
            try:
                participant.records[form] = self._unseen(form, maker.records(participant, random))
            except (TypeError, ValueError, LookupError, ArithmeticError) as reason:
                raise CrfhirError(f"The sample of {form} cannot be drawn for {participant.id}: {reason!r}") from reason
        for form in self._computed:
            participant.records[form] = compute(self._study, form, participant.records)
        return {form: participant.records.pop(form) for form in self.forms}

    def _unseen(self, form: str, records: list[Record]) -> list[Record]:
        """Return the records less those that another subject gave already, of a site, say."""
        seen, keys = self._seen.get(form), [item.id for item in self._study.forms[form].keys]
        if seen is None:
            return records
        fresh = [record for record in records if tuple(record.get(key) for key in keys) not in seen]
        seen.update(tuple(record.get(key) for key in keys) for record in fresh)
        return fresh


def _has_subject(form: Form) -> bool:
    return any(item.type == "subject" for item in form.keys)
