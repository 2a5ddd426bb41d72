"""Putting oneself forward, and taking it back, with and without an account."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor, allow, anybody, signed_in
from app.accounts.identity import current_actor
from app.accounts.queries import language_of, reader_of
from app.db import database, unit_of_work
from app.errors import Conflict, NotFound
from app.i18n import prefer
from app.nominations import queries, services
from app.nominations.forms import CallForm, ForwardForm
from app.nominations.models import NominationCall
from app.nominations.views.blueprint import blueprint
from app.nominations.views.calls import page_of
from app.nominations.views.lists import to_list
from app.nominations.words import NEEDS, REFUSALS
from app.personal_links import LinkExpired, opened_by_link, read_link_token


@blueprint.post("/<int:workshop_id>/mine")
@allow(signed_in)
def put_forward(workshop_id: int) -> ResponseReturnValue:
    form = ForwardForm()
    with unit_of_work() as db:
        actor = current_actor()
        call = queries.call_for(db, actor=actor, workshop_id=workshop_id)
        if not form.validate_on_submit():
            return page_of(call, form, CallForm(formdata=None, obj=call)), 422
        _put_forward(db, actor, call, form)
    return redirect(url_for("nominations.show", workshop_id=workshop_id), 303)


@blueprint.post("/nomination/<int:nomination_id>/withdraw")
@allow(signed_in)
def withdraw(nomination_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        actor = current_actor()
        nomination = queries.nomination_for(db, actor=actor, nomination_id=nomination_id)
        services.withdraw(db, actor=actor, nomination=nomination, now=clock.now())
        workshop_id, organisation_id = nomination.workshop_id, nomination.organisation_id
        about_me = queries.is_about(actor, nomination)
    flash(_("The nomination has been taken back."), "success")
    if about_me:
        return redirect(url_for("nominations.index"), 303)
    return to_list(workshop_id, organisation_id)


@blueprint.route("/by-link/<token>", methods=["GET", "POST"])
@allow(anybody)
@opened_by_link
def by_link(token: str) -> ResponseReturnValue:
    """One person's own page about one workshop, without an account."""
    form = ForwardForm(meta={"csrf": False})
    db: Session = database.session()
    try:
        actor, call = _come_by(db, token)
    except LinkExpired:
        return render_template("nominations/link_over.html"), 404
    status = 200
    if request.method == "POST":
        with unit_of_work() as db:
            actor, call = _come_by(db, token)
            if request.form.get("answer") == "withdraw":
                nomination = queries.nomination_of(
                    db, workshop_id=call.workshop_id, person_id=actor.person_id or 0
                )
                if nomination is not None:
                    services.withdraw(db, actor=actor, nomination=nomination, now=clock.now())
                return redirect(url_for("nominations.by_link", token=token), 303)
            if form.validate_on_submit():
                _put_forward(db, actor, call, form)
                return redirect(url_for("nominations.by_link", token=token), 303)
            status = 422
    return (
        render_template(
            "nominations/by_link.html",
            call=call,
            workshop=call.workshop,
            person=queries.person_of(db, actor.person_id),
            mine=queries.nomination_of(db, workshop_id=call.workshop_id, person_id=actor.person_id or 0),
            is_open=queries.is_open(call, clock.today()),
            forward=form,
            form=form,
            needs=NEEDS,
            here=url_for("nominations.by_link", token=token),
        ),
        status,
    )


def _come_by(db: Session, token: str) -> tuple[Actor, NominationCall]:
    """Who came by this link, and to what. Raises NotFound, LinkExpired."""
    subject = read_link_token(queries.LINK, token, clock.now())
    workshop_id, person_id = int(subject["workshop"]), int(subject["person"])
    person = queries.person_of(db, person_id)
    prefer(language_of(reader_of(db, person)))
    actor = Actor(name=person.name, person_id=person_id, link=(queries.LINK, workshop_id))
    return actor, queries.call_of_link(db, actor=actor, workshop_id=workshop_id)


def _put_forward(db: Session, actor: Actor, call: NominationCall, form: ForwardForm) -> None:
    """Put the actor forward, and say what comes of it."""
    person = queries.person_of(db, actor.person_id)
    if person.organisation not in call.workshop.invited:
        raise NotFound
    try:
        services.put_forward(
            db,
            actor=actor,
            call=call,
            person=person,
            need=form.need.data or 0,
            purpose=form.purpose.data or "",
            now=clock.now(),
        )
        flash(
            _(
                "Thank you. %(organisation)s decides, and you are told by letter.",
                organisation=person.organisation.name,
            ),
            "success",
        )
    except Conflict as conflict:
        flash(str(REFUSALS[conflict.reason]), "warning")
