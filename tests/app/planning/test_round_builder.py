"""Rows to a planning round: held against a document written by hand, and what is set aside."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from app.access import system
from app.availability.models import AvailabilitySpan
from app.errors import Conflict
from app.network.models import FACILITATES, Closure, VenueClosure
from app.planning import commitments
from app.planning.commitments import Announced, Commitments
from app.planning.models import PlanningRound, RoundEntry
from app.planning.round_builder import build_round
from app.planning.services import start_planning
from solver import read_round, write_round
from tests.app.planning.rounds import SmallRound, make_small_round
from tests.conftest import NOW
from tests.counting import queries_made
from tests.factories import make_organisation, make_person, make_venue, make_workshop


@pytest.fixture
def provide() -> Iterator[Callable[[Commitments], None]]:
    """`provide(commitments)` stands for what the schedule would answer in this test."""
    before = list(commitments._providers)
    yield lambda given: commitments.provide(lambda db, planning_round: given)
    commitments._providers[:] = before


BY_HAND = {
    "format": "planning-round/1",
    "id": "season",
    "title": "The season",
    "currency": "EUR",
    "first_day": "2027-03-01",
    "last_day": "2027-06-30",
    "rules": {
        "base_fare": 60,
        "fare_per_100_km": 9,
        "per_diem": 65,
        "weights": {
            "held": 50,
            "need": 2,
            "reach": 5,
            "preferred": 1,
            "cost": 1,
            "discomfort": 1,
            "balance": 3,
            "change": 5,
            "cancel": 60,
            "reluctance": 2,
        },
    },
    "places": [
        {
            "id": "accra",
            "name": "Accra",
            "country": "GH",
            "latitude": 5.6037,
            "longitude": -0.187,
            "timezone": "Africa/Accra",
        },
        {
            "id": "dakar",
            "name": "Dakar",
            "country": "SN",
            "latitude": 14.7167,
            "longitude": -17.4677,
            "timezone": "Africa/Dakar",
        },
    ],
    "venues": [
        {
            "id": "hall",
            "name": "The hall",
            "place": "dakar",
            "seats": 10,
            "cost_per_day": 100,
            "closed": [["2027-03-15", "2027-03-19"]],
        }
    ],
    "organisations": [
        {"id": "north", "name": "North", "kind": "platform", "region": "Coast", "place": "dakar"},
        {"id": "south", "name": "South", "kind": "platform", "region": "Coast", "place": "accra"},
        {"id": "union", "name": "The union", "kind": "coalition", "region": "Coast", "place": "dakar"},
    ],
    "people": [
        {
            "id": "lena",
            "name": "Lena",
            "organisation": "north",
            "home": "dakar",
            "languages": ["en", "fr"],
            "preferred": [["2027-03-22", "2027-03-26"]],
            "teaches": {"law": 3},
            "fee_per_day": 50,
        },
        {
            "id": "sam",
            "name": "Sam",
            "organisation": "north",
            "home": "dakar",
            "languages": ["en", "fr"],
            "unavailable": [["2027-03-01", "2027-03-05"]],
            "wants": {"law": 2},
        },
        {
            "id": "sue",
            "name": "Sue",
            "organisation": "south",
            "home": "accra",
            "languages": ["fr"],
            "wants": {"law": 3},
        },
    ],
    "workshops": [
        {
            "id": "course",
            "title": "A course",
            "requested_by": "union",
            "topic": "law",
            "kind": "peer_exchange",
            "mode": "in_person",
            "days": 2,
            "window": ["2027-03-01", "2027-03-31"],
            "venues": ["hall"],
            "languages": ["fr"],
            "team": {"min": 1, "max": 2, "leads": 1},
            "seats": {"min": 1, "max": 2},
            "invited": ["north", "south"],
            "seats_per_organisation": 1,
            "organisations_min": 1,
            "priority": 3,
            "budget": 5000,
        }
    ],
    "funds": [{"id": "fund", "title": "The fund", "workshops": ["course"], "amount": 9000}],
}


def test_the_round_is_the_document_that_was_written_by_hand(db: Session) -> None:
    small = make_small_round(db)
    db.add(VenueClosure(venue=small.hall, first_day=date(2027, 3, 15), last_day=date(2027, 3, 19)))
    for person, kind, first, last in (
        (small.sam, "unavailable", date(2027, 3, 1), date(2027, 3, 5)),
        (small.lena, "preferred", date(2027, 3, 22), date(2027, 3, 26)),
    ):
        db.add(AvailabilitySpan(person=person, kind=kind, first_day=first, last_day=last))
    built = build_round(db, small.planning_round)
    document = json.loads(built.document)
    # The holidays of Senegal and Ghana come from their own package; here only that they are there.
    for place in document["places"]:
        assert "2027-05-01" in place.pop("holidays")
    holidays = document["people"][0].pop("unavailable")
    assert ["2027-05-01", "2027-05-01"] in holidays
    assert built.defects == ()
    assert built.set_aside == ()
    expected = json.loads(write_round(read_round(json.dumps(BY_HAND).encode())))
    assert document == expected


def test_what_the_network_keeps_free_is_a_holiday_of_its_places(db: Session) -> None:
    small = make_small_round(db)
    db.add(Closure(country="SN", first_day=date(2027, 3, 2), last_day=date(2027, 3, 3), title={"en": "Rest"}))
    places = build_round(db, small.planning_round).round.places
    kept_free = {date(2027, 3, 2), date(2027, 3, 3)}
    assert kept_free <= places["dakar"].holidays
    assert not kept_free & places["accra"].holidays


def test_only_those_who_teach_or_are_invited_and_want_the_topic_are_in_it(db: Session) -> None:
    small = make_small_round(db)
    elsewhere = make_organisation(db, code="elsewhere")
    make_person(db, code="not-invited", organisation=elsewhere, wants={small.topic: 3})
    make_person(db, code="wants-nothing", organisation=small.north)
    make_person(db, code="outside-teacher", organisation=elsewhere, teaches={small.topic: FACILITATES})
    assert set(build_round(db, small.planning_round).round.people) == {
        "lena",
        "sam",
        "sue",
        "outside-teacher",
    }


def test_who_has_left_is_left_out_and_who_is_leaving_is_unavailable_from_then_on(db: Session) -> None:
    small = make_small_round(db)
    small.sam.left_on = date(2027, 3, 1)
    small.sue.left_on = date(2027, 5, 10)
    people = build_round(db, small.planning_round).round.people
    assert "sam" not in people
    assert [(span.first, span.last) for span in people["sue"].unavailable] == [
        (date(2027, 5, 10), date(2027, 7, 2))
    ]


def test_an_organisation_without_a_place_gets_that_of_its_people(db: Session) -> None:
    small = make_small_round(db)
    small.south.place = None
    small.union.place = None
    built = build_round(db, small.planning_round)
    assert built.round.organisations["south"].place == "accra"
    assert built.round.organisations["union"].place in {"accra", "dakar"}
    assert built.defects == ()


def test_requests_that_the_format_has_no_place_for_are_set_aside_with_all_that_follows_them(
    db: Session,
) -> None:
    small = make_small_round(db)
    early = {"window_first": date(2027, 1, 1), "window_last": date(2027, 2, 1), "topic": small.topic}
    before = make_workshop(db, code="before", **early)
    withdrawn = make_workshop(db, code="withdrawn", state="withdrawn", topic=small.topic)
    child = make_workshop(db, code="child", follows=before, topic=small.topic)
    grandchild = make_workshop(db, code="grandchild", follows=child, topic=small.topic)
    stranger = make_workshop(db, code="stranger", follows=make_workshop(db), topic=small.topic)
    for workshop in (before, withdrawn, child, grandchild, stranger):
        db.add(RoundEntry(round_id=small.planning_round.id, workshop_id=workshop.id))
    db.flush()
    built = build_round(db, small.planning_round)
    assert {each.workshop.code: each.reason for each in built.set_aside} == {
        "before": "outside_horizon",
        "withdrawn": "not_approved",
        "child": "follows_missing",
        "grandchild": "follows_missing",
        "stranger": "follows_missing",
    }
    assert list(built.round.workshops) == ["course"]
    assert built.defects == ()


def test_what_follows_a_workshop_of_the_round_says_so(db: Session) -> None:
    small = make_small_round(db)
    child = make_workshop(
        db,
        code="child",
        follows=small.workshop,
        topic=small.topic,
        follows_min_days=7,
        follows_max_days=60,
        follows_graduates=2,
    )
    db.add(RoundEntry(round_id=small.planning_round.id, workshop_id=child.id))
    db.flush()
    follows = build_round(db, small.planning_round).round.workshops["child"].follows
    assert follows is not None
    assert (follows.workshop, follows.min_days, follows.max_days, follows.graduates) == ("course", 7, 60, 2)


def test_what_other_rounds_have_taken_is_busy_and_closed(
    db: Session, provide: Callable[[Commitments], None]
) -> None:
    small = make_small_round(db)
    provide(
        Commitments(
            busy_people={small.sue.id: ((date(2027, 3, 3), date(2027, 3, 5)),)},
            busy_venues={small.hall.id: ((date(2027, 4, 1), date(2027, 4, 2)),)},
        )
    )
    built = build_round(db, small.planning_round).round
    assert [(s.first, s.last) for s in built.people["sue"].unavailable] == [
        (date(2027, 3, 3), date(2027, 3, 5))
    ]
    assert [(s.first, s.last) for s in built.venues["hall"].closed] == [(date(2027, 4, 1), date(2027, 4, 2))]
    assert built.published is None


def test_what_was_published_of_the_round_goes_along_with_those_it_names(
    db: Session, provide: Callable[[Commitments], None]
) -> None:
    small = make_small_round(db)
    former = make_person(db, code="former", organisation=small.north, left_on=date(2026, 1, 1))
    old_hall = make_venue(db, code="old-hall", place=small.accra)
    provide(
        Commitments(
            published=(
                Announced(
                    small.workshop.id,
                    old_hall.id,
                    date(2027, 3, 3),
                    ((small.lena.id, "lead"), (former.id, "facilitator")),
                    (small.sam.id,),
                ),
                Announced(999, None, datetime(2027, 3, 3, 9, tzinfo=UTC), (), ()),
            )
        )
    )
    built = build_round(db, small.planning_round)
    assert built.defects == ()
    assert built.round.published is not None
    (told,) = built.round.published
    assert (told.workshop, told.venue, told.start) == ("course", "old-hall", date(2027, 3, 3))
    assert (told.team, told.seats) == (("lena", "former"), ("sam",))
    assert built.round.people["former"].unavailable[-1].last == date(2027, 7, 2)


def test_a_round_that_breaks_the_format_is_not_planned_and_the_place_is_named(db: Session) -> None:
    small = make_small_round(db, follows_graduates=5)
    child = make_workshop(
        db, code="child", follows=small.workshop, topic=small.topic, team_max=2, follows_graduates=5
    )
    db.add(RoundEntry(round_id=small.planning_round.id, workshop_id=child.id))
    db.flush()
    with pytest.raises(Conflict) as refused:
        start_planning(
            db,
            actor=system("test"),
            planning_round=small.planning_round,
            seconds=10,
            workers=1,
            now=NOW,
            wake=lambda job_id: None,
        )
    assert refused.value.reason == "round_malformed"
    (defect,) = refused.value.values["defects"]
    assert (defect.place, defect.reason) == ("workshops[0].follows.graduates", "contradiction")


def grow(db: Session, small: SmallRound, workshops: int) -> None:
    """Add workshops to the round, each with people, a venue and a closure of its own."""
    for _ in range(workshops):
        hall = make_venue(db)
        db.add(VenueClosure(venue=hall, first_day=date(2027, 3, 1), last_day=date(2027, 3, 2)))
        invited = make_organisation(db)
        make_person(db, organisation=invited, wants={small.topic: 1})
        course = make_workshop(
            db, topic=small.topic, venues=[hall], invited=[invited], requested_by=small.union
        )
        db.add(RoundEntry(round_id=small.planning_round.id, workshop_id=course.id))
    db.flush()


def test_a_round_is_built_in_the_same_few_queries_however_large_it_is(db: Session) -> None:
    small = make_small_round(db)
    sent: dict[int, int] = {}
    for workshops in (1, 31):
        grow(db, small, workshops - 1)
        db.expire_all()
        planning_round = db.get_one(PlanningRound, small.planning_round.id)
        with queries_made() as statements:
            assert len(build_round(db, planning_round).round.workshops) == workshops
        sent[workshops] = len(statements)
    assert sent[1] == sent[31] <= 30
