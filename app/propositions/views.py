"""Pages about propositions: the set, each of them, what platforms say, and the report."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from app import clock, once
from app.access import allow, anybody, coordinator, staff
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict, Invalid
from app.i18n import format_list, language_name
from app.jobs.models import Job
from app.jobs.queue import wake
from app.needs.models import NeedsCall
from app.personal_links import LinkExpired, opened_by_link
from app.propositions import letters, queries, services, words
from app.propositions.call_builder import build_call
from app.propositions.forms import AnswerForm, EditForm, MergeForm, RequestForm, SplitForm, TermsForm
from app.propositions.models import Proposition, PropositionSet
from app.propositions.services import Change
from app.propositions.terms import Terms
from app.propositions.values import remarks
from app.propositions.words import Names
from app.workshops import queries as workshops

blueprint = Blueprint("propositions", __name__, url_prefix="/propositions")

TERMS = (
    "budget", "platforms_min", "platforms_max", "turns_per_platform", "hosted_per_place",
    "base_fare", "fare_per_100_km", "per_diem", "replication", "missing_facilitator",
)  # fmt: skip


# -- The set


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
    terms = Terms(currency=_currency(), **{name: form[name].data for name in TERMS})
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
    fates = queries.report(db, call=call, now=clock.now())
    return render_template(
        "propositions/report.html",
        call=call,
        fates=fates,
        counts={stage: sum(fate.stage == stage for fate in fates) for stage in words.STAGES},
        left=[fate for fate in fates if fate.stage == "asked"],
        currency=found.currency if found else _currency(),
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
        names=_names(db, propositions, found),
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


def _currency() -> str:
    currency: str = current_app.extensions["baraza.settings"].currency
    return currency


def _job_shown(job: Job | None) -> dict[str, Any] | None:
    """A job as `planner_progress` shows it."""
    if job is None:
        return None
    return {
        "state": job.state,
        "is_over": job.is_over,
        "elapsed": job.progress.get("elapsed", 0),
        "time_limit": job.progress.get("time_limit"),
        "objective": None,
        "bound": None,
        "gap": None,
        "held": None,
        "total": None,
        "phase": "",
        "history": [],
        "message": "",
    }


def _names(db: Session, propositions: Any, found: PropositionSet | None) -> Names:
    organisations = {m.organisation_id: m.organisation for each in propositions for m in each.members}
    venues = {venue.id: venue for venue in queries.venues(db)} if propositions else {}
    return Names(venues, organisations, found.currency if found else _currency())


# -- One of them


@blueprint.get("/<int:proposition_id>")
@allow(staff)
def show(proposition_id: int) -> ResponseReturnValue:
    db, actor = database.session(), current_actor()
    proposition = queries.proposition_for(db, actor=actor, proposition_id=proposition_id)
    return _page(db, proposition)


def _page(
    db: Session,
    proposition: Proposition,
    *,
    split: SplitForm | None = None,
    asking: RequestForm | None = None,
) -> ResponseReturnValue:
    actor = current_actor()
    split = split or _split_form(proposition)
    asking = asking or _request_form(db, proposition)
    page = render_template(
        "propositions/show.html",
        proposition=proposition,
        names=_names(db, [proposition], proposition.set),
        remarks=_remarks(db, proposition) if actor.is_coordinator else (),
        mine=[m for m in proposition.members if m.asked_at and actor.acts_for(m.organisation_id)],
        split=split,
        merge=_merge_form(db, proposition),
        asking=asking,
        actor=actor,
        words=words,
    )
    return page, 422 if split.errors or asking.errors else 200


def _remarks(db: Session, proposition: Proposition) -> list[str]:
    if proposition.state not in ("proposed", "edited"):
        return []
    found = proposition.set
    call = build_call(db, found.call, services.terms_of(found))
    return [str(words.REMARKS[rule]) for rule in remarks(call, proposition) if rule in words.REMARKS]


@blueprint.route("/<int:proposition_id>/edit", methods=["GET", "POST"])
@allow(coordinator)
def edit(proposition_id: int) -> ResponseReturnValue:
    db: Session = database.session()
    proposition = queries.proposition_for(db, actor=current_actor(), proposition_id=proposition_id)
    form = _edit_form(db, proposition)
    if form.validate_on_submit():
        change = Change(
            kind=form.kind.data,
            language=form.language.data,
            venue_id=form.venue_id.data,
            days=form.days.data,
            line_ids=form.line_ids.data,
            giver_ids=form.giver_ids.data or (),
        )
        try:
            with unit_of_work() as db:
                services.edit(
                    db,
                    actor=current_actor(),
                    proposition=queries.proposition_for(
                        db, actor=current_actor(), proposition_id=proposition_id
                    ),
                    change=change,
                    now=clock.now(),
                )
        except Invalid as invalid:
            form[invalid.field].errors = [str(words.REFUSALS[invalid.reason])]
        except Conflict as conflict:
            return _back(proposition_id, conflict)
        else:
            flash(_("The proposition has been changed; its figures are worked out anew."), "success")
            return redirect(url_for("propositions.show", proposition_id=proposition_id), 303)
    page = render_template("propositions/edit.html", proposition=proposition, form=form, words=words)
    return page, 422 if form.errors else 200


@blueprint.post("/<int:proposition_id>/split")
@allow(coordinator)
def split(proposition_id: int) -> ResponseReturnValue:
    db: Session = database.session()
    proposition = queries.proposition_for(db, actor=current_actor(), proposition_id=proposition_id)
    form = _split_form(proposition)
    form.validate_on_submit()
    try:
        with unit_of_work() as db:
            new = services.split(
                db,
                actor=current_actor(),
                proposition=queries.proposition_for(db, actor=current_actor(), proposition_id=proposition_id),
                line_ids=form.line_ids.data or (),
                now=clock.now(),
            )
    except Invalid as invalid:
        form.line_ids.errors = [str(words.REFUSALS[invalid.reason])]
        db = database.session()
        again = queries.proposition_for(db, actor=current_actor(), proposition_id=proposition_id)
        return _page(db, again, split=form)
    except Conflict as conflict:
        return _back(proposition_id, conflict)
    flash(_("Those platforms have a proposition of their own now: this one."), "success")
    return redirect(url_for("propositions.show", proposition_id=new.id), 303)


@blueprint.post("/<int:proposition_id>/merge")
@allow(coordinator)
def merge(proposition_id: int) -> ResponseReturnValue:
    actor = current_actor()
    form = MergeForm()
    try:
        with unit_of_work() as db:
            proposition = queries.proposition_for(db, actor=actor, proposition_id=proposition_id)
            other = queries.proposition_for(db, actor=actor, proposition_id=form.other_id.data or 0)
            services.merge(db, actor=actor, proposition=proposition, other=other, now=clock.now())
    except Conflict as conflict:
        return _back(proposition_id, conflict)
    except Invalid as invalid:
        flash(str(words.REFUSALS[invalid.reason]), "warning")
        return redirect(url_for("propositions.show", proposition_id=proposition_id), 303)
    flash(_("The two are one now."), "success")
    return redirect(url_for("propositions.show", proposition_id=proposition_id), 303)


@blueprint.post("/<int:proposition_id>/drop")
@allow(coordinator)
def drop(proposition_id: int) -> ResponseReturnValue:
    return _switch(proposition_id, services.drop, _("The proposition has been dropped."))


@blueprint.post("/<int:proposition_id>/bring-back")
@allow(coordinator)
def bring_back(proposition_id: int) -> ResponseReturnValue:
    return _switch(proposition_id, services.bring_back, _("The proposition counts again."))


def _switch(proposition_id: int, service: Any, done: str) -> ResponseReturnValue:
    try:
        with unit_of_work() as db:
            proposition = queries.proposition_for(db, actor=current_actor(), proposition_id=proposition_id)
            service(db, actor=current_actor(), proposition=proposition, now=clock.now())
    except Conflict as conflict:
        return _back(proposition_id, conflict)
    flash(done, "success")
    return redirect(url_for("propositions.show", proposition_id=proposition_id), 303)


def _back(proposition_id: int, conflict: Conflict) -> ResponseReturnValue:
    flash(str(words.REFUSALS[conflict.reason]), "warning")
    return redirect(url_for("propositions.show", proposition_id=proposition_id), 303)


# -- Asking platforms, and what they say


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
        return _back(proposition_id, conflict)
    flash(ngettext("%(num)s letter goes out.", "%(num)s letters go out.", number), "success")
    if silent:
        flash(_("Nobody to write to at %(names)s.", names=", ".join(silent)), "warning")
    return redirect(url_for("propositions.show", proposition_id=proposition_id), 303)


@blueprint.post("/<int:proposition_id>/answers/<int:member_id>")
@allow(staff)
def answer(proposition_id: int, member_id: int) -> ResponseReturnValue:
    form = AnswerForm()
    try:
        with unit_of_work() as db:
            member = queries.member_for(db, actor=current_actor(), member_id=member_id)
            proposition_id = member.proposition_id
            if form.validate_on_submit():
                services.answer(
                    db, actor=current_actor(), member=member, said=form.said.data, now=clock.now()
                )
    except Conflict as conflict:
        return _back(proposition_id, conflict)
    if form.errors:
        flash(_("Choose one of the two."), "warning")
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
            if caller.member.proposition.state != "dropped":
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
            names=_names(db, [proposition], proposition.set),
            form=form,
            now=clock.now(),
            words=words,
            here=url_for("propositions.by_link", token=token),
        ),
        status,
    )


# -- Requests


@blueprint.post("/<int:proposition_id>/requests")
@allow(coordinator)
def make_requests(proposition_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        if (earlier := once.earlier_answer(db)) is not None:
            return redirect(earlier, 303)
        actor = current_actor()
        proposition = queries.proposition_for(db, actor=actor, proposition_id=proposition_id)
        form = _request_form(db, proposition)
        if not form.validate_on_submit():
            return _page(db, proposition, asking=form)
        coming = [member for member in proposition.learners if member.answer != "out"]
        try:
            workshop = services.turn_into_requests(
                db,
                actor=actor,
                proposition=proposition,
                requested_by_id=form.requested_by_id.data,
                titles=words.titles_of(proposition, coming),
                now=clock.now(),
            )
        except Conflict as conflict:
            db.rollback()
            return _back(proposition_id, conflict)
        answer = once.answered(db, url_for("workshops.show", workshop_id=workshop.id))
        replications = len(coming) if proposition.kind == "training_of_trainers" else 0
    flash(
        ngettext(
            "Drafted, with %(num)s national replication. Complete it and hand it in.",
            "Drafted, with %(num)s national replications. Complete them and hand them in.",
            replications,
        )
        if replications
        else _("The request is drafted. Complete it and hand it in."),
        "success",
    )
    return answer


# -- Forms


def _split_form(proposition: Proposition) -> SplitForm:
    form = SplitForm()
    form.line_ids.choices = [
        SelectChoice(m.line_id, m.organisation.name) for m in proposition.learners if m.line_id
    ]
    return form


def _merge_form(db: Session, proposition: Proposition) -> MergeForm | None:
    """The other open propositions on the same topic, if there are any."""
    if proposition.state not in ("proposed", "edited") or not current_actor().is_coordinator:
        return None
    others = [
        each
        for each in queries.propositions_of(db, actor=current_actor(), call=proposition.set.call)
        if each.topic_id == proposition.topic_id
        and each.id != proposition.id
        and each.state in ("proposed", "edited")
    ]
    if not others:
        return None
    form = MergeForm()
    form.other_id.choices = [
        SelectChoice(
            each.id, f"{words.title_of(each)}: {', '.join(m.organisation.short_name for m in each.learners)}"
        )
        for each in others
    ]
    return form


def _request_form(db: Session, proposition: Proposition) -> RequestForm:
    form = RequestForm()
    asking = workshops.requesters(db, actor=current_actor()) if current_actor().is_coordinator else ()
    form.requested_by_id.choices = [SelectChoice(each.id, each.name) for each in asking]
    near = next((each.id for each in asking if each.region == proposition.region), None)
    if near is not None and not form.is_submitted():
        form.requested_by_id.data = near
    return form


def _edit_form(db: Session, proposition: Proposition) -> EditForm:
    """The form with what fits the topic: who asked for it, who offers it, and every venue."""
    form = EditForm(
        data={
            "kind": proposition.kind,
            "language": proposition.language,
            "venue_id": proposition.venue_id,
            "days": proposition.days,
            "line_ids": [member.line_id for member in proposition.learners],
            "giver_ids": [member.organisation_id for member in proposition.givers],
        }
    )
    found = proposition.set
    call = build_call(db, found.call, services.terms_of(found))
    topic = str(proposition.topic_id)
    lines = [need for need in call.needs.values() if need.topic == topic]
    offers = [offer for offer in call.offers if offer.topic == topic]
    spoken = {code for need in lines for code in need.languages} | {proposition.language}
    form.language.choices = [SelectChoice(code, language_name(code)) for code in sorted(spoken)]
    form.venue_id.choices = [
        SelectChoice(venue.id, f"{venue.name}, {venue.place.name}")
        for venue in queries.venues(db)
        if str(venue.id) in call.hosts
    ]
    form.line_ids.choices = [
        SelectChoice(
            int(need.id),
            _with_languages(call.platforms[need.platform].name, need.languages),
        )
        for need in sorted(lines, key=lambda each: call.platforms[each.platform].name)
    ]
    form.giver_ids.choices = [
        SelectChoice(int(offer.platform), call.platforms[offer.platform].name) for offer in offers
    ]
    return form


def _with_languages(name: str, languages: Collection[str]) -> str:
    return f"{name} ({format_list([language_name(code) for code in sorted(languages)])})"
