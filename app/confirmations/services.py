"""The verbs of confirming: what people answer."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.access import Actor, require
from app.confirmations.facts import PlaceAccepted, PlaceDeclined, PlaceFact, PlaceLeftOpen
from app.confirmations.models import AskedPerson, PlaceAnswer, ProposedPlace
from app.confirmations.proposals import Proposal, digest, in_force, proposals
from app.db import insert_or_not
from app.errors import Conflict, Invalid, NotFound
from app.facts import record
from app.network.models import Person
from app.planning.models import RoundEntry
from app.schedule.models import Version, WorkshopSession
from app.workshops.models import Workshop

LINK = "confirm"
"""The purpose of the personal link to a conversation (`AskedPerson`)."""

Answer = Literal["accepted", "declined", "unsure"]
Channel = Literal["link", "calendar", "telephone", "account", "silence"]

FACTS: dict[str, type[PlaceFact]] = {
    "accepted": PlaceAccepted,
    "declined": PlaceDeclined,
    "unsure": PlaceLeftOpen,
}


def take_answer(
    db: Session,
    *,
    actor: Actor,
    workshop_id: int,
    person_id: int,
    answer: Answer,
    word: str = "",
    via: Channel,
    now: datetime,
    part: Literal["team", "host"] = "team",
    reason: str = "",
    could_if: str = "",
    until: date | None = None,
    seen: str | None = None,
) -> ProposedPlace:
    """Take what somebody says to a place that is proposed to them or that they have been announced in.

    Whatever way an answer comes, it lands here. The same answer once more changes nothing. `until` says when
    somebody who does not know yet will, and no later than answers are waited for. `seen` stands for what
    the session was on the page that was answered (`proposals.digest`): another now is refused, so that nobody
    agrees to what they have not read.

    Raises Forbidden, NotFound (no such workshop in any round), Conflict("not_proposed" | "session_over" |
    "changed_meanwhile" | "replaced"), Invalid("until", "already_over" | "too_late").
    """
    round_id, code = _where(db, workshop_id)
    asked = _conversation(db, round_id, person_id)
    require(_may_answer(actor, asked, person_id))
    known = _place_of(asked, workshop_id, part)
    if known is not None and known.replaced_by_id is not None and answer != "declined":
        raise Conflict("replaced")
    proposal, terms = _proposed(db, round_id, code, known, person_id, part)
    if proposal.last < now.date():
        raise Conflict("session_over")
    if seen is not None and seen != digest(terms):
        raise Conflict("changed_meanwhile")
    if answer == "unsure" and until is not None:
        if until < now.date():
            raise Invalid("until", "already_over")
        if asked is not None and asked.answer_by is not None and until > asked.answer_by:
            raise Invalid("until", "too_late")
    if asked is None:
        asked = _begin_conversation(db, round_id, person_id, now)
    place = _place_of(asked, workshop_id, part)
    if place is None:
        place = ProposedPlace(workshop_id=workshop_id, part=part, answer="", agreed={}, told=terms)
        asked.places.append(place)
    said = PlaceAnswer(
        answer=answer,
        reason=reason if answer == "declined" else "",
        word=word.strip(),
        could_if=could_if.strip() if answer == "declined" else "",
        until=until if answer == "unsure" else None,
        via=via,
        answered_by=actor.name,
        answered_at=now,
        was_announced=part == "team" and asked.person.code in proposal.announced,
        notice_days=(proposal.day - now.date()).days,
        terms=terms,
    )
    if place.answer == answer and place.answers and _says_the_same(place.answers[0], said):
        return place
    _keep(db, actor, place, said, now)
    return place


def next_letter(asked: AskedPerson) -> datetime | None:
    """When to write to somebody next: not while all is answered, nor before the day they asked to have."""
    if any(not place.answer for place in asked.places):
        return asked.due_at
    unsure = [place.unsure_until for place in asked.places if place.answer == "unsure"]
    if not unsure or asked.due_at is None:
        return None
    waits = [datetime.combine(day, time(8), UTC) for day in unsure if day is not None]
    return max(asked.due_at, min(waits)) if len(waits) == len(unsure) else asked.due_at


def _keep(db: Session, actor: Actor, place: ProposedPlace, said: PlaceAnswer, now: datetime) -> None:
    before = {"answer": place.answer}
    place.answers.insert(0, said)
    place.answer, place.answered_at, place.unsure_until = said.answer, now, said.until
    place.agreed = place.told = said.terms
    place.asked.due_at = next_letter(place.asked)
    db.flush()
    record(
        db,
        actor=actor,
        fact=FACTS[said.answer](place.id, place.workshop_id, place.asked.person_id, said.via),
        now=now,
        before=before,
        after={
            "answer": said.answer,
            "reason": said.reason,
            "was_announced": said.was_announced,
            "notice_days": said.notice_days,
        },
    )


def _says_the_same(last: PlaceAnswer, said: PlaceAnswer) -> bool:
    """Whether an answer adds nothing to the last one; less said than before adds nothing either."""
    return (
        (last.answer, last.until, last.terms) == (said.answer, said.until, said.terms)
        and said.reason in {"", last.reason}
        and said.word in {"", last.word}
        and said.could_if in {"", last.could_if}
    )


def _may_answer(actor: Actor, asked: AskedPerson | None, person_id: int) -> bool:
    """The person by their account or their link, and the secretariat for them."""
    if actor.is_coordinator or (actor.is_signed_in and actor.person_id == person_id):
        return True
    return asked is not None and actor.came_by(LINK, asked.id)


def _where(db: Session, workshop_id: int) -> tuple[int, str]:
    """The round that a workshop is planned in, or was announced in, and its code. Raises NotFound."""
    row = db.execute(
        select(RoundEntry.round_id, Version.round_id, Workshop.code)
        .select_from(Workshop)
        .outerjoin(RoundEntry, RoundEntry.workshop_id == Workshop.id)
        .outerjoin(WorkshopSession, WorkshopSession.workshop_id == Workshop.id)
        .outerjoin(Version, Version.id == WorkshopSession.version_id)
        .where(Workshop.id == workshop_id)
    ).first()
    if row is None or (row[0] is None and row[1] is None):
        raise NotFound
    return row[0] if row[0] is not None else row[1], row[2]


def _conversation(db: Session, round_id: int, person_id: int) -> AskedPerson | None:
    """The conversation with a person about a round, locked: one answer follows another."""
    return db.scalars(
        select(AskedPerson)
        .where(AskedPerson.round_id == round_id, AskedPerson.person_id == person_id)
        .options(
            joinedload(AskedPerson.person, innerjoin=True),
            selectinload(AskedPerson.places).selectinload(ProposedPlace.answers),
        )
        .with_for_update(of=AskedPerson)
        .execution_options(populate_existing=True)
    ).first()


def _begin_conversation(db: Session, round_id: int, person_id: int, now: datetime) -> AskedPerson:
    """Somebody speaks who was not asked: they were announced without it."""
    insert_or_not(
        db,
        AskedPerson,
        ["round_id", "person_id"],
        round_id=round_id,
        person_id=person_id,
        asked_at=now,
        letters=0,
    )
    found = _conversation(db, round_id, person_id)
    assert found is not None  # noqa: S101 - it was put there, by us or by another
    return found


def _place_of(asked: AskedPerson | None, workshop_id: int, part: str) -> ProposedPlace | None:
    if asked is None:
        return None
    return next((each for each in asked.places if (each.workshop_id, each.part) == (workshop_id, part)), None)


def _proposed(
    db: Session, round_id: int, code: str, place: ProposedPlace | None, person_id: int, part: str
) -> tuple[Proposal, dict[str, Any]]:
    """What the place is now: as proposed, else as announced. Raises Conflict("not_proposed")."""
    person = db.get(Person, person_id)
    if person is None or (part == "host" and place is None):
        raise Conflict("not_proposed")
    place = place or ProposedPlace(part=part, told={})
    for found in (
        proposals(db, round_id=round_id, codes=[code]),
        in_force(db, round_id=round_id, codes=[code]),
    ):
        if code in found and (terms := found[code].terms_for(place, person.code)) is not None:
            return found[code], terms
    raise Conflict("not_proposed")
