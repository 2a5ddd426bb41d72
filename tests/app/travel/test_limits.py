"""What travel facts leave of people's time: worked out by hand, and as the planner gets it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.access import system
from app.network.models import Person
from app.planning.borders import limits_of
from app.planning.commitments import Announced
from app.planning.models import PlanningRound
from app.planning.round_builder import build_round
from app.travel.queries import TravelLimits, limits_for_planning
from app.travel.services import say_travel_facts, set_visa_time
from solver import read_round
from tests.app.planning.rounds import make_small_round
from tests.conftest import NOW
from tests.factories import make_person, make_place, make_venue

TODAY = NOW.date()
SECRETARIAT = system("test")


def say(db: Session, person: Person, **values: Any) -> None:
    usual: dict[str, Any] = {
        "notice_days": 0,
        "passports": [],
        "never": [],
        "rather_not": [],
        "interpreter": "",
    }
    say_travel_facts(db, actor=SECRETARIAT, person=person, now=NOW, **{**usual, **values})


def visa(db: Session, passport: str, destination: str, days: int | None) -> None:
    set_visa_time(db, actor=SECRETARIAT, passport=passport, destination=destination, days=days, now=NOW)


def limits(db: Session, person: Person, *countries: str) -> TravelLimits | None:
    return limits_for_planning(db, [person.id], countries, TODAY).get(person.id)


@pytest.fixture
def ama(db: Session) -> Person:
    return make_person(db, name="Ama")


def test_who_has_said_nothing_has_no_limits(db: Session, ama: Person) -> None:
    visa(db, "TG", "KE", 30)
    assert limits(db, ama, "KE") is None


def test_what_was_said_binds_as_it_was_said(db: Session, ama: Person) -> None:
    say(db, ama, notice_days=21, never=["KE"], rather_not=["KE", "NG"])
    found = limits(db, ama, "KE", "NG", "SN")
    assert found == TravelLimits({"KE": None}, frozenset({"NG"}), TODAY + timedelta(days=21))
    assert limits(db, ama, "SN") == TravelLimits({}, frozenset(), TODAY + timedelta(days=21))


@pytest.mark.parametrize(
    ("passports", "known", "opens"),
    [
        (["TG"], {"TG": 30}, 30),
        (["TG"], {"TG": 0}, "open"),
        (["TG"], {"TG": None}, None),
        (["TG"], {}, "open"),
        (["TG", "FR"], {"TG": 30, "FR": 10}, 10),
        (["TG", "FR"], {"TG": None, "FR": 10}, 10),
        (["TG", "FR"], {"TG": 30, "FR": 0}, "open"),
        (["TG", "FR"], {"TG": 30}, "open"),  # nothing is known of the other, so nothing is assumed
        (["TG", "FR"], {"TG": None, "FR": None}, None),
        (["TG", "KE"], {"TG": 30}, "open"),
        ([], {"TG": 30}, "open"),
    ],
)
def test_visas_by_hand(
    db: Session, ama: Person, passports: list[str], known: dict[str, int | None], opens: object
) -> None:
    for passport, days in known.items():
        visa(db, passport, "KE", days)
    say(db, ama, passports=passports, interpreter="LSF")
    found = limits(db, ama, "KE")
    assert found is not None
    if opens == "open":
        assert found.entry == {}
    else:
        assert found.entry == {"KE": None if opens is None else TODAY + timedelta(days=int(str(opens)))}


def test_who_has_been_told_already_has_had_their_notice(db: Session, ama: Person) -> None:
    venue = make_venue(db, place=make_place(db, country="KE"))
    visa(db, "TG", "KE", 40)
    say(db, ama, notice_days=30, passports=["TG"])
    near = Announced(1, venue.id, TODAY + timedelta(days=10), ((ama.id, "lead"),), ())
    told = limits_of(db, person_ids=[ama.id], venues=[venue], announced=[near], today=TODAY)[ama.id]
    assert told.not_before == TODAY + timedelta(days=8)
    assert told.entry == {"KE": TODAY + timedelta(days=8)}
    far = Announced(1, venue.id, TODAY + timedelta(days=100), (), (ama.id,))
    told = limits_of(db, person_ids=[ama.id], venues=[venue], announced=[far], today=TODAY)[ama.id]
    assert told.not_before == TODAY + timedelta(days=30)
    assert told.entry == {"KE": TODAY + timedelta(days=40)}


def test_the_planner_gets_each_as_what_it_is(db: Session) -> None:
    planning_round: PlanningRound = make_small_round(db).planning_round
    before = build_round(db, planning_round, TODAY)
    code, person = next(iter(sorted(before.round.people.items())))
    assert (person.entry, person.rather_not, person.not_before) == ({}, frozenset(), None)
    country = next(iter(before.round.venues.values())).place
    country = before.round.places[country].country
    row = db.query(Person).filter_by(code=code).one()
    say(db, row, notice_days=14, rather_not=[country])
    built = build_round(db, planning_round, TODAY)
    assert built.defects == ()
    read = read_round(built.document).people[code]
    assert read.not_before == TODAY + timedelta(days=14)
    assert read.rather_not == frozenset({country})
    say(db, row, never=[country])
    read = read_round(build_round(db, planning_round, TODAY).document).people[code]
    assert dict(read.entry) == {country: None}
    assert isinstance(TODAY, date)
