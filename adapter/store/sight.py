"""What a reader may see: the one condition that every statement which reads carries inside it.

A filter in the statement itself comes before count, order, paging and inclusion: no number, place or time that leaves
the store is made from rows that its reader may not see.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, not_, true

from adapter.store.schema import record, resource
from adapter.store.shapes import OPEN


@dataclass(frozen=True, slots=True)
class Sight:
    """The rows that one reader may see. `restricted`: what may reveal the arm; `sites`: of these sites alone.

    A row does not carry its site yet: who sees some sites sees, until it does, only what belongs to no subject.
    """

    restricted: bool = False
    sites: frozenset[str] | None = None

    def resources(self) -> ColumnElement[bool]:
        """The condition on rows of `resource`; deleted ones are the statement's own affair."""
        open_ = true() if self.restricted else not_(resource.c.restricted)
        return open_ if self.sites is None else and_(open_, resource.c.subject.is_(None))

    def records(self) -> ColumnElement[bool]:
        """The condition on rows of `record`, a row a part of a record."""
        open_ = true() if self.restricted else record.c.part == OPEN
        return open_ if self.sites is None else and_(open_, record.c.subject.is_(None))


BLIND = Sight()
"""Every site, nothing that may reveal the arm."""
