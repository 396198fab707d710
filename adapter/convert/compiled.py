"""The compiled study of a conversion, as each process needs it."""

from __future__ import annotations

from adapter.convert.options import Options
from adapter.crf.study import Study
from adapter.mapping.study import MappedStudy, compile_study, load_study


def mapped_study(options: Options, definition: Study | None = None) -> MappedStudy:
    """Return the study with the maps that the conversion needs compiled; `definition` is its package, if it is
    loaded.
    """
    if definition is not None:
        return compile_study(definition, options.site, only=options.only)
    return load_study(options.study, options.site, only=options.only)
