"""Reading one resource by its address, the question that is asked most: compiled once, run outside of a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, bindparam, select

from adapter.store.dialect import Engines
from adapter.store.schema import resource, resource_version
from adapter.store.search_statement import ROW, version_of
from adapter.store.shapes import Version
from adapter.store.sight import Sight


def read(engines: Engines, sight: Sight, type_: str, id_: str, version: int | None = None) -> Version | None:
    """One resource as it stands, or one of its versions; None when there is none that may be seen."""
    statement, names = _statement(sight, engines.reader.dialect, versioned=version is not None)
    given = {"type": type_, "id": id_, "version": version}
    values: Any = tuple(given[name] for name in names) if names else given
    rows = engines.rows(statement, values)
    return version_of(rows[0]) if rows else None


@lru_cache(64)
def _statement(sight: Sight, dialect: Dialect, *, versioned: bool) -> tuple[str, Sequence[str]]:
    """The statement, and the names of its values in order; none where the driver takes them by name."""
    wanted = bindparam("version") if versioned else resource.c.version
    joined = (resource_version.c.resource == resource.c.number) & (resource_version.c.version == wanted)
    statement = (
        select(*ROW)
        .select_from(resource.join(resource_version, joined))
        .where(resource.c.type == bindparam("type"), resource.c.id == bindparam("id"), sight.resources())
    )
    made = statement.compile(dialect=dialect)
    return str(made), tuple(getattr(made, "positiontup", None) or ())
