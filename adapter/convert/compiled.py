"""The compiled study of a conversion, as each process needs it."""

from __future__ import annotations

from adapter.convert.options import Options
from adapter.mapping.study import MappedStudy, load_study


def mapped_study(options: Options) -> MappedStudy:
    """Return the study with the maps that the conversion needs compiled."""
    return load_study(options.study, options.site, only=options.only)
