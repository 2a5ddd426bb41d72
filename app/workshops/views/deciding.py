"""What moves a request along: handing in, approving, returning, withdrawing, copying."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock, once
from app.access import allow, coordinator, requester
from app.accounts.identity import current_actor
from app.db import unit_of_work
from app.errors import Conflict
from app.workshops import queries, services
from app.workshops.forms import ReturnForm
from app.workshops.models import Workshop
from app.workshops.views.blueprint import blueprint
from app.workshops.views.browsing import page_of
from app.workshops.views.requesting import check_page


@blueprint.post("/<int:workshop_id>/submit")
@allow(requester)
def submit(workshop_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        workshop = _workshop(db, workshop_id)
        if services.submit_request(db, actor=current_actor(), workshop=workshop, now=clock.now()):
            return check_page(workshop), 422
    flash(_("The request has been handed in. The secretariat decides on it next."), "success")
    return _back(workshop_id)


@blueprint.post("/<int:workshop_id>/approve")
@allow(coordinator)
def approve(workshop_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        services.approve_request(
            db, actor=current_actor(), workshop=_workshop(db, workshop_id), now=clock.now()
        )
    flash(_("The request has been approved."), "success")
    return _back(workshop_id)


@blueprint.post("/<int:workshop_id>/return")
@allow(coordinator)
def send_back(workshop_id: int) -> ResponseReturnValue:
    form = ReturnForm()
    with unit_of_work() as db:
        workshop = _workshop(db, workshop_id)
        if not form.validate_on_submit():
            return page_of(workshop_id, form), 422
        services.return_request(
            db, actor=current_actor(), workshop=workshop, word=form.word.data, now=clock.now()
        )
    flash(_("The request has been returned with your word."), "success")
    return _back(workshop_id)


@blueprint.post("/<int:workshop_id>/visibility")
@allow(coordinator)
def set_visibility(workshop_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        services.set_visibility(
            db,
            actor=current_actor(),
            workshop=_workshop(db, workshop_id),
            visibility=request.form.get("visibility", ""),
            now=clock.now(),
        )
    flash(_("Saved. Calendars show it when they look the next time."), "success")
    return _back(workshop_id)


@blueprint.post("/<int:workshop_id>/withdraw")
@allow(requester)
def withdraw(workshop_id: int) -> ResponseReturnValue:
    try:
        with unit_of_work() as db:
            services.withdraw_request(
                db, actor=current_actor(), workshop=_workshop(db, workshop_id), now=clock.now()
            )
    except Conflict as conflict:
        if conflict.reason != "announced":
            raise
        flash(_("People have been told of its session: only the secretariat can call it off."), "warning")
    else:
        flash(_("The request has been withdrawn."), "success")
    return _back(workshop_id)


@blueprint.post("/<int:workshop_id>/copy")
@allow(requester)
def copy(workshop_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        if (earlier := once.earlier_answer(db)) is not None:
            return redirect(earlier, 303)
        made = services.copy_request(
            db, actor=current_actor(), workshop=_workshop(db, workshop_id), now=clock.now()
        )
        answer = once.answered(db, url_for("workshops.check", workshop_id=made.id))
    flash(_("This is a copy: change what differs, then hand it in."), "success")
    return answer


def _workshop(db: Session, workshop_id: int) -> Workshop:
    return queries.workshop_for(db, actor=current_actor(), workshop_id=workshop_id)


def _back(workshop_id: int) -> ResponseReturnValue:
    return redirect(url_for("workshops.show", workshop_id=workshop_id), 303)
