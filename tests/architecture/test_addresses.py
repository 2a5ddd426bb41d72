"""No address disappears unnoticed: people keep links, calendars keep subscriptions."""

from __future__ import annotations

from flask import Flask

from tests.architecture.tables import hold_against, lines_of


def test_addresses_are_those_in_the_list(app: Flask) -> None:
    rows = [
        (rule.endpoint, ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})), rule.rule)
        for rule in app.url_map.iter_rules()
    ]
    hold_against("addresses.txt", lines_of([("endpoint", "methods", "address"), *sorted(rows)]))


def test_no_two_routes_answer_the_same_request(app: Flask) -> None:
    requests = [
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]
    assert len(requests) == len(set(requests))
