"""One place: all that was said of it, an answer that came by telephone, and who could take it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, coordinator
from app.accounts.identity import current_actor
from app.confirmations import queries, repair, services, words
from app.confirmations.forms import AnswerForm
from app.confirmations.views.blueprint import blueprint
from app.db import database, unit_of_work
from app.errors import Conflict, Invalid
from app.jobs.queue import wake


@blueprint.get("/confirmations/places/<int:place_id>")
@allow(coordinator)
def place(place_id: int) -> ResponseReturnValue:
    db = database.session()
    row = queries.place_for(db, actor=current_actor(), place_id=place_id)
    found = repair.substitutes_found(db, place=row.place)
    people = queries.people_by_code(db, [each.person for each in found.substitutions])
    job = found.job
    return render_template(
        "confirmations/place.html",
        row=row,
        found=found,
        is_looking=job is not None and not job.is_over,
        failure=words.FAILURES.get(job.error, _("Looking for substitutes failed."))
        if job and job.error
        else "",
        substitutes=[(each, people[each.person]) for each in found.substitutions if each.person in people],
        currency=row.asked.planning_round.currency,
        words=words,
        today=clock.today(),
    )


@blueprint.post("/confirmations/places/<int:place_id>/answer")
@allow(coordinator)
def answer_for(place_id: int) -> ResponseReturnValue:
    """Somebody telephoned: what they said is kept as theirs, with who wrote it down."""
    form = AnswerForm()
    try:
        with unit_of_work() as db:
            actor = current_actor()
            row = queries.place_for(db, actor=actor, place_id=place_id)
            if not form.validate():
                flash(
                    _("This could not be read. Please look at what you wrote, and send it again."), "warning"
                )
                return _back(place_id)
            services.take_answer(
                db,
                actor=actor,
                workshop_id=row.place.workshop_id,
                person_id=row.person.id,
                part=row.place.part,  # type: ignore[arg-type]
                answer=form.answer.data,
                reason=form.reason.data or "",
                word=form.word.data or "",
                could_if=form.could_if.data or "",
                until=form.until.data,
                via="telephone",
                now=clock.now(),
            )
    except (Conflict, Invalid) as refused:
        flash(words.refusal(refused.reason), "warning")
    else:
        flash(_("Saved."), "success")
    return _back(place_id)


@blueprint.post("/confirmations/places/<int:place_id>/look")
@allow(coordinator)
def look(place_id: int) -> ResponseReturnValue:
    """Have it found out again who could take the place."""
    with unit_of_work() as db:
        actor = current_actor()
        row = queries.place_for(db, actor=actor, place_id=place_id)
        repair.look_for_substitutes(db, actor=actor, place=row.place, now=clock.now(), wake=wake)
    return _back(place_id)


@blueprint.post("/confirmations/places/<int:place_id>/ask")
@allow(coordinator)
def ask_substitute(place_id: int) -> ResponseReturnValue:
    """Ask one of those who could take the place."""
    try:
        with unit_of_work() as db:
            actor = current_actor()
            row = queries.place_for(db, actor=actor, place_id=place_id)
            asked = repair.ask_substitute(
                db, actor=actor, place=row.place, code=request.form.get("person", ""), now=clock.now()
            )
            name, reached, asking_id = (
                asked.asked.person.name,
                asked.asked.person.email is not None,
                asked.asked.asking_id,
            )
    except Conflict as conflict:
        flash(words.refusal(conflict.reason), "warning")
        return _back(place_id)
    if reached:
        flash(_("%(name)s is asked. The plan with them is a new draft.", name=name), "success")
    else:
        flash(
            _("The plan with %(name)s is a new draft. They have no address: please telephone.", name=name),
            "warning",
        )
    return redirect(url_for("confirmations.show", asking_id=asking_id), 303)


def _back(place_id: int) -> ResponseReturnValue:
    return redirect(url_for("confirmations.place", place_id=place_id), 303)
