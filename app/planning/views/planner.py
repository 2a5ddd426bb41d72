"""One round and the planner: what is missing, setting it to work, following it, stopping it."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, current_app, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, coordinator
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict
from app.i18n import in_language
from app.jobs.models import Job
from app.jobs.queue import wake
from app.planning import queries, services
from app.planning.forms import SECONDS, PlanForm
from app.planning.models import PlanningRound, gap_between
from app.planning.readiness import Finding, findings
from app.planning.repair_words import GROUPS
from app.planning.round_builder import BuiltRound, build_round
from app.planning.views.blueprint import blueprint
from app.planning.words import finding_sentence, job_failure, phase, refusal


@blueprint.get("/<int:round_id>")
@allow(coordinator)
def show(round_id: int) -> ResponseReturnValue:
    db = database.session()
    planning_round = queries.round_for(db, actor=current_actor(), round_id=round_id)
    return _page(planning_round, _plan_form())


@blueprint.post("/<int:round_id>/plan")
@allow(coordinator)
def plan(round_id: int) -> ResponseReturnValue:
    planning_round = queries.round_for(database.session(), actor=current_actor(), round_id=round_id)
    form = _plan_form()
    if not form.validate_on_submit():
        return _page(planning_round, form)
    settings = current_app.extensions["baraza.settings"]
    try:
        with unit_of_work() as db:
            services.start_planning(
                db,
                actor=current_actor(),
                planning_round=planning_round,
                seconds=form.seconds.data,
                workers=settings.planner_workers,
                helpers=settings.planner_helpers,
                now=clock.now(),
                wake=wake,
            )
    except Conflict as conflict:
        flash(refusal(conflict.reason), "warning")
    else:
        flash(_("The planner is at work. You may leave this page; it goes on."), "success")
    return redirect(url_for("planning.show", round_id=round_id), 303)


@blueprint.get("/<int:round_id>/progress")
@allow(coordinator)
def progress(round_id: int) -> ResponseReturnValue:
    """The planner at work, as a fragment that asks for itself again; the whole page once it has ended."""
    db = database.session()
    planning_round = queries.round_for(db, actor=current_actor(), round_id=round_id)
    job = queries.last_job(db, planning_round)
    response = make_response(
        render_template("planning/_progress.html", planning_round=planning_round, job=_job_shown(job))
    )
    if job is None or job.is_over:
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.post("/<int:round_id>/stop")
@allow(coordinator)
def stop(round_id: int) -> ResponseReturnValue:
    try:
        with unit_of_work() as db:
            planning_round = queries.round_for(db, actor=current_actor(), round_id=round_id)
            job = services.stop_planning(
                db, actor=current_actor(), planning_round=planning_round, now=clock.now()
            )
            if not job.is_over:
                wake(job.id)
    except Conflict as conflict:
        flash(refusal(conflict.reason), "warning")
    else:
        flash(_("The planner has been asked to stop. Its best plan so far becomes a draft."), "success")
    return redirect(url_for("planning.show", round_id=round_id), 303)


@blueprint.get("/<int:round_id>/round.json")
@allow(coordinator)
def round_document(round_id: int) -> ResponseReturnValue:
    """The round as the planner would get it now."""
    db = database.session()
    planning_round = queries.round_for(db, actor=current_actor(), round_id=round_id)
    return download(build_round(db, planning_round).document, f"{planning_round.code}.json")


def download(document: bytes, name: str) -> Response:
    """A JSON document as a file."""
    response = make_response(document)
    response.headers["Content-Type"] = "application/json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _plan_form() -> PlanForm:
    usual = current_app.extensions["baraza.settings"].planner_seconds
    form = PlanForm(seconds=min(SECONDS, key=lambda each: abs(each - usual)))
    form.seconds.choices = second_choices()
    return form


def second_choices() -> list[tuple[int, str]]:
    """How long the planner may take, in words."""
    return [
        (10, _("10 seconds: a quick look")),
        (60, _("1 minute: a first look")),
        (300, _("5 minutes: a good plan")),
        (900, _("15 minutes: a better one")),
        (3600, _("1 hour: for large rounds")),
    ]


def _page(planning_round: PlanningRound, form: PlanForm) -> ResponseReturnValue:
    db = database.session()
    built = build_round(db, planning_round)
    job = queries.last_job(db, planning_round)
    found = findings(built)
    page = render_template(
        "planning/show.html",
        planning_round=planning_round,
        form=form,
        planned=len(built.round.workshops),
        set_aside=len(built.set_aside),
        people=len(built.round.people),
        impossible=_findings_shown(built, [each for each in found if not each.is_warning], planning_round.id),
        warnings=_findings_shown(built, [each for each in found if each.is_warning], planning_round.id),
        defects=_defects_shown(built),
        job=_job_shown(job),
        failure=job_failure(job.error) if job is not None and job.state == "failed" else None,
        drafts=queries.drafts_of(db, planning_round),
        repairs=[(each, GROUPS[each.topic]) for each in queries.repairs_of(db, planning_round)],
    )
    return page, 422 if form.errors else 200


def _findings_shown(
    built: BuiltRound, found: list[Finding], round_id: int
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Findings in words by request, each with where it can be mended."""
    shown: dict[int, tuple[str, list[dict[str, Any]]]] = {}
    for finding in found:
        request = finding.request
        title = f"{in_language(request.titles)} · {request.requested_by.short_name}"
        shown.setdefault(request.id, (title, []))[1].append(
            {
                "text": finding_sentence(finding, currency=built.round.currency),
                **_where_to_mend(finding, round_id),
            }
        )
    return list(shown.values())


def _where_to_mend(finding: Finding, round_id: int) -> dict[str, str]:
    if finding.mend == "topic":
        return {"url": url_for("network.people", part="teaches"), "link": _("See who teaches")}
    if finding.mend == "candidates":
        return {"url": url_for("network.topics"), "link": _("See who wants the topic")}
    if finding.mend == "round":
        return {"url": url_for("planning.change", round_id=round_id), "link": _("Change the round")}
    return {
        "url": url_for("workshops.show", workshop_id=finding.request.id),
        "link": _("Open the request"),
    }


def _defects_shown(built: BuiltRound) -> list[str]:
    """What the format refuses, each with its place; of a workshop with its title."""
    titles = [in_language(request.titles) for request in built.workshops.values()]
    lines = []
    for defect in built.defects:
        of_workshop = re.match(r"workshops\[(\d+)\]", defect.place)
        title = f"{titles[int(of_workshop[1])]}: " if of_workshop else ""
        lines.append(f"{title}{defect.place}: {defect.message}")
    return lines


def _job_shown(job: Job | None) -> dict[str, Any] | None:
    """A job as `planner_progress` shows it; values in points."""
    if job is None:
        return None
    told = job.progress
    stopping = job.stop_requested and not job.is_over
    return {
        "state": "stopping" if stopping else job.state,
        "is_over": job.is_over,
        "elapsed": told.get("elapsed", 0),
        "time_limit": told.get("time_limit"),
        "objective": _in_points(told.get("objective")),
        "bound": _in_points(told.get("bound")),
        "gap": gap_between(told.get("objective"), told.get("bound")),
        "held": told.get("held"),
        "total": told.get("total"),
        "phase": phase(told.get("phase")) if job.state == "running" else "",
        "history": [
            (seconds, _in_points(objective), _in_points(bound))
            for seconds, objective, bound in told.get("history", ())
        ],
        "message": _("The planner broke off early; this is the best plan it had.")
        if told.get("broke_off")
        else "",
    }


def _in_points(hundredths: int | None) -> float | None:
    return None if hundredths is None else hundredths / 100
