"""What was said of one year, said again of the next: shown first, then taken over as ticked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.availability.answers import take_as_answer
from app.availability.facts import LastYearCopied
from app.availability.models import AvailabilitySpan
from app.availability.queries import days_said, may_answer_for, spans_of
from app.availability.spans import Span, difference, merge, union
from app.facts import record
from app.network.models import Person

By = Literal["weekday", "date"]

FIFTY_TWO_WEEKS = timedelta(days=364)


@dataclass(frozen=True, slots=True)
class Copy:
    """A span of last year and the days it would have this year.

    `state`: "new", or why there is nothing to copy: "said" already, or "over".
    """

    row: AvailabilitySpan
    days: Span
    state: Literal["new", "said", "over"]


def a_year_later(days: Span, by: By) -> Span:
    """The same days a year on: of the same dates, or of the same weekdays, at most two dates earlier.

    Of 29 February the 28th; a span by weekday keeps its length.
    """
    if by == "weekday":
        return Span(days.first + FIFTY_TWO_WEEKS, days.last + FIFTY_TWO_WEEKS)
    return Span(_next_year(days.first), _next_year(days.last))


def copies(db: Session, *, person: Person, year: int, by: By, today: date) -> list[Copy]:
    """What was said of the year before `year`, as it would be of `year`; each with whether it counts."""
    rows = spans_of(db, person=person)
    before = Span(date(year - 1, 1, 1), date(year - 1, 12, 31))
    found = []
    for row in rows:
        whole = Span(row.first_day, row.last_day)
        if not whole.overlaps(before):
            continue
        days = a_year_later(whole, by)
        if days.last < today:
            found.append(Copy(row, days, "over"))
        elif not difference([days], days_said(rows, row.kind)):
            found.append(Copy(row, days, "said"))
        else:
            found.append(Copy(row, days, "new"))
    return found


def copy_last_year(
    db: Session,
    *,
    actor: Actor,
    person: Person,
    year: int,
    by: By,
    span_ids: Collection[int],
    today: date,
    now: datetime,
) -> int:
    """Say the ticked spans of last year of this one; returns how many. Twice is as good as once.

    Days of which something has been said already stay as they are. Raises Forbidden.
    """
    require(may_answer_for(actor, person))
    db.refresh(person, with_for_update=True)
    taken = [
        copy
        for copy in copies(db, person=person, year=year, by=by, today=today)
        if copy.state == "new" and copy.row.id in span_ids
    ]
    spoken_of = merge(Span(row.first_day, row.last_day) for row in spans_of(db, person=person))
    added = []
    for copy in taken:
        added += [
            AvailabilitySpan(
                person_id=person.id,
                kind=copy.row.kind,
                first_day=span.first,
                last_day=span.last,
                note=copy.row.note,
            )
            for span in difference([copy.days], spoken_of)
        ]
        spoken_of = union(spoken_of, [copy.days])
    if not added:
        return 0
    db.add_all(added)
    take_as_answer(db, actor=actor, person=person, now=now)
    db.flush()
    record(
        db,
        actor=actor,
        fact=LastYearCopied(person.id, year),
        now=now,
        after={"spans": [[row.kind, row.first_day, row.last_day] for row in added]},
    )
    return len(taken)


def years_to_copy_into(db: Session, *, person: Person, today: date) -> list[int]:
    """This year and the next, where something was said of the year before."""
    rows = db.execute(
        select(AvailabilitySpan.first_day, AvailabilitySpan.last_day).where(
            AvailabilitySpan.person_id == person.id
        )
    ).all()
    return [
        year
        for year in (today.year, today.year + 1)
        if any(first.year <= year - 1 <= last.year for first, last in rows)
    ]


def _next_year(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
