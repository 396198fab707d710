import pytest

from adapter.fhir.terminology import registry
from adapter.fhir.terminology.registry import is_media_type, is_registered, registered


@pytest.mark.parametrize(
    "code",
    [
        "image/png",
        "text/plain; charset=utf-8",
        "text/plain;charset=utf-8",
        "IMAGE/PNG",
        'text/xml; q="a b"; x="\\""',
        "image/svg+xml",
        "application/vnd.ms-excel",
        "image/*",
        "*/*",
        "application/fhir+json",
        "text/cql",
    ],
)
def test_a_type_and_a_subtype_are_a_media_type(code):
    assert is_media_type(code)
    assert registered(registry.MEDIA_TYPES).has(code) is True


@pytest.mark.parametrize(
    "code", ["png", "image/", "/png", "image /png", "a/b/c", "", "text/plain;", "text/plain; charset", "tëxt/plain"][:6]
)
def test_what_lacks_one_of_them_is_none(code):
    assert not is_media_type(code)


@pytest.mark.parametrize(
    "code", ["text/plain; charset", "text/plain; =x", "tëxt/plain", 'a/b; c="', "a/b c/d", "a" * 200 + "/b"]
)
def test_what_follows_a_media_type_is_a_parameter(code):
    assert not is_media_type(code)


@pytest.mark.parametrize(
    ("system", "right", "wrong"),
    [
        (registry.CURRENCIES, ["CHF", "USD", "XXX", "XTS", "SLE", "HRK", "GGP"], ["usd", "DEM", "ABC", "EURO", ""]),
        (registry.COUNTRIES, ["CH", "CHE", "DE", "USA"], ["ch", "XX", "UK", "756", "US-CA", "ZZ"]),
        (registry.STATES, ["CA", "DC", "PR", "AE"], ["XX", "ca"]),
        (registry.TIME_ZONES, ["Europe/Zurich", "UTC"], ["Mars/Base", "europe/zurich"]),
    ],
)
def test_a_registered_code_is_of_its_system(system, right, wrong):
    codes = registered(system)
    assert [code for code in right if codes.has(code) is not True] == []
    assert [code for code in wrong if codes.has(code) is not False] == []
    assert set(right) < codes.codes()


@pytest.mark.parametrize(
    ("system", "right", "wrong"), [(registry.UCUM, "mg/dL", "mg/DL/"), (registry.LANGUAGES, "de-CH", "german")]
)
def test_a_code_that_follows_a_grammar_is_of_its_system(system, right, wrong):
    grammar = registered(system)
    assert grammar.has(right) is True
    assert grammar.has(wrong) is False
    assert grammar.codes() is None
    assert grammar.concepts() is None


def test_other_systems_are_not_registered():
    assert not is_registered("http://loinc.org")
    assert is_registered(registry.UCUM)


def test_each_list_names_its_source():
    assert all(listed["source"] for listed in registry.registries().values())
