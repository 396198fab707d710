"""Names that a caller gives for a part of a study, checked before anything is read."""

from __future__ import annotations

import difflib

from adapter.crf.study import Study
from adapter.errors import UsageError


def known(study: Study, kind: str, name: str | None) -> None:
    """Raise UsageError when the study has no form (`kind` is form) or site of that name; it names the one that is
    meant, or all there are."""
    there = study.sites if kind == "site" else study.forms
    if name is not None and name not in there:
        near = difflib.get_close_matches(name, there, 1)
        meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(there) or 'none'}."
        raise UsageError(f"The study {study.id} has no {kind} {name}: {meant}")
