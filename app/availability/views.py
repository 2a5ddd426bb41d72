"""One page on which people say when they can: their own, and that of those they look after."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor, allow, signed_in
from app.accounts.identity import current_actor
from app.availability import queries, services
from app.availability.forms import SpanForm
from app.availability.holidays import coverage
from app.availability.models import AvailabilitySpan
from app.availability.spans import Span, Spans, clip, days_of, difference, from_days, intersection
from app.db import database, unit_of_work
from app.errors import Invalid, NotFound
from app.i18n import choose_zone, format_list, format_span, language
from app.network.models import Person

blueprint = Blueprint("availability", __name__)

MONDAY = 0


def has_person(actor: Actor) -> bool:
    """Is somebody in the network, not only an account."""
    return actor.is_signed_in and actor.person_id is not None


@blueprint.get("/availability")
@allow(has_person)
def mine() -> ResponseReturnValue:
    return _page(_person(database.session(), current_actor().person_id or 0), _form_asked_for())


@blueprint.get("/people/<int:person_id>/availability")
@allow(signed_in)
def of_person(person_id: int) -> ResponseReturnValue:
    return _page(_person(database.session(), person_id), _form_asked_for())


@blueprint.post("/people/<int:person_id>/availability")
@allow(signed_in)
def add(person_id: int) -> ResponseReturnValue:
    form = SpanForm()
    with unit_of_work() as db:
        person = _person(db, person_id)
        if not form.validate_on_submit():
            return _page(person, form), 422
        try:
            span = services.add_span(
                db,
                actor=current_actor(),
                person=person,
                kind=form.kind.data,
                first_day=form.first_day.data,
                last_day=form.end,
                note=form.note.data,
                now=clock.now(),
            )
        except Invalid as invalid:
            return _page(person, _refused(form, invalid)), 422
        _say_what_counts(db, person, span)
    return _back(person)


@blueprint.post("/people/<int:person_id>/availability/<int:span_id>")
@allow(signed_in)
def change(person_id: int, span_id: int) -> ResponseReturnValue:
    form = SpanForm()
    with unit_of_work() as db:
        person = _person(db, person_id)
        span = queries.span_for(db, person=person, span_id=span_id)
        if not form.validate_on_submit():
            return _page(person, form, editing=span_id), 422
        try:
            services.change_span(
                db,
                actor=current_actor(),
                span=span,
                kind=form.kind.data,
                first_day=form.first_day.data,
                last_day=form.end,
                note=form.note.data,
                now=clock.now(),
            )
        except Invalid as invalid:
            return _page(person, _refused(form, invalid), editing=span_id), 422
        _say_what_counts(db, person, span)
    return _back(person)


@blueprint.post("/people/<int:person_id>/availability/<int:span_id>/remove")
@allow(signed_in)
def remove(person_id: int, span_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        person = _person(db, person_id)
        span = queries.span_for(db, person=person, span_id=span_id)
        services.remove_span(db, actor=current_actor(), span=span, now=clock.now())
    flash(_("Removed."), "success")
    return _back(person)


@blueprint.post("/people/<int:person_id>/availability/holidays")
@allow(signed_in)
def choose_holidays(person_id: int) -> ResponseReturnValue:
    """Of the holidays shown, those ticked are worked on, the others kept free."""
    ticked = set(request.form.getlist("worked"))
    with unit_of_work() as db:
        person = _person(db, person_id)
        for off in _days_off(db, person):
            if off.kind == "holiday":
                choose = (
                    services.work_on_holiday if off.day.isoformat() in ticked else services.keep_holiday_free
                )
                choose(db, actor=current_actor(), person=person, day=off.day, now=clock.now())
    flash(_("Your holidays have been saved."), "success")
    return _back(person)


# -- The page


@dataclass(frozen=True, slots=True)
class Row:
    """A span as the list shows it, and in words the days of it that do not count."""

    span: AvailabilitySpan
    overruled: str = ""


def _page(person: Person, form: SpanForm, editing: int | None = None) -> str:
    db: Session = database.session()
    first, last = _horizon()
    off = _days_off(db, person)
    rows = queries.spans_of(db, person=person, since=first)
    unavailable, preferred = queries.days_said(rows, "unavailable"), queries.days_said(rows, "preferred")
    editing = editing if editing is not None else request.args.get("edit", type=int)
    if editing is not None and not form.is_submitted():
        edited = next((row for row in rows if row.id == editing), None)
        if edited is None:
            raise NotFound
        form = SpanForm(obj=edited)
    return render_template(
        "availability/page.html",
        person=person,
        is_me=current_actor().person_id == person.id,
        facilitates=bool(person.skills),
        form=form,
        editing=editing,
        rows=[
            Row(row, _in_words(intersection([Span(row.first_day, row.last_day)], unavailable)))
            if row.kind == "preferred"
            else Row(row)
            for row in rows
        ],
        days_off=off,
        worked=queries.worked_holidays_of(db, person=person),
        coverage={year: coverage(person.place.country, year) for year in range(first.year, last.year + 1)},
        first=first,
        last=last,
        lanes=_lanes(first, last, unavailable, difference(preferred, unavailable), off),
        months=_months(first, last),
        marks=_marks(unavailable, preferred),
        holiday_names={day.day: day.name for day in reversed(off)},
    )


def _form_asked_for() -> SpanForm:
    return SpanForm(formdata=None)


def _refused(form: SpanForm, invalid: Invalid) -> SpanForm:
    """The form with the refusal at its field, in words."""
    words: Mapping[str, str] = {
        "ends_before_it_starts": _("The last day is before the first day."),
        "too_long": _("That is more than three years: is the year right?"),
        "too_far": _("That is more than five years ahead: is the year right?"),
        "already_over": _("These days are already over: is the year right?"),
    }
    field = form[invalid.field]
    field.errors = [*field.errors, words[invalid.reason]]
    return form


def _say_what_counts(db: Session, person: Person, span: AvailabilitySpan) -> None:
    """Confirm what was saved, and explain where it contradicts what was said before."""
    flash(_("Saved: %(days)s.", days=format_span(span.first_day, span.last_day)), "success")
    rows = queries.spans_of(db, person=person)
    both = intersection(queries.days_said(rows, "unavailable"), queries.days_said(rows, "preferred"))
    touched = intersection(both, [Span(span.first_day, span.last_day)])
    if touched:
        flash(
            _(
                "You are both unavailable and available by preference on %(days)s: unavailable counts.",
                days=_in_words(touched),
            ),
            "warning",
        )


def _person(db: Session, person_id: int) -> Person:
    return queries.person_for(db, actor=current_actor(), person_id=person_id)


def _back(person: Person) -> ResponseReturnValue:
    if current_actor().person_id == person.id:
        return redirect(url_for("availability.mine"), 303)
    return redirect(url_for("availability.of_person", person_id=person.id), 303)


def _horizon() -> tuple[date, date]:
    """From today where the reader is to the end of the next calendar year: twelve months at the least."""
    today = clock.now().astimezone(ZoneInfo(choose_zone())).date()
    return today, date(today.year + 1, 12, 31)


def _days_off(db: Session, person: Person) -> tuple[queries.DayOff, ...]:
    first, last = _horizon()
    return queries.days_off(db, person.place.country, first, last, language())


def _months(first: date, last: date) -> list[tuple[date, list[list[date]]]]:
    """The first day and the weeks of each month from `first` to `last`."""
    weeks = Calendar(MONDAY).monthdatescalendar
    return [
        (date(year, month, 1), weeks(year, month))
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if (first.year, first.month) <= (year, month) <= (last.year, last.month)
    ]


def _lanes(
    first: date, last: date, unavailable: Spans, preferred: Spans, off: tuple[queries.DayOff, ...]
) -> list[dict[str, object]]:
    """What the ribbon shows, one lane for each kind of day."""
    lanes = (
        (_("Unavailable"), "unavailable", clip(unavailable, first, last)),
        (_("Preferred"), "preferred", clip(preferred, first, last)),
        (_("Holidays"), "holiday", from_days(day.day for day in off)),
    )
    return [
        {
            "label": label,
            "spans": [
                {"label": label, "first": span.first, "last": span.last, "state": state} for span in spans
            ],
        }
        for label, state, spans in lanes
    ]


def _in_words(spans: Spans) -> str:
    """'3-5 Mar 2027 and 9 Mar 2027'; empty for no days."""
    return format_list([format_span(span.first, span.last) for span in spans])


def _marks(unavailable: Spans, preferred: Spans) -> dict[date, str]:
    """What stands on each day of the calendar; unavailable beats preferred."""
    marks = dict.fromkeys(days_of(preferred), "preferred")
    marks.update(dict.fromkeys(days_of(unavailable), "unavailable"))
    return marks
