"""A study package: a folder of YAML files, loaded into a Study with every fault that is in it.

The format is docs/study-package.md. Maps and names are only loaded; the mapping compiler judges them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from adapter.crf.codelist_file import read_codelists
from adapter.crf.coherence import check_form, check_labels, check_systems
from adapter.crf.completing import check_completing
from adapter.crf.day_0 import check_day_0
from adapter.crf.faults import Faults, entries, spell, text, word
from adapter.crf.form_file import read_compact, read_form_file
from adapter.crf.nearest import hint
from adapter.crf.pattern_coherence import check_patterns
from adapter.crf.query_coherence import check_queries
from adapter.crf.rule_coherence import check_rules
from adapter.crf.schedule import check_schedule
from adapter.crf.site_file import ZONE, read_site
from adapter.crf.strict_yaml import Map, Seq
from adapter.crf.strict_yaml import load as load_yaml
from adapter.crf.study import Codelist, Form, Site, Study
from adapter.errors import DefinitionError, Fault

FOLDERS = ("forms", "codelists", "maps", "sites")
PATTERNS = {"subject": "[A-Za-z0-9]+(-[A-Za-z0-9]+)*", "site": "[A-Za-z0-9]+", "visit": "[A-Za-z0-9]+"}
"""What a subject, a site and a visit look like where the study does not say: `{subject}-{visit}` can be read back."""

Named = TypeVar("Named", Form, Codelist, Site)


def load(folder: Path) -> Study:
    """Return the study of a folder.

    Raises DefinitionError with every fault: its file relative to the folder, its line, and why.
    """
    study, found = read(folder)
    if found:
        raise DefinitionError(found)
    return study


def read(folder: Path) -> tuple[Study, list[Fault]]:
    """Return the study of a folder as well as it could be read, with every fault."""
    faults = Faults()
    facts = _facts(folder, faults)
    forms = _unique(_forms(folder, faults), "form", faults)
    codelists = _unique(_codelists(folder, faults), "codelist", faults)
    names = _names(folder, faults)
    study = Study(
        id=text(facts.get("study")) or "",
        folder=folder,
        base=text(facts.get("base")) or "",
        zone=text(facts.get("zone")) or "",
        forms=forms,
        codelists=codelists,
        names=names,
        maps=_maps(folder, forms, faults),
        sites=_unique(_sites(folder, forms, codelists, names, faults), "site", faults),
        facts=facts,
        patterns=_patterns(facts, faults),
    )
    _check(study, facts, faults)
    return study, faults.without_consequences()


def _check(study: Study, facts: Map, faults: Faults) -> None:
    for form in study.forms.values():
        check_form(form, study.codelists, faults)
    if not study.forms and "forms" not in faults.unread:
        faults.add("forms", 1, "the study has no form: forms/*.yaml or forms.yaml")
    check_rules(study.forms, study.codelists, faults)
    check_queries(facts, study.forms, study.codelists, faults)
    check_systems(study.codelists.values(), study.names, faults)
    check_schedule(facts, study.forms, study.codelists, faults)
    check_patterns(study, faults)
    check_day_0(facts, study.forms, study.codelists, faults)
    check_completing(facts, study.forms, faults)
    check_labels(_languages(facts, faults), study.forms.values(), study.codelists.values(), faults)


def _facts(folder: Path, faults: Faults) -> Map:
    content = _file(folder / "study.yaml", folder, faults)
    if not isinstance(content, Map):
        if not faults.found:
            faults.add("study.yaml", 1, f"study.yaml is a mapping, not {spell(content)}")
        return Map("study.yaml", 1)
    for key, example in (("study", "my_study"), ("base", "https://example.org/fhir"), ("zone", '"+08:00"')):
        if text(content.get(key)) is None:
            faults.at(content, key, f"{key} is missing; write {key}: {example}")
    base, zone = text(content.get("base")), text(content.get("zone"))
    if base is not None and (":" not in base or base.endswith("/")):
        faults.at(content, "base", f"base is an absolute uri without a slash at its end, not {base}")
    if zone is not None and not ZONE.fullmatch(zone):
        faults.at(content, "zone", f'{zone} is no offset; write "+08:00" or Z')
    return content


def _patterns(facts: Map, faults: Faults) -> dict[str, str]:
    patterns = dict(PATTERNS)
    given = entries(facts.get("patterns"), facts, "patterns", "patterns", faults)
    for kind in given:
        pattern = text(given[kind])
        if kind not in patterns:
            faults.at(given, kind, f"no type {word(kind)} takes a pattern{hint(word(kind), patterns)}")
            continue
        try:
            patterns[kind] = _whole(re.compile(pattern or "").pattern)
        except (re.error, ValueError) as error:
            faults.at(given, kind, f"{pattern} is no regular expression of a whole text: {error}")
            patterns[kind] = PATTERNS["visit"]
    return patterns


def _whole(pattern: str) -> str:
    """Return a pattern that may stand within another. ValueError for one that says where a text begins or ends."""
    if pattern.startswith("^") or (pattern.endswith("$") and not pattern.endswith("\\$")):
        raise ValueError("it is compared with all of the text as it is; leave ^ and $ out")
    return pattern


def _languages(facts: Map, faults: Faults) -> list[str]:
    languages = facts.get("languages")
    if languages is None:
        return []
    if isinstance(languages, Seq) and all(isinstance(language, str) for language in languages):
        return list(languages)
    faults.at(facts, "languages", "languages is a list: [en, zh]")
    return []


def _forms(folder: Path, faults: Faults) -> Iterator[Form]:
    for file, content in _files(folder, "forms", faults):
        if file == "forms.yaml":
            yield from read_compact(content, faults, file)
        elif (form := read_form_file(content, faults, file)) is not None:
            yield form
        else:
            faults.unread.add("forms")


def _codelists(folder: Path, faults: Faults) -> Iterator[Codelist]:
    for file, content in _files(folder, "codelists", faults):
        yield from read_codelists(content, faults, file)


def _names(folder: Path, faults: Faults) -> Map:
    path = folder / "names.yaml"
    content = _file(path, folder, faults) if path.exists() else None
    if content is not None and not isinstance(content, Map):
        faults.add("names.yaml", 1, f"names.yaml is a mapping, not {spell(content)}")
        faults.unread.add("names.yaml")
    return content if isinstance(content, Map) else Map("names.yaml", 1)


def _maps(folder: Path, forms: Mapping[str, Form], faults: Faults) -> dict[str, Map]:
    maps: dict[str, Map] = {}
    for file, content in _files(folder, "maps", faults):
        form_id = text(content.get("form")) if isinstance(content, Map) else None
        if form_id is None:
            faults.add(file, 1, "a map names its form: form: ID")
        elif form_id not in forms:
            faults.at(content, "form", f"unknown form {form_id}{hint(form_id, forms)}")
        elif form_id in maps:
            faults.at(content, "form", f"a second map of {form_id}; the first is {maps[form_id].file}")
        else:
            maps[form_id] = content
    return maps


def _sites(
    folder: Path, forms: Mapping[str, Form], codelists: Mapping[str, Codelist], names: Map, faults: Faults
) -> Iterator[Site]:
    for file, content in _files(folder, "sites", faults):
        site = read_site(content, forms, codelists, names, faults)
        if site is None:
            faults.add(file, 1, 'a site names itself: site: "03"')
        else:
            yield site


def _unique(read: Iterable[Named], what: str, faults: Faults) -> dict[str, Named]:
    found: dict[str, Named] = {}
    for one in read:
        if one.id in found:
            faults.add(one.file, getattr(one, "line", 1), f"the {what} {one.id} is also in {found[one.id].file}")
        found.setdefault(one.id, one)
    return found


def _files(folder: Path, kind: str, faults: Faults) -> Iterator[tuple[str, Any]]:
    """Yield the name and content of kind.yaml and of each kind/*.yaml that can be read, sorted."""
    single = folder / f"{kind}.yaml"
    many = sorted((folder / kind).iterdir()) if (folder / kind).is_dir() else []
    for path in ([single] if single.exists() else []) + many:
        file = path.relative_to(folder).as_posix()
        if path.suffix == ".yml":
            faults.add(file, 1, "nobody reads this file; name it .yaml")
        if path.suffix != ".yaml":
            continue
        before = len(faults.found)
        content = _file(path, folder, faults)
        if len(faults.found) == before:
            yield file, content


def _file(path: Path, folder: Path, faults: Faults) -> Any:
    try:
        return load_yaml(path, path.relative_to(folder).as_posix())
    except DefinitionError as error:
        faults.take(error)
        faults.unread |= {path.name, path.stem, path.parent.name}
        return None
