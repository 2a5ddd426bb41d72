"""The calls: the list, one of them with who has answered, and what the secretariat does with it."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from app import clock, once
from app.access import allow, coordinator, requester, staff
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict, Invalid
from app.mail.subscriptions import unwilling
from app.needs import letters, queries, services, words
from app.needs.forms import OneMoreForm, ReopenForm
from app.needs.models import NeedsCall
from app.needs.queries import calls as reading
from app.needs.queries.scope import looks_after
from app.needs.views.blueprint import blueprint


@blueprint.get("")
@allow(staff)
def index() -> ResponseReturnValue:
    db, actor = database.session(), current_actor()
    return render_template("needs/index.html", calls=reading.calls(db, actor=actor), words=words)


@blueprint.get("/calls/<int:call_id>")
@allow(staff)
def show(call_id: int) -> ResponseReturnValue:
    return page_of(_call(database.session(), call_id))


def page_of(
    call: NeedsCall, reopen: ReopenForm | None = None, one_more: OneMoreForm | None = None, wrong: str = ""
) -> str:
    """A draft with whom it would ask, or an opened call with the answers that the reader sees."""
    db, actor = database.session(), current_actor()
    if call.state == "draft":
        asked = reading.organisations_asked(db, call)
        return render_template(
            "needs/draft.html",
            call=call,
            words=words,
            asked=asked,
            areas=queries.areas_of(call),
            wrong=wrong,
        )
    answers = reading.asked(db, actor=actor, call=call)
    one_more = one_more or OneMoreForm(formdata=None)
    if actor.is_coordinator:
        _offer(db, one_more, {entry.answer.organisation_id for entry in answers})
    state, region = request.args.get("state", ""), request.args.get("region", "")
    addresses = [recipient.email for entry in answers for recipient in entry.recipients]
    return render_template(
        "needs/call.html",
        call=call,
        words=words,
        answers=answers,
        shown=[entry for entry in answers if _fits(entry, state, region)],
        state=state if state in words.STANDINGS else "",
        region=region,
        regions=sorted({entry.answer.organisation.region for entry in answers} - {""}),
        areas=queries.areas_of(call),
        takes_answers=call.takes_answers(clock.now()),
        may_remind=any(looks_after(actor, entry.answer) for entry in answers),
        unwilling=unwilling(db, kind="needs_reminder", addresses=addresses),
        reopen=reopen or ReopenForm(formdata=None),
        one_more=one_more,
    )


def _fits(entry: reading.Asked, state: str, region: str) -> bool:
    """Whether the list narrowed to this standing and region shows an answer."""
    answer = entry.answer
    if region and answer.organisation.region != region:
        return False
    match state:
        case "not_begun" | "begun" | "handed_in":
            return answer.state == state
        case "to_confirm":
            return answer.awaits_confirmation
        case "unreached":
            return answer.state != "handed_in" and not entry.recipients
    return True


@blueprint.post("/calls/<int:call_id>/open")
@allow(coordinator)
def open_call(call_id: int) -> ResponseReturnValue:
    try:
        with unit_of_work() as db:
            if (earlier := once.earlier_answer(db)) is not None:
                return redirect(earlier, 303)
            asked = services.open_call(db, actor=current_actor(), call=_call(db, call_id), now=clock.now())
            answer = once.answered(db, _address(call_id))
    except Invalid as invalid:
        return page_of(_call(database.session(), call_id), wrong=words.explain(invalid)), 422
    flash(
        ngettext(
            "The call is open: %(num)s organisation is asked, its letter goes out within a minute.",
            "The call is open: %(num)s organisations are asked, their letters go out within minutes.",
            asked,
        ),
        "success",
    )
    return answer


@blueprint.post("/calls/<int:call_id>/drop")
@allow(coordinator)
def drop(call_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        services.drop_call(db, actor=current_actor(), call=_call(db, call_id), now=clock.now())
    flash(_("The draft has been thrown away."), "success")
    return redirect(url_for("needs.index"), 303)


@blueprint.post("/calls/<int:call_id>/close")
@allow(coordinator)
def close(call_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        services.close_call(db, actor=current_actor(), call=_call(db, call_id), now=clock.now())
    flash(_("The call is closed. What had been begun counts as it stands."), "success")
    return redirect(_address(call_id), 303)


@blueprint.post("/calls/<int:call_id>/reopen")
@allow(coordinator)
def reopen(call_id: int) -> ResponseReturnValue:
    form = ReopenForm()
    with unit_of_work() as db:
        call = _call(db, call_id)
        if not form.validate_on_submit():
            return page_of(call, reopen=form), 422
        try:
            services.reopen_call(
                db, actor=current_actor(), call=call, closes_on=form.closes_on.data, now=clock.now()
            )
        except Invalid as invalid:
            form.refuse(invalid)
            return page_of(call, reopen=form), 422
    flash(_("The call takes answers again."), "success")
    return redirect(_address(call_id), 303)


@blueprint.post("/calls/<int:call_id>/ask-one-more")
@allow(coordinator)
def ask_one_more(call_id: int) -> ResponseReturnValue:
    form = OneMoreForm()
    with unit_of_work() as db:
        call = _call(db, call_id)
        asked = reading.asked(db, actor=current_actor(), call=call)
        _offer(db, form, {entry.answer.organisation_id for entry in asked})
        if not form.validate_on_submit():
            return page_of(call, one_more=form), 422
        answer = services.ask_one_more(
            db,
            actor=current_actor(),
            call=call,
            organisation_id=form.organisation_id.data,
            now=clock.now(),
        )
        name = answer.organisation.name
    flash(_("%(name)s is asked too.", name=name), "success")
    return redirect(_address(call_id), 303)


@blueprint.post("/calls/<int:call_id>/remind")
@allow(requester)
def remind(call_id: int) -> ResponseReturnValue:
    """Write to all whom the actor looks after and who have not answered; nobody twice in a day."""
    actor, reached = current_actor(), 0
    public_url = current_app.extensions["baraza.settings"].public_url
    with unit_of_work() as db:
        call = _call(db, call_id)
        if not call.takes_answers(clock.now()):
            raise Conflict("call_closed")
        for entry in reading.asked(db, actor=actor, call=call):
            if entry.answer.state != "handed_in" and entry.recipients and looks_after(actor, entry.answer):
                reached += letters.remind(
                    db, actor=actor, answer=entry.answer, public_url=public_url, now=clock.now()
                )
    if reached:
        said = ngettext("%(num)s letter is on its way.", "%(num)s letters are on their way.", reached)
        flash(said, "success")
    else:
        flash(
            _(
                "Nobody was written to: they have answered, do not want reminders, or were written to in the"
                " last day."
            ),
            "info",
        )
    return redirect(_address(call_id), 303)


def _offer(db: Session, form: OneMoreForm, asked: set[int]) -> None:
    form.organisation_id.choices = [
        SelectChoice("", _("Choose")),
        *(
            SelectChoice(str(row.id), row.name)
            for row in reading.organisations_to_ask(db)
            if row.id not in asked
        ),
    ]


def _call(db: Session, call_id: int) -> NeedsCall:
    return reading.call_for(db, actor=current_actor(), call_id=call_id)


def _address(call_id: int) -> str:
    return url_for("needs.show", call_id=call_id)
