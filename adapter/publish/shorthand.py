"""A SUSHI project for the profiles of a study: its FSH files, and what they take from the package, not to repeat it.

From the package come the configuration, an alias for each uri of names.yaml and for each conformance resource that is
made from the package, the unit and range of each item that is a number, and what each name of a code or reference
stands for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from adapter.crf.item_type import NUMBERS
from adapter.crf.strict_yaml import load
from adapter.crf.study import Item, Study
from adapter.mapping.form_view import VALUES
from adapter.publish.naming import Resource, title, version, word

FOLDER = "profiles"
"""Where a study package keeps its FSH files, and the digests of what was compiled from them."""

CONFIG = "sushi-config.yaml"
PREFIXES = {"ValueSet": "vs", "CodeSystem": "cs", "Questionnaire": "q"}
NOTHING = "* {path} 0.."
"""A rule set cannot be empty: this rule says nothing."""

Files = dict[str, str]
"""Path below a folder -> text."""


@dataclass(frozen=True, slots=True)
class Package:
    """What names a FHIR package: id, licence, and the packages that it needs with their versions."""

    id: str
    licence: str
    dependencies: Mapping[str, str]


def package_of(study: Study) -> Package:
    """Return how the study's package is called, by profiles/sushi-config.yaml; without it, it stands on R4 alone.

    DefinitionError is for a file that is no YAML.
    """
    path = study.folder / FOLDER / CONFIG
    stated: Mapping[str, Any] = load(path, f"{FOLDER}/{CONFIG}") if path.exists() else {}
    needed = stated.get("dependencies", {"hl7.fhir.r4.core": "4.0.1"})
    return Package(
        id=str(stated.get("id", f"{word(study.id)}.trial")),
        licence=str(stated.get("license", "CC0-1.0")),
        dependencies={str(name): str(wanted) for name, wanted in needed.items()},
    )


def shorthand(folder: Path) -> list[Path]:
    """Return the FSH files of a study package, sorted."""
    return sorted((folder / FOLDER).glob("*.fsh"))


def project(study: Study, made: Iterable[Resource]) -> Files:
    """Return the files of a SUSHI project: the study's own FSH, and what is made from the package, `made` included."""
    return {
        CONFIG: _text(_config(study)),
        "input/fsh/package.fsh": _text([*_aliases(study, made), *_names(study), *_measures(study)]),
        **{f"input/fsh/{path.name}": path.read_text(encoding="utf-8") for path in shorthand(study.folder)},
    }


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _config(study: Study) -> Iterator[str]:
    package = package_of(study)
    yield from (f"id: {package.id}", f"canonical: {study.base}", f"version: {version(study)}")
    yield from (f"name: {word(study.id)}", f"title: {title(study)}", "status: active")
    yield from ("fhirVersion: 4.0.1", "FSHOnly: true", "dependencies:")
    yield from (f"  {name}: {wanted}" for name, wanted in package.dependencies.items() if not name.endswith(".core"))


def _aliases(study: Study, made: Iterable[Resource]) -> Iterator[str]:
    for name, meant in study.names.items():
        if isinstance(meant, str):
            yield f"Alias: ${name} = {meant}"
    for resource in made:
        if prefix := PREFIXES.get(resource["resourceType"]):
            claimed = f"|{resource['version']}" if resource["resourceType"] == "Questionnaire" else ""
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
    """Yield rule sets for each number: `insert Ranged-FORM-ITEM(path)`, its range; `Measured-…`, its unit too."""
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
