"""What a coordinator and platforms do with propositions.

    proposed ──edit, split, merge──▶ edited ──turn into requests──▶ requested
        └───────────── drop ⇄ bring back ── dropped

Working out anew replaces what nobody has touched: propositions that were edited, asked about or turned into
requests stay, and what they answer and cost is left out.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.access import Actor, require
from app.errors import Conflict, Invalid
from app.facts import record
from app.jobs import services as jobs
from app.jobs.models import Job
from app.needs.models import NeedsCall, NeedsLine
from app.network.models import Person
from app.propositions import queries
from app.propositions.call_builder import Kept, build_call
from app.propositions.facts import (
    PlatformAnswered,
    PlatformsAsked,
    PropositionBroughtBack,
    PropositionDropped,
    PropositionEdited,
    PropositionFact,
    PropositionsMerged,
    PropositionSplit,
    PropositionsWorkedOut,
    TurnedIntoRequests,
    WorkingOutStarted,
)
from app.propositions.models import Proposition, PropositionMember, PropositionSet, workshop_need
from app.propositions.terms import Terms
from app.propositions.values import Composed, compose
from app.workshops import services as workshops
from app.workshops.answers import Money, What, When, Where, Who
from app.workshops.models import Workshop
from solver.propositions import Call, write_call

HOSTS_OFFERED = 3
"""So many of the cheapest venues a request offers to the planner."""

SEASON = timedelta(days=120)
NOTICE = timedelta(days=60)


# -- Working out


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


# -- Changing one


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
    _lock(db, proposition)
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
    _lock(db, proposition)
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
    _set(db, new, call, _with_lines(like, [id for id in going if id is not None]), now, answers)
    _set(db, proposition, call, _with_lines(like, [id for id in staying if id is not None]), now)
    record(db, actor=actor, fact=PropositionSplit(proposition.id, new.id), now=now)
    return new


def merge(
    db: Session, *, actor: Actor, proposition: Proposition, other: Proposition, now: datetime
) -> Proposition:
    """Take the platforms of another proposition on the same topic into this one; the other is dropped.

    Raises Forbidden, Conflict("not_open" | "another_topic").
    """
    require(actor.is_coordinator)
    _lock(db, proposition)
    _lock(db, other)
    if (proposition.set_id, proposition.topic_id) != (other.set_id, other.topic_id) or other is proposition:
        raise Conflict("another_topic")
    call = _call_of(db, proposition)
    mine = _change_of(proposition)
    lines = [*mine.line_ids, *(each.line_id for each in other.learners if each.line_id is not None)]
    learning = {each.organisation_id for each in (*proposition.learners, *other.learners)}
    givers = {*mine.giver_ids, *(each.organisation_id for each in other.givers)} - learning
    answers = {member.organisation_id: member for member in other.members}
    before = _summary(proposition)
    change = Change(
        kind=mine.kind,
        language=mine.language,
        venue_id=mine.venue_id,
        days=mine.days,
        line_ids=lines,
        giver_ids=givers,
    )
    _set(db, proposition, call, change, now, answers)
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
    _lock(db, proposition)
    return _become(db, actor, proposition, "dropped", PropositionDropped(proposition.id), now)


def bring_back(db: Session, *, actor: Actor, proposition: Proposition, now: datetime) -> Proposition:
    """Have a dropped proposition count again.

    Raises Forbidden, Conflict("not_dropped" | "answered_elsewhere").
    """
    require(actor.is_coordinator)
    db.refresh(proposition, ["state"], with_for_update=True)
    if proposition.state != "dropped":
        raise Conflict("not_dropped")
    lines = [each.line_id for each in proposition.learners if each.line_id is not None]
    elsewhere = db.scalar(
        select(PropositionMember.id)
        .join(PropositionMember.proposition)
        .where(
            PropositionMember.line_id.in_(lines),
            Proposition.id != proposition.id,
            Proposition.state != "dropped",
        )
        .limit(1)
    )
    if elsewhere is not None:
        raise Conflict("answered_elsewhere")
    return _become(db, actor, proposition, "edited", PropositionBroughtBack(proposition.id), now)


def _lock(db: Session, proposition: Proposition) -> None:
    """See the state as it is, and let nobody else decide meanwhile. Raises Conflict("not_open")."""
    db.refresh(proposition, ["state"], with_for_update=True)
    if proposition.state not in ("proposed", "edited"):
        raise Conflict("not_open")


def _become(
    db: Session, actor: Actor, proposition: Proposition, state: str, fact: PropositionFact, now: datetime
) -> Proposition:
    before = {"state": proposition.state}
    proposition.state, proposition.changed_at = state, now
    db.flush()
    record(db, actor=actor, fact=fact, now=now, before=before, after={"state": state})
    return proposition


def terms_of(found: PropositionSet) -> Terms:
    return Terms.of(found.terms, currency=found.currency, budget=found.budget)


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


def _with_lines(change: Change, line_ids: Collection[int]) -> Change:
    return Change(
        kind=change.kind,
        language=change.language,
        venue_id=change.venue_id,
        days=change.days,
        line_ids=line_ids,
        giver_ids=change.giver_ids,
    )


def _set(
    db: Session,
    proposition: Proposition,
    call: Call,
    change: Change,
    now: datetime,
    answers: Mapping[int, PropositionMember] | None = None,
) -> None:
    """Make a proposition what a change says; members keep their answers, or have those given."""
    if str(change.venue_id) not in call.hosts:
        raise Invalid("venue_id", "unknown")
    if not change.line_ids or any(
        str(id) not in call.needs or call.needs[str(id)].topic != str(proposition.topic_id)
        for id in change.line_ids
    ):
        raise Invalid("line_ids", "missing" if not change.line_ids else "unknown")
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


# -- What platforms say


def ask_platforms(
    db: Session, *, actor: Actor, proposition: Proposition, now: datetime
) -> Sequence[PropositionMember]:
    """Ask the platforms of a proposition that have not been asked; returns them. From now on they see it.

    Raises Forbidden, Conflict("not_open").
    """
    require(actor.is_coordinator)
    _lock(db, proposition)
    asked = [member for member in proposition.members if member.asked_at is None]
    for member in asked:
        member.asked_at = now
    db.flush()
    if asked:
        record(db, actor=actor, fact=PlatformsAsked(proposition.id, len(asked)), now=now)
    return asked


def answer(
    db: Session, *, actor: Actor, member: PropositionMember, said: str, now: datetime
) -> PropositionMember:
    """A platform says that it is in, or that it is not.

    Raises Forbidden, Conflict("not_open"), Invalid("said").
    """
    require(queries.may_answer(actor, member))
    if said not in ("in", "out"):
        raise Invalid("said", "unknown")
    db.refresh(member.proposition, ["state"], with_for_update=True)
    if member.proposition.state == "dropped":
        raise Conflict("not_open")
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


# -- Requests


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
    _lock(db, proposition)
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
