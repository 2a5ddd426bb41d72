"""A small round in rows, with a hand-written document beside it, for the tests of planning.

Dakar (14.7167 N, 17.4677 W) and Accra (5.6037 N, 0.1870 W) are 2,110 km apart: 22 started 100 km, one
travel day. With a base fare of 60 and 9 for each 100 km a one-way trip costs 60 + 9 * 22 = 258.
2027-03-01 is a Monday.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.network.models import MAY_LEAD, Organisation, Person, Place, Topic, Venue
from app.planning.models import PlanningRound
from app.workshops.models import Fund, Workshop
from tests.factories import (
    make_fund,
    make_organisation,
    make_person,
    make_place,
    make_round,
    make_topic,
    make_venue,
    make_workshop,
)


@dataclass
class SmallRound:
    """The rows of a round of one workshop: Lena may lead it, Sam and Sue want to be in it."""

    planning_round: PlanningRound
    workshop: Workshop
    topic: Topic
    dakar: Place
    accra: Place
    hall: Venue
    union: Organisation
    north: Organisation
    south: Organisation
    lena: Person
    sam: Person
    sue: Person
    fund: Fund


def make_small_round(db: Session, **workshop: Any) -> SmallRound:
    """Everything that the round needs; keywords override the workshop's values."""
    dakar = make_place(db, code="dakar", name="Dakar")
    accra = make_place(
        db,
        code="accra",
        name="Accra",
        country="GH",
        latitude=5.6037,
        longitude=-0.187,
        timezone="Africa/Accra",
        languages=["en"],
    )
    hall = make_venue(db, code="hall", name="The hall", place=dakar, seats=10, cost_per_day=100)
    union = make_organisation(
        db, code="union", kind="secretariat", name="The union", place=dakar, region="Coast"
    )
    north = make_organisation(db, code="north", name="North", place=dakar, region="Coast")
    south = make_organisation(db, code="south", name="South", place=accra, region="Coast")
    topic = make_topic(db, code="law", titles={"en": "Law", "fr": "Droit"})
    lena = make_person(
        db, code="lena", name="Lena", organisation=north, teaches={topic: MAY_LEAD}, fee_per_day=50
    )
    sam = make_person(db, code="sam", name="Sam", organisation=north, wants={topic: 2})
    sue = make_person(db, code="sue", name="Sue", organisation=south, wants={topic: 3}, languages=["fr"])
    fund = make_fund(db, code="fund", title="The fund", amount=9000, organisation=union)
    course = make_workshop(
        db,
        **{
            "code": "course",
            "titles": {"en": "A course", "fr": "Un cours"},
            "requested_by": union,
            "topic": topic,
            "venues": [hall],
            "invited": [north, south],
            "funds": [fund],
            "window_first": date(2027, 3, 1),
            "window_last": date(2027, 3, 31),
            "budget": 5000,
            "seats_min": 1,
            "seats_max": 2,
            "seats_per_organisation": 1,
            **workshop,
        },
    )
    planning_round = make_round(
        db,
        code="season",
        title="The season",
        first_day=date(2027, 3, 1),
        last_day=date(2027, 6, 30),
        workshops=[course],
    )
    return SmallRound(
        planning_round, course, topic, dakar, accra, hall, union, north, south, lena, sam, sue, fund
    )


def make_wide_round(db: Session, *, workshops: int = 60, people: int = 300) -> PlanningRound:
    """A round with far more ways to plan it than can be tried in a test.

    All workshops are on three topics and compete for eighteen leads, two halls and the same people.
    """
    places = [make_place(db, latitude=14.7 - n, longitude=-17.4 + 3 * n) for n in range(6)]
    halls = [make_venue(db, place=place, seats=12) for place in places[:2]]
    topics = [make_topic(db) for _ in range(3)]
    members = [make_organisation(db, kind="member", place=place) for place in places]
    union = make_organisation(db, kind="coalition", place=places[0])
    for n in range(18):
        make_person(db, organisation=members[n % 6], teaches={topics[n % 3]: MAY_LEAD}, fee_per_day=40 + n)
    for n in range(people):
        wants = {topics[n % 3]: 1 + n % 3, topics[(n + 1) % 3]: 1 + n % 2}
        make_person(db, organisation=members[n % 6], wants=wants, max_seats=2)
    requests = [
        make_workshop(
            db,
            topic=topics[n % 3],
            requested_by=union,
            venues=halls,
            invited=members,
            window_first=date(2027, 3, 1),
            window_last=date(2027, 5, 31),
            seats_min=4,
            seats_max=10,
            priority=1 + n % 5,
        )
        for n in range(workshops)
    ]
    return make_round(db, first_day=date(2027, 3, 1), last_day=date(2027, 6, 30), workshops=requests)
