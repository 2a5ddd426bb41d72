"""Asking: a draft is put to the people in it, goes on to another draft, and ends; who is silent is chased."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from app.access import Actor, require
from app.confirmations.facts import AskingClosed, AskingMoved, AskingOpened, ConfirmationsReminded
from app.confirmations.models import SILENCES, AskedPerson, Asking, ProposedPlace
from app.confirmations.proposals import Proposal, drafted, in_force, open_asking
from app.errors import Conflict, Invalid
from app.facts import record
from app.mail.subscriptions import unwilling
from app.network.models import Person
from app.planning.models import Draft, PlanningRound
from app.planning.queries import ids_of

BETWEEN_LETTERS = timedelta(hours=12)
"""Nobody is written to twice within so much, whoever presses the button."""

LONGEST = timedelta(days=180)
"""So long answers are waited for at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingTerms:
    """What the coordinator decides: until when, how often to remind (days, 0 for never), what silence means,
    how many days a substitute has, a word to all; and `hosts`, whom to ask for a room: venue id -> person id.
    """

    closes_on: date
    remind_every: int = 3
    silence: str = "substitute"
    substitute_days: int = 5
    message: str = ""
    hosts: Mapping[int, int] = field(default_factory=dict)


def open_draft_to_answers(
    db: Session, *, actor: Actor, draft: Draft, terms: AskingTerms, now: datetime
) -> Asking:
    """Ask everybody in a draft's teams, and the hosts who were named; their letters are due at once.

    Who has said yes to the very same before is not asked again.

    Raises Forbidden, Conflict("round_closed" | "asking_is_open"), Invalid("closes_on" | "silence").
    """
    require(actor.is_coordinator)
    check_terms(terms, now)
    planning_round = _lock(db, draft.round_id)
    if planning_round.state != "open":
        raise Conflict("round_closed")
    if open_asking(db, round_id=draft.round_id) is not None:
        raise Conflict("asking_is_open")
    asking = Asking(
        round_id=draft.round_id,
        draft=draft,
        draft_since=now,
        closes_on=terms.closes_on,
        remind_every=terms.remind_every,
        silence=terms.silence,
        substitute_days=terms.substitute_days,
        message=terms.message.strip(),
        opened_at=now,
        opened_by=actor.name,
    )
    db.add(asking)
    db.flush()
    people = put_to(db, asking=asking, hosts=terms.hosts, answer_by=terms.closes_on, now=now)
    record(
        db,
        actor=actor,
        fact=AskingOpened(asking.id, asking.round_id, draft.id, people),
        now=now,
        after={"closes_on": asking.closes_on, "silence": asking.silence, "remind_every": asking.remind_every},
    )
    return asking


def check_terms(terms: AskingTerms, now: datetime) -> None:
    """Raise `Invalid` for the first value that breaks a rule."""
    if terms.closes_on <= now.date():
        raise Invalid("closes_on", "already_over")
    if terms.closes_on > now.date() + LONGEST:
        raise Invalid("closes_on", "too_late")
    if terms.silence not in SILENCES:
        raise Invalid("silence", "not_a_choice")


def move_to_draft(db: Session, *, actor: Actor, asking: Asking, draft: Draft, now: datetime) -> int:
    """Go on with another draft of the round, or with this one as it is now; returns how many hear of it.

    Those are only whom it touches. Raises Forbidden, Conflict("asking_is_closed" | "other_round").
    """
    require(actor.is_coordinator)
    _lock(db, asking.round_id)
    db.refresh(asking)
    if not asking.is_open:
        raise Conflict("asking_is_closed")
    if draft.round_id != asking.round_id:
        raise Conflict("other_round")
    before = {"draft": asking.draft_id}
    asking.draft, asking.draft_since = draft, now
    db.flush()
    answer_by = max(asking.closes_on, now.date() + timedelta(days=asking.substitute_days))
    people = put_to(db, asking=asking, answer_by=answer_by, now=now)
    record(
        db,
        actor=actor,
        fact=AskingMoved(asking.id, draft.id, people),
        now=now,
        before=before,
        after={"draft": draft.id},
    )
    return people


