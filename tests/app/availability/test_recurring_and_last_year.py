"""What comes back, school holidays by country, and the same as last year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor
from app.accounts.models import Account
from app.availability.last_year import a_year_later, copies, copy_last_year
from app.availability.models import AvailabilityPattern, AvailabilitySpan, SchoolHoliday
from app.availability.patterns import add_pattern, remove_pattern
from app.availability.queries import patterns_of, spans_for_planning, spans_of
from app.availability.spans import Span, days_of
from app.errors import Invalid
from app.network.models import Person
from tests.factories import make_account, make_actor, make_facilitator, make_person, make_place, make_topic
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]

NOW = clock.now()
TODAY = clock.today()
YEAR = TODAY.year + 1


@pytest.fixture
def ama(db: Session) -> Person:
    return make_facilitator(db, make_topic(db), name="Ama")


@pytest.fixture
def client(db: Session, ama: Person, sign_in_as: SignIn) -> FlaskClient:
    return sign_in_as(make_account(db, person=ama))


def pattern(db: Session, person: Person, kind: str = "weekly", **values: object) -> AvailabilityPattern:
    given = {"grade": "unavailable", "weekdays": "5" if kind == "weekly" else "", **values}
    actor = Actor(name=person.name, person_id=person.id)
    return add_pattern(db, actor=actor, person=person, kind=kind, now=NOW, **given)  # type: ignore[arg-type]


def test_never_on_fridays_reaches_the_planner_but_for_the_exceptions(db: Session) -> None:
    learner = make_person(db)
    pattern(db, learner)
    exception = date(2027, 3, 12)
    db.add(AvailabilitySpan(person_id=learner.id, kind="available", first_day=exception, last_day=exception))
    db.flush()
    spans = spans_for_planning(db, [learner.id], date(2027, 3, 1), date(2027, 3, 31))[learner.id]
    assert days_of(spans.unavailable) == {date(2027, 3, day) for day in (5, 19, 26)}


def test_school_holidays_are_those_of_the_country_where_the_person_lives(db: Session) -> None:
    here, there = make_person(db), make_person(db, place=make_place(db, country="TG"))
    for country, day in (("SN", 5), ("TG", 15)):
        db.add(
            SchoolHoliday(
                country=country, first_day=date(2027, 7, day), last_day=date(2027, 7, day), title="Break"
            )
        )
    for person in (here, there):
        pattern(db, person, "school_holidays", grade="if_need_be")
    found = spans_for_planning(db, [here.id, there.id], date(2027, 7, 1), date(2027, 7, 31))
    assert days_of(found[here.id].if_need_be) == {date(2027, 7, 5)}
    assert days_of(found[there.id].if_need_be) == {date(2027, 7, 15)}


def test_the_same_said_twice_is_one_pattern_and_it_can_be_taken_back(db: Session, ama: Person) -> None:
    first = pattern(db, ama, weekdays="65")
    assert pattern(db, ama, weekdays="56").id == first.id
    remove_pattern(db, actor=make_actor(db, person=ama), pattern=first, now=NOW)
    assert patterns_of(db, person=ama) == []


def test_a_week_without_weekdays_and_a_twenty_first_pattern_are_refused(db: Session, ama: Person) -> None:
    with pytest.raises(Invalid, match="no_weekday"):
        pattern(db, ama, weekdays="")
    for n in range(20):
        pattern(db, ama, first_day=TODAY + timedelta(days=n))
    with pytest.raises(Invalid, match="too_many"):
        pattern(db, ama, "ramadan")


def test_a_pattern_is_said_and_removed_on_the_page(client: FlaskClient, db: Session, ama: Person) -> None:
    address = f"/people/{ama.id}/availability"
    refused = client.post(f"{address}/patterns", data={"again-kind": "weekly", "again-grade": "unavailable"})
    assert refused.status_code == 422
    assert Page(refused.text).errors() == ["Choose at least one weekday."]
    client.post(
        f"{address}/patterns",
        data={"again-kind": "weekly", "again-weekdays": ["5", "6"], "again-grade": "if_need_be"},
    )
    client.post(f"{address}/patterns", data={"again-kind": "ramadan", "again-grade": "unavailable"})
    page = Page(client.get("/availability").text)
    assert [row[:2] for row in page.rows()[:2]] == [
        ["Every Friday and Saturday", "If need be"],
        ["In Ramadan", "Unavailable"],
    ]
    assert "The dates of Ramadan are approximate" in page.text
    for each in patterns_of(db, person=ama):
        client.post(f"{address}/patterns/{each.id}/remove")
    db.expire_all()
    assert patterns_of(db, person=ama) == []


def test_a_pattern_of_somebody_else_is_not_found(client: FlaskClient, db: Session, ama: Person) -> None:
    other = pattern(db, make_person(db))
    db.commit()
    assert client.post(f"/people/{ama.id}/availability/patterns/{other.id}/remove").status_code == 404


def test_school_holidays_are_kept_by_the_coordinator(db: Session, sign_in_as: SignIn) -> None:
    make_person(db)
    db.commit()
    client = sign_in_as(make_account(db, role="coordinator"))
    data = {"country": "SN", "title": "Long", "first_day": f"{YEAR}-08-01", "last_day": f"{YEAR}-07-01"}
    refused = client.post("/school-holidays/new", data=data)
    assert (refused.status_code, Page(refused.text).errors()) == (
        422,
        ["The last day is before the first day."],
    )
    client.post("/school-holidays/new", data=data | {"last_day": f"{YEAR}-08-31"})
    [holiday] = db.query(SchoolHoliday).all()
    client.post(f"/school-holidays/{holiday.id}/edit", data=data | {"last_day": f"{YEAR}-09-30"})
    assert "1 Aug–30 Sep" in Page(client.get("/school-holidays").text).rows()[0][0].replace(" – ", "–")
    client.post(f"/school-holidays/{holiday.id}/remove")
    assert db.query(SchoolHoliday).count() == 0


# -- The same as last year


days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@given(days, st.integers(0, 60))
def test_a_year_later_by_weekday_keeps_weekdays_and_length_by_date_the_dates(
    first: date, length: int
) -> None:
    span = Span(first, first + timedelta(days=length))
    by_weekday = a_year_later(span, "weekday")
    assert (by_weekday.first.weekday(), by_weekday.days) == (first.weekday(), span.days)
    by_date = a_year_later(span, "date")
    assert (by_date.first.year, by_date.first.month) == (first.year + 1, first.month)
    assert by_date.first.day in (first.day, 28)
    assert abs((by_date.first - by_weekday.first).days) <= 2


def test_last_year_is_shown_first_and_copied_as_ticked(client: FlaskClient, db: Session, ama: Person) -> None:
    rows = [
        AvailabilitySpan(
            person_id=ama.id,
            kind=kind,
            first_day=date(YEAR - 1, month, 10),
            last_day=date(YEAR - 1, month, 12),
            note=kind,
        )
        for kind, month in (("unavailable", 3), ("preferred", 5), ("if_need_be", 7))
    ]
    db.add_all(rows)
    db.commit()
    address = f"/people/{ama.id}/availability/last-year"
    page = Page(client.get(f"{address}?year={YEAR}&by=date").text)
    assert len(page.root.all("input", name="span")) == 3
    assert len(spans_of(db, person=ama)) == 3
    ticked = [str(rows[0].id), str(rows[2].id)]
    client.post(address, data={"year": str(YEAR), "by": "date", "span": ticked})
    db.expire_all()
    copied = [(row.kind, row.first_day, row.note) for row in spans_of(db, person=ama, since=date(YEAR, 1, 1))]
    assert copied == [
        ("unavailable", date(YEAR, 3, 10), "unavailable"),
        ("if_need_be", date(YEAR, 7, 10), "if_need_be"),
    ]
    again = client.post(address, data={"year": str(YEAR), "by": "date", "span": ticked})
    assert again.status_code == 303
    assert len(spans_of(db, person=ama)) == 5


def test_days_of_which_something_was_said_already_stay_as_they_are(db: Session, ama: Person) -> None:
    source = AvailabilitySpan(
        person_id=ama.id,
        kind="unavailable",
        first_day=date(YEAR - 1, 3, 10),
        last_day=date(YEAR - 1, 3, 20),
    )
    said = AvailabilitySpan(
        person_id=ama.id, kind="preferred", first_day=date(YEAR, 3, 12), last_day=date(YEAR, 3, 14)
    )
    db.add_all((source, said))
    db.flush()
    assert [each.state for each in copies(db, person=ama, year=YEAR, by="date", today=TODAY)] == ["new"]
    copy_last_year(
        db,
        actor=make_actor(db, person=ama),
        person=ama,
        year=YEAR,
        by="date",
        span_ids={source.id},
        today=TODAY,
        now=NOW,
    )
    of_this_year = [
        (row.kind, row.first_day.day, row.last_day.day)
        for row in spans_of(db, person=ama, since=date(YEAR, 1, 1))
    ]
    assert of_this_year == [("unavailable", 10, 11), ("preferred", 12, 14), ("unavailable", 15, 20)]
