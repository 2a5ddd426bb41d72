"""The workshops for which organisations are asked to name people, and who has answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, or_, select, true
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from app.access import Actor
from app.errors import NotFound
from app.network.models import Organisation, Person
from app.nominations.models import AskedOrganisation, Nomination, NominationCall
from app.nominations.rules import quota_of
from app.workshops.models import Workshop, workshop_invited

LINK = "nomination"
"""The purpose of personal links to what somebody may answer about one workshop."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How an organisation stands with a call, in figures; `named` counts nominees and substitutes.

    `state`: 'named', 'nobody', or 'open' while nothing was said.
    """

    organisation: Organisation
    nominees: int = 0
    substitutes: int = 0
    proposed: int = 0
    names_nobody: bool = False
    reminders: int = 0
    reminded_at: datetime | None = None

    @property
    def named(self) -> int:
        return self.nominees + self.substitutes

    @property
    def state(self) -> str:
        return "named" if self.named else "nobody" if self.names_nobody else "open"


@dataclass(frozen=True, slots=True)
class CallAtAGlance:
    """A call with the answers of those organisations that the reader may know of, by name."""

    call: NominationCall
    answers: Sequence[Answer] = field(default_factory=tuple)

    @property
    def answered(self) -> int:
        return sum(answer.state != "open" for answer in self.answers)

    @property
    def nominees(self) -> int:
        return sum(answer.nominees for answer in self.answers)

    @property
    def proposed(self) -> int:
        return sum(answer.proposed for answer in self.answers)


def quota(workshop: Workshop) -> int:
    """How many nominees each organisation may name."""
    return quota_of(workshop.seats_per_organisation, workshop.seats_max)


def is_open(call: NominationCall, today: date) -> bool:
    return call.closes_on >= today and call.workshop.state == "approved"


def oversees(actor: Actor, workshop: Workshop) -> bool:
    """Whether somebody opens and follows a workshop's nominations: coordinators, and who asked for it."""
    return actor.is_coordinator or (actor.has_role("officer") and actor.acts_for(workshop.requested_by_id))


def calls(db: Session, *, actor: Actor, since: date) -> list[CallAtAGlance]:
    """The calls that concern the actor, by closing date, those that closed before `since` left out."""
    found = db.scalars(
        select(NominationCall)
        .join(NominationCall.workshop)
        .where(_concerns(actor), NominationCall.closes_on >= since, Workshop.state == "approved")
        .options(*_with_workshop())
        .order_by(NominationCall.closes_on, NominationCall.id)
    ).all()
    return _at_a_glance(db, actor, found)


def call_for(db: Session, *, actor: Actor, workshop_id: int) -> NominationCall:
    """The call of a workshop that concerns the actor. Raises NotFound."""
    call = db.scalars(
        select(NominationCall)
        .join(NominationCall.workshop)
        .where(NominationCall.workshop_id == workshop_id, _concerns(actor))
        .options(*_with_workshop())
    ).first()
    if call is None:
        raise NotFound
    return call


def opened_at(db: Session, *, moment: datetime) -> Sequence[NominationCall]:
    """The calls that were opened in one go."""
    return db.scalars(
        select(NominationCall)
        .where(NominationCall.opened_at == moment)
        .options(*_with_workshop())
        .order_by(NominationCall.id)
    ).all()


def glance_at(db: Session, *, actor: Actor, call: NominationCall) -> CallAtAGlance:
    """One call with the answers that the actor may know of."""
    return _at_a_glance(db, actor, [call])[0]


def call_of_link(db: Session, *, actor: Actor, workshop_id: int) -> NominationCall:
    """The call that somebody came to by a personal link. Raises NotFound."""
    call = db.scalars(
        select(NominationCall).where(NominationCall.workshop_id == workshop_id).options(*_with_workshop())
    ).first()
    if call is None or not actor.came_by(LINK, workshop_id):
        raise NotFound
    return call


