"""Letting a workshop in: one of the changes that the planner has verified is made, and planning goes on.

The change is made where it belongs, through the services of requests and funds. Then the round is built
anew and must be as wide as the planner was told: else a period of a fund, a promise or the end of the round
still stands in the way, and nothing is changed at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.errors import Conflict, Invalid, NotFound
from app.facts import record
from app.jobs import services as jobs
from app.jobs.models import Job
from app.network.models import Venue
from app.planning import replanning
from app.planning.draft_writer import document_bytes
from app.planning.facts import LetIn
from app.planning.models import Draft, Question
from app.planning.queries import titles_of
from app.planning.services import plan_onward
from app.workshops.answers import Page, answers_of
from app.workshops.initiatives.services import promise_part
from app.workshops.models import Fund, FundPromise, Workshop
from app.workshops.services import answer_page, change_fund
from solver import Round, read_round

Data = Mapping[str, Any]

APPLIED = frozenset({"window", "venue", "seats", "money"})
"""Kinds of change that can be made here; one more person has to be asked."""


def let_in(
    db: Session,
    *,
    actor: Actor,
    question: Question,
    chosen: int | None,
    seconds: int,
    workers: int,
    now: datetime,
    wake: jobs.Wake,
) -> Job:
    """Make the chosen change (by its number in the answer) and plan on with the workshop held.

    `chosen` None: nothing is changed, the rest of the plan gives way as the planner offers.

    Raises Forbidden, NotFound, Conflict("not_offered" | "request_refuses" | "still_in_the_way" and as of
    `plan_onward`).
    """
    require(actor.is_coordinator)
    draft = question.draft
    if draft is None or question.kind != "explain":
        raise NotFound
    if question.revision != draft.revision or not question.answer or question.answer["held"]:
        raise Conflict("not_offered")
    code = question.topic
    offered = _offered(question.answer, chosen)
    round = replanning.standing_round(db, draft)
    if code not in round.workshops:
        raise NotFound
    if chosen is not None:
        _make(db, actor, draft, code, offered, now)
        db.flush()
        db.expire_all()
        round = replanning.standing_round(db, draft)
        if not _is_wide_enough(round, code, offered):
            raise Conflict("still_in_the_way")
    kind = str(offered.get("kind", "offer"))
    titles = titles_of(db, [code]).get(code, {})
    record(db, actor=actor, fact=LetIn(draft.id, code, kind), now=now)
    return plan_onward(
        db,
        actor=actor,
        planning_round=draft.planning_round,
        round_document=replanning.document_of(replanning.held(round, code)),
        start=replanning.starting_from(
            draft.schedule_document, round, becomes=offered["becomes"], gone=offered["gone"]
        ),
        origin={"why": "let_in", "draft": draft.id, "workshop": code, "titles": titles, "change": kind},
        seconds=seconds,
        workers=workers,
        now=now,
        wake=wake,
    )


def _offered(answer: Data, chosen: int | None) -> Data:
    """The relaxation or the offer that was chosen. Raises Conflict("not_offered")."""
    if chosen is None:
        offer: Data | None = answer["offer"]
        if offer is None:
            raise Conflict("not_offered")
        return offer
    relaxations: list[Data] = answer["relaxations"]
    if not 0 <= chosen < len(relaxations) or relaxations[chosen]["kind"] not in APPLIED:
        raise Conflict("not_offered")
    return relaxations[chosen]


def _make(db: Session, actor: Actor, draft: Draft, code: str, change: Data, now: datetime) -> None:
    """The change as the request's own form and the fund's make it."""
    workshop = db.scalars(select(Workshop).where(Workshop.code == code)).first()
    if workshop is None:
        raise NotFound
    answers = answers_of(workshop)
    match change["kind"]:
        case "window":
            first, last = map(date.fromisoformat, change["window"])
            when = replace(
                answers.when,
                window_first=min(first, answers.when.window_first),
                window_last=max(last, answers.when.window_last),
            )
            _answer(db, actor, workshop, when, now)
        case "venue":
            venue = db.scalars(select(Venue.id).where(Venue.code == change["venue"])).first()
            if venue is None:
                raise NotFound
            where = replace(answers.where, venue_ids=answers.where.venue_ids | {venue})
            _answer(db, actor, workshop, where, now)
        case "seats":
            _answer(db, actor, workshop, replace(answers.who, seats_min=change["seats"]), now)
        case "money":
            if change["budget"] is not None:
                _answer(db, actor, workshop, replace(answers.money, budget=change["budget"]), now)
            given = read_round(document_bytes(draft.round_document))
            for each in change["funds"]:
                _raise_fund(db, actor, each["fund"], each["amount"] - given.funds[each["fund"]].amount, now)


def _answer(db: Session, actor: Actor, workshop: Workshop, page: Page, now: datetime) -> None:
    if answer_page(db, actor=actor, workshop=workshop, page=page, complete=True, now=now):
        raise Conflict("request_refuses")


def _raise_fund(db: Session, actor: Actor, pot: str, more: int, now: datetime) -> None:
    """Put more into a fund; where the pot is an initiative's part of it, promise as much more of it."""
    code, _, initiative = pot.partition("--")
    fund = db.scalars(select(Fund).where(Fund.code == code).with_for_update()).first()
    if fund is None:
        raise NotFound
    change_fund(
        db,
        actor=actor,
        fund=fund,
        organisation_id=fund.organisation_id,
        title=fund.title,
        amount=fund.amount + more,
        currency=fund.currency,
        first_day=fund.first_day,
        last_day=fund.last_day,
        now=now,
    )
    promise = db.scalars(
        select(FundPromise).where(FundPromise.fund_id == fund.id, FundPromise.initiative.has(code=initiative))
    ).first()
    if initiative and promise is not None:
        try:
            promise_part(
                db,
                actor=actor,
                initiative=promise.initiative,
                fund=fund,
                amount=promise.amount + more,
                now=now,
            )
        except Invalid:
            raise Conflict("still_in_the_way") from None


def _is_wide_enough(round: Round, code: str, change: Data) -> bool:
    """Whether the round as it is built now gives what the planner asked for."""
    workshop = round.workshops.get(code)
    if workshop is None:
        return False
    match change["kind"]:
        case "window":
            first, last = map(date.fromisoformat, change["window"])
            return workshop.window.first <= first and last <= workshop.window.last
        case "venue":
            return change["venue"] in workshop.venues
        case "seats":
            return bool(workshop.seats.min <= change["seats"])
        case _:
            enough = change["budget"] is None or (workshop.budget or 0) >= change["budget"]
            return enough and all(
                each["fund"] in round.funds and round.funds[each["fund"]].amount >= each["amount"]
                for each in change["funds"]
            )
