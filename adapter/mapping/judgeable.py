"""Of a package with faults, the maps that can be judged: a fault is told once, and not by all that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adapter.crf.study import Codelist, Form, Study
from adapter.errors import Fault
from adapter.mapping.compiler import compile_form
from adapter.mapping.form_view import keyed
from adapter.mapping.scope import identities


def faults_of_maps(definition: Study, found: Sequence[Fault]) -> list[Fault]:
    """Return the faults of the maps that can be judged: those whose form, codelists and names have none themselves."""
    if ":" not in definition.base:
        return []  # what every uri of the study's own begins with
    definition = keyed(definition)
    known = tuple(identities(definition))
    whole = [form for form in definition.forms.values() if not _is_faulty(definition, form, found)]
    return [fault for form in whole for fault in compile_form(definition, form.id, known)[1]]


def _is_faulty(definition: Study, form: Form, found: Sequence[Fault]) -> bool:
    named = {item.codelist for item in form.items.values()}
    lists = [codelist for name, codelist in definition.codelists.items() if name in named]
    files = {"names.yaml", getattr(definition.maps.get(form.id), "file", "")}
    return not named <= {None, *definition.codelists} or any(
        fault.file in files
        or f"the form {form.id} is also in " in fault.why
        or _stands_in(fault, form, definition.forms.values())
        or any(_stands_in(fault, one, definition.codelists.values()) for one in lists)
        for fault in found
    )


def _stands_in(fault: Fault, one: Form | Codelist, others: Iterable[Form | Codelist]) -> bool:
    """Tell whether a fault stands in a form or codelist: from its line on to the next of its file."""
    later = [other.line for other in others if other.file == one.file and other.line > one.line]
    return fault.file == one.file and one.line <= fault.line < min(later, default=fault.line + 1)
