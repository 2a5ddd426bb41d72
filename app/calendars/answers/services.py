"""Answers that come by mail: each lands where a tap on the link would, or is kept aside with the reason.

An answer counts for whom we invited, and only if it comes from them: it reached us at the address that is
signed for them (`app.mail.tags`), or it was sent from the address that we invited. It counts for the session
as it is now: who answered to an earlier SEQUENCE has not read what they answer to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.access import Actor, require, system
from app.calendars.answers.facts import AnsweredByCalendar, AnswerSeen
from app.calendars.answers.reading import NotAnAnswer, Reply, Said, read_reply
from app.calendars.models import IncomingAnswer, Invitation
from app.confirmations.services import take_answer
from app.errors import Conflict, Invalid, NotFound
from app.facts import record
from app.mail.bounces import letter_of_report, note_bounce
from app.mail.incoming import Incoming, Report
from app.network.models import Person
from app.schedule.models import Seat, TeamPlace, WorkshopSession
from app.seats import queries as seats
from app.seats import services as seating

NOT_TOLD = frozenset({"auto_reply", "bounce_unknown"})
"""Reasons for which something is kept that nobody needs to look at."""


class Aside(Exception):
    """It changes nothing; the message is the reason, a code."""


@dataclass(slots=True)
class Kept:
    """What is known of a message so far; the columns of `IncomingAnswer`."""

    word: str
    answer: str = ""
    sequence: int | None = None
    session_id: int | None = None
    person_id: int | None = None
    wish_start: datetime | None = None
    wish_end: datetime | None = None


def receive(
    db: Session, *, mail: Incoming, person_ids: Sequence[int], via: str, now: datetime
) -> IncomingAnswer:
    """Take one message in. Brought again, it is the same and changes nothing.

    `person_ids` are those for whom the addresses that it came to are signed.
    """
    known = db.scalars(select(IncomingAnswer).where(IncomingAnswer.digest == mail.digest)).first()
    if known is not None:
        return known
    kept, reason = Kept(word=mail.words), ""
    try:
        with db.begin_nested():
            outcome = _take(db, mail, kept, person_ids, now)
    except Aside as aside:
        outcome, reason = "aside", str(aside)
    except (Conflict, Invalid) as refused:
        outcome, reason = "aside", refused.reason[:30]
    except NotFound:
        outcome, reason = "aside", "no_place"
    row = IncomingAnswer(
        digest=mail.digest,
        received_at=now,
        via=via,
        outcome=outcome,
        reason=reason,
        from_address=mail.from_address,
        subject=mail.subject,
        seen_at=now if reason in NOT_TOLD else None,
        **asdict(kept),
    )
    db.add(row)
    db.flush()
    return row


def _take(db: Session, mail: Incoming, kept: Kept, person_ids: Sequence[int], now: datetime) -> str:
    """What comes of it: an outcome. Raises Aside, Conflict, Invalid, NotFound."""
    if mail.problem:
        raise Aside(mail.problem)
    if mail.report is not None:
        return _bounce(db, mail.report, kept, now)
    if mail.calendar:
        try:
            reply = read_reply(mail.calendar)
        except NotAnAnswer as bad:
            raise Aside(str(bad)) from bad
        kept.word, kept.sequence = reply.comment, reply.sequence
        return _answer(db, reply, mail.from_address, kept, person_ids, now)
    raise Aside("auto_reply" if mail.is_automatic else "only_words")


# -- Answers


def _answer(
    db: Session,
    reply: Reply,
    from_address: str,
    kept: Kept,
    person_ids: Sequence[int],
    now: datetime,
) -> str:
    session = db.scalars(select(WorkshopSession).where(WorkshopSession.uid == reply.uid)).first()
    if session is None:
        raise Aside("other_system")
    kept.session_id = session.id
    told, said = _who(db, session, reply, from_address, person_ids)
    kept.person_id, kept.answer = told.person_id, said.answer
    _require_current(session, told, reply, now)
    person = db.get_one(Person, told.person_id)
    if reply.method == "COUNTER":
        kept.answer, kept.wish_start, kept.wish_end = "counter", reply.start, reply.end
        return "wish"
    if said.answer == "delegated":
        kept.word = " · ".join(each for each in (said.delegated_to, reply.comment) if each)
        return "wish"
    if not said.answer:
        raise Aside("no_answer")
    _land(db, session, person, said.answer, reply.comment, now)
    before = {"answer": told.answer}
    told.answer, told.answered_at, told.answer_stamp = said.answer, now, reply.stamp
    db.flush()
    record(
        db,
        actor=system(person.name),
        fact=AnsweredByCalendar(session.id, person.id),
        now=now,
        before=before,
        after={"answer": said.answer},
    )
    return "taken"


def _who(
    db: Session, session: WorkshopSession, reply: Reply, from_address: str, person_ids: Sequence[int]
) -> tuple[Invitation, Said]:
    """Whose answer it is, and what they say. Raises Aside("not_invited" | "forged")."""
    invited = {
        each.address.casefold(): each
        for each in db.scalars(
            select(Invitation)
            .where(Invitation.session_id == session.id, Invitation.address != "")
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    for said in reply.said:
        told = invited.get(said.attendee)
        if told is None:
            continue
        if told.person_id in person_ids or said.attendee == from_address.casefold():
            return told, said
        raise Aside("forged")
    raise Aside("not_invited")


def _require_current(session: WorkshopSession, told: Invitation, reply: Reply, now: datetime) -> None:
    """Raises Aside: it answers to what is not so any more, or never was."""
    if told.method == "CANCEL" or session.is_cancelled:
        raise Aside("called_off")
    if session.last < now.date():
        raise Aside("session_over")
    if reply.sequence < session.told_since:
        raise Aside("stale")
    if reply.sequence > session.sequence:
        raise Aside("not_ours")
    if reply.stamp is not None and told.answer_stamp is not None and reply.stamp < told.answer_stamp:
        raise Aside("overtaken")


def _land(
    db: Session, session: WorkshopSession, person: Person, answer: str, word: str, now: datetime
) -> None:
    """What a tap on the link would do. Raises Conflict, Invalid, NotFound."""
    if db.get(TeamPlace, (session.id, person.id)) is not None:
        take_answer(
            db,
            actor=system(person.name),
            workshop_id=session.workshop_id,
            person_id=person.id,
            answer="unsure" if answer == "tentative" else answer,  # type: ignore[arg-type]
            word=word,
            via="calendar",
            now=now,
        )
        return
    line: Seat = seats.line_of(db, session_id=session.id, person_id=person.id)
    if answer == "declined":
        seating.give_up(db, actor=system(person.name), line=line, now=now)
    elif line.state != "held":
        raise Conflict("no_seat")


# -- Letters that came back


def _bounce(db: Session, report: Report, kept: Kept, now: datetime) -> str:
    """Note that an address does not exist. Raises Aside("bounce_unknown" | "bounce_for_now")."""
    letter = letter_of_report(db, message_ids=report.message_ids, addresses=report.addresses)
    if letter is None:
        raise Aside("bounce_unknown")
    kept.word = f"{letter.to_address}: {report.reason}"
    kept.person_id = db.scalar(
        select(Person.id).where(func.lower(Person.email) == letter.to_address.casefold()).limit(1)
    )
    if not report.is_final:
        raise Aside("bounce_for_now")
    note_bounce(db, letter=letter, reason=report.reason, now=now)
    return "bounce"


def forget_told(db: Session, *, address: str) -> None:
    """What was written to an address that letters come back from was not heard."""
    db.execute(
        update(Invitation)
        .where(func.lower(Invitation.address) == address.casefold())
        .values(address="")
        .execution_options(synchronize_session=False)
    )


# -- What coordinators do with what was kept


def mark_seen(db: Session, *, actor: Actor, answer: IncomingAnswer, now: datetime) -> None:
    """Note that somebody has dealt with it; doing it twice does nothing twice. Raises Forbidden."""
    require(actor.is_coordinator)
    if answer.seen_at is not None:
        return
    answer.seen_at, answer.seen_by = now, actor.name
    db.flush()
    record(db, actor=actor, fact=AnswerSeen(answer.id), now=now)
