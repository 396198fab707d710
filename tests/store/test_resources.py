from __future__ import annotations

import pytest

from adapter.store.resources import spliced
from tests.store.rows import AT, Emitted


def test_an_existing_meta_keeps_what_it_says() -> None:
    entry = Emitted(
        "Patient", "p", False, b'{"resourceType":"Patient","id":"p","meta":{"profile":["x"]},"active":true}'
    )
    assert spliced(entry, 2, AT) == (
        b'{"resourceType":"Patient","id":"p","meta":{"versionId":"2","lastUpdated":"2026-01-01T00:00:00.000Z",'
        b'"profile":["x"]},"active":true}'
    )


def test_a_resource_of_an_id_alone_gets_a_meta() -> None:
    entry = Emitted("Patient", "p", False, b'{"resourceType":"Patient","id":"p"}')
    assert spliced(entry, 1, AT).endswith(b'"lastUpdated":"2026-01-01T00:00:00.000Z"}}')


def test_bytes_that_begin_otherwise_are_not_spliced_blindly() -> None:
    with pytest.raises(ValueError, match="does not begin"):
        spliced(Emitted("Patient", "p", False, b'{"id":"p","resourceType":"Patient"}'), 1, AT)
