from __future__ import annotations

import pytest
from flask import Flask, request

from adapter.api.failure import FailureError
from adapter.api.precondition import precondition, unconditional


def test_without_a_condition_nothing_is_asked_of_the_store() -> None:
    with Flask(__name__).test_request_context():
        assert precondition(request.headers, None) is None
        unconditional(request)


@pytest.mark.parametrize("value", ["", " "])
def test_a_condition_without_a_version_is_refused_rather_than_taken_for_none(value: str) -> None:
    """A server may hand over a header that it could not read as an empty one."""
    with Flask(__name__).test_request_context(headers={"If-Match": value}), pytest.raises(FailureError) as refused:
        precondition(request.headers, None)
    assert refused.value.status == 400


@pytest.mark.parametrize("headers", [{"If-Match": 'W/"1"'}, {"If-None-Match": "*"}])
def test_a_condition_is_held_to_for_one_resource_and_refused_for_several(headers: dict[str, str]) -> None:
    with Flask(__name__).test_request_context(headers=headers):
        assert precondition(request.headers, None) is not None
        with pytest.raises(FailureError) as refused:
            unconditional(request)
        assert refused.value.status == 400
