"""Verdicts as text for a person, NDJSON for a program, JUnit for a CI."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Any

import msgspec

from adapter.outcome import Issue, Place
from adapter.verdict.judge import Verdict

_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Count = dict[str, int]
"""Resources, those found invalid, and issues by severity."""

SEVERITIES = ("fatal", "error", "warning", "information")

IN_MEMORY = 1 << 20
"""Bytes of a JUnit report that are kept in memory; more of them wait in a file."""


def counted(verdicts: Iterable[Verdict], count: Count) -> Iterator[Verdict]:
    """Yield the verdicts, counting what passes."""
    for verdict in verdicts:
        count["resources"] = count.get("resources", 0) + 1
        count["invalid"] = count.get("invalid", 0) + (not verdict.valid)
        for issue in verdict.issues:
            count[issue.severity] = count.get(issue.severity, 0) + 1
        yield verdict


def text(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Yield a block for each resource of which there is something to say."""
    for verdict in verdicts:
        if verdict.issues:
            yield f"{verdict.source}: {'valid' if verdict.valid else 'NOT VALID'}\n"
            yield from (f"  {_line(issue)}\n" for issue in verdict.issues)


def summary(count: Count) -> str:
    """Return the line that is told last, to a person: how many resources, how many refused, which issues."""
    if not count:
        return "There is nothing to validate: the inputs hold no resource."
    resources, invalid = count["resources"], count["invalid"]
    of = f"{resources:,} resource{'' if resources == 1 else 's'}"
    verdict = "none refused" if not invalid else f"{invalid:,} refused"
    said = [
        f"{count[each]:,} {each}{'s' if count[each] != 1 and each != 'information' else ''}"
        for each in SEVERITIES
        if each in count
    ]
    return f"{of}: {verdict}" + (f" ({', '.join(said)})" if said else "")


def _line(issue: Issue) -> str:
    item = ".".join(part for part in (issue.form, issue.item) if part is not None)
    element = " ".join(part for part in (issue.expression, f"({item})" if item else None) if part)
    where = ", ".join(part for part in (_where(issue.place), element) if part)
    return f"{where}{': ' if where else ''}{issue.severity}: {issue.diagnostics} [{issue.key or issue.code}]"


def _where(place: Place | None) -> str:
    if place is None or place.line is None:
        return ""
    return f"line {place.line}" if place.column is None else f"line {place.line}, column {place.column}"


def ndjson(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Yield a JSON object for each resource, issues or not."""
    for verdict in verdicts:
        told = {
            "source": verdict.source,
            "valid": verdict.valid,
            "issues": [_object(issue) for issue in verdict.issues],
        }
        yield msgspec.json.encode(told).decode() + "\n"


def _object(issue: Issue) -> dict[str, Any]:
    place = issue.place
    return {
        "severity": issue.severity,
        "code": issue.code,
        "expression": issue.expression,
        "constraint": issue.key,
        "diagnostics": issue.diagnostics,
        "form": issue.form,
        "item": issue.item,
        "line": None if place is None else place.line,
        "column": None if place is None else place.column,
    }


def junit(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Yield a JUnit report: a test case for each resource, which fails where an issue refuses it.

    The report begins with how many there are: the cases wait in a temporary file until the last one is known.
    """
    count = failures = 0
    with SpooledTemporaryFile(max_size=IN_MEMORY) as waiting:
        for verdict in verdicts:
            count += 1
            failures += not verdict.valid
            waiting.write(_case(verdict) + b"\n")
        waiting.seek(0)
        yield '<?xml version="1.0" encoding="UTF-8"?>\n'
        yield f'<testsuites><testsuite name="crfhir validate" tests="{count}" failures="{failures}">\n'
        yield from (line.decode() for line in waiting)
    yield "</testsuite></testsuites>\n"


def _case(verdict: Verdict) -> bytes:
    from lxml import etree  # for this format alone: it takes as long to load as a resource to judge

    case = etree.Element("testcase", name=_clean(verdict.source), classname="crfhir.validate")
    refusing = [_line(issue) for issue in verdict.issues if issue.refuses]
    beside = [_line(issue) for issue in verdict.issues if not issue.refuses]
    if refusing:
        failure = etree.SubElement(case, "failure", message=_clean(refusing[0]))
        failure.text = _clean("\n".join(refusing))
    if beside:
        etree.SubElement(case, "system-out").text = _clean("\n".join(beside))
    written: bytes = etree.tostring(case)
    return written


def _clean(words: str) -> str:
    """Return a text with a mark in place of each character that XML does not hold."""
    return _NOT_IN_XML.sub("\ufffd", words)


FORMATS: dict[str, Callable[[Iterable[Verdict]], Iterator[str]]] = {"text": text, "ndjson": ndjson, "junit": junit}
