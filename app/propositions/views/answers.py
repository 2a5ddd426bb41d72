"""Asking platforms whether they are in, and what they say, with and without an account."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app import clock, once
from app.access import allow, anybody, coordinator, staff
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict
from app.personal_links import LinkExpired, opened_by_link
from app.propositions import letters, queries, services, words
from app.propositions.forms import AnswerForm
from app.propositions.views.blueprint import blueprint, names_of, refused


@blueprint.post("/<int:proposition_id>/ask")
@allow(coordinator)
def ask(proposition_id: int) -> ResponseReturnValue:
    try:
        with unit_of_work() as db:
            proposition = queries.proposition_for(db, actor=current_actor(), proposition_id=proposition_id)
            now = clock.now()
            asked = services.ask_platforms(db, actor=current_actor(), proposition=proposition, now=now)
            number, unreached = letters.write_are_you_in(db, proposition=proposition, members=asked, now=now)
            silent = [member.organisation.short_name for member in unreached]
    except Conflict as conflict:
        return refused(proposition_id, conflict)
    if number:
        flash(ngettext("%(num)s letter goes out.", "%(num)s letters go out.", number), "success")
    elif not silent:
        flash(_("Nobody was written to: they have answered, or were written to in the last day."), "info")
    if silent:
        flash(_("Nobody to write to at %(names)s.", names=", ".join(silent)), "warning")
    return redirect(url_for("propositions.show", proposition_id=proposition_id), 303)


@blueprint.post("/<int:proposition_id>/answers/<int:member_id>")
@allow(staff)
def answer(proposition_id: int, member_id: int) -> ResponseReturnValue:
    form = AnswerForm()
    actor = current_actor()
    try:
        with unit_of_work() as db:
            member = queries.member_for(db, actor=actor, member_id=member_id)
            proposition_id = member.proposition_id
            if form.validate_on_submit():
                services.answer(db, actor=actor, member=member, said=form.said.data, now=clock.now())
    except Conflict as conflict:
        return refused(proposition_id, conflict)
    if form.errors:
        flash(_("Choose one of the two."), "warning")
    elif actor.is_coordinator:
        flash(_("Noted, in your name."), "success")
    else:
        flash(_("Thank you. You can change the answer for as long as nothing is fixed."), "success")
    return redirect(url_for("propositions.show", proposition_id=proposition_id), 303)


@blueprint.route("/by-link/<token>", methods=["GET", "POST"])
@allow(anybody)
@opened_by_link
def by_link(token: str) -> ResponseReturnValue:
    """One platform's own page about one proposition, without an account."""
    db: Session = database.session()
    form = AnswerForm(meta={"csrf": False})
    try:
        caller = letters.open_link(db, token=token, now=clock.now())
    except LinkExpired:
        return render_template("propositions/link_over.html"), 404
    status = 200
    if request.method == "POST" and form.validate_on_submit():
        with unit_of_work() as db:
            if (earlier := once.earlier_answer(db)) is not None:
                return redirect(earlier, 303)
            caller = letters.open_link(db, token=token, now=clock.now())
            if caller.member.proposition.state in ("proposed", "edited"):
                services.answer(
                    db, actor=caller.actor, member=caller.member, said=form.said.data, now=clock.now()
                )
                flash(_("Thank you. You can change the answer for as long as nothing is fixed."), "success")
            return once.answered(db, url_for("propositions.by_link", token=token))
    if form.errors:
        status = 422
    elif caller.member.answer:
        form.said.data = caller.member.answer
    proposition = queries.proposition_for(db, actor=caller.actor, proposition_id=caller.member.proposition_id)
    return (
        render_template(
            "propositions/by_link.html",
            proposition=proposition,
            member=caller.member,
            names=names_of(db, [proposition], proposition.set),
            form=form,
            now=clock.now(),
            words=words,
            here=url_for("propositions.by_link", token=token),
        ),
        status,
    )
