"""StructureDefinitions for the tests, as short as they can be told."""

import re

CORE = "http://hl7.org/fhir/StructureDefinition/"
OURS = "https://x.example/StructureDefinition/"
COMPLEX = ("Extension", "Quantity", "Coding", "HumanName")


def element(identity, **stated):
    """An ElementDefinition by its id: path and slice name follow."""
    path = re.sub(r":[^.]*", "", identity)
    last = identity.rpartition(".")[2]
    name = {"sliceName": last.partition(":")[2]} if ":" in last else {}
    return {"id": identity, "path": path, **name, **stated}


def structure(type_name, *elements, name="p", base=None, **more):
    """A profile of a type: `base` is the name of one of ours, or a whole url."""
    on = CORE + type_name if base is None else base if "://" in base else OURS + base
    return {
        "resourceType": "StructureDefinition",
        "url": OURS + name,
        "name": name,
        "status": "active",
        "kind": "complex-type" if type_name in COMPLEX else "resource",
        "abstract": False,
        "type": type_name,
        "baseDefinition": on,
        "derivation": "constraint",
        "differential": {"element": [element(type_name), *elements]},
        **more,
    }


def typed(code, *profiles, targets=()):
    """A type of an element."""
    stated = {"code": code, "profile": list(profiles), "targetProfile": [CORE + target for target in targets]}
    return {key: value for key, value in stated.items() if value}


def sliced(kind="value", path="code", rules="open"):
    """The slicing of an element by one discriminator."""
    return {"discriminator": [{"type": kind, "path": path}], "rules": rules}


def rule(key, expression, severity="error"):
    """A constraint of an element."""
    return {"key": key, "severity": severity, "human": "so it is", "expression": expression}
