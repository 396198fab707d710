from __future__ import annotations

from tests.validation.known.conftest import Found

HELLO = {"data": "aGVsbG8=", "hash": "qvTGHdzF6KLavt4PO0gs2a6pQ00=", "size": 5}


def test_size_and_hash_are_those_of_the_bytes_and_not_of_their_base64(found: Found) -> None:
    assert found("Attachment", HELLO) == []
    assert found("Attachment", HELLO | {"size": 8}) == [("attachment-size", ".size")]
    assert found("Attachment", HELLO | {"hash": "AAAA"}) == [("attachment-hash", ".hash")]


def test_blanks_in_base64_mean_nothing(found: Found) -> None:
    assert found("Attachment", HELLO | {"data": "aGVs\nbG8=", "hash": "qvTGHdzF6KLavt4P\nO0gs2a6pQ00="}) == []


def test_data_that_is_no_base64_has_no_size(found: Found) -> None:
    assert found("Attachment", HELLO | {"data": "aGVsbG8"}) == []
