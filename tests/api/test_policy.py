from __future__ import annotations

from adapter.api.policy import sight
from adapter.store.sight import BLIND


def test_until_there_are_logins_everybody_is_blinded() -> None:
    assert sight() == BLIND
    assert not sight().restricted
