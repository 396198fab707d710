"""Who is who: what a site calls its patients, and a sender its resources, as HMACs; each seen by its own alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, select

from adapter.store.acts import of_aliases, of_link
from adapter.store.audit import Acting
from adapter.store.dialect import insert_unless_there
from adapter.store.schema import alias, link


def subjects(connection: Connection, site: str, macs: Collection[str]) -> dict[str, str]:
    """HMAC -> subject, of those names of patients that a site has linked."""
    if not macs:
        return {}
    statement = select(link.c.mac, link.c.subject).where(link.c.site == site, link.c.mac.in_(list(macs)))
    return {row[0]: row[1] for row in connection.execute(statement)}


def add_links(push: Acting, site: str, links: Mapping[str, str]) -> dict[str, str]:
    """Link names (HMAC -> subject); return what each of them is linked to, which for a name linked before is not
    changed."""
    if not links:
        return {}
    rows = [{"site": site, "mac": mac, "subject": subject, "at": push.at} for mac, subject in sorted(links.items())]
    fresh = insert_unless_there(push.connection, link).returning(link.c.site, link.c.mac, link.c.subject, link.c.at)
    push.note([of_link(*row) for row in push.connection.execute(fresh, rows)])
    return subjects(push.connection, site, links.keys())


def ids(connection: Connection, sender: str, macs: Collection[str]) -> dict[tuple[str, str], str]:
    """(type, HMAC) -> id here, of those resources that a sender has named."""
    if not macs:
        return {}
    statement = select(alias.c.type, alias.c.mac, alias.c.id)
    rows = connection.execute(statement.where(alias.c.sender == sender, alias.c.mac.in_(list(macs))))
    return {(type_, mac): id_ for type_, mac, id_ in rows}


def add_aliases(push: Acting, sender: str, named: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Keep how a sender calls resources: (type, HMAC, id here); a name that it has used stays with its resource.

    Returns type and id of those that it calls so already where it was to be another.
    """
    given = sorted(set(named))
    rows = [{"sender": sender, "type": t, "mac": m, "id": i, "submission": push.number} for t, m, i in given]
    if rows:
        fresh = insert_unless_there(push.connection, alias).returning(alias.c.type, alias.c.mac, alias.c.id)
        made = [(type_, mac, id_) for type_, mac, id_ in push.connection.execute(fresh, rows)]
        push.note([*of_aliases(push.number, made)])
        old = set(given) - set(made)
        held = ids(push.connection, sender, {mac for _, mac, _ in old})
        return [(type_, held[type_, mac]) for type_, mac, id_ in sorted(old) if held[type_, mac] != id_]
    return []
