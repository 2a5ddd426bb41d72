"""What a coordinator makes of a proposition: edits it, splits it, merges two, drops it, brings it back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.errors import Conflict, Invalid
from app.facts import record
from app.network.models import Person
from app.propositions import queries
from app.propositions.call_builder import build_call
from app.propositions.facts import (
    PropositionBroughtBack,
    PropositionDropped,
    PropositionEdited,
    PropositionsMerged,
    PropositionSplit,
)
from app.propositions.models import Proposition, PropositionMember
from app.propositions.services.states import become, lock_open
from app.propositions.services.working_out import terms_of
from app.propositions.values import Composed, compose
from solver.propositions import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a coordinator makes of a proposition: the needs it answers, who gives, and how."""

    kind: str
    language: str
    venue_id: int
    days: int
    line_ids: Collection[int]
    giver_ids: Collection[int]


def edit(
    db: Session, *, actor: Actor, proposition: Proposition, change: Change, now: datetime
) -> Proposition:
    """Change a proposition; its figures and reasons are worked out anew, who has answered keeps their answer.

    Raises Forbidden, Conflict("not_open"), Invalid("line_ids" | "giver_ids" | "venue_id").
    """
    require(actor.is_coordinator)
    lock_open(db, proposition)
    call = _call_of(db, proposition)
    before = _summary(proposition)
    _set(db, proposition, call, change, now)
    record(
        db,
        actor=actor,
        fact=PropositionEdited(proposition.id),
        now=now,
        before=before,
        after=_summary(proposition),
    )
    return proposition


def split(
    db: Session, *, actor: Actor, proposition: Proposition, line_ids: Collection[int], now: datetime
) -> Proposition:
    """Give some of its platforms a proposition of their own, like this one; returns the new one.

    Raises Forbidden, Conflict("not_open"), Invalid("line_ids", "missing" | "all").
    """
    require(actor.is_coordinator)
    lock_open(db, proposition)
    going = {each.line_id for each in proposition.learners if each.line_id in set(line_ids)}
    staying = {each.line_id for each in proposition.learners} - going
    if not going:
        raise Invalid("line_ids", "missing")
    if not staying:
        raise Invalid("line_ids", "all")
    call = _call_of(db, proposition)
    new = Proposition(
        set_id=proposition.set_id,
        kind=proposition.kind,
        topic_id=proposition.topic_id,
        language=proposition.language,
        region=proposition.region,
        venue_id=proposition.venue_id,
        days=proposition.days,
        team=proposition.team,
        state="edited",
        people=list(proposition.people),
        changed_at=now,
    )
    answers = {member.organisation_id: member for member in proposition.members}
    db.add(new)
    like = _change_of(proposition)
    _set(
        db,
        new,
        call,
        replace(like, line_ids=[id for id in going if id is not None]),
        now,
        answers,
        proposition,
    )
    _set(db, proposition, call, replace(like, line_ids=[id for id in staying if id is not None]), now)
    record(db, actor=actor, fact=PropositionSplit(proposition.id, new.id), now=now)
    return new


def merge(
    db: Session, *, actor: Actor, proposition: Proposition, other: Proposition, now: datetime
) -> Proposition:
    """Take the platforms of another proposition on the same topic into this one; the other is dropped.

    Raises Forbidden, Conflict("not_open" | "another_topic").
    """
    require(actor.is_coordinator)
    lock_open(db, proposition)
    lock_open(db, other)
    if (proposition.set_id, proposition.topic_id) != (other.set_id, other.topic_id) or other is proposition:
        raise Conflict("another_topic")
    call = _call_of(db, proposition)
    mine = _change_of(proposition)
    lines = [*mine.line_ids, *(each.line_id for each in other.learners if each.line_id is not None)]
    learning = {each.organisation_id for each in (*proposition.learners, *other.learners)}
    givers = {*mine.giver_ids, *(each.organisation_id for each in other.givers)} - learning
    answers = {member.organisation_id: member for member in other.members}
    before = _summary(proposition)
    change = replace(mine, line_ids=lines, giver_ids=givers)
    _set(db, proposition, call, change, now, answers, other)
    other.state, other.changed_at = "dropped", now
    db.flush()
    record(
        db,
        actor=actor,
        fact=PropositionsMerged(proposition.id, other.id),
        now=now,
        before=before,
        after=_summary(proposition),
    )
    return proposition


def drop(db: Session, *, actor: Actor, proposition: Proposition, now: datetime) -> Proposition:
    """Follow a proposition up no further. Raises Forbidden, Conflict("not_open")."""
    require(actor.is_coordinator)
    lock_open(db, proposition)
    return become(db, actor, proposition, "dropped", PropositionDropped(proposition.id), now)


def bring_back(db: Session, *, actor: Actor, proposition: Proposition, now: datetime) -> Proposition:
    """Have a dropped proposition count again.

    Raises Forbidden, Conflict("not_dropped" | "answered_elsewhere").
    """
    require(actor.is_coordinator)
    db.refresh(proposition, ["state"], with_for_update=True)
    if proposition.state != "dropped":
        raise Conflict("not_dropped")
    if queries.lines_of_others(db, proposition) & {each.line_id for each in proposition.learners}:
        raise Conflict("answered_elsewhere")
    return become(db, actor, proposition, "edited", PropositionBroughtBack(proposition.id), now)


