"""`crfhir db`: the database itself: its tables, its safety, its proof, its copies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapter.cli.opened import ConfigFile, Database, given, must_be_there
from adapter.errors import CrfhirError

if TYPE_CHECKING:
    from adapter.api.config import Config
    from adapter.store.dialect import Engines
    from adapter.store.verify import Verdict

WRITTEN = ("database", "key_file")
"""The settings that these verbs read: those of the service may name files that are not here."""

db_app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Look after the database.")


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(db_app, name="db")


@db_app.command("upgrade")
def upgrade_tables(database: Database = None, config: ConfigFile = None) -> None:
    """Make the tables, or bring those of an older version up to date, in one transaction."""
    from adapter.store import migrate

    engines = _engines(_settled(database, config), new=True)
    with engines.reading() as connection:
        before = migrate.revision(connection)
    migrate.upgrade(engines)
    engines.dispose()
    if before == migrate.HEAD:
        typer.echo(f"The tables are of revision {migrate.HEAD} already: nothing to do.")
    else:
        typer.echo(f"The tables are of revision {migrate.HEAD} now; before: {before or 'none'}.")


@db_app.command("check")
def check_database(database: Database = None, config: ConfigFile = None) -> int:
    """Say which engine and revision it is, and whether a commit is safe there. Exit status 1 if something is not."""
    from adapter.store.check import check

    engines = _engines(_settled(database, config))
    found = check(engines)
    engines.dispose()
    typer.echo(f"engine: {found.engine}")
    typer.echo(f"revision: {found.revision or 'none'}")
    for name, value in found.settings.items():
        typer.echo(f"{name}: {value}")
    for fault in found.faults:
        typer.echo(f"wrong: {fault}", err=True)
    return 1 if found.faults else 0


@db_app.command("verify")
def verify_database(
    database: Database = None,
    config: ConfigFile = None,
    receipt: Annotated[
        list[str] | None,
        typer.Option(metavar="HASH", help="A receipt's chain hash, which must stand in the chain. May be repeated."),
    ] = None,
) -> int:
    """Prove that everything stands as it was written: chain, checkpoints, versions, bytes, counts, references.

    Says which submissions no checkpoint covers yet. Exit status 1, and a list, when something is not as it was. The
    signatures are checked with the key of CRFHIR_KEY or CRFHIR_KEY_FILE.
    """
    from adapter.cli.progress import Bar
    from adapter.config import secret_key
    from adapter.store.verify import MOST, verify

    receipts = [hash_.strip().lower() for hash_ in receipt or ()]
    settings = _settled(database, config)
    engines = _engines(settings)
    with Bar("rows") as bar:
        verdict = verify(
            engines, secret_key(file=settings.key_file), receipts, lambda done, total: bar(done, total, done)
        )
    engines.dispose()
    for finding in verdict.findings:
        typer.echo(finding)
    _say_counts(verdict)
    if not verdict.findings:
        typer.echo("Everything stands as it was written.")
        return 0
    count = len(verdict.findings)
    more = " at least" if count >= MOST else ""
    typer.echo(f"{_many(count, 'finding')}{more}: this is not what was written.", err=True)
    return 1


@db_app.command("backup")
def backup_database(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file that is not there yet.")],
    database: Database = None,
    config: ConfigFile = None,
) -> None:
    """Copy the whole database to a file, a SQLite database of either engine, while the service goes on."""
    from adapter.store.backup import backup

    engines = _engines(_settled(database, config))
    backup(engines, Path(file))
    engines.dispose()
    typer.echo(f"{file} is written. Prove it: crfhir db verify --database sqlite:///{file}")


@db_app.command("restore")
def restore_database(
    file: Annotated[str, typer.Argument(metavar="FILE", help="What crfhir db backup wrote.")],
    database: Database = None,
    config: ConfigFile = None,
) -> int:
    """Fill a new database, of either engine, from a backup, and verify it."""
    from adapter.store.backup import restore

    engines = _engines(_settled(database, config), new=True)
    restore(Path(file), engines)
    engines.dispose()
    return verify_database(database, config)


def _settled(database: str | None, config: str | None) -> Config:
    from adapter.api.config import Config

    return Config.from_environ(given(None, database, config), only=WRITTEN)


def _engines(settings: Config, *, new: bool = False) -> Engines:
    """The database that is named, read as it lies where it cannot be written; CrfhirError for a SQLite file that is not
    there, unless it may be `new`, and for a folder that is not."""
    from adapter.store.database_file import writable
    from adapter.store.dialect import Engines, sqlite_file

    url = settings.database
    file = sqlite_file(url) if new else must_be_there(url)
    if file is not None and new and not file.absolute().parent.is_dir():
        raise CrfhirError(f"There is no folder {file.parent}: make it, or name another.")
    return Engines(url, frozen=file is not None and not new and not writable(file))


def _say_counts(verdict: Verdict) -> None:
    typer.echo("rows: " + ", ".join(f"{name} {count:,}" for name, count in verdict.counts.items()))
    signed = "" if verdict.signed else ", whose signatures were not checked: there is no key (CRFHIR_KEY_FILE)"
    typer.echo(f"checkpoints: {verdict.tail.checkpoints:,}{signed}")
    if verdict.tail.links:
        links = _many(verdict.tail.links, "submission")
        typer.echo(f"not covered by a checkpoint yet: {links}, since {verdict.tail.since}")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
