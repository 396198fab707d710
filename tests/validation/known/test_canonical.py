from __future__ import annotations

from adapter.fhir import definitions
from adapter.fhir.definitions import fields, is_resource
from adapter.validation.known.canonical import CANONICAL

OTHERS = {"Contract", "DeviceDefinition"}
"""Types with a url and a version that are no definitions: the url of a device leads to it."""


def test_the_types_are_all_that_have_a_url_and_a_version_of_their_own() -> None:
    found = set()
    for name in filter(is_resource, definitions._TYPES):
        own = fields(name)
        if "url" in own and own["url"].type == "uri" and "version" in own and own["version"].type == "string":
            found.add(name)
    assert found - OTHERS == CANONICAL
