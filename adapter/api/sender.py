"""Who sends this request: in the open demo, the user name of HTTP Basic; its password is not looked at."""

from __future__ import annotations

from flask import request

from adapter.api.failure import failure
from adapter.api.service import Service
from adapter.intake.sender import Sender, named, no_name

OPEN_DEMO = Sender("open-demo")
"""The sender of a push without a name: it writes for all sites."""


def sender(here: Service) -> Sender:
    """The sender of the request that is answered; failure 400 for a name that is none.

    `03/epic` is a system of site 03, which the study must have, and writes only its subjects.
    """
    given = request.authorization
    if given is None or given.type != "basic" or not given.username:
        return OPEN_DEMO
    name = given.username
    wrong = no_name(name, here.desk.study.sites)
    if wrong is not None:
        raise failure("invalid", wrong)
    return named(name, here.desk.study.sites)
