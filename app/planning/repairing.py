"""Repair: something happened after people were told of a plan; it changes as little as can be.

    question = ask_for_repair(db, actor=…, planning_round=…, happening=…, now=…, wake=…)
    draft = take_repair(db, actor=…, question=question, variant="fewest", now=…)     # ready to be published

What the job is given is the round as it stands, with what happened in it, and the sessions in force as the
schedule to keep. Sessions that are over are pinned as they were. To take a repair is also to note down what
happened where it belongs, so that the next plan knows it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.availability.services import add_span
from app.errors import Conflict, NotFound
from app.facts import record
from app.jobs import services as jobs
from app.network.models import Person, Venue
from app.network.services.closures import ClosureDetails, keep_days_free
from app.network.services.places import close_venue
from app.planning import replanning
from app.planning.asking import have_answered
from app.planning.commitments import commitments_of
from app.planning.draft_writer import WrongSchedule, verify, write_draft
from app.planning.facts import RepairAsked, RepairTaken
from app.planning.happenings import Happening
from app.planning.models import Draft, PlanningRound, Question
from app.planning.round_builder import build_round
from app.travel.services import close_border
from app.workshops.models import Fund, Workshop
from app.workshops.services import change_fund, withdraw_request
from solver import Round, Schedule
from solver.constraints import violations
from solver.derived import days_of
from solver.round import Pin, PublishedSession
from solver.schedule import Session as Held
from solver.schedule import TeamMember
from solver.wording import instant

BESIDES = frozenset({"team_size", "follows", "competence"})
"""Rules that need the roles, or other sessions, to be judged."""


@dataclass(frozen=True, slots=True)
class InForce:
    """A round as it stands with the sessions in force; `keep` is them as a schedule document."""

    round: Round
    keep: dict[str, Any]


def in_force(db: Session, planning_round: PlanningRound, today: date) -> InForce:
    """What people have been told of a round, in the round as it is now.

    Raises Conflict("nothing_published" | "round_malformed").
    """
    built = build_round(db, planning_round, today)
    if built.defects:
        raise Conflict("round_malformed", defects=built.defects)
    told = built.round.published
    if not told:
        raise Conflict("nothing_published")
    announced = commitments_of(db, planning_round).published or ()
    ids = {workshop.id: code for code, workshop in built.workshops.items()}
    roles = {ids[each.workshop_id]: each.team for each in announced if each.workshop_id in ids}
    over = (each for each in told if _is_over(built.round, each, today))
    pins = tuple(_as_it_was(each) for each in over if _stands(built.round, each))
    keep = {
        "format": "schedule/1",
        "round": built.round.id,
        "sessions": [_session(each, [role for _, role in roles[each.workshop]]) for each in told],
        "unscheduled": [],
        "objective": 0,
        "bound": None,
        "cost": 0,
    }
    return InForce(replace(built.round, pins=pins), keep)


def ask_for_repair(
    db: Session,
    *,
    actor: Actor,
    planning_round: PlanningRound,
    happening: Happening,
    standing: InForce | None = None,
    now: datetime,
    wake: jobs.Wake,
) -> Question:
    """Have repairs worked out for what happened, from today on; `standing` as `in_force` has just said it.

    Raises Forbidden, NotFound, Conflict("round_closed" | "nothing_published" | "round_malformed").
    """
    require(actor.is_coordinator)
    if planning_round.state != "open":
        raise Conflict("round_closed")
    today = now.date()
    standing = standing or in_force(db, planning_round, today)
    if happening.first is not None and happening.first < today:
        happening = replace(happening, first=today)
    try:
        changed = happening.apply(standing.round)
    except KeyError:
        raise NotFound from None
    question = Question(
        round_id=planning_round.id,
        kind="repair",
        topic=happening.kind,
        asked={
            "happening": happening.as_data(),
            "round": replanning.document_of(changed),
            "keep": standing.keep,
        },
        answer={},
        asked_at=now,
    )
    db.add(question)
    db.flush()
    record(db, actor=actor, fact=RepairAsked(planning_round.id, question.id), now=now)
    return have_answered(db, actor=actor, question=question, now=now, wake=wake)


def take_repair(db: Session, *, actor: Actor, question: Question, variant: str, now: datetime) -> Draft:
    """Make a draft of one of the plans offered, and note down what happened.

    Taken again, it is the same draft; another plan of the same question notes nothing a second time.
    Raises Forbidden, NotFound, Conflict("round_closed" | "not_offered").
    """
    require(actor.is_coordinator)
    db.refresh(question, with_for_update=True)
    if question.planning_round.state != "open":
        raise Conflict("round_closed")
    taken: dict[str, int] = question.asked.get("taken", {})
    if (earlier := db.get(Draft, taken.get(variant, 0))) is not None:
        return earlier
    offered = {each["name"]: each for each in question.answer.get("variants", ())}
    if question.kind != "repair" or variant not in offered:
        raise Conflict("not_offered")
    try:
        verified = verify(question.asked["round"], offered[variant]["schedule"])
    except WrongSchedule:
        raise Conflict("not_offered") from None
    happening = Happening.of(question.asked["happening"])
    if not taken:
        _note_down(db, actor, happening, now)
    draft = write_draft(
        db,
        actor=actor,
        round_id=question.round_id,
        job_id=None,
        verified=verified,
        seconds=offered[variant]["seconds"],
        origin={"why": "repair", "question": question.id, "variant": variant},
        seats_as_of=question.asked_at,
        now=now,
    )
    question.asked = {**question.asked, "taken": {**taken, variant: draft.id}}
    record(db, actor=actor, fact=RepairTaken(question.round_id, draft.id, variant), now=now)
    return draft


def _note_down(db: Session, actor: Actor, happening: Happening, now: datetime) -> None:
    """What happened, in the rows that the next round is built of."""
    match happening.kind:
        case "person":
            person = _row(db, Person, happening.subject)
            first, last = happening.days.first, happening.days.last
            add_span(
                db, actor=actor, person=person, kind="unavailable", first_day=first, last_day=last, now=now
            )
        case "venue":
            venue = _row(db, Venue, happening.subject)
            first, last = happening.days.first, happening.days.last
            close_venue(db, actor=actor, venue=venue, first_day=first, last_day=last, note="", now=now)
        case "border":
            close_border(
                db,
                actor=actor,
                country=happening.subject,
                first_day=happening.days.first,
                last_day=happening.days.last,
                now=now,
            )
        case "elections":
            details = ClosureDetails(
                country=happening.subject,
                first_day=happening.days.first,
                last_day=happening.days.last,
                title={"en": "Nothing is held"},
            )
            keep_days_free(db, actor=actor, details=details, now=now)
        case "fund":
            fund = _row(db, Fund, happening.subject)
            change_fund(
                db,
                actor=actor,
                fund=fund,
                organisation_id=fund.organisation_id,
                title=fund.title,
                amount=max(0, fund.amount - happening.amount),
                currency=fund.currency,
                first_day=fund.first_day,
                last_day=fund.last_day,
                now=now,
            )
        case "request":
            withdraw_request(db, actor=actor, workshop=_row(db, Workshop, happening.subject), now=now)


def _row(db: Session, table: Any, code: str) -> Any:
    row = db.scalars(select(table).where(table.code == code)).first()
    if row is None:
        raise NotFound
    return row


# -- What people have been told


def _session(told: PublishedSession, roles: list[str]) -> dict[str, Any]:
    team = [{"person": person, "role": role} for person, role in zip(told.team, roles, strict=True)]
    start = instant(told.start) if isinstance(told.start, datetime) else told.start.isoformat()
    return {
        "workshop": told.workshop,
        "venue": told.venue,
        "start": start,
        "team": team,
        "seats": list(told.seats),
    }


def _is_over(round: Round, told: PublishedSession, today: date) -> bool:
    return days_of(round.workshops[told.workshop], told.start).last < today


def _stands(round: Round, told: PublishedSession) -> bool:
    """Whether a session breaks no rule by itself: who has left since, say, cannot be pinned to it."""
    team = tuple(TeamMember(person, "facilitator") for person in told.team)
    session = Held(told.workshop, told.venue, told.start, team, told.seats)
    found = violations(replace(round, pins=()), Schedule(round.id, (session,)))
    return all(each.workshop != told.workshop or each.rule in BESIDES for each in found)


def _as_it_was(told: PublishedSession) -> Pin:
    return Pin(told.workshop, venue=told.venue, start=told.start, team=told.team, seats=told.seats)
