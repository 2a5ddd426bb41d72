"""Having propositions worked out, and keeping what was found.

Working out anew replaces what nobody has touched: propositions that were edited, asked about or turned into
requests stay, and what they answer and cost is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.access import Actor, require
from app.errors import Conflict
from app.facts import record
from app.jobs import services as jobs
from app.jobs.models import Job
from app.needs.models import NeedsCall, NeedsLine
from app.network.models import Person
from app.propositions import queries
from app.propositions.call_builder import Kept, build_call
from app.propositions.facts import (
    PropositionsWorkedOut,
    WorkingOutStarted,
)
from app.propositions.models import Proposition, PropositionMember, PropositionSet
from app.propositions.terms import Terms
from solver.propositions import write_call


def work_out(
    db: Session, *, actor: Actor, call: NeedsCall, terms: Terms, now: datetime, wake: jobs.Wake
) -> Job:
    """Have propositions worked out from what a call has brought in so far.

    A job that is already open is returned as it is. Raises Forbidden, Conflict("nothing_asked").
    """
    require(actor.is_coordinator)
    db.refresh(call, with_for_update=True)
    found = queries.set_of(db, call)
    if found is None:
        found = PropositionSet(call_id=call.id, created_at=now)
        db.add(found)
    found.currency, found.budget, found.terms = terms.currency, terms.budget, terms.stored()
    db.flush()
    running = jobs.open_job(db, kind=queries.JOB_KIND, subject_id=found.id)
    if running is not None:
        return running
    document = build_call(db, call, terms, _kept(db, found))
    if not document.needs:
        raise Conflict("nothing_asked")
    job = jobs.enqueue(
        db,
        actor=actor,
        kind=queries.JOB_KIND,
        subject_id=found.id,
        now=now,
        wake=wake,
        parameters={"call": json.loads(write_call(document))},
    )
    record(db, actor=actor, fact=WorkingOutStarted(found.id, job.id, terms.budget), now=now)
    return job


def keep_what_was_worked_out(
    db: Session, *, actor: Actor, set_id: int, job_id: int, found: Mapping[str, Any], now: datetime
) -> PropositionSet | None:
    """Put what the solver found in the place of what nobody has touched; `None` when it came too late.

    Raises Forbidden.
    """
    require(actor.is_coordinator)
    row = db.scalars(select(PropositionSet).where(PropositionSet.id == set_id).with_for_update()).first()
    job = db.get(Job, job_id, populate_existing=True)
    if row is None or job is None or job.state != "running":
        return None
    for untouched in [each for each in _all(db, row) if not _is_touched(each)]:
        db.delete(untouched)
    db.flush()
    taken = _kept(db, row).line_ids
    lines = set(db.scalars(select(NeedsLine.id).where(NeedsLine.id.in_(_line_ids(found))))) - taken
    people = {person.id: person for person in db.scalars(select(Person))}
    kept = 0
    for each in found["propositions"]:
        if all(int(member["need"]) in lines for member in each["platforms"]):
            db.add(_proposition_of(row.id, each, people, now))
            kept += 1
    row.points, row.bound, row.asked = found["points"], found["bound"], found["asked"]
    row.left = [{"line": int(each["need"]), "reasons": each["reasons"]} for each in found["unserved"]]
    row.worked_out_at = now
    db.flush()
    db.expire(row, ["propositions"])
    record(db, actor=actor, fact=PropositionsWorkedOut(row.id, kept), now=now)
    return row


def _line_ids(found: Mapping[str, Any]) -> list[int]:
    return [int(member["need"]) for each in found["propositions"] for member in each["platforms"]]


def _proposition_of(
    set_id: int, each: Mapping[str, Any], people: Mapping[int, Person], now: datetime
) -> Proposition:
    learners = [
        PropositionMember(
            organisation_id=int(member["platform"]),
            line_id=int(member["need"]),
            role="learns",
            seats=member["seats"],
            people=member["people"],
        )
        for member in each["platforms"]
    ]
    givers = [PropositionMember(organisation_id=int(id), role="gives") for id in each["givers"]]
    return Proposition(
        set_id=set_id,
        kind=each["kind"],
        topic_id=int(each["topic"]),
        language=each["language"],
        region=each["region"],
        venue_id=int(each["host"]),
        days=each["days"],
        team=len(each["givers"]) + len(each["facilitators"]) + each["missing"],
        missing=each["missing"],
        cost=each["cost"],
        reasons=each["reasons"],
        hosts=[{"venue": int(host["host"]), "cost": host["cost"]} for host in each["hosts"]],
        members=learners + givers,
        people=[people[int(id)] for id in each["facilitators"] if int(id) in people],
        changed_at=now,
    )


def _all(db: Session, row: PropositionSet) -> Sequence[Proposition]:
    return db.scalars(
        select(Proposition)
        .where(Proposition.set_id == row.id)
        .options(selectinload(Proposition.members), joinedload(Proposition.workshop))
    ).all()


def _is_touched(proposition: Proposition) -> bool:
    """Edited, asked about, dropped on purpose or turned into requests."""
    return proposition.state != "proposed" or any(each.asked_at for each in proposition.members)


def _kept(db: Session, row: PropositionSet) -> Kept:
    """What the propositions that stay answer and cost; what was dropped answers nothing."""
    stay = [each for each in _all(db, row) if _is_touched(each) and each.state != "dropped"]
    return Kept(
        frozenset(member.line_id for each in stay for member in each.members if member.line_id is not None),
        sum(each.cost for each in stay),
    )


def terms_of(found: PropositionSet) -> Terms:
    return Terms.of(found.terms, currency=found.currency, budget=found.budget)
