"""Pages of seats: one's own, by account or by link, and the ledger of a session with its waiting list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor, allow, anybody, signed_in, staff
from app.accounts.identity import current_actor
from app.accounts.queries import language_of, reader_of
from app.db import database, unit_of_work
from app.errors import Conflict, NotFound
from app.i18n import prefer
from app.network.models import Organisation, Person
from app.personal_links import LinkExpired, opened_by_link, read_link_token
from app.schedule.models import Seat, WorkshopSession
from app.schedule.queries import seats_seen_by, session_for
from app.seats import queries, services, words
from app.seats.queries import SeatCounts
from app.seats.waiting import Waiting
from app.workshops.models import Workshop

blueprint = Blueprint("seats", __name__)


# -- One's own seat


@blueprint.route("/schedule/sessions/<int:session_id>/my-seat", methods=["GET", "POST"])
@allow(signed_in)
def mine(session_id: int) -> ResponseReturnValue:
    return _own_page(current_actor(), session_id, url_for("seats.mine", session_id=session_id), by_link=False)


@blueprint.route("/seats/<token>", methods=["GET", "POST"])
@allow(anybody)
@opened_by_link
def by_link(token: str) -> ResponseReturnValue:
    """One person's own seat in one session, without an account."""
    try:
        subject = read_link_token(queries.LINK, token, clock.now())
    except LinkExpired:
        return render_template("nominations/link_over.html"), 404
    session_id, person_id = int(subject["session"]), int(subject["person"])
    db: Session = database.session()
    person = db.get(Person, person_id)
    if person is None:
        raise NotFound
    prefer(language_of(reader_of(db, person)))
    actor = Actor(name=person.name, person_id=person_id, link=(queries.LINK, session_id))
    return _own_page(actor, session_id, url_for("seats.by_link", token=token), by_link=True)


def _own_page(actor: Actor, session_id: int, here: str, *, by_link: bool) -> ResponseReturnValue:
    """Show how somebody stands with a session's seats; a POST carries what they want."""
    if request.method == "POST":
        answers = {"accept": services.accept, "decline": services.decline, "give_up": services.give_up}
        answer = answers.get(request.form.get("answer", ""))
        with unit_of_work() as db:
            line = queries.line_of(db, session_id=session_id, person_id=actor.person_id)
            if answer is not None:
                try:
                    answer(db, actor=actor, line=line, now=clock.now())
                except Conflict as conflict:
                    flash(str(words.REFUSALS[conflict.reason]), "warning")
        return redirect(here, 303)
    reading: Session = database.session()
    line = queries.line_of(reading, session_id=session_id, person_id=actor.person_id)
    now = clock.now()
    return render_template(
        "seats/mine.html",
        line=line,
        session=line.session,
        is_over=line.session.is_cancelled or line.session.last < now.date(),
        is_open=line.state == "offered" and line.until is not None and line.until > now,
        substitute_follows=services.offer_until(line.session, now) is not None,
        here=here,
        by_link=by_link,
    )


# -- The ledger of a session


@dataclass(frozen=True, slots=True)
class Row:
    """One on the waiting list as the reader may know of them: `person` is `None` for those of others."""

    number: int
    person: Person | None
    reasons: list[str]
    bars: list[str]


@blueprint.get("/schedule/sessions/<int:session_id>/seats")
@allow(signed_in)
def show(session_id: int) -> ResponseReturnValue:
    """Who has a seat, who was asked, and in which order the others follow."""
    db, actor = database.session(), current_actor()
    session = queries.session_with_ledger(db, session_id=session_id)
    if not (queries.may_follow(actor, session) or _looks_after_somebody(actor, session)):
        raise NotFound
    waiting, people = queries.waiting_for(db, session=session, today=clock.today())
    seen = {person.id for person in seats_seen_by(actor, session_for(db, session_id=session_id))}
    lines = [line for line in session.ledger if line.person_id in seen or queries.sees(actor, line.person)]
    names = {line.person_id: line.person.name for line in lines}
    return render_template(
        "seats/show.html",
        session=session,
        counts=queries.counts(db, session_ids=[session_id])[session_id],
        lines={state: [line for line in lines if line.state == state] for state in STATES},
        names=names,
        may_act_for={line.person_id for line in lines if actor.acts_for(line.person.organisation_id)},
        named=_rows(actor, [one for one in waiting.order if one.candidate.place is not None], people),
        others=_rows(actor, [one for one in waiting.order if one.candidate.place is None], people),
        passed_over=_rows(actor, list(waiting.passed_over), people),
        too_late=services.offer_until(session, clock.now()) is None,
        is_over=session.is_cancelled or session.last < clock.today(),
    )


STATES = ("held", "offered", "given_up", "declined", "lapsed")


@blueprint.post("/schedule/sessions/<int:session_id>/seats/<int:person_id>/give-up")
@allow(staff)
def give_up_for(session_id: int, person_id: int) -> ResponseReturnValue:
    """Give somebody's seat back for them: they telephoned."""
    with unit_of_work() as db:
        actor = current_actor()
        line = queries.line_of(db, session_id=session_id, person_id=person_id)
        if not queries.sees(actor, line.person):
            raise NotFound
        try:
            if line.state == "offered":
                services.decline(db, actor=actor, line=line, now=clock.now())
            else:
                services.give_up(db, actor=actor, line=line, now=clock.now())
            flash(_("Saved. The next in order is asked."), "success")
        except Conflict as conflict:
            flash(str(words.REFUSALS[conflict.reason]), "warning")
    return redirect(url_for("seats.show", session_id=session_id), 303)


def _looks_after_somebody(actor: Actor, session: WorkshopSession) -> bool:
    """Acts for an organisation that is invited, or for that of somebody in the ledger."""
    homes = {each.id for each in session.workshop.invited}
    homes |= {line.person.organisation_id for line in session.ledger}
    return bool(homes & actor.organisation_ids)


def _rows(actor: Actor, waiting: list[Waiting], people: dict[int, Person]) -> list[Row]:
    rows = []
    for number, one in enumerate(waiting, start=1):
        person = people[one.candidate.person_id]
        is_seen = queries.sees(actor, person)
        rows.append(
            Row(
                number,
                person if is_seen else None,
                words.reasons(one, person) if is_seen else [],
                words.obstacles(one) if is_seen else [],
            )
        )
    return rows


# -- What other pages say


@blueprint.app_context_processor
def for_templates() -> dict[str, Any]:
    """Every count of seats on every page comes from here."""

    def seat_counts(session_ids: list[int]) -> dict[int, SeatCounts]:
        return queries.counts(database.session(), session_ids=session_ids)

    def seats_of_organisation(organisation: Organisation) -> SeatCounts:
        return queries.counts_of_organisations(
            database.session(), organisation_ids=[organisation.id], today=clock.today()
        )

    def my_line(session: WorkshopSession) -> Seat | None:
        try:
            return queries.line_of(
                database.session(), session_id=session.id, person_id=current_actor().person_id
            )
        except NotFound:
            return None

    def may_follow_seats(session: WorkshopSession, workshop: Workshop) -> bool:
        actor = current_actor()
        invited = {each.id for each in workshop.invited}
        return actor.acts_for(workshop.requested_by_id) or bool(invited & actor.organisation_ids)

    return {
        "seat_counts": seat_counts,
        "seats_of_organisation": seats_of_organisation,
        "my_line": my_line,
        "may_follow_seats": may_follow_seats,
    }
