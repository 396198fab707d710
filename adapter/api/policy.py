"""What the reader of a request may see: the only place of the service where that is decided."""

from __future__ import annotations

from adapter.store.sight import BLIND, Sight


def sight() -> Sight:
    """The sight of this request's reader: until there are logins, blinded for all, of every site."""
    return BLIND
