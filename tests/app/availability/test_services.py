"""What people say about their days: merged, guarded, and recorded without their notes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, Forbidden
from app.availability import services
from app.availability.models import AvailabilitySpan
from app.availability.queries import spans_for_planning, spans_of, worked_holidays_of
from app.availability.spans import Span, days_of
from app.errors import Invalid
from app.facts import AuditEntry
from app.network.models import Person
from tests.conftest import NOW
from tests.factories import make_actor, make_facilitator, make_organisation, make_person, make_topic


@pytest.fixture
def ama(db: Session) -> Person:
    return make_person(db, name="Ama")


@pytest.fixture
def herself(db: Session, ama: Person) -> Actor:
    return make_actor(db, person=ama)


def march(first: int, last: int) -> dict[str, date]:
    return {"first_day": date(2027, 3, first), "last_day": date(2027, 3, last)}


def add(
    db: Session, actor: Actor, person: Person, kind: str = "unavailable", **values: Any
) -> AvailabilitySpan:
    return services.add_span(db, actor=actor, person=person, kind=kind, now=NOW, **values)


def said(db: Session, person: Person) -> list[tuple[str, int, int, str]]:
    return [(row.kind, row.first_day.day, row.last_day.day, row.note) for row in spans_of(db, person=person)]


def trail(db: Session) -> list[AuditEntry]:
    return list(db.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_overlapping_spans_of_a_kind_become_one_and_keep_their_notes(
    db: Session, ama: Person, herself: Actor
) -> None:
    add(db, herself, ama, **march(1, 4), note="school")
    add(db, herself, ama, **march(8, 10))
    add(db, herself, ama, **march(4, 8), note="wedding")
    assert said(db, ama) == [("unavailable", 1, 10, "school; wedding")]


def test_spans_of_different_kinds_stay_apart(db: Session, ama: Person, herself: Actor) -> None:
    add(db, herself, ama, "preferred", **march(1, 10))
    add(db, herself, ama, "unavailable", **march(4, 5))
    assert said(db, ama) == [("preferred", 1, 10, ""), ("unavailable", 4, 5, "")]


def test_saying_the_same_twice_changes_and_records_nothing(db: Session, ama: Person, herself: Actor) -> None:
    first = add(db, herself, ama, **march(1, 4), note="school")
    again = add(db, herself, ama, **march(1, 4), note="school")
    assert again is first
    assert len(trail(db)) == 1


def test_the_trail_tells_the_days_and_not_the_note(db: Session, ama: Person, herself: Actor) -> None:
    span = add(db, herself, ama, **march(1, 4), note="operation")
    services.change_span(
        db, actor=herself, span=span, kind="unavailable", **march(1, 6), note="operation", now=NOW
    )
    services.remove_span(db, actor=herself, span=span, now=NOW)
    assert [(entry.fact, entry.before, entry.after) for entry in trail(db)] == [
        ("SpanAdded", {}, {"kind": "unavailable", "first_day": "2027-03-01", "last_day": "2027-03-04"}),
        ("SpanChanged", {"last_day": "2027-03-04"}, {"last_day": "2027-03-06"}),
        ("SpanRemoved", {"kind": "unavailable", "first_day": "2027-03-01", "last_day": "2027-03-06"}, {}),
    ]
    assert said(db, ama) == []


def test_a_span_that_moves_onto_another_becomes_one_with_it(db: Session, ama: Person, herself: Actor) -> None:
    add(db, herself, ama, **march(1, 4))
    late = add(db, herself, ama, **march(20, 22))
    services.change_span(db, actor=herself, span=late, kind="unavailable", **march(3, 6), note="", now=NOW)
    assert said(db, ama) == [("unavailable", 1, 6, "")]


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        (date(2027, 3, 5), date(2027, 3, 4), "ends_before_it_starts"),
        (date(2027, 3, 5), date(2037, 3, 5), "too_long"),
        (date(2025, 3, 5), date(2025, 3, 6), "already_over"),
        (date(2032, 1, 1), date(2032, 1, 1), "too_far"),
    ],
)
def test_days_that_cannot_be_meant_are_refused(
    db: Session, ama: Person, herself: Actor, first: date, last: date, reason: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        add(db, herself, ama, first_day=first, last_day=last)
    assert (refusal.value.field, refusal.value.reason) == ("last_day", reason)
    assert said(db, ama) == []


def test_those_who_look_after_a_person_may_answer_for_them(db: Session, ama: Person) -> None:
    focal = make_actor(db, "focal_point", organisation=ama.organisation)
    add(db, focal, ama, **march(1, 2))
    assert said(db, ama) == [("unavailable", 1, 2, "")]
    assert trail(db)[0].actor_name == focal.name


def test_nobody_else_may(db: Session, ama: Person, herself: Actor) -> None:
    span = add(db, herself, ama, **march(1, 2))
    stranger = make_actor(db, "focal_point", organisation=make_organisation(db))
    day = date(2027, 4, 4)
    attempts = (
        lambda: add(db, stranger, ama, **march(1, 2)),
        lambda: services.change_span(
            db, actor=stranger, span=span, kind="preferred", **march(1, 2), note="", now=NOW
        ),
        lambda: services.remove_span(db, actor=stranger, span=span, now=NOW),
        lambda: services.work_on_holiday(db, actor=stranger, person=ama, day=day, now=NOW),
        lambda: services.keep_holiday_free(db, actor=stranger, person=ama, day=day, now=NOW),
    )
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()
    assert said(db, ama) == [("unavailable", 1, 2, "")]


def test_a_holiday_can_be_offered_and_kept_free_again(db: Session) -> None:
    teacher = make_facilitator(db, make_topic(db))
    herself = make_actor(db, person=teacher)
    independence = date(2027, 4, 4)

    def unavailable() -> frozenset[date]:
        spans = spans_for_planning(db, [teacher.id], date(2027, 4, 1), date(2027, 4, 30))
        return days_of(spans[teacher.id].unavailable)

    assert unavailable() == {independence}
    for _twice in range(2):
        services.work_on_holiday(db, actor=herself, person=teacher, day=independence, now=NOW)
    assert unavailable() == frozenset()
    for _twice in range(2):
        services.keep_holiday_free(db, actor=herself, person=teacher, day=independence, now=NOW)
    assert unavailable() == {independence}
    assert [(entry.fact, entry.facts) for entry in trail(db)] == [
        ("HolidayOffered", {"day": "2027-04-04"}),
        ("HolidayKeptFree", {"day": "2027-04-04"}),
    ]


def test_only_a_holiday_can_be_offered(db: Session, ama: Person, herself: Actor) -> None:
    with pytest.raises(Invalid, match="not_a_holiday"):
        services.work_on_holiday(db, actor=herself, person=ama, day=date(2027, 4, 6), now=NOW)
    assert worked_holidays_of(db, person=ama) == frozenset()


def test_unavailable_taken_back_gives_the_preference_its_weight_again(
    db: Session, ama: Person, herself: Actor
) -> None:
    add(db, herself, ama, "preferred", **march(1, 3))
    span = add(db, herself, ama, **march(1, 3))
    services.remove_span(db, actor=herself, span=span, now=NOW)
    found = spans_for_planning(db, [ama.id], date(2027, 3, 1), date(2027, 3, 31))[ama.id]
    assert found.preferred == (Span(date(2027, 3, 1), date(2027, 3, 3)),)
