"""A proposition becomes requests, which keep the thread back to the needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.errors import Conflict, Invalid
from app.facts import record
from app.propositions import queries
from app.propositions.facts import (
    TurnedIntoRequests,
)
from app.propositions.models import Proposition, PropositionMember, workshop_need
from app.propositions.services.states import lock_open
from app.propositions.services.working_out import terms_of
from app.workshops import services as workshops
from app.workshops.answers import Money, What, When, Where, Who
from app.workshops.models import Workshop

HOSTS_OFFERED = 3
"""So many of the cheapest venues a request offers to the planner."""


SEASON = timedelta(days=120)


NOTICE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Titles:
    """What the requests are called, by language: the workshop, and each replication by organisation."""

    workshop: Mapping[str, str]
    replications: Mapping[int, Mapping[str, str]]


def turn_into_requests(
    db: Session,
    *,
    actor: Actor,
    proposition: Proposition,
    requested_by_id: int,
    titles: Titles,
    now: datetime,
) -> Workshop:
    """Draft the request of a proposition, and of a training of trainers one more for each replication.

    Platforms that are out stay out. The requests are drafts of `requested_by_id`, who completes them and
    hands them in; which needs they answer is kept. Returns the workshop.

    Raises Forbidden, Conflict("not_open" | "nobody_in"), Invalid.
    """
    require(actor.is_coordinator)
    lock_open(db, proposition)
    coming = [member for member in proposition.learners if member.answer != "out"]
    if not coming:
        raise Conflict("nobody_in")
    workshop = _draft(
        db,
        actor,
        requested_by_id,
        titles.workshop,
        proposition.topic_id,
        proposition.kind,
        now,
    )
    first = now.date() + NOTICE
    when = When(
        mode="in_person",
        days=proposition.days,
        minutes=None,
        window_first=first,
        window_last=first + SEASON,
    )
    likely = [proposition.venue_id, *(each["venue"] for each in proposition.hosts[:HOSTS_OFFERED])]
    venue_ids = frozenset(id for id in likely if id is not None)
    seats = sum(member.seats for member in coming)
    who = Who(
        team_min=max(1, proposition.team),
        team_max=max(1, proposition.team),
        team_leads=1 if proposition.kind == "training_of_trainers" else 0,
        seats_min=min(seats, len(coming)),
        seats_max=seats,
        invited_ids=frozenset(member.organisation_id for member in coming),
        seats_per_organisation=max(member.seats for member in coming),
        organisations_min=min(len(coming), 3),
    )
    replications = proposition.kind == "training_of_trainers"
    price = terms_of(proposition.set).replication if replications else 0
    own = max(0, proposition.cost - price * len(proposition.learners))
    _fill(
        db, actor, workshop, (when, Where(venue_ids=venue_ids, languages=(proposition.language,)), who), now
    )
    _fill(db, actor, workshop, (Money(fund_ids=frozenset(), budget=own, priority=_priority(coming)),), now)
    _thread(db, workshop, coming)
    if replications:
        for member in coming:
            _draft_replication(db, actor, proposition, workshop, member, titles, price, now)
    proposition.workshop_id = workshop.id
    before = {"state": proposition.state}
    proposition.state, proposition.changed_at = "requested", now
    db.flush()
    record(
        db,
        actor=actor,
        fact=TurnedIntoRequests(proposition.id, workshop.id, len(coming) if replications else 0),
        now=now,
        before=before,
        after={"state": "requested"},
    )
    return workshop


def _draft(
    db: Session,
    actor: Actor,
    requested_by_id: int,
    titles: Mapping[str, str],
    topic_id: int,
    kind: str,
    now: datetime,
) -> Workshop:
    what = What(requested_by_id=requested_by_id, titles=dict(titles), topic_id=topic_id, kind=kind)
    return workshops.draft_request(db, actor=actor, what=what, now=now)


def _fill(db: Session, actor: Actor, workshop: Workshop, pages: Iterable[Any], now: datetime) -> None:
    """Answer pages of a draft. Raises Invalid where one contradicts itself."""
    for page in pages:
        for problem in workshops.answer_page(
            db, actor=actor, workshop=workshop, page=page, complete=False, now=now
        ):
            raise Invalid(problem.field, problem.reason)


def _draft_replication(
    db: Session,
    actor: Actor,
    proposition: Proposition,
    training: Workshop,
    member: PropositionMember,
    titles: Titles,
    price: int,
    now: datetime,
) -> None:
    """The request by which one platform teaches at home what its trainers have learnt."""
    workshop = _draft(
        db,
        actor,
        training.requested_by_id,
        titles.replications[member.organisation_id],
        proposition.topic_id,
        "replication",
        now,
    )
    first = training.window_first + timedelta(days=proposition.days + 14)
    country = member.organisation.country
    at_home = queries.venues_in(db, [country]).get(country, ())
    when = When(
        mode="in_person",
        days=2,
        minutes=None,
        window_first=first,
        window_last=training.window_last + SEASON,
        follows_id=training.id,
        follows_graduates=1,
    )
    where = Where(venue_ids=frozenset(venue.id for venue in at_home), languages=(proposition.language,))
    who = Who(
        team_min=1,
        team_max=max(2, member.seats),
        team_leads=0,
        seats_min=min(8, member.people),
        seats_max=max(1, member.people),
        invited_ids=frozenset({member.organisation_id}),
        seats_per_organisation=max(1, member.people),
        organisations_min=1,
    )
    money = Money(fund_ids=frozenset(), budget=price, priority=_priority([member]))
    _fill(db, actor, workshop, (when, where, who, money), now)
    _thread(db, workshop, [member])


def _thread(db: Session, workshop: Workshop, members: Iterable[PropositionMember]) -> None:
    """Keep which needs a request answers."""
    rows = [
        {"workshop_id": workshop.id, "line_id": each.line_id} for each in members if each.line_id is not None
    ]
    if rows:
        db.execute(insert(workshop_need), rows)


def _priority(members: Collection[PropositionMember]) -> int:
    """1 to 5 from how much it is needed on average: useful 3, important 4, urgent 5."""
    weights = [member.line.how_much for member in members if member.line is not None]
    return 2 + round(sum(weights) / len(weights)) if weights else 3
