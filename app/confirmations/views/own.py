"""One's own page: what is proposed to somebody, answered by link or by account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor, allow, anybody, signed_in
from app.accounts.identity import current_actor
from app.accounts.queries import language_of, reader_of
from app.confirmations import queries, services, words
from app.confirmations.conversation import Item, items_of
from app.confirmations.forms import AnswerForm
from app.confirmations.models import ANSWERS, AskedPerson
from app.confirmations.proposals import in_force, proposals
from app.confirmations.views.blueprint import blueprint
from app.db import database, unit_of_work
from app.errors import Conflict, Invalid
from app.i18n import prefer
from app.personal_links import LinkExpired, opened_by_link, read_link_token
from app.schedule.models import WorkshopSession
from app.schedule.queries import sessions_of_person
from app.web import row_id


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
@allow(anybody)
@opened_by_link
def by_link(token: str) -> ResponseReturnValue:
    """All that is proposed to one person in one round, without an account; reading changes nothing."""
    try:
        subject = read_link_token(services.LINK, token, clock.now())
    except LinkExpired:
        return render_template("nominations/link_over.html"), 404
    asked = queries.conversation_for(database.session(), asked_id=int(subject["asked"]))
    prefer(language_of(reader_of(database.session(), asked.person)))
    actor = Actor(name=asked.person.name, person_id=asked.person_id, link=(services.LINK, asked.id))
    return _page(
        actor, [asked], here=url_for("confirmations.by_link", token=token), by_link=True, announced=[]
    )


@blueprint.route("/confirmations/mine", methods=["GET", "POST"])
@allow(signed_in)
def mine() -> ResponseReturnValue:
    """The same for who is signed in, of all rounds, with what they were announced in without being asked."""
    db, actor = database.session(), current_actor()
    talks = queries.conversations_of(db, person_id=actor.person_id, today=clock.today())
    known = {place.workshop_id for talk in talks for place in talk.places}
    announced = [
        session
        for session in sessions_of_person(db, person_id=actor.person_id)
        if session.workshop_id not in known
        and session.last >= clock.today()
        and any(place.person_id == actor.person_id for place in session.team)
    ]
    here = url_for("confirmations.mine")
    return _page(actor, talks, here=here, by_link=False, announced=announced)


def _page(
    actor: Actor,
    talks: Sequence[AskedPerson],
    *,
    here: str,
    by_link: bool,
    announced: Sequence[WorkshopSession],
) -> ResponseReturnValue:
    """Show what waits for an answer; a POST carries one."""
    form = AnswerForm(meta={"csrf": False}) if by_link else AnswerForm()
    typed: Mapping[str, Any] = {}
    if request.method == "POST":
        if form.validate():
            refusal = _answer(actor, form, "link" if by_link else "account")
            if not refusal:
                place = f"#w{form.workshop.data}-{form.part.data}"
                return redirect(here + place, 303)
            flash(refusal, "warning")
        else:
            flash(_("This could not be read. Please look at what you wrote, and send it again."), "warning")
        typed = request.form
    db = database.session()
    items = [(talk, _items(db, talk)) for talk in talks]
    return (
        render_template(
            "confirmations/own.html",
            talks=items,
            announced=announced,
            chosen=_chosen([item for _, found in items for item in found]),
            typed=typed,
            by_link=by_link,
            here=here,
            person=talks[0].person if talks else None,
            words=words,
            today=clock.today(),
        ),
        422 if typed else 200,
    )


def _items(db: Session, talk: AskedPerson) -> list[Item]:
    """What somebody is asked; of what the plan goes on without, what they are announced in still."""
    codes = [place.workshop.code for place in talk.places]
    proposed = proposals(db, round_id=talk.round_id, codes=codes)
    told = in_force(db, round_id=talk.round_id, codes=codes)
    code = talk.person.code
    for workshop, session in told.items():
        if code in session.team and (workshop not in proposed or code not in proposed[workshop].team):
            proposed[workshop] = session
    return items_of(db, asked=talk, proposed=proposed, today=clock.today())


def _answer(actor: Actor, form: AnswerForm, via: services.Channel) -> str:
    """Take the answer; returns why it was refused, or ''."""
    assert actor.person_id is not None or not actor.link  # noqa: S101 - a link names its person
    try:
        with unit_of_work() as db:
            services.take_answer(
                db,
                actor=actor,
                workshop_id=form.workshop.data or 0,
                person_id=actor.person_id or 0,
                part=form.part.data,
                answer=form.answer.data,
                reason=form.reason.data or "",
                word=form.word.data or "",
                could_if=form.could_if.data or "",
                until=form.until.data,
                seen=form.seen.data or None,
                via=via,
                now=clock.now(),
            )
    except (Conflict, Invalid) as refused:
        return words.refusal(refused.reason)
    return ""


def _chosen(items: Sequence[Item]) -> tuple[Item | None, str]:
    """The session and the answer that the mail's own buttons lead to: shown first, with one button."""
    place_id, answer = request.args.get("place", type=row_id), request.args.get("answer", "")
    item = next((each for each in items if each.place.id == place_id), None)
    if item is None or item.terms is None or item.is_over or answer not in ANSWERS:
        return None, ""
    return item, answer
