"""Reading propositions, each by what the acting person may see.

Coordinators see all. Everybody else sees a proposition that touches an organisation they act for, once its
platforms have been asked, and never what other organisations wrote in their answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, func, select, true
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from app.access import Actor
from app.errors import NotFound
from app.jobs.models import Job
from app.needs.models import NeedsAnswer, NeedsCall, NeedsLine
from app.needs.queries.calls import Recipient, recipients_of
from app.network.models import Venue
from app.propositions.models import (
    Proposition,
    PropositionMember,
    PropositionSet,
)

JOB_KIND = "propose"
PURPOSE = "proposition"
"""What a personal link to a platform's answer is for."""

COUNTING = ("proposed", "edited", "requested")


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """The condition on `Proposition` that only those whom the actor may see fulfil."""
    if actor.is_coordinator:
        return true()
    touching = select(PropositionMember.proposition_id).where(PropositionMember.asked_at.is_not(None))
    if actor.link is not None:
        purpose, member_id = actor.link
        if purpose != PURPOSE:
            return false()
        return Proposition.id.in_(touching.where(PropositionMember.id == member_id))
    if not actor.organisation_ids:
        return false()
    mine = touching.where(PropositionMember.organisation_id.in_(actor.organisation_ids))
    return Proposition.id.in_(mine) & (Proposition.state != "dropped")


_SHOWN = (
    joinedload(Proposition.topic),
    joinedload(Proposition.venue).joinedload(Venue.place),
    joinedload(Proposition.workshop),
    joinedload(Proposition.set).joinedload(PropositionSet.call),
    selectinload(Proposition.members).joinedload(PropositionMember.organisation),
    selectinload(Proposition.people),
)


