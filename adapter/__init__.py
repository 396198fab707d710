"""crfhir: CRF records of a clinical trial to FHIR R4 and back, from one mapping file.

from adapter import load_study

study = load_study("mappings/il2_csu")
resources = study.to_fhir("injection", record)
result = study.to_crf(resources)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adapter.mapping.study import load_study

__version__ = "0.1.0"
__all__ = ["__version__", "load_study"]


def __getattr__(name: str) -> Any:
    """Import what the package offers when it is first asked for: the command must start at once."""
    if name == "load_study":
        from adapter.mapping.study import load_study

        return load_study
    raise AttributeError(f"module 'adapter' has no attribute {name!r}")
