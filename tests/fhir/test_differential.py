from adapter.fhir import differential
from tests.fhir.structures import CORE, OURS, element, structure, typed


def test_a_row_is_what_is_judged_and_no_prose_but_of_rules():
    stated = element(
        "Observation.code",
        short="a word",
        definition="many words",
        mustSupport=True,
        mapping=[{"identity": "v2", "map": "OBX"}],
        min=1,
        max="1",
        maxLength=9,
        type=[
            {**typed("CodeableConcept", "http://x"), "extension": [{"url": "u", "valueUri": "v"}]},
            {"extension": []},
        ],
        binding={"strength": "required", "valueSet": "http://vs", "description": "words"},
        constraint=[
            {"key": "a", "severity": "error", "human": "words", "expression": "true", "xpath": "true()"},
            {"key": "b", "severity": "error", "human": "words", "xpath": "true()"},
        ],
        slicing={"discriminator": [{"type": "value", "path": "x", "id": "i"}], "description": "words", "rules": "open"},
        fixedCodeableConcept={"text": "kept as it is"},
        minValueInteger=0,
    )
    row = differential.row(
        structure("Observation", stated, version="1", title="T", description="words"), "differential", "a.json"
    )
    assert row == {
        "url": OURS + "p",
        "version": "1",
        "title": "T",
        "type": "Observation",
        "base": CORE + "Observation",
        "from": "differential",
        "file": "a.json",
        "elements": [
            {"id": "Observation", "path": "Observation"},
            {
                "id": "Observation.code",
                "path": "Observation.code",
                "min": 1,
                "max": "1",
                "maxLength": 9,
                "fixedCodeableConcept": {"text": "kept as it is"},
                "minValueInteger": 0,
                "type": [{"code": "CodeableConcept", "profile": ["http://x"]}],
                "binding": {"strength": "required", "valueSet": "http://vs"},
                "constraint": [{"key": "a", "severity": "error", "expression": "true", "human": "words"}],
                "slicing": {"discriminator": [{"type": "value", "path": "x"}], "rules": "open"},
            },
        ],
    }


def test_zero_and_false_are_kept():
    row = differential.row(
        structure("Observation", element("Observation.note", min=0, fixedBoolean=False, slicing={"ordered": False})),
        "differential",
    )
    stated = row["elements"][1]
    assert (stated["min"], stated["fixedBoolean"], stated["slicing"]["ordered"]) == (0, False, False)


def test_a_profile_is_told_from_what_defines_a_type_or_a_logical_model():
    assert differential.is_profile(structure("Patient"))
    assert not differential.is_profile({**structure("Patient"), "derivation": "specialization"})
    assert not differential.is_profile({**structure("Patient"), "kind": "logical"})
