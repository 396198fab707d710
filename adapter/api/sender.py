"""Who sends this request: in the open demo, the user name of HTTP Basic; its password is not looked at."""

from __future__ import annotations

from flask import request

from adapter.api.failure import failure
from adapter.api.service import Service
from adapter.intake.sender import Sender, named

OPEN_DEMO = Sender("open-demo")
"""The sender of a push without a name: it writes for all sites."""

LONGEST = 128
"""Characters of a sender's name."""


def sender(here: Service) -> Sender:
    """The sender of the request that is answered; failure 400 for a name that is none.

    `03/epic` is a system of site 03, if the study has that site, and writes only its subjects.
    """
    given = request.authorization
    if given is None or given.type != "basic" or not given.username:
        return OPEN_DEMO
    name = given.username
    if len(name) > LONGEST or not name.isprintable():
        raise failure("invalid", f"A sender's name has up to {LONGEST} characters, all of them printable.")
    return named(name, here.desk.study.sites)
