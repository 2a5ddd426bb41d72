"""For which workshops organisations are asked for names: opening, seeing who has answered, reminding."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app import clock, once
from app.access import Actor, allow, requester, signed_in
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Invalid, NotFound
from app.i18n import format_span, in_language
from app.network.models import Person
from app.nominations import letters, queries, services
from app.nominations.forms import CallForm, ForwardForm, OpenForm
from app.nominations.models import NominationCall
from app.nominations.views.blueprint import blueprint
from app.nominations.words import NEEDS, PROBLEMS
from app.workshops import queries as workshops
from app.workshops.models import Workshop

SHOWN_AFTER = timedelta(days=60)
"""So long a call stays on the list after its last day."""


PROPOSED_WEEKS = 3
"""How long a call stays open, if nobody says otherwise."""


@blueprint.get("")
@allow(signed_in)
def index() -> ResponseReturnValue:
    return _index(OpenForm(formdata=None, closes_on=clock.today() + timedelta(weeks=PROPOSED_WEEKS)))


def _index(form: OpenForm) -> str:
    db, actor, today = database.session(), current_actor(), clock.today()
    glances = queries.calls(db, actor=actor, since=today - SHOWN_AFTER)
    to_open = queries.workshops_to_open(db, actor=actor, today=today) if requester(actor) else ()
    form.offer(to_open, _title_and_window)
    return render_template(
        "nominations/index.html",
        glances=glances,
        is_open=lambda call: queries.is_open(call, today),
        oversees=lambda workshop: queries.oversees(actor, workshop),
        mine=queries.own_nominations(db, person_id=actor.person_id, today=today) if actor.person_id else (),
        form=form,
        to_open=to_open,
    )


@blueprint.post("/open")
@allow(requester)
def open_several() -> ResponseReturnValue:
    form = OpenForm()
    with unit_of_work() as db:
        if (earlier := once.earlier_answer(db)) is not None:
            return redirect(earlier, 303)
        actor = current_actor()
        offered = {w.id: w for w in queries.workshops_to_open(db, actor=actor, today=clock.today())}
        form.offer(offered.values(), _title_and_window)
        if not form.validate_on_submit():
            return _index(form), 422
        now = clock.now()
        try:
            for workshop_id in form.workshop_ids.data:
                services.open_nominations(
                    db,
                    actor=actor,
                    workshop=offered[workshop_id],
                    closes_on=form.closes_on.data,
                    note=form.note.data or "",
                    now=now,
                )
        except Invalid as invalid:
            db.rollback()
            form[invalid.field].errors = [str(PROBLEMS[invalid.reason])]
            return _index(form), 422
        answer = once.answered(db, url_for("nominations.index"))
    flash(
        ngettext(
            "Nominations for %(num)s workshop are open. The organisations are written to.",
            "Nominations for %(num)s workshops are open. The organisations are written to.",
            len(form.workshop_ids.data),
        ),
        "success",
    )
    return answer


@blueprint.get("/<int:workshop_id>")
@allow(signed_in)
def show(workshop_id: int) -> ResponseReturnValue:
    db, actor = database.session(), current_actor()
    call = queries.call_for(db, actor=actor, workshop_id=workshop_id)
    acted_for = queries.acted_for(actor, call)
    if (
        len(acted_for) == 1
        and not queries.oversees(actor, call.workshop)
        and not _is_invited(db, actor, call)
    ):
        return redirect(
            url_for("nominations.organisation", workshop_id=workshop_id, organisation_id=acted_for[0].id)
        )
    return page_of(call, ForwardForm(formdata=None), CallForm(formdata=None, obj=call))


@blueprint.post("/<int:workshop_id>/call")
@allow(requester)
def change_call(workshop_id: int) -> ResponseReturnValue:
    """Open the nominations of one workshop, or move their closing date."""
    form = CallForm()
    with unit_of_work() as db:
        actor = current_actor()
        workshop = workshops.workshop_for(db, actor=actor, workshop_id=workshop_id)
        try:
            if form.validate_on_submit():
                services.open_nominations(
                    db,
                    actor=actor,
                    workshop=workshop,
                    closes_on=form.closes_on.data,
                    note=form.note.data or "",
                    now=clock.now(),
                )
        except Invalid as invalid:
            form[invalid.field].errors = [str(PROBLEMS[invalid.reason])]
        if form.errors:
            db.rollback()
            call = queries.call_for(db, actor=actor, workshop_id=workshop_id)
            return page_of(call, ForwardForm(formdata=None), form), 422
    flash(_("Saved."), "success")
    return redirect(url_for("nominations.show", workshop_id=workshop_id), 303)


@blueprint.post("/<int:workshop_id>/remind")
@allow(requester)
def remind(workshop_id: int) -> ResponseReturnValue:
    """Write now to those who have not answered."""
    now = clock.now()
    with unit_of_work() as db:
        actor = current_actor()
        call = queries.call_for(db, actor=actor, workshop_id=workshop_id)
        glance = queries.glance_at(db, actor=actor, call=call)
        late = [answer.organisation for answer in glance.answers if answer.state == "open"]
        services.count_reminders(
            db, actor=actor, call=call, organisation_ids=[each.id for each in late], now=now
        )
        number = letters.write_names_wanted(db, wanted=[(call, late)], is_reminder=True, now=now)
    flash(
        ngettext("%(num)s letter is on its way.", "%(num)s letters are on their way.", number),
        "success" if number else "info",
    )
    return redirect(url_for("nominations.show", workshop_id=workshop_id), 303)


def page_of(call: NominationCall, forward: ForwardForm, form: CallForm) -> str:
    db, actor, today = database.session(), current_actor(), clock.today()
    is_invited = _is_invited(db, actor, call)
    glance = queries.glance_at(db, actor=actor, call=call)
    return render_template(
        "nominations/show.html",
        call=call,
        workshop=call.workshop,
        quota=queries.quota(call.workshop),
        is_open=queries.is_open(call, today),
        oversees=queries.oversees(actor, call.workshop),
        glance=glance,
        spared=queries.without_reminders(db, [answer.organisation.id for answer in glance.answers]),
        acts_for={each.id for each in queries.acted_for(actor, call)},
        is_invited=is_invited,
        mine=queries.nomination_of(db, workshop_id=call.workshop_id, person_id=actor.person_id or 0)
        if is_invited
        else None,
        forward=forward,
        form=form,
        needs=NEEDS,
    )


def _is_invited(db: Session, actor: Actor, call: NominationCall) -> bool:
    """Whether the reader's own organisation is asked: then they may put themselves forward."""
    if actor.person_id is None:
        return False
    person = db.get(Person, actor.person_id)
    return person is not None and person.organisation_id in {each.id for each in call.workshop.invited}


def _title_and_window(workshop: Workshop) -> str:
    when = format_span(workshop.window_first, workshop.window_last)
    return f"{in_language(workshop.titles)}, {workshop.requested_by.short_name} ({when})"


@blueprint.app_context_processor
def for_templates() -> dict[str, Any]:
    """What pages of other stages say about nominations."""

    def call_of(workshop: Workshop) -> NominationCall | None:
        try:
            return queries.call_for(database.session(), actor=current_actor(), workshop_id=workshop.id)
        except NotFound:
            return None

    return {"nominations_of": call_of}
