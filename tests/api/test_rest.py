from __future__ import annotations

from collections import Counter

from flask import Flask

from adapter.api.rest import ROUTES


def test_every_route_of_fhir_stands_below_it_and_no_two_are_one(app: Flask) -> None:
    names = {routes.blueprint.name for routes in ROUTES}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in names]
    assert rules
    assert [rule.rule for rule in rules if not rule.rule.startswith("/fhir")] == []
    served = Counter((rule.rule, method) for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"})
    assert [route for route, times in served.items() if times > 1] == []
