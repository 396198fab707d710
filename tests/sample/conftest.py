"""A small study package with a sample of its own, and the moment in which a draw is tried."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from random import Random
from textwrap import dedent
from typing import Any

import pytest

from adapter.crf import package
from adapter.crf.strict_yaml import loads
from adapter.crf.study import Study
from adapter.sample import choices, numbers, words
from adapter.sample.draw import Compiler
from adapter.sample.moment import Draw, Moment, Participant

WORDS = (choices, numbers, words)

FILES = {
    "study.yaml": """
        study: tiny
        base: https://tiny.example/fhir
        zone: "+01:00"
        patterns: {subject: "[A-C][0-9]{3}", site: "A|B"}
        schedule:
          pain:
            - {week: 1..3, on: 0..2, window: [1, 1]}
        """,
    "forms/person.yaml": """
        form: person
        items:
          who: subject key
          centre: site required
          born: year
          hands: {type: group many}
          hands.side: code side
          hands.grip: decimal 0..90 kg
        """,
    "forms/pain.yaml": """
        form: pain
        items:
          who: subject key
          week: integer 1..9 key
          day: date
          worse: integer 0..10
          better: integer 0..10
          both: {type: integer 0..20 derived, rule: {sum: [worse, better]}}
        """,
    "forms/fall.yaml": """
        form: fall
        items:
          who: subject key
          number: integer 1..99 key
          fell: date
          healed: date
          hurt: boolean
          where: text
          parts: code side many
          note: text
        checks:
          healed-first: {not_before: [healed, fell]}
          hurt-where: {needs: {items: [where], when: {hurt: true}}}
          no-parts: {only_with: {items: [parts], when: {hurt: true}}}
        """,
    "codelists/side.yaml": """
        side:
          columns: {code: https://tiny.example/fhir/CodeSystem/side}
          labels: {left: {en: Left}, right: {en: Right}}
          left: L
          right: R
        """,
    "names.yaml": """
        local: https://tiny.example/fhir/CodeSystem/tiny
        drug: {system: https://tiny.example/fhir/CodeSystem/tiny, code: drug}
        """,
    "sites/A.yaml": """
        site: A
        codes: {side: {left: [{system: https://a.example/sides, code: l}]}}
        names: {drug: [{system: https://a.example/drugs, code: d}]}
        """,
}

SAMPLE = """
    sample: tiny
    subject: "{site}{number:03}"
    enrolment: {from: 2024-01-01, to: 2024-03-01, every: 2}
    until: 2024-06-30
    sites: {A: 2, B: 1}
    hidden: {stays: {one_of: {long: 1, short: 1}}, ends: {by: stays, is: {short: 0}, else: 2}}
    tables: {places: [{name: stairs, hurts: true}, {weight: 3, name: bed, hurts: false}]}
    forms:
      person: {items: {born: {uniform: [1950, 2000], digits: 0}}}
      pain:
        each: schedule
        per: week
        drift: {one_of: [0, 1]}
        items: {day: {date: 0, from: date}, worse: {uniform: [0, 10], digits: 0}, better: 1}
      fall:
        each: event
        count: {poisson: 1}
        day: {uniform: [0, 2], digits: 0}
        let: {place: {row: places}}
        items: {number: {value: n}, fell: {date: 0, from: date}, hurt: {value: place.hurts},
                where: {value: place.name}}
    """


def written(folder: Path, files: Mapping[str, str]) -> Path:
    """Write the files of a package and return its folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(content), encoding="utf-8")
    return folder


@pytest.fixture
def tiny(tmp_path: Path) -> Study:
    """The small study, without a sample file."""
    return package.load(written(tmp_path / "tiny", FILES))


@pytest.fixture
def sampled(tmp_path: Path) -> Study:
    """The small study, with a sample file."""
    return package.load(written(tmp_path / "tiny", {**FILES, "sample.yaml": SAMPLE}))


@pytest.fixture
def moment() -> Moment:
    """The second day of subject A001, with a few names in scope."""
    participant = Participant(
        1, "A001", "A", 1, date(2024, 1, 1), date(2024, 6, 30), "+01:00", lambda form, records: []
    )
    scope = {
        **participant.scope(),
        "study_day": 1,
        "mood": "good",
        "nothing": None,
        "fell": "2024-01-31",
        "month": "2024-01",
    }
    return Moment(participant, Random(1), scope, day=1)


@pytest.fixture
def compiler() -> Compiler:
    """A compiler that knows the names of `moment`, and two forms."""
    made = Compiler("sample.yaml", {"person": frozenset({"born"}), "pain": frozenset({"week", "worse"})})
    made.names |= {"mood", "nothing", "fell", "month"}
    return made


@pytest.fixture
def drawn(compiler: Compiler, moment: Moment) -> Callable[[str], Any]:
    """Compile the draw that a text declares and draw it once."""

    def draw_once(text: str) -> Any:
        draw: Draw = compiler.draw(loads(text.encode(), "sample.yaml"))
        assert compiler.faults == []
        return draw(moment)

    return draw_once


@pytest.fixture
def drawn_often(compiler: Compiler, moment: Moment) -> Callable[[str], list[Any]]:
    """Compile the draw that a text declares and draw it five hundred times."""

    def draw_often(text: str) -> list[Any]:
        draw = compiler.draw(loads(text.encode(), "sample.yaml"))
        assert compiler.faults == []
        return [draw(moment) for _ in range(500)]

    return draw_often
