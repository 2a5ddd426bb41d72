"""A no is repaired: who could take the place, by the planner's reckoning, and asking one of them.

Who could is worked out by a worker as soon as somebody says no, and kept with its job; the plan it was worked
out for is named there, so that a plan that has changed since is not repaired with what was true before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.confirmations.asking import put_to
from app.confirmations.facts import SubstituteAsked
from app.confirmations.models import AskedPerson, Asking, ProposedPlace
from app.confirmations.proposals import is_ahead, open_asking
from app.errors import Conflict
from app.facts import record
from app.jobs import services as jobs
from app.jobs.models import Job
from app.network.models import Person
from app.planning.models import PlanningRound
from app.planning.substituting import Plan, Substitution, plan_of_draft, save_draft_with
from app.schedule.queries import latest_version

JOB_KIND = "find_substitutes"

REMIND_EVERY = 2
"""Days between reminders to a substitute in a round that nobody was asked in before."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of those who could take a place: `job` works it out or did, `substitutions` are the best
    of them, `is_stale` says that the plan has changed since."""

    job: Job | None
    substitutions: tuple[Substitution, ...] = ()
    is_stale: bool = False


def present_plan(db: Session, *, round_id: int) -> Plan | None:
    """The plan that would be repaired: the draft that is being asked about, else what is published."""
    asking = open_asking(db, round_id=round_id)
    if asking is not None and asking.draft is not None and is_ahead(db, asking):
        return plan_of_draft(asking.draft)
    version = latest_version(db, round_id=round_id)
    if version is None:
        return None
    return Plan(round_id, version.round_document, version.schedule_document, 0.0, version.published_at)


def look_for_substitutes(
    db: Session, *, actor: Actor, place: ProposedPlace, ask_best: bool = False, now: datetime, wake: jobs.Wake
) -> Job:
    """Have a worker find out who could take a place; with `ask_best` it asks the best of them at once.

    Raises Forbidden.
    """
    require(actor.is_coordinator)
    return jobs.enqueue(
        db,
        actor=actor,
        kind=JOB_KIND,
        subject_id=place.id,
        now=now,
        wake=wake,
        parameters={"ask_best": ask_best},
    )


def substitutes_found(db: Session, *, place: ProposedPlace) -> Found:
    """What the last search for a place found, without those who have said no to this workshop themselves."""
    job = db.scalars(
        select(Job).where(Job.kind == JOB_KIND, Job.subject_id == place.id).order_by(Job.id.desc()).limit(1)
    ).first()
    if job is None or "found" not in job.kept:
        return Found(job)
    unwilling = _unwilling(db, place)
    plan = present_plan(db, round_id=place.asked.round_id)
    return Found(
        job,
        tuple(
            found
            for found in map(Substitution.read, job.kept.get("found", ()))
            if found.person not in unwilling
        ),
        is_stale=plan is None or plan.key != job.kept.get("plan"),
    )


def ask_substitute(
    db: Session, *, actor: Actor, place: ProposedPlace, code: str, now: datetime
) -> ProposedPlace:
    """Ask somebody (by code) to take a place that was declined, in a new draft; returns what they are asked.

    The draft with them is what is asked about, and may be published, from now on; nothing that was there is
    overwritten. Besides them only those hear of it whose own part changes.

    Raises Forbidden, Conflict("not_declined" | "replaced" | "plan_changed" | "not_a_substitute" |
    "round_closed").
    """
    require(actor.is_coordinator)
    planning_round = db.get_one(
        PlanningRound, place.asked.round_id, with_for_update=True, populate_existing=True
    )
    db.refresh(place, ["answer", "replaced_by_id"])
    if planning_round.state != "open":
        raise Conflict("round_closed")
    if place.answer != "declined" or place.part != "team":
        raise Conflict("not_declined")
    if place.replaced_by_id is not None:
        raise Conflict("replaced")
    found, plan = substitutes_found(db, place=place), present_plan(db, round_id=planning_round.id)
    if plan is None or found.is_stale:
        raise Conflict("plan_changed")
    chosen = next((each for each in found.substitutions if each.person == code), None)
    person = db.scalars(select(Person).where(Person.code == code)).first()
    if chosen is None or person is None:
        raise Conflict("not_a_substitute")
    workshop = place.workshop.code
    roles = _roles(plan, workshop)
    draft = save_draft_with(db, actor=actor, plan=plan, workshop=workshop, substitution=chosen, now=now)
    asking = _asking_for(db, actor, planning_round, now)
    asking.draft, asking.draft_since = draft, now
    db.flush()
    others = {member["person"] for member in chosen.team if roles.get(member["person"]) != member["role"]}
    put_to(
        db,
        asking=asking,
        answer_by=now.date() + timedelta(days=asking.substitute_days),
        now=now,
        only=others | {code},
    )
    place.replaced_by_id = person.id
    db.flush()
    record(
        db,
        actor=actor,
        fact=SubstituteAsked(place.id, place.workshop_id, person.id, draft.id),
        now=now,
        after={"cost": chosen.cost, "objective": chosen.objective},
    )
    return db.scalars(
        select(ProposedPlace).where(
            ProposedPlace.workshop_id == place.workshop_id,
            ProposedPlace.part == "team",
            ProposedPlace.asked.has(person_id=person.id),
        )
    ).one()


def _asking_for(db: Session, actor: Actor, planning_round: PlanningRound, now: datetime) -> Asking:
    """The asking that is open, or one for this substitute alone: the plan was announced long ago."""
    asking = open_asking(db, round_id=planning_round.id)
    if asking is None:
        days = 5
        asking = Asking(
            round_id=planning_round.id,
            draft_since=now,
            closes_on=now.date() + timedelta(days=days),
            remind_every=REMIND_EVERY,
            silence="declined",
            substitute_days=days,
            opened_at=now,
            opened_by=actor.name,
        )
        db.add(asking)
    return asking


def _roles(plan: Plan, workshop: str) -> dict[str, str]:
    return {
        member["person"]: member["role"]
        for session in plan.schedule_document["sessions"]
        if session["workshop"] == workshop
        for member in session["team"]
    }


def _unwilling(db: Session, place: ProposedPlace) -> set[str]:
    """The codes of those who said no to this workshop."""
    return set(
        db.scalars(
            select(Person.code)
            .join(AskedPerson, AskedPerson.person_id == Person.id)
            .join(ProposedPlace, ProposedPlace.asked_id == AskedPerson.id)
            .where(
                ProposedPlace.workshop_id == place.workshop_id,
                ProposedPlace.part == "team",
                ProposedPlace.answer == "declined",
            )
        )
    )
