from datetime import date


def test_a_subject_ends_at_the_last_date_of_the_sample(moment):
    moment.participant.until = date(2024, 1, 31)
    assert moment.participant.ends == 30


def test_a_declared_end_holds_when_it_is_earlier(moment):
    moment.participant.hidden["ends"] = "9"
    assert moment.participant.ends == 9
    assert moment.participant.scope()["reached"] == 9


def test_the_records_of_a_computed_form_are_computed_when_asked_for(moment):
    moment.participant.compute = lambda form, records: [{"form": form}]
    moment.participant.records["pain"] = []
    assert (moment.participant.of("score"), moment.participant.of("pain")) == ([{"form": "score"}], [])
