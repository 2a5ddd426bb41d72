"""What needs each person now: tasks as values; `templates/home` says them in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.access import Actor, requester
from app.availability import asked
from app.availability.answers import open_asks_of
from app.availability.models import AvailabilityPattern, AvailabilitySpan
from app.calendars import queries as calendars
from app.calendars.answers import queries as answers
from app.confirmations import queries as confirmations
from app.jobs.models import Job
from app.mail.models import OutboxLetter
from app.needs.queries import answers as needs
from app.network.models import Person, Skill
from app.nominations import queries as nominations
from app.planning.models import Draft, PlanningRound, RoundEntry
from app.schedule import queries as schedule
from app.schedule.models import Version, WorkshopSession
from app.seats import queries as seats
from app.workshops import life
from app.workshops.models import Workshop
from app.workshops.queries import asked_as, counts_by_stand


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for the reader: `kind` names it, `count` how many, `subject` which."""

    kind: str
    count: int = 1
    subject_id: int | None = None
    title: Mapping[str, str] | str = ""
    hint: str = ""


def tasks(db: Session, *, actor: Actor, now: datetime) -> list[Task]:
    """Everything that waits for this person, the most pressing first."""
    found: list[Task] = []
    if actor.is_coordinator:
        found += _of_coordinator(db, now)
    elif requester(actor):
        found += _of_requester(db, actor, now)
    found += _of_those_asked_for_needs(db, actor, now)
    if actor.is_staff and not actor.is_coordinator:
        found += _of_whoever_names(db, actor, now.date())
    if actor.is_staff:
        found += _of_those_who_chase(db, actor, now)
    if actor.person_id is not None:
        if asked_of := confirmations.places_to_answer(db, person_id=actor.person_id):
            found.insert(0, Task("places_to_answer", asked_of))
        found = [*_offers_to(db, actor.person_id, now), *found, *_of_person(db, actor.person_id, now)]
    return found


def coming_sessions(db: Session, *, actor: Actor, today: date) -> list[WorkshopSession]:
    """The actor's own sessions from today on, in order of time."""
    return [s for s in schedule.sessions_of_person(db, person_id=actor.person_id) if s.last >= today]


@dataclass(frozen=True, slots=True)
class RoundAtAGlance:
    """An open round with its newest draft, for the coordinator."""

    planning_round: PlanningRound
    requests: int
    draft: Draft | None
    job: Job | None
    published: int | None


def open_rounds(db: Session) -> list[RoundAtAGlance]:
    """The open rounds, in order of their horizons, in five queries however many."""
    rounds = db.scalars(
        select(PlanningRound).where(PlanningRound.state == "open").order_by(PlanningRound.first_day)
    ).all()
    ids = [planning_round.id for planning_round in rounds]
    requests = dict(
        db.execute(
            select(RoundEntry.round_id, func.count())
            .where(RoundEntry.round_id.in_(ids))
            .group_by(RoundEntry.round_id)
        ).all()
    )
    newest = select(func.max(Draft.id)).where(Draft.round_id.in_(ids)).group_by(Draft.round_id)
    drafts = {draft.round_id: draft for draft in db.scalars(select(Draft).where(Draft.id.in_(newest)))}
    jobs = {
        job.subject_id: job
        for job in db.scalars(
            select(Job).where(
                Job.kind == "plan_round", Job.subject_id.in_(ids), Job.state.in_(("queued", "running"))
            )
        )
    }
    published = dict(
        db.execute(
            select(Version.round_id, func.max(Version.number))
            .where(Version.round_id.in_(ids))
            .group_by(Version.round_id)
        ).all()
    )
    return [
        RoundAtAGlance(r, requests.get(r.id, 0), drafts.get(r.id), jobs.get(r.id), published.get(r.id))
        for r in rounds
    ]


def _of_coordinator(db: Session, now: datetime) -> Iterator[Task]:
    submitted = db.scalar(select(func.count()).where(Workshop.state == "submitted")) or 0
    if submitted:
        yield Task("requests_to_decide", submitted)
    waiting = _how_many(db, "approved", now)
    if waiting:
        yield Task("requests_without_round", waiting)
    outstanding = confirmations.answers_outstanding(db)
    for glance in open_rounds(db):
        title, round_id = glance.planning_round.title, glance.planning_round.id
        if glance.job is not None:
            yield Task("round_is_planned", subject_id=round_id, title=title)
        elif glance.draft is None and glance.requests:
            yield Task("round_to_plan", subject_id=round_id, title=title)
        elif round_id in outstanding:
            asking_id, number = outstanding[round_id]
            yield Task("answers_outstanding", number, asking_id, title)
        elif glance.draft is not None and glance.published is None:
            yield Task("draft_to_publish", subject_id=glance.draft.id, title=title)
    unreported = _how_many(db, "held", now)
    if unreported:
        yield Task("requests_to_report", unreported)
    yield from _of_those_who_said_no(db, now)
    for session_id, titles, free in seats.nobody_to_ask(db, today=now.date()):
        yield Task("seats_free", free, session_id, titles)
    yield from _about_letters(db)


