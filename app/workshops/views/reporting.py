"""Saying what happened at a workshop: the end of a request."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, once
from app.access import allow, requester, require
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict, Invalid
from app.workshops import life, queries, services, words
from app.workshops.forms import ReportForm
from app.workshops.life import Course
from app.workshops.models import Workshop
from app.workshops.views.blueprint import blueprint


@blueprint.get("/<int:workshop_id>/report")
@allow(requester)
def report(workshop_id: int) -> ResponseReturnValue:
    db = database.session()
    workshop = queries.workshop_for(db, actor=current_actor(), workshop_id=workshop_id)
    require(queries.may_ask_as(current_actor(), workshop))
    course = life.courses_of(db, [workshop]).get(workshop_id)
    stand = life.stand_of(workshop, course, now=clock.now())
    if not life.may_have_been_held(workshop, stand, today=clock.today()):
        raise Conflict("not_over")
    form = ReportForm(formdata=None, obj=workshop.report or course)
    return _page(workshop, course, form)


@blueprint.post("/<int:workshop_id>/report")
@allow(requester)
def save_report(workshop_id: int) -> ResponseReturnValue:
    form = ReportForm()
    with unit_of_work() as db:
        if (earlier := once.earlier_answer(db)) is not None:
            return redirect(earlier, 303)
        workshop = queries.workshop_for(db, actor=current_actor(), workshop_id=workshop_id)
        course = life.courses_of(db, [workshop]).get(workshop_id)
        try:
            if form.validate():
                services.report_workshop(
                    db,
                    actor=current_actor(),
                    workshop=workshop,
                    told=form.told(),
                    currency=words.currency_of(workshop, course),
                    now=clock.now(),
                )
        except Invalid as invalid:
            form.refuse(invalid)
        if form.errors:
            db.rollback()
            return _page(workshop, course, form), 422
        flash(_("Thank you: this closes the request."), "success")
        return once.answered(db, url_for("workshops.show", workshop_id=workshop_id))


def _page(workshop: Workshop, course: Course | None, form: ReportForm) -> str:
    return render_template("workshops/report.html", workshop=workshop, course=course, form=form, words=words)
