"""The request as a form of a few short pages: begun with the first, saved one by one, checked at the end."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.access import allow, requester, require
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict, Invalid, NotFound
from app.web import row_id
from app.workshops import queries, services, words
from app.workshops.answers import STEPS, answers_of
from app.workshops.forms import PAGES, PageForm, WhatForm
from app.workshops.models import Workshop
from app.workshops.rules import Problem
from app.workshops.views.blueprint import blueprint
from app.workshops.views.offers import offer

KEY_BYTES = 4


@blueprint.route("/new", methods=["GET", "POST"])
@allow(requester)
def begin() -> ResponseReturnValue:
    """The first page; what it says becomes a draft.

    The key stands in the address, so that whoever goes back to the form and sends it again meets that draft.
    """
    if request.method == "GET" and "key" not in request.args:
        of, group = (request.args.get(name, type=row_id) for name in ("initiative", "group"))
        key = secrets.token_hex(KEY_BYTES)
        return redirect(url_for("workshops.begin", key=key, initiative=of, group=group), 303)
    actor = current_actor()
    form = WhatForm()
    with unit_of_work() as db:
        offer(db, actor=actor, form=form, workshop=None)
        require(bool(form.requested_by_id.choices))
        if not form.validate_on_submit():
            form.key.data = form.key.data or request.args.get("key")
            if not form.is_submitted():
                form.initiative_id.data = request.args.get("initiative", type=row_id)
                form.group_id.data = request.args.get("group", type=row_id)
            return _form_page(form, "what", None), 422 if form.is_submitted() else 200
        try:
            workshop = services.draft_request(
                db, actor=actor, what=form.answers(), key=form.key.data, now=clock.now()
            )
        except Invalid as invalid:
            form.refuse([Problem("what", invalid.field, invalid.reason)])
            return _form_page(form, "what", None), 422
    return _onward(workshop, "what")


@blueprint.get("/<int:workshop_id>/request/<step>")
@allow(requester)
def page(workshop_id: int, step: str) -> ResponseReturnValue:
    db = database.session()
    workshop = _open_request(db, workshop_id)
    form = _form(step, filled=False)
    groups = offer(db, actor=current_actor(), form=form, workshop=workshop)
    form.fill(getattr(answers_of(workshop), step))
    return _form_page(form, step, workshop, groups)


@blueprint.post("/<int:workshop_id>/request/<step>")
@allow(requester)
def save_page(workshop_id: int, step: str) -> ResponseReturnValue:
    """Save a page and go on, or leave it for later: then nothing need be complete."""
    actor = current_actor()
    form = _form(step, filled=True)
    leaving = request.form.get("go") == "leave"
    with unit_of_work() as db:
        workshop = _open_request(db, workshop_id)
        groups = offer(db, actor=actor, form=form, workshop=workshop)
        if isinstance(form, WhatForm):
            form.key.data = "0" * 2 * KEY_BYTES  # only what is new has to be told apart
        if not form.validate():
            return _form_page(form, step, workshop, groups), 422
        try:
            problems = services.answer_page(
                db,
                actor=actor,
                workshop=workshop,
                page=form.answers(),
                complete=not leaving,
                now=clock.now(),
            )
        except Invalid as invalid:
            db.rollback()
            problems = (Problem(step, invalid.field, invalid.reason),)
        if problems:
            form.refuse(problems)
            return _form_page(form, step, workshop, groups), 422
    if leaving:
        flash(_("Saved. You can go on whenever you like."), "success")
        return redirect(url_for("workshops.show", workshop_id=workshop.id), 303)
    return _onward(workshop, step)


@blueprint.get("/<int:workshop_id>/request")
@allow(requester)
def check(workshop_id: int) -> ResponseReturnValue:
    """All answers before they are handed in, and what is still missing."""
    return check_page(_open_request(database.session(), workshop_id))


def check_page(workshop: Workshop) -> str:
    problems = queries.problems_with(
        database.session(), workshop=workshop, answers=answers_of(workshop), today=clock.today()
    )
    return render_template(
        "workshops/check.html",
        workshop=workshop,
        words=words,
        steps=_steps(workshop, len(STEPS)),
        problems=[(problem.step, words.say(problem)) for problem in problems],
        is_draft=workshop.state in queries.OPEN_TO_CHANGE,
    )


# -- Around a page


@dataclass(frozen=True, slots=True)
class Steps:
    """What the progress shows: labels, addresses of the pages one may go to, and where one is."""

    labels: list[str]
    urls: list[str | None]
    current: int


def _steps(workshop: Workshop | None, current: int) -> Steps:
    return Steps(
        labels=[*(str(words.STEPS[step]) for step in STEPS), _("Check")],
        urls=[
            url_for("workshops.page", workshop_id=workshop.id, step=step) if workshop else None
            for step in STEPS
        ],
        current=current,
    )


def _open_request(db: Session, workshop_id: int) -> Workshop:
    """A request that the actor may change now. Raises `NotFound`, `Forbidden`, `Conflict`."""
    workshop = queries.workshop_for(db, actor=current_actor(), workshop_id=workshop_id)
    require(queries.may_request_for(current_actor(), workshop.requested_by_id))
    if not queries.may_change(current_actor(), workshop):
        raise Conflict("not_open_to_change")
    return workshop


def _form(step: str, *, filled: bool) -> PageForm:
    if step not in PAGES:
        raise NotFound
    return PAGES[step]() if filled else PAGES[step](formdata=None)


def _form_page(form: PageForm, step: str, workshop: Workshop | None, groups: object = ()) -> str:
    return render_template(
        f"workshops/page_{step}.html",
        form=form,
        step=step,
        workshop=workshop,
        groups=groups,
        words=words,
        steps=_steps(workshop, STEPS.index(step)),
        then=request.args.get("then", ""),
    )


def _onward(workshop: Workshop, step: str) -> ResponseReturnValue:
    """The next page; the check page after the last one and for who came from there."""
    following = STEPS.index(step) + 1
    if request.args.get("then") == "check" or following == len(STEPS):
        return redirect(url_for("workshops.check", workshop_id=workshop.id), 303)
    return redirect(url_for("workshops.page", workshop_id=workshop.id, step=STEPS[following]), 303)
