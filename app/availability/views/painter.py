"""A year at a glance, to be painted; without JavaScript the same calendar, to be read."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app import clock, once
from app.availability import answers, painting, queries
from app.availability.forms import PaintForm
from app.availability.grades import grade
from app.availability.painting import Painted, Stroke
from app.availability.spans import Span, days_of
from app.availability.views.blueprint import Visit, at_both_doors, days_off, horizon, today
from app.availability.views.page import send_the_way_back
from app.availability.wording import refusal
from app.db import database, unit_of_work
from app.errors import Invalid
from app.network.models import Person

MONDAY = 0
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the calendar: letters for what was said of it, what it would be without, and what counts.

    `is_busy` by the person's own calendar: whatever is said of it, they cannot.
    """

    day: date
    said: str = "n"
    base: str = "n"
    counts: str = "n"
    holiday: str = ""
    is_busy: bool = False
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks of seven; None where a day is of another month."""

    first: date
    weeks: tuple[tuple[Cell | None, ...], ...]


@at_both_doors("GET", "/year")
def year(visit: Visit) -> ResponseReturnValue:
    return _page(visit)


@at_both_doors("POST", "/year")
def paint(visit: Visit) -> ResponseReturnValue:
    form = PaintForm(meta=visit.meta())
    if not form.validate_on_submit():
        return _page(visit, problem=refusal(Invalid("strokes", "unreadable"))), 422
    try:
        strokes = painting.read_strokes(form.strokes.data or "")
        with unit_of_work() as db:
            if (earlier := once.earlier_answer(db)) is not None:
                return redirect(earlier, 303)
            person = visit.person(db)
            painted = painting.paint(db, actor=visit.actor, person=person, strokes=strokes, now=clock.now())
            if painted.contradictions:
                raise _ContradictedError(painted)
            send_the_way_back(db, visit, person)
            answer = once.answered(db, visit.url("year", **_start_asked_for()))
    except Invalid as invalid:
        return _page(visit, problem=refusal(invalid)), 422
    except _ContradictedError as contradicted:
        return _page(visit, strokes=strokes, painted=contradicted.painted), 409
    flash(
        ngettext("%(num)s day has been saved.", "%(num)s days have been saved.", painted.changed)
        if painted.changed
        else _("Everything had been saved already."),
        "success",
    )
    return answer


class _ContradictedError(Exception):
    """Takes the unit of work back, so that the form may be sent again."""

    def __init__(self, painted: Painted) -> None:
        self.painted = painted


def _page(
    visit: Visit, *, problem: str = "", strokes: Sequence[Stroke] = (), painted: Painted | None = None
) -> str:
    db: Session = database.session()
    person = visit.person(db)
    asks = answers.open_asks_of(db, person=person, now=clock.now())
    start = _start(asks[0].ask.first_day if asks else None)
    span = Span(start, date.fromordinal(_plus_months(start, MONTHS).toordinal() - 1))
    contradictions = painted.contradictions if painted else ()
    return render_template(
        "availability/year.html",
        visit=visit,
        person=person,
        asked=asks[0] if asks else None,
        months=list(_months(db, person, span)),
        first=span.first,
        last=span.last,
        earlier=_plus_months(start, -MONTHS) if _plus_months(start, -1) >= today().replace(day=1) else None,
        later=_plus_months(start, MONTHS) if span.last < horizon().last else None,
        problem=problem,
        contradictions=contradictions,
        mine=painting.write_strokes(painting.mine_all_the_same(strokes, contradictions)),
        others=painting.write_strokes(painting.without_contradictions(strokes, contradictions)),
        letter_of=painting.LETTER_OF,
        weekdays=Calendar(MONDAY).monthdatescalendar(start.year, start.month)[0],
    )


def _start_asked_for() -> dict[str, str]:
    asked = request.args.get("from", "")
    return {"from": asked} if _month(asked) else {}


def _start(season: date | None) -> date:
    """The first month of the calendar: as asked for, else of the season, else this one."""
    this_month = today().replace(day=1)
    asked = _month(request.args.get("from", ""))
    if asked is not None and this_month <= asked <= horizon().last:
        return asked
    return max(this_month, season.replace(day=1)) if season is not None else this_month


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _plus_months(day: date, months: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, 1)


def _months(db: Session, person: Person, span: Span) -> Iterator[Month]:
    cells = _cells(db, person, span)
    weeks_of = Calendar(MONDAY).monthdatescalendar
    first = span.first
    while first <= span.last:
        yield Month(
            first,
            tuple(
                tuple(cells[day] if day.month == first.month else None for day in week)
                for week in weeks_of(first.year, first.month)
            ),
        )
        first = _plus_months(first, 1)


def _cells(db: Session, person: Person, span: Span) -> dict[date, Cell]:
    """Every day of the span with all that is known of it."""
    layers = queries.layers_of(db, [person.id], span.first, span.last)[person.id]
    said = painting.said_by_day(queries.spans_of(db, person=person, since=span.first))
    counts = _letters(layers.graded())
    base = _letters(grade({}, layers.recurring, (*layers.holidays, *layers.busy)))
    names = {off.day: off.name for off in reversed(days_off(db, person, span))}
    first_open, busy = today(), days_of(layers.busy)
    return {
        day: Cell(
            day,
            painting.LETTER_OF[said.get(day, "")],
            base.get(day, "n"),
            counts.get(day, "n"),
            names.get(day, ""),
            day in busy,
            day < first_open,
        )
        for day in span
    }


def _letters(graded: queries.PlanningSpans) -> dict[date, str]:
    letters = dict.fromkeys(days_of(graded.preferred), "p")
    letters.update(dict.fromkeys(days_of(graded.if_need_be), "i"))
    letters.update(dict.fromkeys(days_of(graded.unavailable), "u"))
    return letters
