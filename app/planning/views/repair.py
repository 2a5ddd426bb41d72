"""Something happened: the coordinator says it once, and chooses among the plans that mend it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, once
from app.access import allow, coordinator
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict, NotFound
from app.i18n import country_name, in_language
from app.jobs.queue import wake
from app.planning import asking, queries, repairing
from app.planning.draft_writer import document_bytes
from app.planning.forms import RepairForm
from app.planning.happenings import WITH_DAYS, Happening
from app.planning.models import PlanningRound, Question
from app.planning.naming import Naming
from app.planning.repair_words import GROUPS, HINTS, happening_sentence, variant_label
from app.planning.views.blueprint import blueprint
from app.planning.words import job_failure, refusal
from app.web import row_id
from solver import Round, read_round


@blueprint.route("/<int:round_id>/repair", methods=["GET", "POST"])
@allow(coordinator)
def repair(round_id: int) -> ResponseReturnValue:
    db = database.session()
    planning_round = queries.round_for(db, actor=current_actor(), round_id=round_id)
    try:
        standing = repairing.in_force(db, planning_round, clock.today())
    except Conflict as conflict:
        flash(refusal(conflict.reason), "warning")
        return redirect(url_for("planning.show", round_id=round_id), 303)
    choices = _choices(standing.round)
    form = RepairForm(**_asked_for(db, choices))
    form.what.choices = {"": [("", _("Choose…"))], **choices}
    if not form.validate_on_submit():
        return _form_page(planning_round, form)
    kind, _colon, subject = form.what.data.partition(":")
    if problem := _problem(form, kind):
        field, text = problem
        field.errors = [*field.errors, text]
        return _form_page(planning_round, form)
    happening = Happening(
        kind,
        subject,
        form.first.data if kind in WITH_DAYS else None,
        form.last.data if kind in WITH_DAYS else None,
        form.amount.data or 0 if kind == "fund" else 0,
    )
    try:
        with unit_of_work() as work:
            if (earlier := once.earlier_answer(work)) is not None:
                return redirect(earlier, 303)
            question = repairing.ask_for_repair(
                work,
                actor=current_actor(),
                planning_round=queries.round_for(work, actor=current_actor(), round_id=round_id),
                happening=happening,
                standing=standing,
                now=clock.now(),
                wake=wake,
            )
            return once.answered(work, url_for("planning.repairs", question_id=question.id))
    except Conflict as conflict:
        flash(refusal(conflict.reason), "warning")
        return redirect(url_for("planning.repair", round_id=round_id), 303)


@blueprint.get("/repairs/<int:question_id>")
@allow(coordinator)
def repairs(question_id: int) -> ResponseReturnValue:
    """What happened, and the plans that mend it, as they are found."""
    return render_template("planning/repairs.html", **_shown(_question(question_id)))


@blueprint.get("/repairs/<int:question_id>/progress")
@allow(coordinator)
def repairs_progress(question_id: int) -> ResponseReturnValue:
    """The plans found so far, as a fragment that asks for itself again until all are there."""
    question = _question(question_id)
    response = make_response(render_template("planning/_repairs.html", **_shown(question)))
    if not _is_open(question):
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.post("/repairs/<int:question_id>/take")
@allow(coordinator)
def take_repair(question_id: int) -> ResponseReturnValue:
    try:
        with unit_of_work() as db:
            question = asking.question_for(db, actor=current_actor(), question_id=question_id)
            draft = repairing.take_repair(
                db,
                actor=current_actor(),
                question=question,
                variant=request.form.get("variant", ""),
                now=clock.now(),
            )
            draft_id = draft.id
    except Conflict as conflict:
        flash(refusal(conflict.reason), "warning")
        return redirect(url_for("planning.repairs", question_id=question_id), 303)
    flash(_("The repair is a draft now, ready to be published. Only those touched will be told."), "success")
    return redirect(url_for("planning.draft", draft_id=draft_id), 303)


# -- The form


def _choices(round: Round) -> dict[str, list[tuple[str, str]]]:
    """What may happen to a round in force, by kind: only what its sessions are touched by."""
    told = round.published or ()
    team = dict.fromkeys(person for session in told for person in session.team)
    seated = dict.fromkeys(seat for session in told for seat in session.seats)
    venues = dict.fromkeys(session.venue for session in told if session.venue)
    countries = {round.places[round.venues[each].place].country for each in venues}
    countries |= {round.places[round.people[each].home].country for each in team}
    titles = _titles(round)
    named: dict[str, Iterable[tuple[str, str]]] = {
        "person": [(id, round.people[id].name) for id in {**team, **seated}],
        "venue": [(id, f"{round.venues[id].name}, {_place(round, id)}") for id in venues],
        "border": [(country, country_name(country)) for country in countries],
        "elections": [(country, country_name(country)) for country in countries],
        "fund": [(fund.id, fund.title) for fund in round.funds.values() if "--" not in fund.id],
        "request": [(each.workshop, titles[each.workshop]) for each in told],
    }
    return {
        str(GROUPS[kind]): [(f"{kind}:{id}", label) for id, label in sorted(rows, key=lambda row: row[1])]
        for kind, rows in named.items()
        if rows
    }


def _place(round: Round, venue: str) -> str:
    return round.places[round.venues[venue].place].name


def _titles(round: Round) -> dict[str, str]:
    titles = queries.titles_of(database.session(), round.workshops)
    return {
        code: in_language(titles.get(code)) or workshop.title for code, workshop in round.workshops.items()
    }


def _asked_for(db: Any, choices: dict[str, list[tuple[str, str]]]) -> dict[str, Any]:
    """What `?person=…&from=…&to=…` fills in; a person by code or number."""
    person = request.args.get("person", "")
    number = request.args.get("person", type=row_id)
    code = queries.code_of_person(db, person_id=number) if number else person
    known = {value for rows in choices.values() for value, _label in rows}
    found: dict[str, Any] = {"what": f"person:{code}"} if f"person:{code}" in known else {}
    for field, name in (("first", "from"), ("last", "to")):
        try:
            found[field] = date.fromisoformat(request.args.get(name, ""))
        except ValueError:
            continue
    return found


def _problem(form: RepairForm, kind: str) -> tuple[Any, str] | None:
    """What is missing for this kind, at its field."""
    if kind in WITH_DAYS:
        if form.first.data is None:
            return form.first, _("Say from which day.")
        if form.last.data is None:
            return form.last, _("Say until which day.")
        if form.last.data < form.first.data:
            return form.last, _("The last day must not be before the first.")
        if form.last.data < clock.today():
            return form.last, _("These days are over.")
    if kind == "fund" and not form.amount.data:
        return form.amount, _("Say by how much.")
    return None


def _form_page(planning_round: PlanningRound, form: RepairForm) -> ResponseReturnValue:
    page = render_template("planning/repair.html", planning_round=planning_round, form=form)
    return page, 422 if form.errors else 200


# -- The answer


def _question(question_id: int) -> Question:
    question = asking.question_for(database.session(), actor=current_actor(), question_id=question_id)
    if question.kind != "repair":
        raise NotFound
    return question


def _is_open(question: Question) -> bool:
    return question.job is not None and not question.job.is_over


def _shown(question: Question) -> dict[str, Any]:
    round = read_round(document_bytes(question.asked["round"]))
    titles = _titles(round)
    names = Naming(round, titles)
    variants = list(question.answer.get("variants", ()))
    most = max((each["value"] for each in variants), default=0)
    return {
        "question": question,
        "planning_round": question.planning_round,
        "is_open": _is_open(question),
        "happened": happening_sentence(Happening.of(question.asked["happening"]), round, titles),
        "is_border": question.topic == "border",
        "currency": round.currency,
        "answer": question.answer,
        "variants": [
            {
                **each,
                "label": variant_label(each["name"]),
                "hint": HINTS[each["name"]],
                "behind": most - each["value"],
                "lines": list(names.differences(each["differences"])),
            }
            for each in variants
            if not _is_repeated(each, variants)
        ],
        "failure": job_failure(question.job.error)
        if question.job is not None and question.job.state == "failed" and not variants
        else None,
    }


def _is_repeated(variant: dict[str, Any], variants: list[dict[str, Any]]) -> bool:
    """Whether an earlier one is the same plan."""
    earlier = variants[: variants.index(variant)]
    return any(each["schedule"]["sessions"] == variant["schedule"]["sessions"] for each in earlier)
