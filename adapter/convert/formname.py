"""Which form a file or sheet holds, told from its name."""

from __future__ import annotations

import re
from collections.abc import Mapping

from adapter.crf.study import Form

_BETWEEN = re.compile(r"[\W_]+")


class FormNames:
    """Finds forms by id or label, in any language: `injection.csv`, `03-Injection 2025-06.xlsx`,
    `注射记录.csv`."""

    def __init__(self, forms: Mapping[str, Form]) -> None:
        self._names = {_words(name): form.id for form in forms.values() for name in (*form.labels.values(), form.id)}

    def find(self, name: str) -> str | None:
        """Return the form that `name` is, or the one form whose whole name stands in it; None when none or
        several do."""
        words = _words(name)
        if words in self._names:
            return self._names[words]
        within = [known for known in self._names if f"_{known}_" in f"_{words}_"]
        longest = [known for known in within if not any(known != other and known in other for other in within)]
        found = {self._names[known] for known in longest}
        return found.pop() if len(found) == 1 else None


def _words(name: str) -> str:
    return _BETWEEN.sub("_", name.casefold()).strip("_")