def _call_of(db: Session, proposition: Proposition) -> Call:
    found = proposition.set
    return build_call(db, found.call, terms_of(found))


def _change_of(proposition: Proposition) -> Change:
    return Change(
        kind=proposition.kind,
        language=proposition.language,
        venue_id=proposition.venue_id or 0,
        days=proposition.days,
        line_ids=[each.line_id for each in proposition.learners if each.line_id is not None],
        giver_ids=[each.organisation_id for each in proposition.givers],
    )


def _set(
    db: Session,
    proposition: Proposition,
    call: Call,
    change: Change,
    now: datetime,
    answers: Mapping[int, PropositionMember] | None = None,
    giving: Proposition | None = None,
) -> None:
    """Make a proposition what a change says; members keep their answers, or have those given.

    `giving`: the proposition that gives it needs of its own. Those of any other stay where they are.
    """
    if str(change.venue_id) not in call.hosts:
        raise Invalid("venue_id", "unknown")
    if not change.line_ids or any(
        str(id) not in call.needs or call.needs[str(id)].topic != str(proposition.topic_id)
        for id in change.line_ids
    ):
        raise Invalid("line_ids", "missing" if not change.line_ids else "unknown")
    others = queries.lines_of_others(db, proposition, *([giving] if giving else ()))
    if others & set(change.line_ids):
        raise Invalid("line_ids", "answered_elsewhere")
    offering = {int(each.platform) for each in call.offers if each.topic == str(proposition.topic_id)}
    if not set(change.giver_ids) <= offering:
        raise Invalid("giver_ids", "unknown")
    with_days = _lasting(call, change)
    composed = compose(
        with_days,
        kind=change.kind,
        topic_id=proposition.topic_id,
        language=change.language,
        venue_id=change.venue_id,
        line_ids=sorted(change.line_ids),
        giver_ids=sorted(change.giver_ids),
        person_ids=_candidates(with_days, proposition),
    )
    known = {**{each.organisation_id: each for each in proposition.members}, **(answers or {})}
    _set_members(db, proposition, call, composed, known)
    people = db.scalars(
        select(Person).where(Person.id.in_([int(id) for id in composed.value.facilitators]))
    ).all()
    proposition.people = list(people)
    proposition.kind, proposition.language, proposition.days = change.kind, change.language, change.days
    proposition.venue_id, proposition.region = change.venue_id, call.hosts[str(change.venue_id)].region
    proposition.team = call.kinds[change.kind].team
    proposition.missing, proposition.cost = composed.value.missing, composed.cost
    proposition.reasons, proposition.hosts = (
        [dict(r) for r in composed.reasons],
        [dict(h) for h in composed.hosts],
    )
    proposition.state, proposition.changed_at = "edited", now
    db.flush()


def _lasting(call: Call, change: Change) -> Call:
    """The call with as many days for this kind as the change says."""
    kinds = {**call.kinds, change.kind: replace(call.kinds[change.kind], days=change.days)}
    return replace(call, kinds=kinds)


def _candidates(call: Call, proposition: Proposition) -> list[int]:
    """Who may be in the team: those who are, then who leads."""
    topic = str(proposition.topic_id)
    now_in = [person.id for person in proposition.people]
    others = sorted(
        (each for each in call.facilitators.values() if topic in each.teaches and int(each.id) not in now_in),
        key=lambda each: (-each.teaches[topic], int(each.id)),
    )
    return [*now_in, *(int(each.id) for each in others)]


def _set_members(
    db: Session,
    proposition: Proposition,
    call: Call,
    composed: Composed,
    known: Mapping[int, PropositionMember],
) -> None:
    before = {
        id: (each.answer, each.answered_by, each.answered_at, each.asked_at) for id, each in known.items()
    }
    proposition.members.clear()
    db.flush()
    rows = [
        PropositionMember(
            organisation_id=int(call.needs[id].platform),
            line_id=int(id),
            role="learns",
            seats=composed.seats[id],
            people=composed.people[id],
        )
        for id in composed.value.needs
    ] + [PropositionMember(organisation_id=int(id), role="gives") for id in composed.value.givers]
    seen: set[int] = set()
    for row in rows:
        if row.organisation_id in seen:
            raise Invalid("giver_ids", "learns_too")
        seen.add(row.organisation_id)
        if row.organisation_id in before:
            row.answer, row.answered_by, row.answered_at, row.asked_at = before[row.organisation_id]
    proposition.members.extend(rows)
    db.flush()


def _summary(proposition: Proposition) -> dict[str, Any]:
    return {
        "kind": proposition.kind,
        "language": proposition.language,
        "venue_id": proposition.venue_id,
        "days": proposition.days,
        "cost": proposition.cost,
        "platforms": sorted(each.organisation_id for each in proposition.learners),
        "givers": sorted(each.organisation_id for each in proposition.givers),
    }
