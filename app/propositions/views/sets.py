"""The propositions of a call: working them out, all of them together, what became of the needs."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.access import allow, coordinator, staff
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict
from app.jobs.models import Job
from app.jobs.queue import wake
from app.needs.models import NeedsCall
from app.needs.words import HOW_MUCH
from app.propositions import queries, reporting, services, words
from app.propositions.forms import TermsForm
from app.propositions.models import Proposition
from app.propositions.terms import Terms
from app.propositions.views.blueprint import blueprint, currency, names_of
from app.workshops.models import Workshop

TERMS = (
    "budget", "platforms_min", "platforms_max", "turns_per_platform", "hosted_per_place",
    "base_fare", "fare_per_100_km", "per_diem", "replication", "missing_facilitator",
)  # fmt: skip


@blueprint.get("")
@allow(staff)
def index() -> ResponseReturnValue:
    db, actor = database.session(), current_actor()
    return render_template(
        "propositions/index.html",
        calls=queries.calls(db, actor=actor),
        propositions=() if actor.is_coordinator else queries.propositions_of(db, actor=actor),
        actor=actor,
        words=words,
    )


@blueprint.get("/calls/<int:call_id>")
@allow(coordinator)
def show_set(call_id: int) -> ResponseReturnValue:
    call = queries.call_for(database.session(), actor=current_actor(), call_id=call_id)
    return _set_page(call, _terms_form(call))


@blueprint.post("/calls/<int:call_id>/work-out")
@allow(coordinator)
def work_out(call_id: int) -> ResponseReturnValue:
    call = queries.call_for(database.session(), actor=current_actor(), call_id=call_id)
    form = _terms_form(call)
    if form.validate_on_submit() and form.platforms_min.data > form.platforms_max.data:
        form.platforms_max.errors = [_("The most cannot be below the least.")]
    if form.errors:
        return _set_page(call, form)
    terms = Terms(currency=currency(), **{name: form[name].data for name in TERMS})
    try:
        with unit_of_work() as db:
            services.work_out(
                db,
                actor=current_actor(),
                call=queries.call_for(db, actor=current_actor(), call_id=call_id),
                terms=terms,
                now=clock.now(),
                wake=wake,
            )
    except Conflict as conflict:
        flash(str(words.REFUSALS[conflict.reason]), "warning")
    else:
        flash(_("Propositions are being worked out. It takes some seconds."), "success")
    return redirect(url_for("propositions.show_set", call_id=call_id), 303)


@blueprint.get("/calls/<int:call_id>/progress")
@allow(coordinator)
def progress(call_id: int) -> ResponseReturnValue:
    """The planner at work, as a fragment that asks for itself again; the whole page once it has ended."""
    db = database.session()
    call = queries.call_for(db, actor=current_actor(), call_id=call_id)
    job = queries.last_job(db, queries.set_of(db, call))
    response = make_response(render_template("propositions/_progress.html", call=call, job=_job_shown(job)))
    if job is None or job.is_over:
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.get("/calls/<int:call_id>/report")
@allow(coordinator)
def report(call_id: int) -> ResponseReturnValue:
    db = database.session()
    call = queries.call_for(db, actor=current_actor(), call_id=call_id)
    found = queries.set_of(db, call)
    fates = reporting.report(db, call=call, now=clock.now())
    return render_template(
        "propositions/report.html",
        call=call,
        fates=fates,
        counts={stage: sum(fate.stage == stage for fate in fates) for stage in words.STAGES},
        topics=reporting.by_topic(fates),
        reasons=[
            {"label": words.LEFT_IN_SHORT.get(code, words.LEFT_IN_SHORT[""]), "value": number}
            for code, number in reporting.reasons_counted(fates)
        ],
        currency=found.currency if found else currency(),
        words=words,
    )


def _set_page(call: NeedsCall, form: TermsForm) -> ResponseReturnValue:
    db, actor = database.session(), current_actor()
    found = queries.set_of(db, call)
    job = queries.last_job(db, found)
    propositions = queries.propositions_of(db, actor=actor, call=call)
    counting = [each for each in propositions if each.state != "dropped"]
    page = render_template(
        "propositions/set.html",
        call=call,
        found=found,
        job=_job_shown(job),
        failure=words.failure(job.error) if job is not None and job.state == "failed" else None,
        form=form,
        now=clock.now(),
        propositions=counting,
        dropped=[each for each in propositions if each.state == "dropped"],
        totals=_totals(db, call, counting),
        names=names_of(db, propositions, found),
        words=words,
    )
    return page, 422 if form.errors else 200


def _totals(db: Session, call: NeedsCall, counting: list[Proposition]) -> dict[str, int]:
    """What the propositions that count answer together, and of how much."""
    lines = queries.lines_asked(db, call)
    answered = {m.line_id for each in counting for m in each.learners if m.line_id in lines}
    platforms = {line.answer.organisation_id for line in lines.values()}
    reached = {lines[id].answer.organisation_id for id in answered if id is not None}
    return {
        "lines": len(lines),
        "answered": len(answered),
        "platforms": len(platforms),
        "platforms_reached": len(reached),
        "people": sum(each.reached for each in counting),
        "cost": sum(each.cost for each in counting),
        "missing": sum(each.missing for each in counting),
    }


def _terms_form(call: NeedsCall) -> TermsForm:
    found = queries.set_of(database.session(), call)
    terms = services.terms_of(found) if found is not None else Terms()
    return TermsForm(data={name: getattr(terms, name) for name in TERMS})


def _job_shown(job: Job | None) -> dict[str, Any] | None:
    """A job as `planner_progress` shows it."""
    if job is None:
        return None
    return {
        "state": job.state,
        "is_over": job.is_over,
        "elapsed": job.progress.get("elapsed", 0),
        "time_limit": job.progress.get("time_limit"),
        "held": None,
    }


@blueprint.app_context_processor
def for_templates() -> dict[str, Any]:
    """What the page of a request says about the needs behind it."""

    def behind(workshop: Workshop) -> reporting.Behind | None:
        return reporting.needs_behind(database.session(), actor=current_actor(), workshop=workshop)

    return {"needs_behind": behind, "how_much_needed": HOW_MUCH}
