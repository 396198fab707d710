"""Names that nothing uses: no fault, for nothing is written wrongly, but often the trace of a word misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adapter.crf.strict_yaml import Map
from adapter.crf.study import Study
from adapter.errors import Fault
from adapter.mapping.scope import ELSEWHERE, form_word

LOOKED_UP = ("restricted", "visit-code")
"""Names that a study may give for the software to find: no map writes them."""

_WORD = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)


def unused_names(study: Study, texts: Iterable[str] = ()) -> list[Fault]:
    """Return a note for each name of names.yaml that no map, codelist, other name or other text of the package uses."""
    used = {word for found in _sources(study) for word in _words(found)}
    used |= {word for text in texts for word in _WORD.findall(text)}
    used |= {*LOOKED_UP, *(f"{kind}-id" for kind in ELSEWHERE)}
    used |= {f"{form_word(form)}{end}" for form in study.forms.values() for end in _ENDS}
    names = study.names if isinstance(study.names, Map) else Map("names.yaml", 1)
    return [
        Fault(names.file, names.line_of(name), f"warning: the name {name!r} is used nowhere: use it, or take it out")
        for name in names
        if name not in used
    ]


_ENDS = ("-id", "-response", "-restricted-response")
"""What follows a form's id in the names of its identifier system and of the profiles that its responses claim."""


def _sources(study: Study) -> Iterator[Any]:
    yield from study.maps.values()
    yield from (dict(codelist.columns) for codelist in study.codelists.values())
    yield from study.names.values()
    yield study.facts


def _words(written: Any) -> Iterator[str]:
    if isinstance(written, str):
        yield written
    elif isinstance(written, Mapping):
        for value in written.values():
            yield from _words(value)
    elif isinstance(written, (list, tuple)):
        for value in written:
            yield from _words(value)
