"""Who sees which answers: coordinators all, everybody else those of the organisations they act for.

Who comes by a personal link sees the one answer that it names.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, select, true

from app.access import Actor
from app.needs.models import NeedsAnswer, NeedsCall

PURPOSE = "needs"
"""What a personal link to an answer is for."""


def answers_seen_by(actor: Actor) -> ColumnElement[bool]:
    """The condition on `NeedsAnswer` that only those whom the actor may see fulfil."""
    if actor.is_coordinator:
        return true()
    if actor.link is not None:
        purpose, answer_id = actor.link
        return NeedsAnswer.id == answer_id if purpose == PURPOSE else false()
    return NeedsAnswer.organisation_id.in_(actor.organisation_ids) if actor.organisation_ids else false()


def calls_seen_by(actor: Actor) -> ColumnElement[bool]:
    """The condition on `NeedsCall`: those that were opened and ask an organisation the actor acts for."""
    if actor.is_coordinator:
        return true()
    asking = select(NeedsAnswer.call_id).where(answers_seen_by(actor))
    return NeedsCall.id.in_(asking) & (NeedsCall.state != "draft")


def may_answer(actor: Actor, answer: NeedsAnswer) -> bool:
    """Whether the actor may write what this organisation needs."""
    return actor.came_by(PURPOSE, answer.id) or actor.acts_for(answer.organisation_id)


def speaks_for_itself(actor: Actor, answer: NeedsAnswer) -> bool:
    """Whether what the actor says is the organisation's own word: that of its focal point."""
    return actor.came_by(PURPOSE, answer.id) or answer.organisation_id in actor.organisations_as(
        "focal_point"
    )


def looks_after(actor: Actor, answer: NeedsAnswer) -> bool:
    """Whether the actor chases this answer: the secretariat, or an officer of its coalition."""
    return actor.is_coordinator or (actor.has_role("officer") and actor.acts_for(answer.organisation_id))
