"""What platforms are asked about a proposition, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.access import Actor, require
from app.errors import Invalid
from app.facts import record
from app.propositions import queries
from app.propositions.facts import (
    PlatformAnswered,
    PlatformsAsked,
)
from app.propositions.models import Proposition, PropositionMember
from app.propositions.services.states import lock_open


def ask_platforms(
    db: Session, *, actor: Actor, proposition: Proposition, now: datetime
) -> Sequence[PropositionMember]:
    """Ask the platforms of a proposition that have not answered, the first time or again; returns them.

    From now on they see it. Raises Forbidden, Conflict("not_open").
    """
    require(actor.is_coordinator)
    lock_open(db, proposition)
    silent = [member for member in proposition.members if not member.answer]
    for member in silent:
        member.asked_at = member.asked_at or now
    db.flush()
    if silent:
        record(db, actor=actor, fact=PlatformsAsked(proposition.id, len(silent)), now=now)
    return silent


def answer(
    db: Session, *, actor: Actor, member: PropositionMember, said: str, now: datetime
) -> PropositionMember:
    """A platform says that it is in, or that it is not.

    Raises Forbidden, Conflict("not_open"), Invalid("said").
    """
    require(queries.may_answer(actor, member))
    if said not in ("in", "out"):
        raise Invalid("said", "unknown")
    lock_open(db, member.proposition)
    if member.answer == said:
        return member
    before = {"answer": member.answer}
    member.answer, member.answered_by, member.answered_at = said, actor.name, now
    db.flush()
    record(
        db,
        actor=actor,
        fact=PlatformAnswered(member.proposition_id, member.organisation_id, said),
        now=now,
        before=before,
        after={"answer": said},
    )
    return member
