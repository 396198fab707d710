"""The edit checks at the service's door: which of them can be judged by what came."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from adapter.crf.check import judged
from adapter.crf.record import Record
from adapter.outcome import Issue

if TYPE_CHECKING:
    from adapter.intake.desk import Desk


def broken(desk: Desk, form: str, record: Record, now: datetime, told: Iterable[str] | None = None) -> list[Issue]:
    """The edit checks that a record breaks at an aware `now`, but for those that hang on what nobody could tell.

    Resources that come one by one are silent only on the items that they can tell (`told`; None for a whole record).
    Nobody is silent on a restricted item: others may send it, and what is held of it never decides.
    """
    definition, hidden = desk.forms[form], desk.restricted[form]
    could = frozenset(
        item for item in (definition.items if told is None else told) if item.partition(".")[0] not in hidden
    )
    return [issue for issue in desk.checker(form)(record, now) if judged(definition, issue, record, could)]
