"""What may stand in the parts of an address that vary: never an operation, never a word that means something else.

Were `$validate` taken for an id, or `queries` for a form, a wrong method there would be answered as if it were right.
"""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import BaseConverter

from adapter.api.capability import RECEIPT
from adapter.api.conformance import TYPES
from adapter.crf.form_file import RESERVED

WORDS = (*RESERVED, *TYPES, RECEIPT, "metadata")
"""What has routes of its own where a type, an id, a form or a key could stand."""


class Segment(BaseConverter):
    """A part of an address, but for those words and what begins with `$` or `_`; `<string:…>` takes them too."""

    regex = rf"(?!(?:{'|'.join(WORDS)})(?![^/]))[^/$_][^/]*"
    part_isolating = True


def register(app: Flask) -> None:
    """Let the routes that are added from now on be read so."""
    app.url_map.converters["default"] = Segment
