import pickle

from adapter.fhir.syntax import FhirSyntaxError, at


def test_the_place_is_counted_from_one():
    error = at("ab\ncd", 4, "here")
    assert (error.line, error.column, str(error), error.issue_code) == (2, 2, "here", "structure")
    assert (at("ab", 0, "here").line, at("ab", 0, "here").column) == (1, 1)


def test_the_error_travels_between_processes_whole():
    error = pickle.loads(pickle.dumps(FhirSyntaxError("why", "value", 3, 4)))
    assert (str(error), error.issue_code, error.line, error.column) == ("why", "value", 3, 4)


def test_it_is_a_value_error():
    assert isinstance(FhirSyntaxError("why"), ValueError)