def workshops_to_open(db: Session, *, actor: Actor, today: date) -> Sequence[Workshop]:
    """Approved requests that invite somebody, are still to come, and whose nominations are not open."""
    return db.scalars(
        select(Workshop)
        .where(
            Workshop.state == "approved",
            Workshop.window_last > today,
            Workshop.seats_max > 0,
            ~exists().where(NominationCall.workshop_id == Workshop.id),
            exists().where(workshop_invited.c.workshop_id == Workshop.id),
            true()
            if actor.is_coordinator
            else Workshop.requested_by_id.in_(actor.organisation_ids if actor.has_role("officer") else ()),
        )
        .options(joinedload(Workshop.requested_by))
        .order_by(Workshop.window_first, Workshop.id)
    ).all()


def organisation_for(
    db: Session, *, actor: Actor, call: NominationCall, organisation_id: int
) -> Organisation:
    """An organisation that a call asks, and for which the actor acts. Raises NotFound."""
    invited = {each.id: each for each in call.workshop.invited}
    if organisation_id not in invited or not actor.acts_for(organisation_id):
        raise NotFound
    return invited[organisation_id]


def acted_for(actor: Actor, call: NominationCall) -> list[Organisation]:
    """The organisations that a call asks and for which the actor acts."""
    return [each for each in call.workshop.invited if actor.acts_for(each.id)]


def _with_workshop() -> tuple[_AbstractLoad, ...]:
    return (
        joinedload(NominationCall.workshop).joinedload(Workshop.requested_by),
        joinedload(NominationCall.workshop).joinedload(Workshop.topic),
        joinedload(NominationCall.workshop).selectinload(Workshop.invited),
    )


def _concerns(actor: Actor) -> ColumnElement[bool]:
    """The calls that exist for an actor: of workshops that they oversee, or that invite an organisation they
    act for or are of."""
    if actor.is_coordinator:
        return true()
    ids = select(workshop_invited.c.workshop_id).where(
        or_(
            workshop_invited.c.organisation_id.in_(actor.organisation_ids),
            workshop_invited.c.organisation_id.in_(
                select(Person.organisation_id).where(Person.id == actor.person_id)
            ),
        )
    )
    own = actor.organisation_ids if actor.has_role("officer") else ()
    return or_(NominationCall.workshop_id.in_(ids), Workshop.requested_by_id.in_(own))


def _at_a_glance(db: Session, actor: Actor, found: Sequence[NominationCall]) -> list[CallAtAGlance]:
    """In two queries, however many."""
    ids = [call.workshop_id for call in found]
    figures: dict[tuple[int, int], dict[str, int]] = {}
    for workshop_id, organisation_id, state, substitute, number in db.execute(
        select(
            Nomination.workshop_id,
            Nomination.organisation_id,
            Nomination.state,
            Nomination.is_substitute,
            func.count(),
        )
        .where(Nomination.workshop_id.in_(ids), Nomination.state.in_(("proposed", "nominated")))
        .group_by(
            Nomination.workshop_id, Nomination.organisation_id, Nomination.state, Nomination.is_substitute
        )
    ):
        kind = "proposed" if state == "proposed" else "substitutes" if substitute else "nominees"
        counted = figures.setdefault((workshop_id, organisation_id), {})
        counted[kind] = counted.get(kind, 0) + number
    kept = {
        (each.workshop_id, each.organisation_id): each
        for each in db.scalars(select(AskedOrganisation).where(AskedOrganisation.workshop_id.in_(ids)))
    }
    glances = []
    for call in found:
        whole = oversees(actor, call.workshop)
        answers = []
        for organisation in call.workshop.invited:
            if not (whole or actor.acts_for(organisation.id)):
                continue
            key = call.workshop_id, organisation.id
            asked = kept.get(key)
            answers.append(
                Answer(
                    organisation,
                    **figures.get(key, {}),
                    names_nobody=asked is not None and asked.names_nobody,
                    reminders=asked.reminders if asked else 0,
                    reminded_at=asked.reminded_at if asked else None,
                )
            )
        glances.append(CallAtAGlance(call, answers))
    return glances
