"""The validator: load definitions once, then ask it about any number of resources.

validator = Validator(load_definitions(Path("package")))
validator.check(resource)                 # every issue; of a sound resource none
validator.check_json(raw)                 # the same of JSON text, with lines and columns
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from adapter.fhir import json
from adapter.fhir.definitions import is_primitive, is_resource
from adapter.fhir.kept import Kept
from adapter.fhir.locate import Position, locate_json, locate_xml
from adapter.fhir.syntax import FhirSyntaxError
from adapter.outcome import Issue, Place
from adapter.validation import claim, fixed
from adapter.validation.bundle import BundleIndex, check_bundle
from adapter.validation.coding import Codings
from adapter.validation.contained import check_contained
from adapter.validation.context import check_contexts
from adapter.validation.finding import Check, Finding, Found, error
from adapter.validation.issue import issues_of
from adapter.validation.plan import Kind, Plans
from adapter.validation.resolve import resolve
from adapter.validation.scope import Scope
from adapter.validation.xml_faults import joined

if TYPE_CHECKING:
    from adapter.fhir.conformance import Definitions
    from adapter.fhir.constraints import Constraints

NO_RESOURCE = "This is no FHIR resource: an object with a resourceType of R4 is expected."


@cache
def around(type_name: str, has_contained: bool) -> tuple[Check, ...]:
    """Return what judges how a resource of a type hangs together over the whole."""
    checks: list[Check] = []
    if type_name == "Bundle":
        checks.append(check_bundle)
    if type_name == "QuestionnaireResponse":
        from adapter.validation.questionnaire import check_response  # loaded where a response comes

        checks.append(check_response)
    return (*checks, check_contained) if has_contained else tuple(checks)


class Validator:
    """Judges resources of R4 and what profiles of `definitions` add; holds its plans, so keep one."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.codings = Codings(definitions.terminology)
        self.plans = Plans(self)
        self._claims: Kept[Any, tuple[Check, tuple[Finding, ...]]] = Kept(claim.KEPT)

    def check(self, resource: Any, profiles: Sequence[str] | str = (), *, is_read: bool = False) -> list[Issue]:
        """Return every issue of a resource, which is also held to `profiles` (one, or several) beside those it claims.

        `is_read` says that the resource is what a reader of this package gave, JSON's types and no others: then what
        was judged before is not judged again.
        """
        asked = (profiles,) if isinstance(profiles, str) else tuple(profiles)
        known = tuple(url for url in asked if self.definitions.profile(url) is not None) if asked else ()
        found = self._found(resource, known, is_read)
        if len(known) < len(asked):
            found = [*(found or ()), *(claim.not_here(url) for url in asked if url not in known)]
        return [] if found is None else issues_of(found, resource)

    def check_json(self, raw: bytes | str, profiles: Sequence[str] | str = ()) -> list[Issue]:
        """Return every issue of a JSON text: what is no JSON that FHIR allows, or what `check` finds."""
        try:
            resource = json.parse(raw)
        except FhirSyntaxError as fault:
            return [syntax_issue(fault)]
        issues = self.check(resource, profiles, is_read=True)
        return placed(issues, lambda paths: locate_json(_text(raw), paths)) if issues else issues

    def check_xml(self, raw: bytes | str, profiles: Sequence[str] | str = ()) -> list[Issue]:
        """Return every issue of an XML text, as check_json does."""
        from adapter.fhir import xml  # lxml is loaded where XML comes

        raw = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
        try:
            resource, faults = xml.read(raw)
        except FhirSyntaxError as fault:
            return [syntax_issue(fault)]
        issues = self.check(resource, profiles, is_read=True)
        issues = placed(issues, lambda paths: locate_xml(raw, paths)) if issues else issues
        return joined(faults, issues) if faults else issues

    def _found(self, resource: Any, profiles: tuple[str, ...], is_read: bool = False) -> Found:
        if type(resource) is not dict:
            return [error("structure", NO_RESOURCE, "resource-type")]
        scope = self._scope(resource, resource, None)
        scope.is_read = is_read
        try:
            return self._resource(resource, scope, profiles)
        except RecursionError:
            return [error("too-costly", "Nested too deeply to be judged: send a flatter resource.", "depth")]

    def _scope(self, resource: dict[str, Any], root: dict[str, Any], outer: Scope | None) -> Scope:
        scope = Scope(self, resource, root)
        if outer is not None:
            scope.bundle, scope.full_url, scope.is_read = outer.bundle, outer.full_url, outer.is_read
        if resource.get("resourceType") == "Bundle":
            scope.bundle = BundleIndex(resource)
        return scope

    def member_of(self, value: Any, url: str) -> bool | None:
        """Tell whether a code, Coding or CodeableConcept is of a value set; None where that cannot be told."""
        return self.plans.member_of(value, url)

    def check_within(
        self,
        value: Any,
        outer: Scope,
        contained: bool,
        profiles: tuple[str, ...] = (),
        overlays: tuple[Constraints, ...] = (),
        full_url: str | None = None,
    ) -> Found:
        """Return what is wrong with a resource inside another: contained in it, an entry of a Bundle, a parameter."""
        if type(value) is not dict:
            return [error("structure", NO_RESOURCE, "resource-type")]
        scope = self._scope(value, outer.root if contained else value, outer)
        if full_url is not None:
            scope.full_url = full_url
        return self._resource(value, scope, profiles, overlays)

    def _resource(
        self, value: dict[str, Any], scope: Scope, profiles: tuple[str, ...], overlays: tuple[Constraints, ...] = ()
    ) -> Found:
        type_ = value.get("resourceType")
        if type(type_) is not str or not is_resource(type_):
            return [error("structure", f"{NO_RESOURCE} Found: {str(type_)[:80]!r}.", "resource-type")]
        urls = claim.urls(value) if "meta" in value else ()
        implied = claim.implied(value) if type_ == "Observation" else ()
        check, faults = self._claimed(type_, profiles + implied, urls, overlays)
        scope.profiles = profiles + implied + urls
        found = check(value, scope)
        if found is not None and implied:
            found = claim.told(found, tuple(each for each in implied if each not in urls))
        if faults:
            found = [*(found or ()), *(each.again() for each in faults)]
        if scope.held is not None:
            found = _joined(found, check_contexts(value, scope))
        for each in around(type_, "contained" in value):
            wrong = each(value, scope)
            found = _joined(found, wrong)
        return found

    def _claimed(
        self, type_: str, asked: tuple[str, ...], urls: tuple[str, ...], overlays: tuple[Constraints, ...]
    ) -> tuple[Check, tuple[Finding, ...]]:
        """Return the check of a resource under the profiles asked and claimed, and what is wrong with these."""
        key = (type_, asked, urls, overlays)
        found = self._claims.get(key)
        if found is None:
            claimed = claim.claimed(type_, asked, urls, self.definitions)
            found = self.plans.check_of(Kind(type_, type_, claimed.roots + overlays)), claimed.faults
            self._claims.keep(key, found)
        return found

    def conforms(self, resource: Any, profile: str, scope: Scope) -> Found:
        """Return what keeps a resource, or a value of a data type, from conforming to a profile."""
        known = self.plans.element_profile(profile)
        if known is None:
            return None
        if is_primitive(known.type):
            checks = fixed.checks_of(known.root, known.type)
            return [wrong for check in checks for wrong in check(resource, scope) or ()]
        if not is_resource(known.type):
            return _wherever(self.plans.check_of(Kind(known.type, known.type, (known.root,)))(resource, scope))
        if type(resource) is not dict:
            return [error("structure", NO_RESOURCE, "resource-type")]
        if resource.get("resourceType") != known.type:
            return [error("structure", f"A {known.type} is expected by {profile}.", "profile-type", "", profile)]
        return self.plans.check_of(Kind(known.type, known.type, (known.root,)))(
            resource, self._seen_from(resource, scope)
        )

    def _seen_from(self, resource: dict[str, Any], scope: Scope) -> Scope:
        """Return the scope of a resource that another one led to: contained beside it, or an entry of the Bundle."""
        if resource is scope.resource:
            return scope
        held = scope.root.get("contained")
        if type(held) is list and any(each is resource for each in held):
            return self._scope(resource, scope.root, scope)
        seen = self._scope(resource, resource, scope)
        if scope.bundle is not None:
            seen.full_url = scope.bundle.full_urls.get(id(resource), scope.full_url)
        return seen

    def check_target(self, value: dict[str, Any], scope: Scope, profiles: Sequence[tuple[str, ...]]) -> Found:
        """Return an error for a reference whose target is at hand and conforms to none of a group of profiles."""
        target = resolve(value, scope) if type(value) is dict else None
        if target is None:
            return None
        for urls in profiles:
            if all(_refuses(self.conforms(target, url, scope)) for url in urls):
                text = f"What this refers to conforms to none of {', '.join(urls)}."
                return [error("structure", text, "reference-profile", "")]
        return None


