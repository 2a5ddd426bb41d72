"""All that has been said on one page: handing it in, and confirming what somebody else has answered."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, once
from app.db import database, unit_of_work
from app.errors import Conflict, Invalid
from app.needs import letters, queries, services
from app.needs.forms import HandInForm
from app.needs.models import NeedsAnswer
from app.needs.views.doors import Door, around, two_doors


@two_doors("/check", "GET", "POST")
def check(door: Door) -> ResponseReturnValue:
    """All answers on one page; POST hands them in, once."""
    if request.method == "GET":
        found = door.answer(database.session())
        form = HandInForm(formdata=None, meta=door.meta)
        form.name.data = door.actor.name or found.answered_by
        form.remark.data = found.remark
        return _check_page(door, found, form)
    public_url = current_app.extensions["baraza.settings"].public_url
    form = HandInForm(meta=door.meta)
    try:
        with unit_of_work() as db:
            found = door.answer(db)
            if not form.validate_on_submit():
                return _check_page(door, found, form), 422
            if (earlier := once.earlier_answer(db)) is not None:
                return redirect(earlier, 303)
            services.hand_in(
                db,
                actor=door.actor,
                answer=found,
                name=form.name.data or "",
                remark=form.remark.data,
                now=clock.now(),
            )
            letters.ask_to_confirm(db, actor=door.actor, answer=found, public_url=public_url, now=clock.now())
            answered = once.answered(db, door.url("answer"))
    except Invalid as invalid:
        form.refuse(invalid)
        return _check_page(door, door.answer(database.session()), form), 422
    except Conflict:
        return redirect(door.url("answer"), 303)
    flash(_("Thank you: the answer has been handed in."), "success")
    return answered


def _check_page(door: Door, found: NeedsAnswer, form: HandInForm) -> str:
    return render_template(
        "needs/check.html",
        **around(door, found),
        form=form,
        areas=[
            (area, topics, door.url("area", code=area.code)) for area, topics in queries.areas_of(found.call)
        ],
        lines={line.topic_id: line for line in found.lines},
        offers={offer.topic_id: offer for offer in found.offers},
    )


@two_doors("/confirm", "POST")
def confirm(door: Door) -> ResponseReturnValue:
    with unit_of_work() as db:
        found = door.answer(db)
        services.confirm_answer(db, actor=door.actor, answer=found, name=door.actor.name, now=clock.now())
    flash(_("Thank you: you have confirmed the answer."), "success")
    return redirect(door.url("answer"), 303)