def _about_letters(db: Session) -> Iterator[Task]:
    """What of letters and answers needs a coordinator."""
    for version in calendars.unwritten_letters(db):
        yield Task("invitations_unwritten", version.number, version.round_id, version.planning_round.title)
    for version in calendars.held_letters(db):
        yield Task("letters_held", subject_id=version.id, title=version.planning_round.title)
    if kept := answers.how_many(db, open_only=True):
        yield Task("answers_kept", kept)
    failed = db.scalar(select(func.count()).where(OutboxLetter.state == "failed")) or 0
    if failed:
        yield Task("letters_failed", failed)


def _of_those_who_said_no(db: Session, now: datetime) -> Iterator[Task]:
    """Places in teams that are nobody's: somebody withdrew, or declined what was proposed."""
    for session, place in confirmations.withdrawals(db, today=now.date()):
        if place.replaced_by_id is None:
            yield Task("facilitator_withdrew", 1, place.id, session.workshop.titles, place.asked.person.name)
    for asking, declined in confirmations.declined_in_drafts(db):
        yield Task("places_declined", declined, asking.id, asking.planning_round.title)


def _of_requester(db: Session, actor: Actor, now: datetime) -> Iterator[Task]:
    """What is asked of officers, and of co-chairs for their group: the requests that wait for them."""
    for stand, kind in (
        ("returned", "request_returned"),
        ("held", "request_to_report"),
        ("drafted", "request_drafted"),
    ):
        for workshop in db.scalars(
            select(Workshop)
            .where(life.standing(stand, now=now), asked_as(actor))
            .order_by(Workshop.changed_at.desc(), Workshop.id)
            .limit(5)
        ):
            hint = workshop.word if stand == "returned" else ""
            yield Task(kind, subject_id=workshop.id, title=workshop.titles, hint=hint)


def where_requests_stand(db: Session, *, actor: Actor, now: datetime) -> dict[str, int]:
    """How many of the requests that the actor may write in stand where; for the office and co-chairs."""
    if actor.is_coordinator or not requester(actor):
        return {}
    return counts_by_stand(db, wanted=[asked_as(actor)], now=now)


def _how_many(db: Session, stand: str, now: datetime) -> int:
    return db.scalar(select(func.count(Workshop.id)).where(life.standing(stand, now=now))) or 0


def _of_whoever_names(db: Session, actor: Actor, today: date) -> Iterator[Task]:
    """Workshops for which an organisation of theirs has not said whom it sends, or has to say yes or no."""
    for glance in nominations.calls(db, actor=actor, since=today):
        own = [answer for answer in glance.answers if actor.acts_for(answer.organisation.id)]
        where, title = glance.call.workshop_id, glance.call.workshop.titles
        if proposed := sum(answer.proposed for answer in own):
            yield Task("people_to_decide", proposed, where, title)
        if late := sum(answer.state == "open" for answer in own):
            yield Task("people_to_name", late, where, title)


def _of_those_asked_for_needs(db: Session, actor: Actor, now: datetime) -> Iterator[Task]:
    for answer in needs.waiting_for(db, actor=actor, now=now):
        kind = "needs_to_confirm" if answer.awaits_confirmation else "needs_asked"
        yield Task(kind, subject_id=answer.id, title=answer.call.titles)


def _offers_to(db: Session, person_id: int, now: datetime) -> Iterator[Task]:
    for line in seats.open_offers(db, person_id=person_id, now=now):
        yield Task("seat_offered", 1, line.session_id, line.session.workshop.titles)


def _of_those_who_chase(db: Session, actor: Actor, now: datetime) -> Iterator[Task]:
    for ask, waiting in asked.unanswered(db, actor=actor, today=now.date()):
        yield Task("availability_missing", waiting, subject_id=ask.id, title=ask.title)


def _of_person(db: Session, person_id: int, now: datetime) -> Iterator[Task]:
    person = db.get_one(Person, person_id)
    waiting = [each for each in open_asks_of(db, person=person, now=now) if not each.answer]
    if waiting:
        yield Task("availability_asked", title=waiting[0].ask.title)
        return
    teaches = db.scalar(select(exists().where(Skill.person_id == person_id)))
    told = db.scalar(
        select(
            exists().where(AvailabilitySpan.person_id == person_id)
            | exists().where(AvailabilityPattern.person_id == person_id)
        )
    )
    if teaches and not told:
        yield Task("availability_untold")