def syntax_issue(fault: FhirSyntaxError) -> Issue:
    """Return the issue of a text that is no FHIR."""
    place = None if fault.line is None else Place(line=fault.line, column=fault.column)
    return Issue("fatal", fault.issue_code, str(fault), place=place, key="syntax")


def placed(issues: list[Issue], locate: Callable[[list[str]], dict[str, Position]]) -> list[Issue]:
    """Return the issues with the line and column of what they speak of."""
    paths = [_path(each) for each in issues]
    found = locate([each for each in paths if each is not None])
    return [
        each if path is None else each.at(Place(line=found[path][0], column=found[path][1]))
        for each, path in zip(issues, paths, strict=True)
    ]


def _path(issue: Issue) -> str | None:
    """Return the way to what an issue speaks of, an element that its type does not have included."""
    if issue.expression is None or issue.name is None:
        return issue.expression
    return f"{issue.expression}.{issue.name}"


def _joined(found: Found, more: Found) -> Found:
    return found if more is None else [*(found or ()), *more]


def _wherever(found: Found) -> Found:
    """Return what is wrong with a value wherever it stands: the place of extensions is judged where it does stand."""
    return None if found is None else [each for each in found if each.key != "extension-context"]


def _text(raw: bytes | str) -> str:
    return raw if isinstance(raw, str) else raw.decode()


def _refuses(found: Found) -> bool:
    return found is not None and any(each.severity == "error" for each in found)
