"""MeasureReports against their Measure: its groups and populations, by code, each once, and a score that fits.

"The population criteria ... The type of the population, as defined by the Measure"; measure.html and
measurereport.html: "the groups of the report correspond to the groups of the measure".
Source: http://hl7.org/fhir/R4/measurereport.html
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from adapter.validation.finding import Finding, Found, error
from adapter.validation.known.read import Placed, each, part, text

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

SCORED = frozenset({"proportion", "ratio", "continuous-variable"})
"""How measures are scored of which a report has a score."""

UNSCORED = "cohort"

UNFINISHED = ("pending", "error")
"""What a report is while, or because, it is not generated: MeasureReport.status."""

Codes = frozenset[tuple[str, str]]


def check_measure_report(value: dict[str, Any], scope: Scope) -> Found:
    """Return what does not correspond to the Measure; nothing of an unfinished report, or where that is not at hand."""
    measure = _measure(text(value, "measure"), scope)
    if measure is None or value.get("status") in UNFINISHED:
        return None
    groups, asked_for = list(each(value, "group")), [group for _, group in each(measure, "group")]
    found = [*_alone(groups, asked_for), *_paired(groups, asked_for, "group")]
    scoring = next((code for _, code in _codes(measure, "scoring")), None)
    for step, group, asked in _pairs(value, measure):
        if value.get("type") != "data-collection":
            found += _at(step, _score(group, scoring))
        populations = [population for _, population in each(asked, "population")]
        found += _at(step, _paired(list(each(group, "population")), populations, "population"))
        found += _at(step, _subjects(group, value.get("type")))
    return found or None


def _measure(url: str | None, scope: Scope) -> dict[str, Any] | None:
    if url is None:
        return None
    name, _, version = url.partition("|")
    for held in scope.judge.definitions.resources("Measure"):
        if held.get("url") == name and version in ("", held.get("version")):
            return held
    return None


def _codes(owner: dict[str, Any], key: str = "code") -> Codes:
    codings = each(part(owner, key), "coding")
    return frozenset((text(one, "system") or "", text(one, "code") or "") for _, one in codings if text(one, "code"))


def _pairs(report: dict[str, Any], measure: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield the groups of a report with those of the measure that they report on."""
    asked = [group for _, group in each(measure, "group")]
    for step, group in each(report, "group"):
        matching = [one for one in asked if _codes(one) & _codes(group)]
        if matching or len(asked) == 1:
            yield step, group, (matching or asked)[0]


def _paired(found: list[Placed], asked: list[dict[str, Any]], what: str) -> Iterator[Finding]:
    """Yield what is not asked for, what stands twice, and what is missing; one alone needs no code."""
    if len(asked) == 1 and len(found) == 1 and not (_codes(asked[0]) and _codes(found[0][1])):
        return
    seen: set[Codes] = set()
    for step, one in found:
        codes = _codes(one)
        if codes and not any(codes & _codes(each_) for each_ in asked):
            yield error("business-rule", f"The measure has no {what} of this code.", "measure-report", f"{step}.code")
        elif codes and codes in seen:
            yield error("duplicate", f"Two of this {what}: it is reported once.", "measure-report", step)
        seen.add(codes)
    for one in asked:
        if _codes(one) and not any(codes & _codes(one) for codes in seen):
            code = sorted(_codes(one))[0][1]
            yield error("required", f"The {what} {code!r} of the measure is not reported.", "measure-report")


def _alone(found: list[Placed], asked: list[dict[str, Any]]) -> Iterator[Finding]:
    """Yield an error where a group without a code has not one of the report: "one for each population group"."""
    if len(asked) == 1 and not _codes(asked[0]) and len(found) != 1:
        told = f"The measure has one group, which has no code: one is reported, not {len(found)}."
        yield error("business-rule", told, "measure-report")


def _score(group: dict[str, Any], scoring: str | None) -> Iterator[Finding]:
    score = group.get("measureScore")
    if type(score) is not dict:
        if scoring in SCORED:
            yield error("required", f"A measure scored as {scoring} has a measureScore.", "measure-score")
        return
    if scoring == UNSCORED:
        told = "A measure that tells who belongs to a cohort has no measureScore."
        yield error("business-rule", told, "measure-score", ".measureScore")
    number = score.get("value")
    if scoring == "proportion" and isinstance(number, int | Decimal) and not 0 <= number <= 1:
        told = "A proportion lies between 0 and 1."
        yield error("value", told, "measure-score", ".measureScore.value")
    if scoring in ("proportion", "ratio") and "unit" in score:
        yield error("value", "A proportion has no unit.", "measure-score", ".measureScore.unit")


def _subjects(group: dict[str, Any], kind: Any) -> Iterator[Finding]:
    for step, population in each(group, "population"):
        if kind != "subject-list" and "subjectResults" in population:
            told = "Who belongs to a population is told by reports of type subject-list alone."
            yield error("business-rule", told, "measure-report", f"{step}.subjectResults")


def _at(step: str, found: Iterator[Finding]) -> Iterator[Finding]:
    for finding in found:
        finding.steps.append(step)
        yield finding