def proposition_for(db: Session, *, actor: Actor, proposition_id: int) -> Proposition:
    """A proposition that the actor sees, with all that its page shows. Raises NotFound."""
    found = db.scalars(
        select(Proposition)
        .where(Proposition.id == proposition_id, seen_by(actor))
        .options(
            *_SHOWN,
            selectinload(Proposition.members)
            .joinedload(PropositionMember.line)
            .joinedload(NeedsLine.answer)
            .joinedload(NeedsAnswer.contact),
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def member_for(db: Session, *, actor: Actor, member_id: int) -> PropositionMember:
    """A platform's place in a proposition that the actor may answer for. Raises NotFound."""
    member = db.get(PropositionMember, member_id)
    if member is None or member.asked_at is None:
        raise NotFound
    proposition_for(db, actor=actor, proposition_id=member.proposition_id)
    if not may_answer(actor, member):
        raise NotFound
    return member


def may_answer(actor: Actor, member: PropositionMember) -> bool:
    return actor.came_by(PURPOSE, member.id) or actor.acts_for(member.organisation_id)


# -- Sets


@dataclass(frozen=True, slots=True)
class CallGlance:
    """A call from which propositions can be worked out, and how many there are."""

    call: NeedsCall
    answered: int
    propositions: int


def calls(db: Session, *, actor: Actor) -> Sequence[CallGlance]:
    """The calls that have been opened, newest first: for coordinators."""
    if not actor.is_coordinator:
        return ()
    answered = (
        select(func.count(NeedsAnswer.id))
        .where(NeedsAnswer.call_id == NeedsCall.id, NeedsAnswer.state == "handed_in")
        .correlate(NeedsCall)
        .scalar_subquery()
    )
    made = (
        select(func.count(Proposition.id))
        .join(PropositionSet, PropositionSet.id == Proposition.set_id)
        .where(PropositionSet.call_id == NeedsCall.id, Proposition.state.in_(COUNTING))
        .correlate(NeedsCall)
        .scalar_subquery()
    )
    rows = db.execute(
        select(NeedsCall, answered, made)
        .where(NeedsCall.state != "draft")
        .order_by(NeedsCall.opened_at.desc(), NeedsCall.id.desc())
    )
    return [CallGlance(*row) for row in rows]


def call_for(db: Session, *, actor: Actor, call_id: int) -> NeedsCall:
    """A call that has been opened, for a coordinator. Raises NotFound."""
    call = db.get(NeedsCall, call_id)
    if call is None or call.state == "draft" or not actor.is_coordinator:
        raise NotFound
    return call


def set_of(db: Session, call: NeedsCall) -> PropositionSet | None:
    return db.scalars(select(PropositionSet).where(PropositionSet.call_id == call.id)).first()


def propositions_of(db: Session, *, actor: Actor, call: NeedsCall | None = None) -> Sequence[Proposition]:
    """The propositions that the actor sees, of one call or of all; those that count first."""
    query = select(Proposition).where(seen_by(actor)).options(*_SHOWN)
    if call is not None:
        query = query.join(Proposition.set).where(PropositionSet.call_id == call.id)
    order = {state: rank for rank, state in enumerate((*COUNTING, "dropped"))}
    found = db.scalars(query.order_by(Proposition.id)).all()
    return sorted(found, key=lambda each: (order[each.state] == 3, -each.set_id, each.id))


def lines_of_others(db: Session, *propositions: Proposition) -> set[int]:
    """The needs of the same call that propositions other than these answer."""
    return set(
        db.scalars(
            select(PropositionMember.line_id)
            .join(PropositionMember.proposition)
            .where(
                Proposition.set_id == propositions[0].set_id,
                Proposition.id.not_in([each.id for each in propositions if each.id is not None]),
                Proposition.state.in_(COUNTING),
                PropositionMember.line_id.is_not(None),
            )
        )
    )


def last_job(db: Session, found: PropositionSet | None) -> Job | None:
    """The newest job that works out a set, without its documents."""
    if found is None:
        return None
    return db.scalars(
        select(Job)
        .where(Job.kind == JOB_KIND, Job.subject_id == found.id)
        .order_by(Job.id.desc())
        .limit(1)
        .options(defer(Job.parameters), defer(Job.kept))
    ).first()


def lines_asked(db: Session, call: NeedsCall) -> Mapping[int, NeedsLine]:
    """By id, the needs that were handed in, with who says so."""
    lines = db.scalars(
        select(NeedsLine)
        .join(NeedsLine.answer)
        .where(NeedsAnswer.call_id == call.id, NeedsAnswer.state == "handed_in", NeedsLine.how_much > 0)
        .options(
            joinedload(NeedsLine.topic), joinedload(NeedsLine.answer).joinedload(NeedsAnswer.organisation)
        )
        .order_by(NeedsLine.topic_id, NeedsLine.id)
    ).all()
    return {line.id: line for line in lines}


def venues(db: Session) -> Sequence[Venue]:
    return db.scalars(
        select(Venue).join(Venue.place).options(joinedload(Venue.place)).order_by(Venue.name, Venue.id)
    ).all()


def venues_in(db: Session, countries: Iterable[str]) -> Mapping[str, Sequence[Venue]]:
    """The venues of some countries, by country."""
    found: dict[str, list[Venue]] = {}
    for venue in venues(db):
        if venue.place.country in set(countries):
            found.setdefault(venue.place.country, []).append(venue)
    return found


# -- Whom to write to


def recipients(db: Session, members: Iterable[PropositionMember]) -> Mapping[int, Sequence[Recipient]]:
    """By member id, who answers for each platform, as it did in the needs call."""
    members = list(members)
    if not members:
        return {}
    organisations = [member.organisation_id for member in members]
    answers = db.scalars(
        select(NeedsAnswer)
        .where(
            NeedsAnswer.call_id == members[0].proposition.set.call_id,
            NeedsAnswer.organisation_id.in_(organisations),
        )
        .options(joinedload(NeedsAnswer.contact), joinedload(NeedsAnswer.organisation))
    ).all()
    found = recipients_of(db, answers)
    by_organisation = {answer.organisation_id: found.get(answer.id, ()) for answer in answers}
    return {member.id: by_organisation.get(member.organisation_id, ()) for member in members}
