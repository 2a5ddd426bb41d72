"""The verbs of planning: who may, what they refuse, what they record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Forbidden
from app.errors import Conflict, Invalid
from app.facts import AuditEntry
from app.jobs import services as jobs
from app.jobs.models import Job
from app.planning import commitments, queries, services
from app.planning.commitments import Announced, Commitments
from app.planning.models import DEFAULT_WEIGHTS, Draft, PlanningRound
from app.planning.services import RoundTerms
from tests.app.planning.rounds import make_small_round
from tests.conftest import NOW
from tests.factories import make_actor, make_round, make_workshop

TERMS = RoundTerms(
    title="Saison 2027",
    first_day=date(2027, 1, 1),
    last_day=date(2027, 12, 31),
    currency="EUR",
    base_fare=60,
    fare_per_100_km=9,
    per_diem=65,
    weights=DEFAULT_WEIGHTS,
)


def last_fact(db: Session) -> tuple[str, dict[str, object]]:
    entry = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    return entry.fact, {**entry.facts, **entry.after}


def make_draft(db: Session, planning_round: PlanningRound) -> Draft:
    draft = Draft(
        round_id=planning_round.id,
        created_at=NOW,
        objective=100,
        bound=200,
        cost=10,
        held=1,
        seconds=1.0,
        round_document={},
        schedule_document={},
    )
    db.add(draft)
    db.flush()
    return draft


def nothing(job_id: int) -> None:
    """Nobody is woken in these tests."""


@pytest.fixture
def published() -> Iterator[Callable[[Commitments], None]]:
    before = list(commitments._providers)
    yield lambda given: commitments.provide(lambda db, planning_round: given)
    commitments._providers[:] = before


# -- Opening, changing, closing


def test_a_round_is_opened_with_a_code_made_of_its_title(db: Session) -> None:
    actor = make_actor(db, "coordinator")
    first = services.open_round(db, actor=actor, terms=TERMS, now=NOW)
    assert last_fact(db)[0] == "RoundOpened"
    second = services.open_round(db, actor=actor, terms=TERMS, now=NOW)
    accents = services.open_round(db, actor=actor, terms=replace(TERMS, title="Été — 2027!"), now=NOW)
    script = services.open_round(db, actor=actor, terms=replace(TERMS, title="سنة"), now=NOW)
    assert [each.code for each in (first, second, accents, script)] == [
        "saison-2027",
        "saison-2027-2",
        "ete-2027",
        "round",
    ]
    assert first.state == "open"


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"title": "  "}, "title", "missing"),
        ({"last_day": date(2026, 12, 31)}, "last_day", "before_first_day"),
        ({"currency": "euro"}, "currency", "not_a_currency"),
        ({"per_diem": -1}, "per_diem", "negative"),
        ({"weights": {**DEFAULT_WEIGHTS, "reach": -1}}, "reach", "negative"),
        ({"weights": {}}, "held", "negative"),
    ],
)
def test_terms_that_break_a_rule_are_refused_with_the_field(
    db: Session, change: dict[str, object], field: str, reason: str
) -> None:
    with pytest.raises(Invalid) as refused:
        services.open_round(
            db,
            actor=make_actor(db, "coordinator"),
            terms=replace(TERMS, **change),
            now=NOW,  # type: ignore[arg-type]
        )
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_changing_a_round_records_only_what_changed(db: Session) -> None:
    actor = make_actor(db, "coordinator")
    opened = services.open_round(db, actor=actor, terms=TERMS, now=NOW)
    services.change_round(db, actor=actor, planning_round=opened, terms=replace(TERMS, per_diem=80), now=NOW)
    assert opened.per_diem == 80
    assert last_fact(db) == ("RoundChanged", {"per_diem": 80})


def test_a_closed_round_takes_nothing_in_and_plans_nothing_until_it_is_opened_again(db: Session) -> None:
    actor = make_actor(db, "coordinator")
    small = make_small_round(db)
    services.close_round(db, actor=actor, planning_round=small.planning_round, now=NOW)
    waiting = make_workshop(db)
    with pytest.raises(Conflict, match="round_closed"):
        services.take_in(db, actor=actor, planning_round=small.planning_round, workshops=[waiting], now=NOW)
    with pytest.raises(Conflict, match="round_closed"):
        services.start_planning(
            db, actor=actor, planning_round=small.planning_round, seconds=60, workers=1, now=NOW, wake=nothing
        )
    with pytest.raises(Conflict, match="round_closed"):
        services.change_round(db, actor=actor, planning_round=small.planning_round, terms=TERMS, now=NOW)
    services.reopen_round(db, actor=actor, planning_round=small.planning_round, now=NOW)
    assert small.planning_round.state == "open"
    with pytest.raises(Conflict, match="round_open"):
        services.reopen_round(db, actor=actor, planning_round=small.planning_round, now=NOW)


def test_a_round_is_not_closed_while_the_planner_is_at_work(db: Session) -> None:
    actor = make_actor(db, "coordinator")
    small = make_small_round(db)
    services.start_planning(
        db, actor=actor, planning_round=small.planning_round, seconds=60, workers=1, now=NOW, wake=nothing
    )
    with pytest.raises(Conflict, match="planning_runs"):
        services.close_round(db, actor=actor, planning_round=small.planning_round, now=NOW)


# -- Requests


def test_approved_requests_are_taken_in_and_out_again(db: Session) -> None:
    actor = make_actor(db, "coordinator")
    planning_round = make_round(db)
    workshop = make_workshop(db)
    assert queries.waiting_for(db, planning_round) == [workshop]
    services.take_in(db, actor=actor, planning_round=planning_round, workshops=[workshop], now=NOW)
    assert last_fact(db) == ("RequestsTakenIn", {"workshop_ids": [workshop.id]})
    assert queries.entries_of(db, planning_round) == [workshop]
    assert queries.waiting_for(db, planning_round) == []
    services.take_out(db, actor=actor, planning_round=planning_round, workshop_id=workshop.id, now=NOW)
    assert last_fact(db) == ("RequestTakenOut", {"workshop_id": workshop.id})
    assert queries.waiting_for(db, planning_round) == [workshop]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"state": "submitted"}, "not_approved"),
        ({"window_first": date(2028, 1, 1), "window_last": date(2028, 2, 1)}, "outside_horizon"),
    ],
)
def test_a_request_that_does_not_fit_is_not_taken_in(
    db: Session, values: dict[str, object], reason: str
) -> None:
    planning_round = make_round(db)
    workshop = make_workshop(db, **values)
    with pytest.raises(Conflict, match=reason):
        services.take_in(
            db,
            actor=make_actor(db, "coordinator"),
            planning_round=planning_round,
            workshops=[make_workshop(db), workshop],
            now=NOW,
        )
    assert queries.entries_of(db, planning_round) == []
    assert workshop not in queries.waiting_for(db, planning_round)


def test_a_request_is_in_one_round_at_most(db: Session) -> None:
    workshop = make_workshop(db)
    make_round(db, workshops=[workshop])
    with pytest.raises(Conflict, match="in_a_round"):
        services.take_in(
            db,
            actor=make_actor(db, "coordinator"),
            planning_round=make_round(db),
            workshops=[workshop],
            now=NOW,
        )


def test_what_people_have_been_told_of_stays_in_its_round(
    db: Session, published: Callable[[Commitments], None]
) -> None:
    small = make_small_round(db)
    told = Announced(small.workshop.id, small.hall.id, date(2027, 3, 3), (), ())
    published(Commitments(published=(told,)))
    with pytest.raises(Conflict, match="already_published"):
        services.take_out(
            db,
            actor=make_actor(db, "coordinator"),
            planning_round=small.planning_round,
            workshop_id=small.workshop.id,
            now=NOW,
        )


# -- The planner


def test_planning_queues_one_job_with_the_round_as_it_stands(db: Session) -> None:
    actor = make_actor(db, "coordinator")
    small = make_small_round(db)
    woken: list[int] = []
    started = [
        services.start_planning(
            db,
            actor=actor,
            planning_round=small.planning_round,
            seconds=60,
            workers=2,
            seed=7,
            now=NOW,
            wake=woken.append,
        )
        for _ in range(2)
    ]
    db.commit()
    assert started[0] is started[1]
    parameters = started[0].parameters
    assert (parameters["seconds"], parameters["workers"], parameters["seed"]) == (60, 2, 7)
    assert parameters["round_document"]["id"] == "season"
    assert last_fact(db) == ("PlanningStarted", {"job_id": started[0].id, "seconds": 60})
    found = queries.last_job(db, small.planning_round)
    assert found is not None
    assert found.id == started[0].id


def test_a_round_without_requests_is_not_planned(db: Session) -> None:
    with pytest.raises(Conflict, match="nothing_to_plan"):
        services.start_planning(
            db,
            actor=make_actor(db, "coordinator"),
            planning_round=make_round(db),
            seconds=60,
            workers=1,
            now=NOW,
            wake=nothing,
        )


def test_stopping_before_a_worker_has_begun_ends_the_job(db: Session) -> None:
    actor = make_actor(db, "coordinator")
    small = make_small_round(db)
    with pytest.raises(Conflict, match="not_planning"):
        services.stop_planning(db, actor=actor, planning_round=small.planning_round, now=NOW)
    job = services.start_planning(
        db, actor=actor, planning_round=small.planning_round, seconds=60, workers=1, now=NOW, wake=nothing
    )
    services.stop_planning(db, actor=actor, planning_round=small.planning_round, now=NOW)
    assert (job.state, job.error) == ("failed", "stopped")


def test_stopping_a_job_that_waits_for_another_worker_keeps_what_was_found(db: Session) -> None:
    actor = make_actor(db, "coordinator")
    small = make_small_round(db)
    job = services.start_planning(
        db, actor=actor, planning_round=small.planning_round, seconds=60, workers=1, now=NOW, wake=nothing
    )
    job.kept = {"schedule": {"objective": 1}}
    services.stop_planning(db, actor=actor, planning_round=small.planning_round, now=NOW)
    assert (job.state, job.stop_requested) == ("queued", True)
    assert jobs.open_job(db, kind="plan_round", subject_id=small.planning_round.id) is job


# -- Drafts


def test_a_discarded_draft_is_gone_and_its_figures_stay_in_the_audit_trail(db: Session) -> None:
    planning_round = make_round(db)
    draft = make_draft(db, planning_round)
    services.discard_draft(db, actor=make_actor(db, "coordinator"), draft=draft, now=NOW)
    assert queries.drafts_of(db, planning_round) == []
    entry = db.scalars(select(AuditEntry).where(AuditEntry.fact == "DraftDiscarded")).one()
    assert entry.before == {"objective": 100, "held": 1}


# -- Who may

VERBS: list[Callable[..., object]] = [
    lambda db, actor, small: services.open_round(db, actor=actor, terms=TERMS, now=NOW),
    lambda db, actor, small: services.change_round(
        db, actor=actor, planning_round=small.planning_round, terms=TERMS, now=NOW
    ),
    lambda db, actor, small: services.close_round(
        db, actor=actor, planning_round=small.planning_round, now=NOW
    ),
    lambda db, actor, small: services.reopen_round(
        db, actor=actor, planning_round=small.planning_round, now=NOW
    ),
    lambda db, actor, small: services.take_in(
        db, actor=actor, planning_round=small.planning_round, workshops=[], now=NOW
    ),
    lambda db, actor, small: services.take_out(
        db, actor=actor, planning_round=small.planning_round, workshop_id=small.workshop.id, now=NOW
    ),
    lambda db, actor, small: services.start_planning(
        db, actor=actor, planning_round=small.planning_round, seconds=1, workers=1, now=NOW, wake=nothing
    ),
    lambda db, actor, small: services.stop_planning(
        db, actor=actor, planning_round=small.planning_round, now=NOW
    ),
    lambda db, actor, small: services.discard_draft(
        db, actor=actor, draft=make_draft(db, small.planning_round), now=NOW
    ),
]


@pytest.mark.parametrize("role", ["officer", "focal_point", None])
def test_only_coordinators_plan(db: Session, role: str | None) -> None:
    actor, small = make_actor(db, role), make_small_round(db)  # type: ignore[arg-type]
    for verb in VERBS:
        with pytest.raises(Forbidden):
            verb(db, actor, small)
    assert db.scalars(select(Job)).all() == []
    assert queries.rounds(db, actor=actor) == []
