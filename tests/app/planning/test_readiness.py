"""What is missing before a round is worth planning: one thing taken away at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.network.models import FACILITATES, MAY_LEAD, Closure, VenueClosure
from app.planning.models import RoundEntry
from app.planning.readiness import findings
from app.planning.round_builder import build_round
from tests.app.planning.rounds import SmallRound, make_small_round
from tests.factories import make_fund, make_person, make_workshop


def found(db: Session, small: SmallRound) -> list[tuple[str, dict[str, Any]]]:
    db.flush()
    db.expire_all()
    return [
        (finding.code, dict(finding.facts)) for finding in findings(build_round(db, small.planning_round))
    ]


def test_nothing_is_missing_for_a_workshop_that_has_all_it_needs(db: Session) -> None:
    assert found(db, make_small_round(db)) == []


def change_workshop(**values: Any) -> Callable[[Session, SmallRound], None]:
    def change(db: Session, small: SmallRound) -> None:
        for name, value in values.items():
            setattr(small.workshop, name, value)

    return change


def nobody_teaches(db: Session, small: SmallRound) -> None:
    small.lena.skills = []


def only_a_facilitator(db: Session, small: SmallRound) -> None:
    small.lena.skills[0].level = FACILITATES


def lead_speaks_another_language(db: Session, small: SmallRound) -> None:
    small.lena.languages = ["pt"]


def closed_all_month(db: Session, small: SmallRound) -> None:
    db.add(VenueClosure(venue=small.hall, first_day=date(2027, 3, 2), last_day=date(2027, 3, 31)))


def country_at_rest(db: Session, small: SmallRound) -> None:
    db.add(
        Closure(country="SN", first_day=date(2027, 3, 2), last_day=date(2027, 3, 31), title={"en": "Rest"})
    )


def no_money_at_all(db: Session, small: SmallRound) -> None:
    small.workshop.budget, small.workshop.funds = None, []


def dollars(db: Session, small: SmallRound) -> None:
    small.workshop.funds = [make_fund(db, title="Dollars", currency="USD")]


@pytest.mark.parametrize(
    ("take_away", "expected"),
    [
        (nobody_teaches, [("nobody_teaches", {})]),
        (only_a_facilitator, [("too_few_leads", {"found": 0, "needed": 1})]),
        (
            lead_speaks_another_language,
            [("too_few_leads_speak", {"found": 0, "needed": 1}), ("language_unspoken", {"language": "fr"})],
        ),
        (change_workshop(team_min=2), [("too_few_teach", {"found": 1, "needed": 2})]),
        (change_workshop(languages=["fr", "es"]), [("language_unspoken", {"language": "es"})]),
        (change_workshop(languages=["fr", "en"]), []),
        (closed_all_month, [("venues_closed", {"found": 1, "needed": 2})]),
        (country_at_rest, [("no_working_days", {"found": 1, "needed": 2})]),
        # 2027-03-06 and 07 are a Saturday and a Sunday
        (
            change_workshop(window_first=date(2027, 3, 6), window_last=date(2027, 3, 8)),
            [("no_working_days", {"found": 1, "needed": 2})],
        ),
        (
            change_workshop(seats_min=11, seats_max=12),
            [
                ("venues_too_small", {"found": 10, "needed": 11}),
                ("too_few_candidates", {"found": 2, "seats": 2, "needed": 11}),
            ],
        ),
        (
            change_workshop(seats_min=3, seats_max=3),
            [("too_few_candidates", {"found": 2, "seats": 2, "needed": 3})],
        ),
        (change_workshop(organisations_min=3), [("too_few_organisations", {"found": 2, "needed": 3})]),
        (no_money_at_all, [("no_money_named", {})]),
        (change_workshop(budget=199), [("venues_too_dear", {"cheapest": 200, "limit": 199})]),
        (change_workshop(budget=200), []),
        (dollars, [("fund_currency", {"fund": "Dollars", "currency": "USD"})]),
        (change_workshop(state="withdrawn"), [("not_approved", {})]),
        (
            change_workshop(window_first=date(2027, 1, 4), window_last=date(2027, 2, 26)),
            [("outside_horizon", {})],
        ),
    ],
)
def test_what_is_taken_away_is_found_missing(
    db: Session,
    take_away: Callable[[Session, SmallRound], None],
    expected: list[tuple[str, dict[str, Any]]],
) -> None:
    small = make_small_round(db)
    take_away(db, small)
    assert found(db, small) == expected


def test_who_speaks_none_of_the_languages_fills_no_seat(db: Session) -> None:
    small = make_small_round(db, seats_min=2)
    small.sue.languages = ["es"]
    assert found(db, small) == [("too_few_candidates", {"found": 1, "seats": 1, "needed": 2})]


def test_many_candidates_of_one_organisation_fill_only_its_seats(db: Session) -> None:
    small = make_small_round(db, seats_min=3, seats_max=5)
    for _ in range(5):
        make_person(db, organisation=small.north, wants={small.topic: 1})
    assert found(db, small) == [("too_few_candidates", {"found": 7, "seats": 2, "needed": 3})]


def test_graduates_may_make_up_the_team_of_what_follows(db: Session) -> None:
    small = make_small_round(db)
    child = make_workshop(
        db,
        code="child",
        follows=small.workshop,
        topic=small.topic,
        venues=[small.hall],
        invited=[small.north, small.south],
        budget=5000,
        team_min=2,
        languages=["fr", "en"],
    )
    db.add(RoundEntry(round_id=small.planning_round.id, workshop_id=child.id))
    assert found(db, small) == []


def test_what_follows_a_workshop_that_is_not_in_the_round_is_said(db: Session) -> None:
    small = make_small_round(db)
    small.workshop.follows = make_workshop(db)
    assert found(db, small) == [("follows_missing", {})]


def test_an_online_window_of_a_weekend_alone_has_no_working_day(db: Session) -> None:
    small = make_small_round(db, mode="online", days=None, minutes=90, venues=[], kind="webinar")
    assert found(db, small) == []
    small.workshop.window_first, small.workshop.window_last = date(2027, 3, 6), date(2027, 3, 7)
    assert found(db, small) == [("no_working_days", {"found": 0, "needed": 1})]


def test_a_second_lead_is_asked_for_where_two_are_needed(db: Session) -> None:
    small = make_small_round(db, team_leads=2)
    assert found(db, small) == [("too_few_leads", {"found": 1, "needed": 2})]
    make_person(db, organisation=small.south, teaches={small.topic: MAY_LEAD})
    assert found(db, small) == []