def close_asking(db: Session, *, actor: Actor, asking: Asking, now: datetime) -> None:
    """Wait for no more answers: nobody is reminded, and silence means nothing.

    Raises Forbidden, Conflict("asking_is_closed").
    """
    require(actor.is_coordinator)
    _lock(db, asking.round_id)
    db.refresh(asking)
    if not asking.is_open:
        raise Conflict("asking_is_closed")
    asking.closed_at = now
    db.flush()
    record(db, actor=actor, fact=AskingClosed(asking.id), now=now)


def remind(
    db: Session, *, actor: Actor, asking: Asking, now: datetime, asked_ids: Collection[int] | None = None
) -> int:
    """Have those written to now who still owe an answer; returns how many. With `asked_ids` only these.

    Who has no address, does not want reminders, or was written to within half a day, is left out.

    Raises Forbidden, Conflict("asking_is_closed").
    """
    require(actor.is_coordinator)
    if not asking.is_open:
        raise Conflict("asking_is_closed")
    rows = db.scalars(
        select(AskedPerson)
        .join(AskedPerson.person)
        .where(
            AskedPerson.asking_id == asking.id,
            AskedPerson.places.any(ProposedPlace.answer.in_(("", "unsure"))),
            Person.email.is_not(None),
            AskedPerson.written_at.is_(None) | (AskedPerson.written_at < now - BETWEEN_LETTERS),
        )
        .options(contains_eager(AskedPerson.person))
        .with_for_update(of=AskedPerson)
    ).all()
    spared = unwilling(db, kind="confirmation_reminder", addresses=[row.person.email for row in rows])
    chosen = [
        row
        for row in rows
        if (asked_ids is None or row.id in asked_ids) and str(row.person.email).casefold() not in spared
    ]
    for row in chosen:
        row.due_at = now
    if chosen:
        db.flush()
        record(db, actor=actor, fact=ConfirmationsReminded(asking.id, len(chosen)), now=now)
    return len(chosen)


# -- Putting places to people


@dataclass(frozen=True, slots=True)
class Part:
    """A part that a draft gives to somebody: ids of our tables."""

    person_id: int
    workshop_id: int
    part: str
    proposal: Proposal


def put_to(
    db: Session,
    *,
    asking: Asking,
    answer_by: date,
    now: datetime,
    hosts: Mapping[int, int] | None = None,
    only: Collection[str] | None = None,
) -> int:
    """Bring the conversations of a round up to the asking's draft; returns how many people are written to.

    A place that is new to somebody, or is another one than they answered, is open. What they said stays where
    nothing has changed for them. Who is out of the draft is told so, unless they had said no. With `only`,
    codes of people, the others are left alone. Without `hosts` those who were asked for their room stay.
    """
    told = in_force(db, round_id=asking.round_id)
    proposed = drafted(db, asking, told)
    talks = {talk.person_id: talk for talk in _talks(db, asking.round_id)}
    parts = _parts(db, proposed, hosts, talks.values())
    people = {
        person.id: person
        for person in db.scalars(
            select(Person).where(Person.id.in_({part.person_id for part in parts} | talks.keys()))
        )
    }
    wanted: dict[int, list[Part]] = {}
    for part in parts:
        wanted.setdefault(part.person_id, []).append(part)
    touched = 0
    for person_id in sorted(wanted.keys() | talks.keys()):
        person = people[person_id]
        if only is not None and person.code not in only:
            continue
        talk = talks.get(person_id)
        if talk is None:
            talk = AskedPerson(round_id=asking.round_id, person_id=person_id, asked_at=now, letters=0)
            talk.person = person
            db.add(talk)
        if _bring_up(talk, person.code, wanted.get(person_id, []), proposed):
            touched += 1
            talk.asking_id, talk.answer_by = asking.id, answer_by
            talk.due_at = now if person.email else None
        elif talk.asking_id is None or wanted.get(person_id):
            talk.asking_id = asking.id
    db.flush()
    return touched


