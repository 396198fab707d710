import pytest

from adapter.convert.known import known
from adapter.errors import UsageError
from tests.convert.words import STUDY


def test_a_name_that_the_study_knows_passes_and_so_does_none() -> None:
    known(STUDY, "form", "pain")
    known(STUDY, "site", "01")
    known(STUDY, "site", None)


def test_an_unknown_name_is_refused_with_the_nearest_or_with_all() -> None:
    with pytest.raises(UsageError, match="The study words has no form pains: did you mean pain"):
        known(STUDY, "form", "pains")
    with pytest.raises(UsageError, match="has no site 9: there are 01, 02"):
        known(STUDY, "site", "9")
