"""One proposition: its page, and what a coordinator makes of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from app import clock, once
from app.access import allow, coordinator, staff
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict, Invalid
from app.i18n import format_list, language_name
from app.propositions import queries, services, words
from app.propositions.call_builder import build_call
from app.propositions.forms import EditForm, MergeForm, RequestForm, SplitForm
from app.propositions.models import Proposition
from app.propositions.services import Change
from app.propositions.values import remarks
from app.propositions.views.blueprint import blueprint, names_of, refused
from app.workshops import queries as workshops


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
        names=names_of(db, [proposition], proposition.set),
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
            return refused(proposition_id, conflict)
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
            if (earlier := once.earlier_answer(db)) is not None:
                return redirect(earlier, 303)
            new = services.split(
                db,
                actor=current_actor(),
                proposition=queries.proposition_for(db, actor=current_actor(), proposition_id=proposition_id),
                line_ids=form.line_ids.data or (),
                now=clock.now(),
            )
            answer = once.answered(db, url_for("propositions.show", proposition_id=new.id))
    except Invalid as invalid:
        form.line_ids.errors = [str(words.REFUSALS[invalid.reason])]
        db = database.session()
        again = queries.proposition_for(db, actor=current_actor(), proposition_id=proposition_id)
        return _page(db, again, split=form)
    except Conflict as conflict:
        return refused(proposition_id, conflict)
    flash(_("Those platforms have a proposition of their own now: this one."), "success")
    return answer


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
        return refused(proposition_id, conflict)
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
        return refused(proposition_id, conflict)
    flash(done, "success")
    return redirect(url_for("propositions.show", proposition_id=proposition_id), 303)


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
            return refused(proposition_id, conflict)
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
    topic, elsewhere = str(proposition.topic_id), queries.lines_of_others(db, proposition)
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
            _line_label(call.platforms[need.platform].name, need.languages, int(need.id) in elsewhere),
        )
        for need in sorted(lines, key=lambda each: call.platforms[each.platform].name)
    ]
    form.giver_ids.choices = [
        SelectChoice(int(offer.platform), call.platforms[offer.platform].name) for offer in offers
    ]
    return form


def _line_label(name: str, languages: Collection[str], is_elsewhere: bool) -> str:
    spoken = format_list([language_name(code) for code in sorted(languages)])
    if is_elsewhere:
        return str(_("%(name)s (%(languages)s), in another proposition", name=name, languages=spoken))
    return f"{name} ({spoken})"
