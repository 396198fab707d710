import os
from pathlib import Path

import pytest

CORE = "hl7.fhir.r4.core-4.0.1.tgz"


@pytest.fixture(scope="session")
def fhir_packages() -> list[Path]:
    """The published packages, R4 core first: from CRFHIR_FHIR_PACKAGES, or ../shared/fhir."""
    beside = Path(__file__).parents[3] / "shared" / "fhir"
    folder = Path(os.environ.get("CRFHIR_FHIR_PACKAGES", beside))
    if not (folder / CORE).exists():
        pytest.skip(f"needs {CORE}: name its folder in CRFHIR_FHIR_PACKAGES")
    return sorted(folder.glob("*.tgz"), key=lambda path: (path.name != CORE, path.name))
