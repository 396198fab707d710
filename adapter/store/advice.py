"""What to say to who looks after the database when it cannot be opened or written: what it is, and what to do.

No sender is told this: it names files, hosts and users.
"""

from __future__ import annotations

from sqlalchemy import URL

_OF_POSTGRESQL = (
    (("role ", "password authentication", "no password supplied"), "set user and password in the database's URL"),
    (('database "',), "make that database (createdb), or correct its name in the database's URL"),
    (
        ("refused", "resolve", "translate host", "timeout", "timed out", "No route", "unreachable", "No such file"),
        "start it, or correct host and port in the database's URL",
    ),
    (("permission denied", "must be owner"), "let this user own the database, or its tables"),
)
"""Words of PostgreSQL's client or server -> what to do."""


def advice(url: URL, told: str) -> str:
    """What a driver told, in a sentence or two: with the file, and what to do where that is known."""
    if url.get_backend_name() == "sqlite":
        return _of_sqlite(url.database or "", told)
    line = told.splitlines()[0].rstrip(".")
    todo = next((todo for words, todo in _OF_POSTGRESQL if any(word in told for word in words)), None)
    return f"The database could not do it: {line}{f': {todo}' if todo is not None else ''}."


def _of_sqlite(file: str, told: str) -> str:
    if "readonly" in told:
        return (
            f"{file} cannot be written: it, its folder and the files {file}-wal, -shm and .lock must belong to the "
            "user who runs this."
        )
    if "unable to open" in told:
        return f"{file} cannot be opened: its folder must be there and belong to the user who runs this."
    return f"The database could not do it: {told.splitlines()[0]}."
