"""What is looked at before a database is used with a study package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.errors import UsageError
from adapter.store.record_history import holds_openly
from adapter.store.store import Store
from adapter.store.submissions import last_package

if TYPE_CHECKING:
    from adapter.intake.desk import Desk


def require_hidden(desk: Desk, store: Store) -> None:
    """UsageError when the package calls an item restricted that the database holds among what every reader sees.

    Whether a part is restricted is settled when it is stored. It is looked at when another package stored last.
    """
    with store.engines.reading() as connection:
        if last_package(connection) in (None, desk.digest):
            return
        for form, items in desk.restricted.items():
            found = next((item for item in sorted(items) if holds_openly(connection, form, item)), None)
            if found is not None:
                raise UsageError(
                    f"The study package makes {form}.{found} restricted, and this database holds it openly, as an "
                    "earlier package had it: load its records into a new database."
                )
