"""The verbs of planning: open a round, gather requests, set the planner to work, keep its drafts."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from app.access import Actor, require
from app.errors import Conflict, Invalid
from app.facts import record
from app.jobs import services as jobs
from app.jobs.models import Job
from app.planning.commitments import commitments_of
from app.planning.facts import (
    DraftChosen,
    DraftDiscarded,
    DraftSaved,
    PlanningStarted,
    PlanningStopped,
    RequestsTakenIn,
    RequestTakenOut,
    RoundChanged,
    RoundClosed,
    RoundOpened,
    RoundOpenedToPublic,
    RoundReopened,
)
from app.planning.models import DEFAULT_WEIGHTS, Draft, PlanningRound, RoundEntry
from app.planning.queries import JOB_KIND
from app.planning.round_builder import build_round
from app.planning.starting import pins_for, start_for
from app.workshops.models import Workshop

LONGEST_SECONDS = 3600
LONGEST_ROUND = timedelta(days=731)  # two years
LARGE = 200
"""Workshops from which on one worker is not enough for a round."""
FIRST_YEAR, LAST_YEAR = 1900, 2190  # the format ends with 2199


@dataclass(frozen=True, slots=True)
class RoundTerms:
    """What a coordinator decides about a round: horizon, prices (in `currency`) and weights (points)."""

    title: str
    first_day: date
    last_day: date
    currency: str
    base_fare: int
    fare_per_100_km: int
    per_diem: int
    weights: Mapping[str, int]


def open_round(db: Session, *, actor: Actor, terms: RoundTerms, now: datetime) -> PlanningRound:
    """Open a round, so that it gathers requests.

    Raises Forbidden, Invalid.
    """
    require(actor.is_coordinator)
    _check(terms)
    planning_round = PlanningRound(code=_free_code(db, terms.title), created_at=now, **_columns(terms))
    db.add(planning_round)
    db.flush()
    record(db, actor=actor, fact=RoundOpened(planning_round.id), now=now, after=asdict(terms))
    return planning_round


def change_round(
    db: Session, *, actor: Actor, planning_round: PlanningRound, terms: RoundTerms, now: datetime
) -> PlanningRound:
    """Change what was decided about an open round; its drafts stay as they are.

    Raises Forbidden, Invalid, Conflict("round_closed").
    """
    require(actor.is_coordinator)
    _require_open(db, planning_round)
    _check(terms)
    before = {name: getattr(planning_round, name) for name in _columns(terms)}
    for name, value in _columns(terms).items():
        setattr(planning_round, name, value)
    db.flush()
    record(
        db, actor=actor, fact=RoundChanged(planning_round.id), now=now, before=before, after=_columns(terms)
    )
    return planning_round


def close_round(db: Session, *, actor: Actor, planning_round: PlanningRound, now: datetime) -> PlanningRound:
    """End a round: it gathers and plans no more; what it published stays.

    Raises Forbidden, Conflict("round_closed" | "planning_runs").
    """
    require(actor.is_coordinator)
    _require_open(db, planning_round)
    if jobs.open_job(db, kind=JOB_KIND, subject_id=planning_round.id) is not None:
        raise Conflict("planning_runs")
    planning_round.state = "closed"
    db.flush()
    record(
        db,
        actor=actor,
        fact=RoundClosed(planning_round.id),
        now=now,
        before={"state": "open"},
        after={"state": "closed"},
    )
    return planning_round


def open_to_public(
    db: Session, *, actor: Actor, planning_round: PlanningRound, is_public: bool, now: datetime
) -> PlanningRound:
    """Let everybody read what the round publishes, or nobody without an account. Raises Forbidden."""
    require(actor.is_coordinator)
    if planning_round.is_public == is_public:
        return planning_round
    planning_round.is_public = is_public
    db.flush()
    record(
        db,
        actor=actor,
        fact=RoundOpenedToPublic(planning_round.id, is_public),
        now=now,
        before={"is_public": not is_public},
        after={"is_public": is_public},
    )
    return planning_round


def reopen_round(db: Session, *, actor: Actor, planning_round: PlanningRound, now: datetime) -> PlanningRound:
    """Have a closed round gather and plan again.

    Raises Forbidden, Conflict("round_open").
    """
    require(actor.is_coordinator)
    db.refresh(planning_round, with_for_update=True)
    if planning_round.state != "closed":
        raise Conflict("round_open")
    planning_round.state = "open"
    db.flush()
    record(
        db,
        actor=actor,
        fact=RoundReopened(planning_round.id),
        now=now,
        before={"state": "closed"},
        after={"state": "open"},
    )
    return planning_round


# -- Requests


def take_in(
    db: Session,
    *,
    actor: Actor,
    planning_round: PlanningRound,
    workshops: Sequence[Workshop],
    now: datetime,
) -> PlanningRound:
    """Take approved requests into an open round.

    Raises Forbidden, Conflict("round_closed" | "not_approved" | "in_a_round" | "outside_horizon").
    """
    require(actor.is_coordinator)
    _require_open(db, planning_round)
    ids = [workshop.id for workshop in workshops]
    if db.scalars(select(RoundEntry.id).where(RoundEntry.workshop_id.in_(ids)).limit(1)).first():
        raise Conflict("in_a_round")
    for workshop in workshops:
        if workshop.state != "approved":
            raise Conflict("not_approved", workshop=workshop.code)
        if workshop.window_last < planning_round.first_day or workshop.window_first > planning_round.last_day:
            raise Conflict("outside_horizon", workshop=workshop.code)
    db.add_all(RoundEntry(round_id=planning_round.id, workshop_id=each) for each in ids)
    db.flush()
    db.expire(planning_round, ["entries"])
    if ids:
        record(db, actor=actor, fact=RequestsTakenIn(planning_round.id, tuple(ids)), now=now)
    return planning_round


def take_out(
    db: Session, *, actor: Actor, planning_round: PlanningRound, workshop_id: int, now: datetime
) -> PlanningRound:
    """Take a request out of an open round, so that another can take it in.

    Raises Forbidden, Conflict("round_closed" | "not_in_round" | "already_published").
    """
    require(actor.is_coordinator)
    _require_open(db, planning_round)
    entry = db.scalars(
        select(RoundEntry).where(
            RoundEntry.round_id == planning_round.id, RoundEntry.workshop_id == workshop_id
        )
    ).first()
    if entry is None:
        raise Conflict("not_in_round")
    published = commitments_of(db, planning_round).published or ()
    if any(session.workshop_id == workshop_id for session in published):
        raise Conflict("already_published")
    db.delete(entry)
    db.flush()
    db.expire(planning_round, ["entries"])
    record(db, actor=actor, fact=RequestTakenOut(planning_round.id, workshop_id), now=now)
    return planning_round


# -- The planner


def start_planning(
    db: Session,
    *,
    actor: Actor,
    planning_round: PlanningRound,
    seconds: int,
    workers: int,
    seed: int = 1,
    helpers: int = 0,
    around: Draft | None = None,
    now: datetime,
    wake: jobs.Wake,
) -> Job:
    """Set the planner to work on the round as it stands at this moment; its document goes with the job.

    With a large round as many other workers as `helpers` says may help. `around` is a draft to begin from,
    whose pins hold. A job that is already open is
    returned as it is. Raises Forbidden, Conflict("round_closed" |
    "nothing_to_plan" | "round_malformed" with the `defects`), Invalid("seconds").
    """
    require(actor.is_coordinator)
    _require_open(db, planning_round)
    if not 1 <= seconds <= LONGEST_SECONDS:
        raise Invalid("seconds", "out_of_range", least=1, most=LONGEST_SECONDS)
    running = jobs.open_job(db, kind=JOB_KIND, subject_id=planning_round.id)
    if running is not None:
        return running
    built = build_round(db, planning_round)
    if not built.round.workshops:
        raise Conflict("nothing_to_plan")
    if built.defects:
        raise Conflict("round_malformed", defects=built.defects)
    document = json.loads(built.document)
    begun: dict[str, object] = {}
    if around is not None:
        document["pins"] = pins_for(built.round, around.round_document.get("pins", ()))
        begun["start"] = start_for(built.round, around.schedule_document)
    return _set_to_work(
        db,
        actor=actor,
        planning_round=planning_round,
        seconds=seconds,
        now=now,
        wake=wake,
        parameters={
            "workers": workers,
            "seed": seed,
            "helpers": helpers if len(built.round.workshops) >= LARGE else 0,
            "round_document": document,
            **begun,
        },
    )


def plan_onward(
    db: Session,
    *,
    actor: Actor,
    planning_round: PlanningRound,
    round_document: Mapping[str, Any],
    start: Mapping[str, Any],
    origin: Mapping[str, Any],
    seats_as_of: datetime | None = None,
    seconds: int,
    workers: int,
    now: datetime,
    wake: jobs.Wake,
) -> Job:
    """Set the planner to work on a round document of this round, from a schedule that need not be right.

    What comes of it is a new draft with this `origin`; where the document is not of this moment,
    `seats_as_of` says of which it is. Raises Forbidden, Conflict("round_closed" |
    "planning_runs"), Invalid("seconds").
    """
    require(actor.is_coordinator)
    _require_open(db, planning_round)
    if not 1 <= seconds <= LONGEST_SECONDS:
        raise Invalid("seconds", "out_of_range", least=1, most=LONGEST_SECONDS)
    if jobs.open_job(db, kind=JOB_KIND, subject_id=planning_round.id) is not None:
        raise Conflict("planning_runs")
    return _set_to_work(
        db,
        actor=actor,
        planning_round=planning_round,
        seconds=seconds,
        now=now,
        wake=wake,
        parameters={
            "workers": workers,
            "seed": 1,
            "helpers": 0,
            "round_document": dict(round_document),
            "start": dict(start),
            "origin": dict(origin),
            "seats_as_of": seats_as_of.isoformat() if seats_as_of else None,
        },
    )


def _set_to_work(
    db: Session,
    *,
    actor: Actor,
    planning_round: PlanningRound,
    seconds: int,
    parameters: Mapping[str, Any],
    now: datetime,
    wake: jobs.Wake,
) -> Job:
    job = jobs.enqueue(
        db,
        actor=actor,
        kind=JOB_KIND,
        subject_id=planning_round.id,
        now=now,
        wake=wake,
        parameters={"seconds": seconds, **parameters},
    )
    record(db, actor=actor, fact=PlanningStarted(planning_round.id, job.id, seconds), now=now)
    return job


def stop_planning(db: Session, *, actor: Actor, planning_round: PlanningRound, now: datetime) -> Job:
    """Ask the planner to stop and use the best so far.

    Raises Forbidden, Conflict("not_planning").
    """
    require(actor.is_coordinator)
    job = jobs.open_job(db, kind=JOB_KIND, subject_id=planning_round.id)
    if job is None:
        raise Conflict("not_planning")
    if job.kept:
        job.stop_requested = True  # whoever has it next makes a draft of what was kept
        db.flush()
    else:
        jobs.request_stop(db, job=job, now=now)
    record(db, actor=actor, fact=PlanningStopped(planning_round.id, job.id), now=now)
    return job


# -- Drafts


def save_draft(db: Session, *, actor: Actor, draft: Draft, now: datetime) -> Draft:
    """Keep what the planner made; `draft_writer` has verified it.

    Raises Forbidden.
    """
    require(actor.is_coordinator)
    db.add(draft)
    db.flush()
    record(
        db,
        actor=actor,
        fact=DraftSaved(draft.id, draft.round_id, draft.job_id or 0),
        now=now,
        after={"objective": draft.objective, "bound": draft.bound, "cost": draft.cost, "held": draft.held},
    )
    return draft


def choose_draft(db: Session, *, actor: Actor, draft: Draft, now: datetime) -> Draft:
    """Say which draft of a round is the one to be published; the others are kept.

    Raises Forbidden, Conflict("round_closed").
    """
    require(actor.is_coordinator)
    _require_open(db, draft.planning_round)
    for other in db.scalars(
        select(Draft)
        .where(Draft.round_id == draft.round_id, Draft.chosen_at.is_not(None))
        .options(defer(Draft.round_document), defer(Draft.schedule_document))
    ):
        other.chosen_at = None
    draft.chosen_at = now
    db.flush()
    record(db, actor=actor, fact=DraftChosen(draft.id, draft.round_id), now=now)
    return draft


def discard_draft(db: Session, *, actor: Actor, draft: Draft, now: datetime) -> None:
    """Throw a draft away; a version that was published from it stays.

    Raises Forbidden.
    """
    require(actor.is_coordinator)
    fact = DraftDiscarded(draft.id, draft.round_id)
    before = {"objective": draft.objective, "held": draft.held}
    db.delete(draft)
    db.flush()
    record(db, actor=actor, fact=fact, now=now, before=before)


# -- Guards


def _require_open(db: Session, planning_round: PlanningRound) -> None:
    """Raise Conflict("round_closed") unless it is open, and lock it: one at a time looks and then writes."""
    db.refresh(planning_round, with_for_update=True)
    if planning_round.state != "open":
        raise Conflict("round_closed")


def _check(terms: RoundTerms) -> None:
    """Raise `Invalid` for the first value that breaks a rule."""
    if not terms.title.strip():
        raise Invalid("title", "missing")
    if terms.last_day < terms.first_day:
        raise Invalid("last_day", "before_first_day")
    if not FIRST_YEAR <= terms.first_day.year <= LAST_YEAR:
        raise Invalid("first_day", "not_a_year")
    if terms.last_day - terms.first_day > LONGEST_ROUND:
        raise Invalid("last_day", "round_too_long")
    if re.fullmatch(r"[A-Z]{3}", terms.currency) is None:
        raise Invalid("currency", "not_a_currency")
    for name in ("base_fare", "fare_per_100_km", "per_diem"):
        if getattr(terms, name) < 0:
            raise Invalid(name, "negative")
    for name in DEFAULT_WEIGHTS:
        if terms.weights.get(name, -1) < 0:
            raise Invalid(name, "negative")


def _columns(terms: RoundTerms) -> dict[str, object]:
    return asdict(terms) | {"weights": {name: terms.weights[name] for name in DEFAULT_WEIGHTS}}


def _free_code(db: Session, title: str) -> str:
    """A code made of the title that no other round has."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "round"
    taken = set(db.scalars(select(PlanningRound.code).where(PlanningRound.code.startswith(stem))))
    number, code = 1, stem
    while code in taken:
        number += 1
        code = f"{stem}-{number}"
    return code
