"""A form's map and its form view → its plan. All faults of all maps are found before any is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapter.crf.study import Form, Item, Site, Study
from adapter.errors import Fault
from adapter.mapping import form_view, rules
from adapter.mapping.elements import at
from adapter.mapping.plan import Array, Const, Entry, Member, Node, Object, ResourcePlan, written_holes
from adapter.mapping.scope import Identity, Scope, Where, form_word, near
from adapter.mapping.template import Template

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
KEYS = ("form", "home", "parts", "resources", "omits")


@dataclass(frozen=True, slots=True)
class FormPlan:
    """What a form becomes: `clinical` resources of its map, the `form` view, where it is at home, and what is omitted
    why.
    """

    form: Form
    clinical: tuple[ResourcePlan, ...]
    form_view: tuple[ResourcePlan, ...]
    home: str
    omits: Mapping[str, str]

    def view(self, name: str) -> tuple[ResourcePlan, ...]:
        """Return the resources of a view: `clinical` is the home resource and the clinical ones."""
        if name == "form":
            return self.form_view
        if name == "both" or self.home == "form":
            return (*self.form_view, *self.clinical)
        return self.clinical


def compile_form(
    study: Study, form_id: str, identities: tuple[Identity, ...], site: Site | None = None
) -> tuple[FormPlan, list[Fault]]:
    """Return the plan of a form with every fault of its map."""
    form = study.forms[form_id]
    written = study.maps.get(form_id)
    home = "form" if written is None else str(written.get("home", "clinical"))
    faults: list[Fault] = []
    clinical: tuple[ResourcePlan, ...] = ()
    omits: Mapping[str, str] = {}
    if written is not None:
        scope = Scope(study, form, site, identities, faults)
        _keys(scope, written, home)
        clinical = _clinical(scope, written, home)
        omits = _omits(scope, written)
    viewed = _form_view(study, form, site, identities, faults)
    plan = FormPlan(form, clinical, viewed, home, omits)
    faults.extend(rules.faults(study, form, clinical, viewed, home, omits, written, not faults))
    return plan, faults


def _keys(scope: Scope, written: Mapping[str, Any], home: str) -> None:
    for key in written:
        if key not in KEYS:
            where = at(written, key, _where(written))
            scope.fault(where, f"a map has no {key!r}{near(str(key), KEYS)}; it has {', '.join(KEYS)}")
    if home not in ("clinical", "form"):
        scope.fault(at(written, "home", _where(written)), f"home: {home} is neither clinical nor form")


def _where(written: Any) -> Where:
    return getattr(written, "file", ""), getattr(written, "line", 1)


def _clinical(scope: Scope, written: Mapping[str, Any], home: str) -> tuple[ResourcePlan, ...]:
    listed = written.get("resources")
    if not isinstance(listed, list) or not listed:
        if home != "form" or listed is not None:
            scope.fault(_where(written), "a map lists its `resources:`")
        return ()
    plans = []
    for place, resource in enumerate(listed):
        where = _where(resource) if isinstance(resource, Mapping) else _where(listed)
        plan = _resource(scope, resource, stands=place == 0 and home != "form", where=where)
        if plan is not None:
            plans.append(plan)
    return tuple(plans)


def _resource(
    scope: Scope, written: Any, *, stands: bool, where: Where, view: str = "clinical", restricted: bool = False
) -> ResourcePlan | None:
    each = None
    if isinstance(written, Mapping) and "each" in written:
        each = scope.form.items.get(str(written["each"]))
        if each is None or not each.many:
            scope.fault(where, f"each: {written['each']} is no item or group with many answers")
            return None
        scope = scope.inside(each)
    root = Template(scope).resource(written, where)
    if root is None:
        return None
    hidden = restricted or any(hole.item.restricted for hole in written_holes(root))
    if hidden:
        root = _labelled(scope, root, where)
    found = _id(root)
    if found is None:
        scope.fault(where, f"{root.type} needs an identifier made of the keys: its value is the resource's id")
        return None
    prefix = f"{form_word(scope.form)}-" if view == "form" else ""
    return ResourcePlan(scope.form.id, view, root.type, root, found, prefix, stands, hidden, each, *where)


def _id(root: Object) -> Node | None:
    """The resource's own `id`, else the value of its first identifier."""
    members = {member.key: member.node for member in root.members}
    if "id" in members:
        return members["id"]
    identifier = members.get("identifier")
    if isinstance(identifier, Array) and identifier.entries:
        identifier = identifier.entries[0].node
    if not isinstance(identifier, Object):
        return None
    return next((member.node for member in identifier.members if member.key == "value"), None)


def _labelled(scope: Scope, root: Object, where: Where) -> Object:
    """Add the label that says that a resource is restricted (rule 12)."""
    label: Any = {"system": CONFIDENTIALITY, "code": "R"}
    if "restricted" in scope.study.names:
        label = "restricted"
    made = Template(scope).object({"security": [label]}, "Meta", where)
    meta = next((member.node for member in root.members if member.key == "meta"), None)
    kept = [member for member in meta.members if member.key != "security"] if isinstance(meta, Object) else []
    own = [m.node for m in meta.members if m.key == "security"] if isinstance(meta, Object) else []
    labels = made.members[0].node
    if own and isinstance(own[0], Array) and isinstance(labels, Array):
        new = tuple(entry for entry in labels.entries if entry not in own[0].entries)
        labels = replace(own[0], entries=(*own[0].entries, *new))
    security = Member("security", "Coding", labels)
    node = Object("Meta", tuple(sorted((*kept, security), key=_meta_order)))
    others = [member for member in root.members if member.key not in ("meta", "resourceType")]
    first = Member("resourceType", "code", Const(root.type))
    return replace(root, members=(first, Member("meta", "Meta", node), *others))


def _meta_order(member: Member) -> int:
    return ("id", "extension", "versionId", "lastUpdated", "source", "profile", "security", "tag").index(member.key)


def _form_view(
    study: Study, form: Form, site: Site | None, identities: tuple[Identity, ...], faults: list[Fault]
) -> tuple[ResourcePlan, ...]:
    answers = form_view.study_of_answers(study)
    scope = Scope(answers, answers.forms[form.id], site, identities, faults)
    plans = [
        _resource(scope, template, stands=not hidden, where=(form.file, form.line), view="form", restricted=hidden)
        for template, hidden in form_view.templates(answers, answers.forms[form.id])
    ]
    return tuple(plan for plan in plans if plan is not None)


def _omits(scope: Scope, written: Mapping[str, Any]) -> dict[str, str]:
    omits = written.get("omits") or {}
    if not isinstance(omits, Mapping):
        where = at(written, "omits", _where(written))
        scope.fault(where, "`omits` says for each item that has no place why: {item: reason}")
        return {}
    for item_id, reason in omits.items():
        where = at(omits, item_id, _where(omits))
        if item_id not in scope.form.items:
            scope.fault(where, f"omits: form {scope.form.id} has no item {item_id!r}{near(item_id, scope.form.items)}")
        if not isinstance(reason, str) or not reason.strip():
            scope.fault(where, f"omits: say why {item_id} is omitted")
    return dict(omits)


__all__ = ["Entry", "FormPlan", "Item", "compile_form"]
