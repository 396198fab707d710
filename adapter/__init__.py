"""crfhir: CRF records of a clinical trial to FHIR R4 and back, from one mapping file; and a validator of FHIR R4.

from adapter import Validator, load_definitions, load_study

study = load_study("mappings/il2_csu")
resources = study.to_fhir("injection", record)
result = study.to_crf(resources)

validator = Validator(load_definitions(Path("mappings/il2_csu/package")))
issues = validator.check(resources[0])
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adapter.fhir.conformance import load_definitions
    from adapter.mapping.study import load_study
    from adapter.validation.validator import Validator

__version__ = "0.1.0"
__all__ = ["Validator", "__version__", "load_definitions", "load_study"]

_OFFERED = {
    "Validator": "adapter.validation.validator",
    "load_definitions": "adapter.fhir.conformance",
    "load_study": "adapter.mapping.study",
}


def __getattr__(name: str) -> Any:
    """Import what the package offers when it is first asked for: the command must start at once."""
    if name in _OFFERED:
        return getattr(import_module(_OFFERED[name]), name)
    raise AttributeError(f"module 'adapter' has no attribute {name!r}")
