"""Why? The page of one workshop in one draft: what keeps it out or holds it, and what would be otherwise."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, coordinator
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict, NotFound
from app.i18n import in_language
from app.jobs.queue import wake
from app.planning import asking, queries
from app.planning.draft_reading import DraftReading
from app.planning.letting_in import let_in
from app.planning.models import Draft, Question
from app.planning.views.blueprint import blueprint
from app.planning.why_reading import WhyReading, read_why
from app.planning.words import job_failure, refusal

LET_IN_SECONDS = 60
"""Planning on begins from a plan that holds the workshop: a minute is for the rest."""


@blueprint.get("/drafts/<int:draft_id>/why/<code>")
@allow(coordinator)
def why(draft_id: int, code: str) -> ResponseReturnValue:
    db = database.session()
    draft = queries.draft_for(db, actor=current_actor(), draft_id=draft_id)
    if all(each["id"] != code for each in draft.round_document["workshops"]):
        raise NotFound
    question = asking.why_of(db, draft=draft, workshop=code)
    reading = _read(draft)
    return render_template(
        "planning/why.html",
        draft=draft,
        planning_round=draft.planning_round,
        code=code,
        title=reading.workshop_titles[code],
        session=next((each for each in reading.sessions if each.code == code), None),
        currency=reading.round.currency,
        workshop_id=queries.ids_of(db, [code]).get(code),
        question=question,
        failure=_failure(question),
        answer=_answer(question, reading),
    )


@blueprint.post("/drafts/<int:draft_id>/why/<code>")
@allow(coordinator)
def ask_why(draft_id: int, code: str) -> ResponseReturnValue:
    with unit_of_work() as db:
        draft = queries.draft_for(db, actor=current_actor(), draft_id=draft_id)
        asking.ask_why(db, actor=current_actor(), draft=draft, workshop=code, now=clock.now(), wake=wake)
    return redirect(url_for("planning.why", draft_id=draft_id, code=code), 303)


@blueprint.get("/questions/<int:question_id>/progress")
@allow(coordinator)
def question_progress(question_id: int) -> ResponseReturnValue:
    """A question being worked out, as a fragment that asks for itself again; the whole page once it is."""
    question = asking.question_for(database.session(), actor=current_actor(), question_id=question_id)
    response = make_response(render_template("planning/_working_out.html", question=question))
    if question.job is None or question.job.is_over:
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.post("/questions/<int:question_id>/let-in")
@allow(coordinator)
def let_workshop_in(question_id: int) -> ResponseReturnValue:
    chosen = request.form.get("way", type=int)
    try:
        with unit_of_work() as db:
            question = asking.question_for(db, actor=current_actor(), question_id=question_id)
            round_id, draft_id, code = question.round_id, question.draft_id, question.topic
            let_in(
                db,
                actor=current_actor(),
                question=question,
                chosen=chosen,
                seconds=LET_IN_SECONDS,
                workers=current_app.extensions["baraza.settings"].planner_workers,
                now=clock.now(),
                wake=wake,
            )
    except Conflict as conflict:
        flash(refusal(conflict.reason), "warning")
        return redirect(url_for("planning.why", draft_id=draft_id, code=code), 303)
    flash(_("The planner plans on with this workshop held. What it makes is a new draft."), "success")
    return redirect(url_for("planning.show", round_id=round_id), 303)


def _read(draft: Draft) -> DraftReading:
    codes = [workshop["id"] for workshop in draft.round_document["workshops"]]
    titles = queries.titles_of(database.session(), codes)
    return DraftReading(draft, {code: in_language(each) for code, each in titles.items()})


def _answer(question: Question | None, reading: DraftReading) -> WhyReading | None:
    if question is None or not question.answer:
        return None
    codes = {workshop.topic for workshop in reading.round.workshops.values()}
    titles = queries.topic_titles_of(database.session(), codes)
    topics = {code: in_language(each) for code, each in titles.items()}
    return read_why(question.answer, reading, topics)


def _failure(question: Question | None) -> str | None:
    job: Any = question.job if question is not None else None
    if job is None or job.state != "failed" or (question is not None and question.answer):
        return None
    return job_failure(job.error)
