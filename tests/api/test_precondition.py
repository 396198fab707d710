from __future__ import annotations

import pytest
from flask import Flask, request

from adapter.api.failure import FailureError
from adapter.api.precondition import precondition, unconditional


@pytest.mark.parametrize("headers", [{}, {"If-Match": ""}])
def test_without_a_condition_nothing_is_asked_of_the_store(headers: dict[str, str]) -> None:
    with Flask(__name__).test_request_context(headers=headers):
        assert precondition(request, None) is None
        if not headers:
            unconditional(request)


@pytest.mark.parametrize("headers", [{"If-Match": 'W/"1"'}, {"If-None-Match": "*"}])
def test_a_condition_is_held_to_for_one_resource_and_refused_for_several(headers: dict[str, str]) -> None:
    with Flask(__name__).test_request_context(headers=headers):
        assert precondition(request, None) is not None
        with pytest.raises(FailureError) as refused:
            unconditional(request)
        assert refused.value.status == 400
