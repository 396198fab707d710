"""The validator: load definitions once, then ask it about any number of resources.

validator = Validator(load_definitions(Path("package")))
validator.check(resource)                 # every issue; of a sound resource none
validator.check_json(raw)                 # the same of JSON text, with lines and columns
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from adapter.fhir import json
from adapter.fhir.definitions import is_resource
from adapter.fhir.locate import Position, locate_json, locate_xml
from adapter.fhir.syntax import FhirSyntaxError
from adapter.outcome import Issue, Place
from adapter.validation import claim
from adapter.validation.bundle import BundleIndex, check_bundle
from adapter.validation.coding import Codings
from adapter.validation.contained import check_contained
from adapter.validation.finding import Check, Finding, Found, error
from adapter.validation.issue import issues_of
from adapter.validation.plan import Kind, Plans
from adapter.validation.questionnaire import check_response
from adapter.validation.resolve import resolve
from adapter.validation.scope import Scope

if TYPE_CHECKING:
    from adapter.fhir.conformance import Definitions
    from adapter.fhir.constraints import Constraints

NO_RESOURCE = "This is no FHIR resource: an object with a resourceType of R4 is expected."


AROUND: dict[str, tuple[Check, ...]] = {"Bundle": (check_bundle,), "QuestionnaireResponse": (check_response,)}
"""What hangs together over the whole of a resource of a type; of the others only what they contain."""


class Validator:
    """Judges resources of R4 and what profiles of `definitions` add; holds its plans, so keep one."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.codings = Codings(definitions.terminology)
        self.plans = Plans(self)
        self._claims: dict[Any, tuple[Check, tuple[Finding, ...]]] = {}

    def check(self, resource: Any, profiles: Sequence[str] = ()) -> list[Issue]:
        """Return every issue of a resource, which is also held to `profiles` beside those it claims."""
        found = self._found(resource, tuple(profiles))
        return [] if found is None else issues_of(found, resource)

    def check_json(self, raw: bytes | str, profiles: Sequence[str] = ()) -> list[Issue]:
        """Return every issue of a JSON text: what is no JSON that FHIR allows, or what `check` finds."""
        try:
            resource = json.parse(raw)
        except FhirSyntaxError as fault:
            return [syntax_issue(fault)]
        issues = self.check(resource, profiles)
        return placed(issues, lambda paths: locate_json(_text(raw), paths)) if issues else issues

    def check_xml(self, raw: bytes, profiles: Sequence[str] = ()) -> list[Issue]:
        """Return every issue of an XML text, as check_json does."""
        from adapter.fhir import xml  # lxml is loaded where XML comes

        try:
            resource = xml.parse(raw)
        except FhirSyntaxError as fault:
            return [syntax_issue(fault)]
        issues = self.check(resource, profiles)
        return placed(issues, lambda paths: locate_xml(raw, paths)) if issues else issues

    def _found(self, resource: Any, profiles: tuple[str, ...]) -> Found:
        if type(resource) is not dict:
            return [error("structure", NO_RESOURCE, "resource-type")]
        scope = self._scope(resource, resource, None)
        try:
            return self._resource(resource, scope, profiles)
        except RecursionError:
            return [error("too-costly", "Nested too deeply to be judged: send a flatter resource.", "depth")]

    def _scope(self, resource: dict[str, Any], root: dict[str, Any], outer: Scope | None) -> Scope:
        scope = Scope(self, resource, root)
        if outer is not None:
            scope.bundle, scope.full_url = outer.bundle, outer.full_url
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
        check, faults = self._claimed(type_, profiles, urls, overlays)
        found = check(value, scope)
        if faults:
            found = [*(found or ()), *(each.again() for each in faults)]
        around = (*AROUND.get(type_, ()), check_contained) if "contained" in value else AROUND.get(type_, ())
        for each in around:
            wrong = each(value, scope)
            found = found if wrong is None else [*(found or ()), *wrong]
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
            if len(self._claims) < claim.KEPT:
                self._claims[key] = found
        return found

    def conforms(self, resource: dict[str, Any], profile: str, scope: Scope) -> Found:
        """Return what keeps a resource, or a value of a data type, from conforming to a profile."""
        known = self.plans.profile(profile)
        if known is None:
            return None
        if not is_resource(known.type):
            return self.plans.check_of(Kind(known.type, known.type, (known.root,)))(resource, scope)
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
        is_contained = type(held) is list and any(each is resource for each in held)
        return self._scope(resource, scope.root if is_contained else resource, scope)

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
    found = locate([each.expression for each in issues if each.expression is not None])
    return [
        each
        if each.expression is None
        else each.at(Place(line=found[each.expression][0], column=found[each.expression][1]))
        for each in issues
    ]


def _text(raw: bytes | str) -> str:
    return raw if isinstance(raw, str) else raw.decode()


def _refuses(found: Found) -> bool:
    return found is not None and any(each.severity == "error" for each in found)