def _bring_up(
    talk: AskedPerson, code: str, parts: Collection[Part], proposed: Mapping[str, Proposal]
) -> bool:
    """Make one conversation what the draft says; whether the person has something to hear or to say."""
    has_news = False
    places = {(place.workshop_id, place.part): place for place in talk.places}
    for part in parts:
        place = places.pop((part.workshop_id, part.part), None)
        if place is None:
            place = ProposedPlace(
                workshop_id=part.workshop_id,
                part=part.part,
                answer="",
                agreed={},
                told={"venue": part.proposal.venue.code}
                if part.part == "host" and part.proposal.venue
                else {},
            )
            talk.places.append(place)
        if (
            part.part == "host"
            and part.proposal.venue
            and place.told.get("venue") != part.proposal.venue.code
        ):
            place.told = {"venue": part.proposal.venue.code}  # another room of theirs
        terms = part.proposal.terms_for(place, code)
        if place.answer in {"accepted", "declined"} and place.agreed == terms:
            continue
        if place.answer != "unsure" or place.agreed != terms:
            place.answer, place.answered_at, place.unsure_until, place.replaced_by_id = "", None, None, None
        has_news = True
    for place in places.values():
        has_news |= _drop(place, code, proposed)
    return has_news


def _drop(place: ProposedPlace, code: str, proposed: Mapping[str, Proposal]) -> bool:
    """A place that the draft does not give to this person; whether they are still to be told."""
    proposal = proposed.get(place.workshop.code)
    if proposal is not None and proposal.terms_for(place, code) is not None:
        return False  # theirs, but of nobody's asking: what they announced themselves to
    was_told = "role" in place.told and place.answer != "declined" and not place.told.get("dropped")
    if not was_told:
        place.told = {**place.told, "dropped": True}
    return was_told


def _parts(
    db: Session,
    proposed: Mapping[str, Proposal],
    hosts: Mapping[int, int] | None,
    talks: Collection[AskedPerson],
) -> list[Part]:
    """Every part that the proposals give to somebody we know, in order of time; two queries."""
    workshops = ids_of(db, proposed.keys())
    codes = {code for proposal in proposed.values() for code in proposal.team}
    ids = dict(db.execute(select(Person.code, Person.id).where(Person.code.in_(codes))).all())
    if hosts is None:
        hosts = {}
        for talk in talks:
            for place in talk.places:
                proposal = proposed.get(place.workshop.code)
                venue = proposal.venue if proposal is not None and place.part == "host" else None
                if venue is not None and venue.code == place.told.get("venue"):
                    hosts[venue.id] = talk.person_id
    found = []
    for code, proposal in proposed.items():
        if code not in workshops:
            continue
        found += [
            Part(ids[member], workshops[code], "team", proposal) for member in proposal.team if member in ids
        ]
        if proposal.venue is not None and proposal.venue.id in hosts:
            found.append(Part(hosts[proposal.venue.id], workshops[code], "host", proposal))
    return found


def _talks(db: Session, round_id: int) -> Collection[AskedPerson]:
    """The conversations of a round with their places, locked."""
    return db.scalars(
        select(AskedPerson)
        .where(AskedPerson.round_id == round_id)
        .order_by(AskedPerson.id)
        .options(
            selectinload(AskedPerson.places).joinedload(ProposedPlace.workshop),
            joinedload(AskedPerson.person, innerjoin=True),
        )
        .with_for_update(of=AskedPerson)
        .execution_options(populate_existing=True)
    ).all()


def _lock(db: Session, round_id: int) -> PlanningRound:
    return db.get_one(PlanningRound, round_id, with_for_update=True, populate_existing=True)
