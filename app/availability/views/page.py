"""The page on which people say when they can: their own, and that of those they look after."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor, allow
from app.accounts.identity import current_actor
from app.availability import answers, queries, services
from app.availability.forms import PatternForm, SpanForm
from app.availability.holidays import coverage
from app.availability.last_year import years_to_copy_into
from app.availability.letters import write_way_back
from app.availability.models import AvailabilityAsked, AvailabilityPattern, AvailabilitySpan
from app.availability.spans import Span, Spans, from_days, intersection
from app.availability.views.blueprint import Visit, at_both_doors, blueprint, days_off, horizon
from app.availability.wording import in_words, pattern_in_words, refusal
from app.db import database, unit_of_work
from app.errors import Invalid, NotFound
from app.i18n import format_span
from app.network.models import Person


def has_person(actor: Actor) -> bool:
    """Is somebody in the network, not only an account."""
    return actor.is_signed_in and actor.person_id is not None


@blueprint.get("/availability")
@allow(has_person)
def mine() -> ResponseReturnValue:
    return show(Visit(current_actor(), current_actor().person_id or 0))


@at_both_doors("GET")
def of_person(visit: Visit) -> ResponseReturnValue:
    return show(visit)


@at_both_doors("POST")
def add(visit: Visit) -> ResponseReturnValue:
    form = SpanForm(meta=visit.meta())
    if not form.validate_on_submit():
        return show(visit, form=form), 422
    try:
        with unit_of_work() as db:
            person = visit.person(db)
            span = services.add_span(db, actor=visit.actor, person=person, **form.said(), now=clock.now())
            _say_what_counts(db, person, span)
            send_the_way_back(db, visit, person)
    except Invalid as invalid:
        return show(visit, form=_refused(form, invalid)), 422
    return redirect(visit.home(), 303)


@at_both_doors("POST", "/<int:span_id>")
def change(visit: Visit, span_id: int) -> ResponseReturnValue:
    form = SpanForm(meta=visit.meta())
    try:
        with unit_of_work() as db:
            person = visit.person(db)
            span = queries.span_for(db, person=person, span_id=span_id)
            if not form.validate_on_submit():
                return show(visit, form=form, editing=span_id), 422
            services.change_span(db, actor=visit.actor, span=span, **form.said(), now=clock.now())
            _say_what_counts(db, person, span)
    except Invalid as invalid:
        return show(visit, form=_refused(form, invalid), editing=span_id), 422
    return redirect(visit.home(), 303)


@at_both_doors("POST", "/<int:span_id>/remove")
def remove(visit: Visit, span_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        span = queries.span_for(db, person=visit.person(db), span_id=span_id)
        services.remove_span(db, actor=visit.actor, span=span, now=clock.now())
    flash(_("Removed."), "success")
    return redirect(visit.home(), 303)


@at_both_doors("POST", "/holidays")
def choose_holidays(visit: Visit) -> ResponseReturnValue:
    """Of the holidays shown, those ticked are worked on, the others kept free."""
    ticked = set(request.form.getlist("worked"))
    with unit_of_work() as db:
        person = visit.person(db)
        for off in days_off(db, person, horizon()):
            if off.kind == "holiday":
                choose = (
                    services.work_on_holiday if off.day.isoformat() in ticked else services.keep_holiday_free
                )
                choose(db, actor=visit.actor, person=person, day=off.day, now=clock.now())
    flash(
        _("Your holidays have been saved.") if visit.is_me else _("The holidays have been saved."), "success"
    )
    return redirect(visit.home(), 303)


@at_both_doors("POST", "/answer")
def answer(visit: Visit) -> ResponseReturnValue:
    """There is nothing to add: what has been said stands, or they can always."""
    with unit_of_work() as db:
        person = visit.person(db)
        answers.answer_ask(db, actor=visit.actor, person=person, now=clock.now())
        send_the_way_back(db, visit, person)
    flash(_("Thank you, the answer has been noted. It can be changed at any time."), "success")
    return redirect(visit.home(), 303)


def send_the_way_back(db: Session, visit: Visit, person: Person) -> None:
    """Whoever has just answered by link gets a letter with the link to come back: one for each ask."""
    if visit.by_link:
        for asked in answers.open_asks_of(db, person=person, now=clock.now()):
            write_way_back(db, asked=asked, now=clock.now())


# -- The page


@dataclass(frozen=True, slots=True)
class Row:
    """A span as the list shows it, and in words the days of it that do not count."""

    span: AvailabilitySpan
    overruled: str = ""


@dataclass(frozen=True, slots=True)
class Recurring:
    """What comes back, as the list shows it: in words, with the next days of it."""

    pattern: AvailabilityPattern
    words: str


@dataclass(frozen=True, slots=True)
class Ask:
    """An open ask that is put to the person, and whether anything has been said of its season yet."""

    asked: AvailabilityAsked
    has_said: bool


def show(
    visit: Visit,
    form: SpanForm | None = None,
    pattern_form: PatternForm | None = None,
    editing: int | None = None,
) -> str:
    """The page; with a form that was refused, or with a span being changed."""
    db: Session = database.session()
    person, days = visit.person(db), horizon()
    off = days_off(db, person, days)
    rows = queries.spans_of(db, person=person, since=days.first)
    unavailable = queries.days_said(rows, "unavailable")
    editing = editing if editing is not None else request.args.get("edit", type=int)
    if editing is not None and form is None:
        edited = next((row for row in rows if row.id == editing), None)
        if edited is None:
            raise NotFound
        form = SpanForm(formdata=None, obj=edited, meta=visit.meta())
    layers = queries.layers_of(db, [person.id], days.first, days.last)[person.id]
    patterns = queries.patterns_of(db, person=person)
    return render_template(
        "availability/page.html",
        visit=visit,
        person=person,
        facilitates=bool(person.skills),
        asks=_asks(db, person),
        form=form or SpanForm(formdata=None, meta=visit.meta()),
        pattern_form=pattern_form or PatternForm(formdata=None, prefix="again", meta=visit.meta()),
        editing=editing,
        rows=[
            Row(row)
            if row.kind == "unavailable"
            else Row(row, in_words(intersection([Span(row.first_day, row.last_day)], unavailable)))
            for row in rows
        ],
        patterns=[Recurring(each, pattern_in_words(each)) for each in patterns],
        school=queries.school_holidays(db, country=person.place.country, since=days.first),
        days_off=off,
        worked=queries.worked_holidays_of(db, person=person),
        coverage={
            year: coverage(person.place.country, year) for year in range(days.first.year, days.last.year + 1)
        },
        first=days.first,
        last=days.last,
        lanes=_lanes(layers.graded().clipped(days), off),
        years_to_copy=years_to_copy_into(db, person=person, today=days.first),
    )


def _asks(db: Session, person: Person) -> list[Ask]:
    return [
        Ask(asked, answers.has_said_something(db, asked))
        for asked in answers.open_asks_of(db, person=person, now=clock.now())
    ]


def _refused(form: SpanForm, invalid: Invalid) -> SpanForm:
    """The form with the refusal at its field, in words."""
    field = form[invalid.field]
    field.errors = [*field.errors, refusal(invalid)]
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
                days=in_words(touched),
            ),
            "warning",
        )


def _lanes(graded: queries.PlanningSpans, off: tuple[queries.DayOff, ...]) -> list[dict[str, object]]:
    """What the ribbon shows, one lane for each kind of day."""
    lanes: tuple[tuple[str, str, Spans], ...] = (
        (_("Unavailable"), "unavailable", graded.unavailable),
        (_("If need be"), "if_need_be", graded.if_need_be),
        (_("Preferred"), "preferred", graded.preferred),
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
