"""Who was asked when they can: opening an ask, seeing who has answered, reminding."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from app import clock, once
from app.access import allow, coordinator, staff
from app.accounts.identity import current_actor
from app.availability import asked as queries
from app.availability import asks as services
from app.availability.asked import AskedFilter
from app.availability.asks import AskDetails
from app.availability.forms import AskForm
from app.availability.views.blueprint import blueprint
from app.availability.wording import refusal
from app.db import database, unit_of_work
from app.errors import Invalid
from app.i18n import in_language
from app.mail.subscriptions import unwilling
from app.network.queries.groups import groups
from app.network.queries.organisations import bodies_to_choose
from app.web import row_id


@blueprint.get("/availability/asks")
@allow(staff)
def asks() -> ResponseReturnValue:
    return render_template(
        "availability/asks.html",
        asks=queries.asks(database.session(), actor=current_actor()),
        today=clock.today(),
    )


@blueprint.route("/availability/asks/new", methods=["GET", "POST"])
@allow(coordinator)
def new_ask() -> ResponseReturnValue:
    form = AskForm()
    _offer(database.session(), form)
    if not form.validate_on_submit():
        return render_template("availability/ask_form.html", form=form), 422 if form.errors else 200
    try:
        with unit_of_work() as db:
            if (earlier := once.earlier_answer(db)) is not None:
                return redirect(earlier, 303)
            ask = services.open_ask(db, actor=current_actor(), details=_details(form), now=clock.now())
            answer = once.answered(db, url_for("availability.ask", ask_id=ask.id))
    except Invalid as invalid:
        form[invalid.field].errors = [refusal(invalid)]
        return render_template("availability/ask_form.html", form=form), 422
    flash(_("The ask is open; the letters go out within minutes."), "success")
    return answer


@blueprint.get("/availability/asks/<int:ask_id>")
@allow(staff)
def ask(ask_id: int) -> ResponseReturnValue:
    db, actor = database.session(), current_actor()
    found, counts = queries.ask_for(db, actor=actor, ask_id=ask_id)
    wanted = AskedFilter(
        state=request.args.get("state", ""),
        organisation_id=request.args.get("within", type=row_id),
    )
    is_open = found.is_open(clock.today())
    page = queries.people_asked(
        db, actor=actor, ask=found, wanted=wanted, page=request.args.get("page", 1, type=int)
    )
    return render_template(
        "availability/ask.html",
        ask=found,
        counts=counts,
        is_open=is_open,
        wanted=wanted,
        page=page,
        unwilling=unwilling(
            db, kind="availability_reminder", addresses=[row.person.email for row in page.rows]
        ),
        bodies=[(str(each.id), each.short_name) for each in bodies_to_choose(db)],
        newcomers=queries.newcomers(db, ask=found) if is_open and actor.is_coordinator else 0,
    )


@blueprint.post("/availability/asks/<int:ask_id>/remind")
@allow(staff)
def remind(ask_id: int) -> ResponseReturnValue:
    one = request.form.get("asked", type=row_id)
    with unit_of_work() as db:
        found, _counts = queries.ask_for(db, actor=current_actor(), ask_id=ask_id)
        reminded = services.remind(
            db,
            actor=current_actor(),
            ask=found,
            now=clock.now(),
            asked_ids=None if one is None else {one},
        )
    if reminded:
        flash(ngettext("%(num)s person is reminded.", "%(num)s people are reminded.", reminded), "success")
    else:
        flash(
            _(
                "Nobody was written to: all have answered, have no address, do not want reminders, or had a"
                " letter today."
            ),
            "info",
        )
    return _back(ask_id)


@blueprint.post("/availability/asks/<int:ask_id>/widen")
@allow(coordinator)
def widen(ask_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        found, _counts = queries.ask_for(db, actor=current_actor(), ask_id=ask_id)
        more = services.widen_ask(db, actor=current_actor(), ask=found, now=clock.now())
    flash(ngettext("%(num)s more person is asked.", "%(num)s more people are asked.", more), "success")
    return _back(ask_id)


@blueprint.post("/availability/asks/<int:ask_id>/close")
@allow(coordinator)
def close(ask_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        found, _counts = queries.ask_for(db, actor=current_actor(), ask_id=ask_id)
        services.close_ask(db, actor=current_actor(), ask=found, now=clock.now())
    flash(_("The ask is closed. Nobody is reminded any more."), "success")
    return _back(ask_id)


def _back(ask_id: int) -> ResponseReturnValue:
    return redirect(url_for("availability.ask", ask_id=ask_id), 303)


def _offer(db: Session, form: AskForm) -> None:
    form.organisation.choices = [
        SelectChoice("", _("The whole network")),
        *(SelectChoice(str(each.id), each.short_name) for each in bodies_to_choose(db)),
    ]
    form.group.choices = [
        SelectChoice("", _("Any, or none")),
        *(SelectChoice(str(each.id), in_language(each.titles)) for each in groups(db)),
    ]


def _details(form: AskForm) -> AskDetails:
    return AskDetails(
        title=form.title.data,
        first_day=form.first_day.data,
        last_day=form.last_day.data,
        closes_on=form.closes_on.data,
        who=form.who.data,
        organisation_id=int(form.organisation.data) if form.organisation.data else None,
        group_id=int(form.group.data) if form.group.data else None,
        remind_every=form.remind_every.data,
        message=form.message.data,
    )
