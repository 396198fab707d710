import subprocess
import sys

import pytest

from adapter.fhir import definitions
from adapter.fhir.definitions import UnknownType

AE = "http://hl7.org/fhir/uv/ae-research-backport-ig/StructureDefinition/"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


def test_a_field_says_all_that_r4_says_of_its_element():
    status = definitions.fields("MedicationAdministration")["status"]
    assert (status.type, status.min, status.max, status.many) == ("code", 1, 1, False)
    assert status.path == "MedicationAdministration.status"
    assert status.strength == "required"
    assert status.binding == "http://hl7.org/fhir/ValueSet/medication-admin-status"
    assert status.codes is not None
    assert {"completed", "stopped", "not-done"} < status.codes
    assert status.modifier
    assert status.summary


def test_a_choice_stands_under_each_of_its_keys_with_one_order():
    fields = definitions.fields("MedicationAdministration")
    keys = definitions.choice("MedicationAdministration", "effective[x]")
    assert keys == ("effectiveDateTime", "effectivePeriod")
    moment, period = (fields[key] for key in keys)
    assert (moment.element, moment.type, period.type) == ("effective[x]", "dateTime", "Period")
    assert moment.path == period.path == "MedicationAdministration.effective[x]"
    assert moment.order == period.order
    assert moment.min == 1


def test_what_is_no_choice_has_no_keys():
    assert definitions.choice("Patient", "birthDate") == ()
    assert definitions.choice("Patient", "value[x]") == ()


def test_references_name_their_targets_and_any_is_none():
    fields = definitions.fields("MedicationAdministration")
    assert fields["subject"].targets == ("Patient", "Group")
    assert fields["supportingInformation"].targets == ()
    assert definitions.fields("ResearchStudy")["site"].targets == ("Location",)
    assert definitions.fields("QuestionnaireResponse")["questionnaire"].targets == ("Questionnaire",)


def test_a_backbone_is_named_by_its_path_and_content_references_are_followed():
    assert definitions.fields("Observation")["component"].type == "Observation.component"
    assert definitions.fields("Questionnaire.item")["item"].type == "Questionnaire.item"
    assert definitions.fields("Observation.component")["referenceRange"].type == "Observation.referenceRange"
    assert definitions.fields("Timing")["repeat"].type == "Timing.repeat"


def test_the_order_is_that_of_r4_with_what_is_inherited_first():
    keys = list(definitions.fields("Observation"))
    assert keys[:3] == ["id", "meta", "implicitRules"]
    named = [keys.index(key) for key in ("modifierExtension", "identifier", "status", "code", "component")]
    assert named == sorted(named)
    orders = [field.order for field in definitions.fields("Observation").values()]
    assert orders == sorted(orders)


def test_the_traps_of_the_definitions_are_avoided():
    assert definitions.fields("Extension")["url"].type == "uri"
    assert definitions.fields("Patient")["id"].type == "id"
    assert definitions.fields("Period")["id"].type == "string"
    assert "corrected" in (definitions.fields("Observation")["status"].codes or ())
    assert definitions.fields("MedicationAdministration.dosage")["dose"].type == "Quantity"
    assert definitions.fields("MedicationAdministration.dosage")["dose"].profile == "SimpleQuantity"
    assert "doseQuantity" in definitions.fields("Dosage.doseAndRate")
    assert "comparator" in definitions.fields("Quantity")
    assert "comparator" not in definitions.fields("SimpleQuantity")


def test_a_primitive_has_an_id_and_extensions_only():
    assert set(definitions.fields("dateTime")) == {"id", "extension"}
    assert set(definitions.fields("xhtml")) == {"id"}


def test_a_type_tells_whether_it_has_a_data_absent_reason():
    assert "dataAbsentReason" in definitions.fields("Observation")
    assert "dataAbsentReason" in definitions.fields("Observation.component")
    assert "dataAbsentReason" not in definitions.fields("MedicationAdministration")


def test_a_binding_that_cannot_be_enumerated_has_no_codes():
    field = definitions.fields("Attachment")["contentType"]
    assert (field.strength, field.codes) == ("required", None)


def test_in_a_choice_only_the_types_that_hold_codes_are_bound():
    fields = definitions.fields("MedicationRequest")
    assert fields["medicationCodeableConcept"].binding is not None
    assert fields["medicationReference"].binding is None


def test_every_type_that_a_field_names_is_a_type():
    unknown = {
        field.type
        for name in definitions.resource_types()
        for field in definitions.fields(name).values()
        if not definitions.is_type(field.type)
    }
    assert unknown == set()


