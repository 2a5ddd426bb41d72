"""Painted days: as the page sends them, saved as spans; nothing overwritten that was said meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor, Forbidden
from app.accounts.models import Account
from app.availability.models import KINDS, AvailabilitySpan, WorkedHoliday
from app.availability.painting import (
    LETTERS,
    Painted,
    Stroke,
    mine_all_the_same,
    paint,
    read_strokes,
    said_by_day,
    without_contradictions,
    write_strokes,
)
from app.availability.queries import spans_of, worked_holidays_of
from app.availability.spans import Span
from app.errors import Invalid
from app.facts import AuditEntry
from app.network.models import Person
from tests.factories import (
    make_account,
    make_actor,
    make_facilitator,
    make_person,
    make_topic,
)
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]

NOW = clock.now()
YEAR = clock.today().year + 1
MARCH = date(YEAR, 3, 1)


@pytest.fixture
def ama(db: Session) -> Person:
    return make_facilitator(db, make_topic(db), name="Ama")


@pytest.fixture
def client(db: Session, ama: Person, sign_in_as: SignIn) -> FlaskClient:
    return sign_in_as(make_account(db, person=ama))


def day(n: int) -> date:
    return MARCH + timedelta(days=n)


def do(db: Session, person: Person, text: str) -> Painted:
    return paint(
        db,
        actor=Actor(name=person.name, person_id=person.id),
        person=person,
        strokes=read_strokes(text),
        now=NOW,
    )


def said(db: Session, person: Person) -> dict[date, str]:
    db.expire_all()
    return said_by_day(spans_of(db, person=person))


def test_strokes_are_read_and_written_alike() -> None:
    text = f"{MARCH}*5:nu {day(9)}*1:up"
    assert read_strokes(text) == (
        Stroke(Span(MARCH, day(4)), "", "unavailable"),
        Stroke(Span(day(9), day(9)), "unavailable", "preferred"),
    )
    assert write_strokes(read_strokes(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "2027-03-01",
        "2027-02-30*1:nu",
        "2027-03-01*0:nu",
        "2027-03-01*1:nx",
        "2027-03-01*9999:nu",
        "2027-03-01*1:nu;DROP",
        "9999-12-31*2:nu",
        "2027-03-01*999:nu 2030-03-01*999:nu",
        " ".join(["2027-03-01*1:nu"] * 1001),
    ],
)
def test_what_is_no_stroke_is_refused_whole(text: str) -> None:
    with pytest.raises(Invalid, match="unreadable"):
        read_strokes(text)


def test_painted_days_become_spans_joined_with_those_beside_them(db: Session, ama: Person) -> None:
    assert do(db, ama, f"{MARCH}*3:nu").changed == 3
    assert do(db, ama, f"{day(3)}*2:nu {day(10)}*1:np").changed == 3
    rows = [(row.kind, row.first_day, row.last_day) for row in spans_of(db, person=ama)]
    assert rows == [("unavailable", MARCH, day(4)), ("preferred", day(10), day(10))]


def test_painting_inside_a_span_cuts_it_and_both_sides_keep_its_note(db: Session, ama: Person) -> None:
    db.add(
        AvailabilitySpan(
            person_id=ama.id, kind="unavailable", first_day=MARCH, last_day=day(9), note="school"
        )
    )
    db.flush()
    do(db, ama, f"{day(4)}*2:un")
    rows = [(row.first_day, row.last_day, row.note) for row in spans_of(db, person=ama)]
    assert rows == [(MARCH, day(3), "school"), (day(6), day(9), "school")]


def test_the_same_strokes_twice_change_nothing_the_second_time(db: Session, ama: Person) -> None:
    assert do(db, ama, f"{MARCH}*3:nu").changed == 3
    facts = db.query(AuditEntry).count()
    assert do(db, ama, f"{MARCH}*3:nu") == Painted()
    assert db.query(AuditEntry).count() == facts


def test_a_day_changed_meanwhile_is_not_overwritten_and_nothing_else_is_saved_either(
    db: Session, ama: Person
) -> None:
    do(db, ama, f"{day(1)}*1:np")  # the other device
    strokes = read_strokes(f"{MARCH}*3:nu")
    painted = do(db, ama, write_strokes(strokes))
    assert [(each.days, each.said, each.wanted) for each in painted.contradictions] == [
        (Span(day(1), day(1)), "preferred", "unavailable")
    ]
    assert said(db, ama) == {day(1): "preferred"}

    others = without_contradictions(strokes, painted.contradictions)
    assert write_strokes(others) == f"{MARCH}*1:nu {day(2)}*1:nu"
    do(db, ama, write_strokes(others))
    assert said(db, ama) == {MARCH: "unavailable", day(1): "preferred", day(2): "unavailable"}
    do(db, ama, write_strokes(mine_all_the_same(strokes, painted.contradictions)))
    assert set(said(db, ama).values()) == {"unavailable"}


def test_a_painted_holiday_is_one_that_is_worked_on_and_painted_over_kept_free(
    db: Session, ama: Person
) -> None:
    holiday = date(YEAR, 4, 4)  # Senegal's day of independence
    do(db, ama, f"{holiday}*1:na")
    assert worked_holidays_of(db, person=ama) == {holiday}
    do(db, ama, f"{holiday}*1:au")
    assert worked_holidays_of(db, person=ama) == frozenset()


def test_who_does_not_facilitate_has_no_holidays_to_offer(db: Session) -> None:
    learner = make_person(db)
    do(db, learner, f"{YEAR}-04-04*1:na")
    assert db.query(WorkedHoliday).count() == 0


def test_days_that_are_over_are_left_alone_and_years_far_ahead_refused(db: Session, ama: Person) -> None:
    past = clock.today() - timedelta(days=9)
    assert do(db, ama, f"{past}*3:nu") == Painted()
    with pytest.raises(Invalid, match="too_far"):
        do(db, ama, f"{YEAR + 9}-03-01*1:nu")


def test_only_those_who_may_answer_for_somebody_paint(db: Session, ama: Person) -> None:
    stranger = make_actor(db, "officer")
    with pytest.raises(Forbidden):
        paint(db, actor=stranger, person=ama, strokes=read_strokes(f"{MARCH}*1:nu"), now=NOW)


kinds = st.sampled_from(["", *KINDS])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 30), st.integers(1, 12)), max_size=5),
    st.dictionaries(st.integers(0, 40), kinds, max_size=25),
)
@example([("unavailable", 0, 1), ("if_need_be", 0, 2)], {0: "if_need_be", 2: "if_need_be"})
def test_after_painting_each_day_says_what_was_painted_and_the_others_what_they_said(
    db: Session, ama: Person, rows: list[tuple[str, int, int]], wanted: dict[int, str]
) -> None:
    db.execute(delete(AvailabilitySpan))
    db.add_all(
        AvailabilitySpan(person_id=ama.id, kind=kind, first_day=day(n), last_day=day(n + length - 1))
        for kind, n, length in rows
    )
    db.flush()
    before = said(db, ama)
    strokes = [Stroke(Span(day(n), day(n)), before.get(day(n), ""), kind) for n, kind in wanted.items()]
    do(db, ama, write_strokes(strokes))
    expected = {**before, **{day(n): kind for n, kind in wanted.items()}}
    assert said(db, ama) == {when: kind for when, kind in expected.items() if kind}


# -- The page


def test_the_year_shows_what_counts_and_what_it_would_be_without(
    client: FlaskClient, db: Session, ama: Person
) -> None:
    do(db, ama, f"{MARCH}*2:ni")
    db.commit()
    page = Page(client.get(f"/people/{ama.id}/availability/year?from={YEAR}-01").text)
    cell = page.root.one("td", data_d=f"{MARCH}")
    assert (cell.attributes["data-s"], cell.text) == ("i", "1 If need be")
    holiday = page.root.one("td", data_d=f"{YEAR}-04-04")
    assert (holiday.attributes["data-b"], holiday.attributes["data-h"]) == ("u", "Independence Day")
    assert len(page.root.all("table", class_="year-month")) == 12


def test_what_was_painted_is_posted_and_answered_once(client: FlaskClient, db: Session, ama: Person) -> None:
    address = f"/people/{ama.id}/availability/year"
    data = {"strokes": f"{MARCH}*3:nu", "once": "a" * 32}
    answers = [client.post(address, data=data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert "3 days have been saved." in Page(client.get(answers[0].location).text).text
    assert set(said(db, ama).values()) == {"unavailable"}


def test_a_contradiction_is_shown_with_both_ways_out(client: FlaskClient, db: Session, ama: Person) -> None:
    do(db, ama, f"{MARCH}*1:np")
    db.commit()
    address = f"/people/{ama.id}/availability/year"
    answer = client.post(address, data={"strokes": f"{MARCH}*2:nu", "once": "b" * 32})
    page = Page(answer.text)
    assert answer.status_code == 409
    assert "there it says “Rather”, you painted “Cannot”." in page.text
    ways = [
        field.attributes["value"]
        for form in page.root.all("form", action=address)
        for field in form.all("input", name="strokes")
    ]
    assert ways == [f"{MARCH}*1:pu {day(1)}*1:nu", f"{day(1)}*1:nu"]
    assert client.post(address, data={"strokes": ways[0], "once": "b" * 32}).status_code == 303
    assert said(db, ama) == {MARCH: "unavailable", day(1): "unavailable"}


def test_what_cannot_be_read_is_said_and_changes_nothing(
    client: FlaskClient, db: Session, ama: Person
) -> None:
    answer = client.post(f"/people/{ama.id}/availability/year", data={"strokes": "everything"})
    assert answer.status_code == 422
    assert "Nothing was changed." in Page(answer.text).text
    assert said(db, ama) == {}


def test_every_letter_stands_for_a_kind() -> None:
    assert set(LETTERS.values()) == {"", *KINDS}
