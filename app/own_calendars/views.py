"""One page for the calendars that somebody keeps elsewhere: connect, see what was read, take away."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock, once
from app.access import Actor, allow
from app.accounts.identity import current_actor
from app.availability.busy import busy_by_source
from app.db import database, unit_of_work
from app.errors import Conflict, Invalid
from app.own_calendars import queries, services
from app.own_calendars.forms import AddressForm, FileForm, RuleForm
from app.own_calendars.jobs import own_host, queue_reading, seal, settings
from app.own_calendars.models import OwnCalendar
from app.own_calendars.reading import AT_ONCE, NotRead, WasRead, read_calendar
from app.own_calendars.words import refusal, what_counts, why_not
from app.web import limiter

blueprint = Blueprint("own_calendars", __name__)

PATIENCE = 10.0


def has_person(actor: Actor) -> bool:
    """Is somebody in the network, not only an account."""
    return actor.is_signed_in and actor.person_id is not None


@blueprint.get("/availability/calendars")
@allow(has_person)
def index() -> ResponseReturnValue:
    return _page()


@blueprint.post("/availability/calendars")
@allow(has_person)
@limiter.limit("20/hour")
def connect() -> ResponseReturnValue:
    """Keep an address, and have it read."""
    form = AddressForm()
    if not form.validate_on_submit():
        return _page(address_form=form), 422
    now = clock.now()
    with unit_of_work() as db:
        if (earlier := once.earlier_answer(db)) is not None:
            return redirect(earlier, 303)
        actor = current_actor()
        try:
            calendar = services.connect_address(
                db,
                actor=actor,
                person=queries.person_of(db, actor=actor),
                address=form.address.data,
                label=form.label.data,
                rule=form.rule.data,
                hours=form.hours.data,
                seal=seal(),
                own_host=own_host(),
                loopback=settings().calendars_from_loopback,
                now=now,
            )
        except Invalid as invalid:
            db.rollback()  # the once key too: what is sent next is new
            form.address.errors = [why_not(invalid.reason)]
            return _page(address_form=form), 422
        except Conflict as conflict:
            db.rollback()
            form.address.errors = [refusal(conflict.reason)]
            return _page(address_form=form), 422
        queue_reading(db, calendar_id=calendar.id, now=now)
        answer = once.answered(db, url_for("own_calendars.index"))
    flash(_("Connected. The calendar is being read; what was found appears here."), "success")
    return answer


@blueprint.post("/availability/calendars/file")
@allow(has_person)
@limiter.limit("20/hour")
def bring_file() -> ResponseReturnValue:
    """Read a file while its owner waits. No transaction is open meanwhile."""
    form = FileForm()
    if not form.validate_on_submit():
        return _page(file_form=form), 422
    actor, now = current_actor(), clock.now()
    db: Session = database.session()
    person = queries.person_of(db, actor=actor)
    order = queries.order_for(
        db, person=person, rule=form.rule.data, hours=form.hours.data, today=now.date(), own_host=own_host()
    )
    given = form.file.data
    raw, label = given.read(), form.label.data or (given.filename or "").rpartition("/")[2]
    db.rollback()
    outcome = read_calendar(order, raw) if AT_ONCE.acquire(timeout=PATIENCE) else NotRead("crowded")
    if outcome != NotRead("crowded"):
        AT_ONCE.release()
    if not isinstance(outcome, WasRead):
        form.file.errors = [why_not(outcome.problem if isinstance(outcome, NotRead) else "broken")]
        return _page(file_form=form), 422
    with unit_of_work() as db:
        if (earlier := once.earlier_answer(db)) is not None:
            return redirect(earlier, 303)
        try:
            services.keep_file(
                db,
                actor=actor,
                person=queries.person_of(db, actor=actor),
                label=label or _("File"),
                rule=form.rule.data,
                hours=form.hours.data,
                was_read=outcome,
                now=now,
            )
        except Conflict as conflict:
            db.rollback()
            form.file.errors = [refusal(conflict.reason)]
            return _page(file_form=form), 422
        answer = once.answered(db, url_for("own_calendars.index"))
    flash(_("The file has been read; nothing of it is kept but the days."), "success")
    return answer


@blueprint.post("/availability/calendars/<int:calendar_id>")
@allow(has_person)
def change(calendar_id: int) -> ResponseReturnValue:
    """Have other events of it count."""
    form = RuleForm()
    with unit_of_work() as db:
        calendar = _calendar(db, calendar_id)
        if not form.validate_on_submit():
            return _page(editing=calendar_id, rule_form=form), 422
        now = clock.now()
        try:
            services.change_rule(
                db,
                actor=current_actor(),
                calendar=calendar,
                rule=form.rule.data,
                hours=form.hours.data,
                label=form.label.data,
                now=now,
            )
        except Conflict as conflict:
            form.rule.errors = [refusal(conflict.reason)]
            return _page(editing=calendar_id, rule_form=form), 422
        if calendar.due_at is not None and calendar.due_at <= now:
            queue_reading(db, calendar_id=calendar.id, now=now)
    flash(_("Saved."), "success")
    return _back()


@blueprint.post("/availability/calendars/<int:calendar_id>/read")
@allow(has_person)
@limiter.limit("60/hour")
def read_again(calendar_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        calendar = _calendar(db, calendar_id)
        now = clock.now()
        try:
            services.read_again(db, actor=current_actor(), calendar=calendar, now=now)
        except Conflict as conflict:
            flash(refusal(conflict.reason), "info")
            return _back()
        queue_reading(db, calendar_id=calendar.id, now=now)
    flash(_("The calendar is being read again."), "success")
    return _back()


@blueprint.post("/availability/calendars/<int:calendar_id>/remove")
@allow(has_person)
def remove(calendar_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        calendar = _calendar(db, calendar_id)
        services.forget(db, actor=current_actor(), calendar=calendar, now=clock.now())
    flash(_("Removed: its address and the days that came from it are deleted."), "success")
    return _back()


def _calendar(db: Session, calendar_id: int) -> OwnCalendar:
    return queries.calendar_for(db, actor=current_actor(), calendar_id=calendar_id)


def _back() -> ResponseReturnValue:
    return redirect(url_for("own_calendars.index"), 303)


def _page(
    *,
    address_form: AddressForm | None = None,
    file_form: FileForm | None = None,
    editing: int | None = None,
    rule_form: RuleForm | None = None,
) -> str:
    db: Session = database.session()
    actor, now = current_actor(), clock.now()
    calendars = queries.calendars_of(db, actor=actor)
    rule_forms = {
        calendar.id: rule_form
        if calendar.id == editing and rule_form is not None
        else RuleForm(formdata=None, obj=calendar)
        for calendar in calendars
    }
    address_form = address_form or AddressForm(formdata=None)
    file_form = file_form or FileForm(formdata=None)
    named = {f"calendar-{key}": form for key, form in rule_forms.items()}
    for name, form in {**named, "address": address_form, "file": file_form}.items():
        _tell_apart(form, name)
    return render_template(
        "own_calendars/index.html",
        calendars=calendars,
        rule_forms=rule_forms,
        editing=editing,
        days=busy_by_source(db, actor.person_id or 0, now.date()),
        address_form=address_form,
        file_form=file_form,
        form=next((form for form in (address_form, file_form, rule_form) if form and form.errors), None),
        what_counts=what_counts,
        why_not=why_not,
        may_connect=len(calendars) < services.MOST,
    )


def _tell_apart(form: RuleForm, name: str) -> None:
    """Give the fields ids of their own: several of these forms stand on the page."""
    for field in form:
        field.id = f"{name}-{field.name}"
        field.label.field_id = field.id