def test_r4_has_146_resource_types_that_an_instance_can_have():
    assert len(definitions.resource_types()) == 146
    assert definitions.is_resource("AdverseEvent")
    for name in ("DomainResource", "Resource", "Period", "Observation.component", "Banana"):
        assert not definitions.is_resource(name)


def test_primitives_are_told_from_other_types():
    assert definitions.is_primitive("xhtml")
    assert definitions.is_primitive("positiveInt")
    assert not definitions.is_primitive("Quantity")
    assert not definitions.is_primitive("Banana")


def test_an_unknown_type_is_a_lookup_error_that_names_it():
    with pytest.raises(UnknownType, match="Banana"):
        definitions.fields("Banana")
    with pytest.raises(LookupError):
        definitions.kind("Banana.peel")


def test_fields_cannot_be_changed_by_a_caller():
    with pytest.raises(TypeError):
        definitions.fields("Patient")["id"] = None  # type: ignore[index]


def keys(path):
    return [invariant.key for invariant in definitions.invariants(path)]


def test_invariants_of_a_type_are_its_own_after_those_of_its_bases():
    assert keys("Observation") == ["dom-2", "dom-3", "dom-4", "dom-5", "dom-6", "obs-6", "obs-7"]
    assert keys("MedicationAdministration.dosage") == ["ele-1", "mad-1"]
    assert keys("SimpleQuantity") == ["ele-1", "qty-3", "sqty-1"]
    assert keys("Extension") == ["ele-1", "ext-1"]


def test_an_element_has_what_is_stated_at_it_alone():
    assert keys("Questionnaire.url") == []
    assert "ele-1" not in keys("Bundle.entry.resource")
    with pytest.raises(UnknownType):
        definitions.invariants("Banana.peel")


def test_an_invariant_has_its_expression_and_severity():
    (rule,) = [rule for rule in definitions.invariants("Observation") if rule.key == "obs-6"]
    assert rule.severity == "error"
    assert "dataAbsentReason" in rule.expression


def test_an_extension_tells_the_type_and_targets_of_its_value():
    reference = definitions.extension(AE + "research-subject-ref")
    assert reference is not None
    assert reference.values["valueReference"].targets == ("ResearchSubject",)
    assert reference.types == ("Reference",)
    assert reference.contexts == ("AdverseEvent",)
    assert not reference.modifier


def test_an_extension_that_modifies_says_so():
    status = definitions.extension(AE + "status")
    assert status is not None
    assert status.modifier
    assert status.types == ("code",)


def test_nested_extensions_are_known_by_their_urls():
    criteria = definitions.extension(AE + "seriousness-criteria")
    suspect = definitions.extension(AE + "suspect-entity")
    assert criteria is not None
    assert suspect is not None
    assert criteria.values == {}
    assert criteria.nested["criterionPresent"].types == ("boolean",)
    assert (criteria.nested["criterionCode"].min, criteria.nested["criterionCode"].max) == (1, 1)
    assert suspect.nested["causality"].nested["entityRelatedness"].types == ("CodeableConcept",)


def test_the_data_absent_reason_has_its_codes():
    absent = definitions.extension(ABSENT)
    assert absent is not None
    assert absent.contexts == ("Element",)
    assert {"asked-declined", "masked", "unknown"} < (absent.values["valueCode"].codes or frozenset())


def test_an_unknown_extension_has_no_definition():
    assert definitions.extension("http://example.org/other") is None


def test_a_value_set_gives_its_codes_by_system():
    systems = definitions.systems("http://hl7.org/fhir/ValueSet/observation-status|4.0.1")
    assert systems is not None
    assert list(systems) == ["http://hl7.org/fhir/observation-status"]
    assert "amended" in systems["http://hl7.org/fhir/observation-status"]
    assert definitions.systems("http://hl7.org/fhir/ValueSet/ucum-units") is None
    assert definitions.systems("http://example.org/ValueSet/other") is None


def test_a_code_system_says_whether_case_matters():
    outcome = definitions.code_system("http://terminology.hl7.org/CodeSystem/adverse-event-outcome")
    assert outcome is not None
    assert "resolvedWithSequelae" in outcome.codes
    assert outcome.case_sensitive
    assert definitions.code_system("http://snomed.info/sct") is None


def test_reading_definitions_imports_nothing_heavy():
    heavy = "{'msgspec', 'lxml', 'fhir', 'pydantic', 'yaml'} & set(sys.modules)"
    code = f"import sys; from adapter.fhir import definitions as d; d.fields('Observation'); print({heavy})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
