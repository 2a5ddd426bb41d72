"""What the planner is told of people's days and of the places' days off."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from app.availability.models import AvailabilitySpan, WorkedHoliday
from app.availability.queries import PlanningSpans, days_off, place_days_off, spans_for_planning
from app.availability.spans import Span, days_of
from app.network.models import Closure, Person
from tests.counting import queries_made
from tests.factories import make_facilitator, make_person, make_place, make_topic

FIRST, LAST = date(2027, 3, 1), date(2027, 4, 30)


def say(db: Session, person: Person, kind: str, first: date, last: date) -> None:
    db.add(AvailabilitySpan(person_id=person.id, kind=kind, first_day=first, last_day=last))
    db.flush()


def test_a_participant_is_unavailable_only_when_they_say_so(db: Session) -> None:
    ama = make_person(db)
    say(db, ama, "unavailable", date(2027, 2, 20), date(2027, 3, 4))
    say(db, ama, "unavailable", date(2027, 3, 3), date(2027, 3, 8))
    say(db, ama, "unavailable", date(2027, 6, 1), date(2027, 6, 2))
    assert spans_for_planning(db, [ama.id], FIRST, LAST) == {
        ama.id: PlanningSpans(unavailable=(Span(date(2027, 3, 1), date(2027, 3, 8)),))
    }


def test_unavailable_beats_preferred(db: Session) -> None:
    ama = make_person(db)
    say(db, ama, "preferred", date(2027, 3, 1), date(2027, 3, 10))
    say(db, ama, "unavailable", date(2027, 3, 4), date(2027, 3, 5))
    spans = spans_for_planning(db, [ama.id], FIRST, LAST)[ama.id]
    assert spans.preferred == (
        Span(date(2027, 3, 1), date(2027, 3, 3)),
        Span(date(2027, 3, 6), date(2027, 3, 10)),
    )


def test_a_facilitator_keeps_the_holidays_of_their_country_free_but_for_those_they_work_on(
    db: Session,
) -> None:
    teacher = make_facilitator(db, make_topic(db))
    db.add(WorkedHoliday(person_id=teacher.id, day=date(2027, 3, 29)))
    db.flush()
    spans = spans_for_planning(db, [teacher.id], FIRST, LAST)[teacher.id]
    # Senegal in March and April 2027: Korité 9 March, Easter Monday 29 March, Independence Day 4 April
    assert days_of(spans.unavailable) == {date(2027, 3, 9), date(2027, 4, 4)}


def test_only_the_people_asked_for_are_answered_for(db: Session) -> None:
    ama, _binta = make_person(db), make_person(db)
    assert set(spans_for_planning(db, [ama.id], FIRST, LAST)) == {ama.id}
    assert spans_for_planning(db, [], FIRST, LAST) == {}


def test_a_network_of_people_is_read_in_five_queries(db: Session) -> None:
    people = [make_facilitator(db, make_topic(db)).id for _ in range(12)]
    db.expire_all()
    with queries_made() as statements:
        assert len(spans_for_planning(db, people, FIRST, LAST)) == 12
    assert len(statements) == 5


def test_places_have_the_holidays_of_their_country_and_the_closures_of_the_network(db: Session) -> None:
    dakar, accra = make_place(db), make_place(db, country="GH")
    db.add(Closure(country="", first_day=date(2027, 3, 31), last_day=date(2027, 4, 1), title={"en": "Break"}))
    db.add(Closure(country="GH", first_day=date(2027, 4, 2), last_day=date(2027, 4, 2), title={"en": "Fair"}))
    db.flush()
    first, last = date(2027, 4, 1), date(2027, 4, 10)
    with queries_made() as statements:
        found = place_days_off(db, [dakar, accra], first, last)
    assert found == {
        dakar.id: {date(2027, 4, 1), date(2027, 4, 4)},
        accra.id: {date(2027, 4, 1), date(2027, 4, 2)},
    }
    assert len(statements) == 1


def test_days_off_are_named_in_the_readers_language_and_say_why(db: Session) -> None:
    closed = date(2027, 4, 5)
    title = {"en": "Network break", "fr": "Pause du réseau"}
    db.add(Closure(country="SN", first_day=closed, last_day=closed, title=title))
    db.flush()
    found = days_off(db, "SN", date(2027, 4, 1), date(2027, 4, 10), "fr")
    assert [(off.day, off.name, off.kind) for off in found] == [
        (date(2027, 4, 4), "Fête de l'Indépendance", "holiday"),
        (closed, "Pause du réseau", "closure"),
    ]
