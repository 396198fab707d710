"""An EHR over a stand-in engine that reads a resource's status and code, and nothing else."""

from types import SimpleNamespace

import pytest

from adapter.fhir import json
from adapter.sample import ehr
from adapter.sample.ehr import Ehr

SIDE = "https://tiny.example/fhir/CodeSystem/side"


class Engine:
    def __init__(self, study, reads=("status",)):
        self.definition, self._reads, self.views = study, reads, []

    def emit(self, form, record, view):
        self.views.append(view)
        resource = {
            "resourceType": "Observation",
            "id": f"{record['who']}-{form}",
            "status": "final",
            "code": {"coding": [{"system": SIDE, "code": "L"}]},
            "effectiveDateTime": "2024-01-02",
        }
        return [SimpleNamespace(type="Observation", id=resource["id"], body=json.encode(resource))]

    def read(self, resource):
        record = {name: resource.get(name) for name in self._reads}
        return SimpleNamespace(form="pain", key=("A001",), record=record, issues=[])


def pushed(engine, count=60):
    hospitals = Ehr(engine, seed=1)
    found = [next(hospitals.push("pain", {"who": f"A{number:03}"}, "A")) for number in range(count)]
    return [json.parse(body) for _, body in found], hospitals


def test_a_share_of_the_resources_is_varied(tiny):
    resources, hospitals = pushed(Engine(tiny), 400)
    varied = [resource for resource in resources if len(resource) > 5 or "effectivePeriod" in resource]
    assert 0.1 < hospitals.varied / 400 < 0.3
    assert 0 < len(varied) <= hospitals.varied


def test_every_push_is_the_same_again(tiny):
    assert pushed(Engine(tiny))[0] == pushed(Engine(tiny))[0]


def test_a_variant_that_would_be_read_otherwise_is_not_pushed(tiny, monkeypatch):
    monkeypatch.setattr(ehr, "SHARE", 1.1)
    engine = Engine(tiny, reads=("status", "effectiveDateTime", "code"))
    resources, hospitals = pushed(engine)
    assert hospitals.varied == len(resources)
    assert all(resource["effectiveDateTime"] == "2024-01-02" for resource in resources)
    assert all([coding["code"] for coding in resource["code"]["coding"]] == ["L"] for resource in resources)


def test_variants_that_are_read_alike_are_pushed(tiny, monkeypatch):
    monkeypatch.setattr(ehr, "SHARE", 1.1)
    resources, _ = pushed(Engine(tiny))
    assert any("effectivePeriod" in resource for resource in resources)
    assert {coding["code"] for resource in resources for coding in resource["code"]["coding"]} == {"L", "l"}


def test_no_resource_has_more_than_three_variants(tiny, monkeypatch):
    monkeypatch.setattr(ehr, "SHARE", 1.1)
    monkeypatch.setattr(ehr, "VARIANTS", [lambda resource, *_: resource.update({str(len(resource)): 1}) is None] * 9)
    assert all(len(resource) == 5 + ehr.MOST for resource in pushed(Engine(tiny))[0])


@pytest.mark.parametrize(("omits", "view"), [({}, "clinical"), ({"note": "why"}, "both")])
def test_what_clinical_resources_omit_is_pushed_as_a_form_beside_them(tiny, omits, view):
    tiny.maps["pain"] = {"omits": omits}
    engine = Engine(tiny)
    pushed(engine, 1)
    assert engine.views == [view]
