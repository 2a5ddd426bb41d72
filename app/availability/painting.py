"""Days painted on a calendar: what changed since the page was opened, saved as spans.

A page sends *strokes*: runs of days, each with what was said of them when the page was opened and what
shall be said now. A day of which something else has been said meanwhile, on another device or by
somebody else, is not overwritten: nothing is saved, and the answer names these days. The same strokes sent
twice change nothing the second time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.availability.answers import take_as_answer
from app.availability.facts import DaysPainted
from app.availability.holidays import holidays_between
from app.availability.models import KINDS, AvailabilitySpan, WorkedHoliday
from app.availability.queries import may_answer_for, spans_of
from app.availability.services import YEARS_AHEAD
from app.availability.spans import ONE_DAY, Span, difference, from_days
from app.errors import Invalid
from app.facts import record
from app.network.models import Person, Skill

LETTERS: Mapping[str, str] = {
    "n": "",
    "u": "unavailable",
    "i": "if_need_be",
    "p": "preferred",
    "a": "available",
}
"""What stands for what was said of a day; `n` for nothing."""

LETTER_OF = {kind: letter for letter, kind in LETTERS.items()}

_STROKE = re.compile(r"(\d{4}-\d{2}-\d{2})\*(\d{1,3}):([nuipa])([nuipa])")
MOST_STROKES = 1000
MOST_DAYS = 3 * 366


@dataclass(frozen=True, slots=True)
class Stroke:
    """A run of days: `before` was said of them when the page was opened, `after` is to be said now."""

    days: Span
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.days.first}*{self.days.days}:{LETTER_OF[self.before]}{LETTER_OF[self.after]}"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A run of days of which `said` has been said meanwhile, while the page would say `wanted`."""

    days: Span
    said: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Painted:
    """How many days were changed; or, with nothing changed, which could not be."""

    changed: int = 0
    contradictions: tuple[Contradiction, ...] = ()


def read_strokes(text: str) -> tuple[Stroke, ...]:
    """'2027-03-01*5:nu 2027-04-02*1:up' as strokes. Raises Invalid("strokes", "unreadable")."""
    tokens = text.split()
    if len(tokens) > MOST_STROKES:
        raise Invalid("strokes", "unreadable")
    strokes = []
    for token in tokens:
        match = _STROKE.fullmatch(token)
        try:
            if match is None:
                raise ValueError(token)
            first = date.fromisoformat(match[1])
            strokes.append(
                Stroke(
                    Span(first, first + timedelta(days=int(match[2]) - 1)),
                    LETTERS[match[3]],
                    LETTERS[match[4]],
                )
            )
        except (ValueError, OverflowError) as bad:
            raise Invalid("strokes", "unreadable") from bad
    if sum(stroke.days.days for stroke in strokes) > MOST_DAYS:
        raise Invalid("strokes", "unreadable")
    return tuple(strokes)


def write_strokes(strokes: Iterable[Stroke]) -> str:
    """Strokes as a form carries them."""
    return " ".join(str(stroke) for stroke in strokes)


def paint(db: Session, *, actor: Actor, person: Person, strokes: Sequence[Stroke], now: datetime) -> Painted:
    """Have said of these days what was painted; days that are over are left alone.

    Painting a holiday of one's country with anything but "cannot" says that one works on it.
    Raises Forbidden, Invalid("strokes", "too_far").
    """
    require(may_answer_for(actor, person))
    if not strokes:
        return Painted()
    if any(stroke.days.last.year > now.year + YEARS_AHEAD for stroke in strokes):
        raise Invalid("strokes", "too_far")
    db.refresh(person, with_for_update=True)
    today = now.date() - ONE_DAY  # west of Greenwich it is still yesterday
    wanted = {day: (stroke.before, stroke.after) for stroke in strokes for day in stroke.days if day >= today}
    rows = spans_of(db, person=person)
    said = said_by_day(rows)
    contradicted = {
        day: (said.get(day, ""), after)
        for day, (before, after) in wanted.items()
        if said.get(day, "") not in (before, after)
    }
    if contradicted:
        return Painted(contradictions=tuple(_runs(contradicted)))
    change = {day: after for day, (_, after) in wanted.items() if said.get(day, "") != after}
    take_as_answer(db, actor=actor, person=person, now=now)
    holidays_change = _follow_on_holidays(db, person, {day: after for day, (_, after) in wanted.items()})
    if not change and not holidays_change:
        return Painted()
    _cut(db, rows, change)
    _put(db, person, change)
    db.flush()
    record(
        db,
        actor=actor,
        fact=DaysPainted(person.id),
        now=now,
        before={"days": _told({day: said.get(day, "") for day in change})},
        after={"days": _told(change)},
    )
    return Painted(changed=len(change) or holidays_change)


