"""The secretariat asks: a draft is put to its people, and who has answered is followed on one page."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app import clock, once
from app.access import allow, coordinator
from app.accounts.identity import current_actor
from app.confirmations import asking as services
from app.confirmations import queries, words
from app.confirmations.asking import AskingTerms
from app.confirmations.conversation import items_of
from app.confirmations.forms import AskingForm
from app.confirmations.letters import letter_to
from app.confirmations.models import SILENCES, AskedPerson, Asking, ProposedPlace
from app.confirmations.proposals import Proposal, in_force, of_draft, open_asking
from app.confirmations.views.blueprint import blueprint
from app.db import database, unit_of_work
from app.errors import Conflict, Invalid, NotFound
from app.mail.subscriptions import unwilling
from app.network.models import Person
from app.planning import queries as planning
from app.planning.models import Draft
from app.web import row_id

PER_PAGE = 50


@blueprint.get("/confirmations")
@allow(coordinator)
def index() -> ResponseReturnValue:
    db = database.session()
    return render_template(
        "confirmations/index.html",
        askings=queries.askings(db, actor=current_actor()),
        withdrawals=queries.withdrawals(db, today=clock.today()),
        words=words,
    )


@blueprint.route("/confirmations/ask/<int:draft_id>", methods=["GET", "POST"])
@allow(coordinator)
def ask(draft_id: int) -> ResponseReturnValue:
    """Whom a draft would be put to, and on which terms; then the act itself."""
    db, form = database.session(), AskingForm()
    draft = planning.draft_for(db, actor=current_actor(), draft_id=draft_id)
    if form.closes_on.data is None and request.method == "GET":
        form.closes_on.data = clock.today() + timedelta(days=10)
    if form.validate_on_submit():
        terms = _terms(form)
        try:
            with unit_of_work() as work:
                if (earlier := once.earlier_answer(work)) is not None:
                    return redirect(earlier, 303)
                found = services.open_draft_to_answers(
                    work, actor=current_actor(), draft=draft, terms=terms, now=clock.now()
                )
                answer = once.answered(work, url_for("confirmations.show", asking_id=found.id))
        except Invalid as invalid:
            form[invalid.field].errors = [words.refusal(invalid.reason)]
        except Conflict as conflict:
            flash(words.refusal(conflict.reason), "warning")
            return redirect(url_for("planning.draft", draft_id=draft_id), 303)
        else:
            flash(_("They are asked; the letters go out within minutes."), "success")
            return answer
    proposed = _proposed(db, draft)
    people = list(queries.people_to_ask(db, draft=draft).values())
    sessions = Counter(code for proposal in proposed.values() for code in proposal.team)
    return (
        render_template(
            "confirmations/ask.html",
            form=form,
            draft=draft,
            people=people,
            sessions=sessions,
            hosts=queries.hosts_to_ask(db, proposed=proposed.values()),
            hosts_chosen={name: value for name, value in request.form.items() if name.startswith("host-")},
            unreached=[person for person in people if person.email is None],
            open_one=open_asking(db, round_id=draft.round_id),
        ),
        422 if form.errors else 200,
    )


@blueprint.get("/confirmations/ask/<int:draft_id>/letter/<int:person_id>")
@allow(coordinator)
def letter(draft_id: int, person_id: int) -> ResponseReturnValue:
    """The letter that somebody would get, as it would be written now."""
    db = database.session()
    draft = planning.draft_for(db, actor=current_actor(), draft_id=draft_id)
    person = next(
        (each for each in queries.people_to_ask(db, draft=draft).values() if each.id == person_id), None
    )
    if person is None:
        raise NotFound
    form = AskingForm(request.args, meta={"csrf": False})
    asking = Asking(
        closes_on=form.closes_on.data or clock.today() + timedelta(days=10),
        remind_every=form.remind_every.data or 0,
        silence=form.silence.data if form.silence.data in SILENCES else "substitute",
        message=form.message.data or "",
    )
    rendered = _letter_before_asking(db, draft, person, asking)
    return render_template("confirmations/letter.html", draft=draft, person=person, letter=rendered)


@blueprint.get("/confirmations/<int:asking_id>")
@allow(coordinator)
def show(asking_id: int) -> ResponseReturnValue:
    db = database.session()
    asking = queries.asking_for(db, actor=current_actor(), asking_id=asking_id)
    rows = queries.rows_of(db, asking=asking)
    wanted = request.args.get("standing", "")
    listed = [
        row
        for row in rows
        if not wanted or row.standing == wanted or (wanted == "no_address" and row.has_no_address)
    ]
    pages = max(1, -(-len(listed) // PER_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    shown = listed[(page - 1) * PER_PAGE : page * PER_PAGE]
    return render_template(
        "confirmations/show.html",
        asking=asking,
        rows=shown,
        unwilling=unwilling(db, kind="confirmation_reminder", addresses=[row.person.email for row in shown]),
        total=len(listed),
        page=page,
        pages=pages,
        counts=Counter(row.standing for row in rows),
        unreached=len({row.person.id for row in rows if row.has_no_address and row.standing == "open"}),
        wanted=wanted,
        drafts=[
            draft
            for draft in planning.drafts_of(db, asking.planning_round)
            if draft.id != asking.draft_id and draft.created_at >= asking.opened_at
        ],
        words=words,
        now=clock.now(),
    )


@blueprint.post("/confirmations/<int:asking_id>/remind")
@allow(coordinator)
def remind(asking_id: int) -> ResponseReturnValue:
    one = request.form.get("asked", type=row_id)
    try:
        with unit_of_work() as db:
            asking = queries.asking_for(db, actor=current_actor(), asking_id=asking_id)
            reminded = services.remind(
                db,
                actor=current_actor(),
                asking=asking,
                now=clock.now(),
                asked_ids=None if one is None else {one},
            )
    except Conflict as conflict:
        flash(words.refusal(conflict.reason), "warning")
        return _back(asking_id)
    if reminded:
        flash(ngettext("%(num)s person is reminded.", "%(num)s people are reminded.", reminded), "success")
    else:
        flash(_("Nobody was written to: all have answered, have no address, or had a letter today."), "info")
    return _back(asking_id)


@blueprint.post("/confirmations/<int:asking_id>/close")
@allow(coordinator)
def close(asking_id: int) -> ResponseReturnValue:
    try:
        with unit_of_work() as db:
            asking = queries.asking_for(db, actor=current_actor(), asking_id=asking_id)
            services.close_asking(db, actor=current_actor(), asking=asking, now=clock.now())
    except Conflict as conflict:
        flash(words.refusal(conflict.reason), "warning")
    else:
        flash(_("The asking has ended: nobody is reminded any more."), "success")
    return _back(asking_id)


@blueprint.post("/confirmations/<int:asking_id>/go-on")
@allow(coordinator)
def go_on(asking_id: int) -> ResponseReturnValue:
    """Go on with another draft: only those whom it touches hear of it."""
    draft_id = request.form.get("draft", type=row_id)
    try:
        with unit_of_work() as db:
            actor = current_actor()
            asking = queries.asking_for(db, actor=actor, asking_id=asking_id)
            draft = planning.draft_for(db, actor=actor, draft_id=draft_id or 0)
            touched = services.move_to_draft(db, actor=actor, asking=asking, draft=draft, now=clock.now())
    except Conflict as conflict:
        flash(words.refusal(conflict.reason), "warning")
        return _back(asking_id)
    flash(
        ngettext(
            "Draft %(draft)s is asked about now; %(num)s person hears of it.",
            "Draft %(draft)s is asked about now; %(num)s people hear of it.",
            touched,
            draft=draft.id,
        ),
        "success",
    )
    return _back(asking_id)


# -- Parts


def _back(asking_id: int) -> ResponseReturnValue:
    return redirect(url_for("confirmations.show", asking_id=asking_id), 303)


def _terms(form: AskingForm) -> AskingTerms:
    hosts: dict[int, int] = {}
    for name, value in request.form.items():
        venue = name.removeprefix("host-")
        if name.startswith("host-") and venue.isdecimal() and value.isdecimal():
            hosts[row_id(venue)] = row_id(value)
    return AskingTerms(
        closes_on=form.closes_on.data,
        remind_every=form.remind_every.data,
        silence=form.silence.data,
        substitute_days=form.substitute_days.data,
        message=form.message.data or "",
        hosts=hosts,
    )


def _proposed(db: Session, draft: Draft) -> dict[str, Proposal]:
    told = in_force(db, round_id=draft.round_id)
    return of_draft(db, draft.round_document, draft.schedule_document, told)


def _letter_before_asking(db: Session, draft: Draft, person: Person, asking: Asking) -> Any:
    """What would be written; nothing of it is stored."""
    proposed = _proposed(db, draft)
    codes = [code for code, proposal in proposed.items() if person.code in proposal.team]
    workshops = planning.workshops_of(db, codes)
    with db.no_autoflush:
        asked = AskedPerson(planning_round=draft.planning_round, person=person)
        for code in codes:
            place = ProposedPlace(part="team", answer="", agreed={}, told={})
            place.workshop = workshops[code]
            asked.places.append(place)
        try:
            items = items_of(db, asked=asked, proposed=proposed, today=clock.today())
            return letter_to(
                db, person=person, asking=asking, items=items, answer_by=asking.closes_on, link="/confirm/…"
            )
        finally:
            db.expunge_all()
