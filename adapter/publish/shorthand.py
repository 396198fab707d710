"""A SUSHI project for the profiles of a study: its FSH files, and what they take from the package instead of repeating it.

From the package come the configuration, an alias for each uri of names.yaml and for each conformance resource that is made
from the package, the unit and range of each item that is a number, and what each name of a code or reference stands for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from adapter.crf.item_type import NUMBERS
from adapter.crf.study import Item, Study
from adapter.mapping.form_view import VALUES
from adapter.publish.naming import Resource, title, version

PREFIXES = {"ValueSet": "vs", "CodeSystem": "cs", "Questionnaire": "q"}
NOTHING = "* {path} 0.."
Files = dict[str, str]
FOLDER = "profiles"
"""Where a study package keeps its FSH files."""


def shorthand_files(study: Study, package: str, dependencies: Mapping[str, str], made: Iterable[Resource]) -> Files:
    """Return path -> text of a SUSHI project, its own FSH files and those made from the package."""
    return {
        "sushi-config.yaml": "\n".join(_config(study, package, dependencies)) + "\n",
        "input/fsh/package.fsh": "\n".join([*_aliases(study, made), *_names(study), *_measures(study)]) + "\n",
        **{f"input/fsh/{path.name}": path.read_text(encoding="utf-8") for path in shorthand(study.folder)},
    }


def shorthand(folder: Path) -> list[Path]:
    """Return the FSH files of a study package, sorted."""
    return sorted((folder / FOLDER).glob("*.fsh"))


def _config(study: Study, package: str, dependencies: Mapping[str, str]) -> Iterator[str]:
    yield from (f"id: {package}", f"canonical: {study.base}", f"version: {version(study)}")
    yield from (f"name: {study.id}", f"title: {title(study)}", "status: active", "fhirVersion: 4.0.1", "FSHOnly: true")
    yield from ("applyExtensionMetadataToRoot: false", "dependencies:")
    yield from (f"  {name}: {wanted}" for name, wanted in dependencies.items() if not name.endswith(".core"))


def _aliases(study: Study, made: Iterable[Resource]) -> Iterator[str]:
    for name, meant in study.names.items():
        if isinstance(meant, str):
            yield f"Alias: ${name} = {meant}"
    for resource in made:
        if prefix := PREFIXES.get(resource["resourceType"]):
            claimed = f"|{resource['version']}" if prefix == "q" else ""
            yield f"Alias: ${prefix}-{resource['id']} = {resource['url']}{claimed}"


def _names(study: Study) -> Iterator[str]:
    """Yield a rule set for each name that is one code or one reference: `insert Is-NAME(path)`."""
    for name, meant in study.names.items():
        rules = list(_meaning(study, meant)) if isinstance(meant, Mapping) else []
        if rules:
            yield from ("", f"RuleSet: Is-{name}(path)", *rules)


def _meaning(study: Study, meant: Mapping[str, Any]) -> Iterator[str]:
    if "code" in meant:
        yield f"* {{path}} = {_uri(study, meant['system'])}#{meant['code']}"
    elif isinstance(meant.get("identifier"), Mapping):
        yield from ("* {path}.identifier 1..1", "* {path}.identifier.system 1..1", "* {path}.identifier.value 1..1")
        yield f'* {{path}}.identifier.system = "{_uri(study, meant["identifier"]["system"])}"'
        yield f'* {{path}}.identifier.value = "{meant["identifier"]["value"]}"'


def _uri(study: Study, system: str) -> str:
    named = study.names.get(system)
    return named if isinstance(named, str) else system


def _measures(study: Study) -> Iterator[str]:
    """Yield rule sets for each number: `insert Ranged-FORM-ITEM(path)`, its range; `insert Measured-…`, its unit too."""
    for form in study.forms.values():
        for item in form.items.values():
            if item.type in NUMBERS:
                ranged = list(_range(item))
                unit = [] if item.unit is None else [f"* {{path}}.code = #{item.unit}"]
                yield from ("", f"RuleSet: Ranged-{form.id}-{item.id}(path)", *(ranged or [NOTHING]))
                yield from ("", f"RuleSet: Measured-{form.id}-{item.id}(path)", *(unit + ranged or [NOTHING]))


def _range(item: Item) -> Iterator[str]:
    at = "{path}" if item.unit is None else "{path}.value"
    kind = "Decimal" if item.unit is not None else VALUES[item.type].removeprefix("value")
    for bound, end in (("min", item.low), ("max", item.high)):
        if end is not None:
            yield f"* {at} ^{bound}Value{kind} = {_plain(end)}"


def _plain(end: Decimal) -> str:
    return str(int(end)) if end == end.to_integral_value() else str(end)