def mine_all_the_same(
    strokes: Iterable[Stroke], contradictions: Iterable[Contradiction]
) -> tuple[Stroke, ...]:
    """The strokes as they would be by somebody who has seen what was said meanwhile."""
    return _with_before(strokes, contradictions, keep_mine=True)


def without_contradictions(
    strokes: Iterable[Stroke], contradictions: Iterable[Contradiction]
) -> tuple[Stroke, ...]:
    """The strokes without the days of which something else was said meanwhile."""
    return _with_before(strokes, contradictions, keep_mine=False)


def said_by_day(rows: Iterable[AvailabilitySpan]) -> dict[date, str]:
    """What was said of each day, the strongest where it was said twice."""
    said: dict[date, str] = {}
    for row in rows:
        for day in Span(row.first_day, row.last_day):
            if day not in said or KINDS.index(row.kind) < KINDS.index(said[day]):
                said[day] = row.kind
    return said


def _with_before(
    strokes: Iterable[Stroke], contradictions: Iterable[Contradiction], *, keep_mine: bool
) -> tuple[Stroke, ...]:
    said = {day: each.said for each in contradictions for day in each.days}
    pairs = {
        day: (said.get(day, stroke.before), stroke.after)
        for stroke in strokes
        for day in stroke.days
        if keep_mine or day not in said
    }
    return tuple(Stroke(run.days, run.said, run.wanted) for run in _runs(pairs))


def _runs(pairs: Mapping[date, tuple[str, str]]) -> Iterable[Contradiction]:
    """Days with what they have in common, as runs in order."""
    run: list[date] = []
    for day in sorted(pairs):
        if run and (day != run[-1] + ONE_DAY or pairs[day] != pairs[run[0]]):
            yield Contradiction(Span(run[0], run[-1]), *pairs[run[0]])
            run = []
        run.append(day)
    if run:
        yield Contradiction(Span(run[0], run[-1]), *pairs[run[0]])


def _cut(db: Session, rows: Iterable[AvailabilitySpan], days: Iterable[date]) -> None:
    """Take these days out of the rows; a row cut in two keeps its note on both sides."""
    taken = from_days(days)
    for row in rows:
        whole = Span(row.first_day, row.last_day)
        left = difference([whole], taken)
        if left == (whole,):
            continue
        if not left:
            db.delete(row)
            continue
        row.first_day, row.last_day = left[0].first, left[0].last
        for span in left[1:]:
            db.add(
                AvailabilitySpan(
                    person_id=row.person_id,
                    kind=row.kind,
                    first_day=span.first,
                    last_day=span.last,
                    note=row.note,
                )
            )
    db.flush()


def _put(db: Session, person: Person, change: Mapping[date, str]) -> None:
    """Add the painted days as rows, joined with those of the same kind beside them that have no note."""
    beside = [row for row in spans_of(db, person=person) if not row.note]
    for kind in KINDS:
        for span in from_days(day for day, after in change.items() if after == kind):
            touching = [
                row for row in beside if row.kind == kind and Span(row.first_day, row.last_day).touches(span)
            ]
            first = min([span.first, *(row.first_day for row in touching)])
            last = max([span.last, *(row.last_day for row in touching)])
            for row in touching:
                db.delete(row)
                beside.remove(row)
            joined = AvailabilitySpan(person_id=person.id, kind=kind, first_day=first, last_day=last)
            db.add(joined)
            db.flush()  # the next span may touch it, and take it in
            beside.append(joined)


def _follow_on_holidays(db: Session, person: Person, wanted: Mapping[date, str]) -> int:
    """Offer or keep free the holidays among these days; returns how many that changed."""
    if not wanted or not db.scalar(select(exists().where(Skill.person_id == person.id))):
        return 0
    first, last, changed = min(wanted), max(wanted), 0
    rows = select(WorkedHoliday).where(
        WorkedHoliday.person_id == person.id, WorkedHoliday.day.between(first, last)
    )
    worked = {row.day: row for row in db.scalars(rows)}
    for holiday in holidays_between(person.place.country, first, last):
        if holiday.day not in wanted:
            continue
        offered = worked.get(holiday.day)
        works = wanted[holiday.day] in ("available", "if_need_be", "preferred")
        if works and offered is None:
            db.add(WorkedHoliday(person_id=person.id, day=holiday.day))
            changed += 1
        elif not works and offered is not None:
            db.delete(offered)
            changed += 1
    return changed


def _told(days: Mapping[date, str]) -> str:
    """Days and what was said of them, for the trail."""
    return write_strokes(
        Stroke(run.days, "", run.wanted) for run in _runs({day: ("", kind) for day, kind in days.items()})
    )
