"""Reading calls and nominations, each by what the acting person may see.

Whom an organisation names is known to those who act for it, to coordinators, and to each of the people
named; the coalition that asked for the workshop sees who has answered, and how many were named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from app.access import Actor
from app.accounts.models import Account, RoleGrant
from app.errors import NotFound
from app.network.models import Organisation, Person, Want, membership
from app.nominations.models import AskedOrganisation, Nomination, NominationCall
from app.nominations.rules import needs_in_order, quota_of
from app.workshops.models import Workshop, workshop_invited

LINK = "nomination"
"""The purpose of personal links to what somebody may answer about one workshop."""


# -- Calls


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


# -- Nominations


@dataclass(frozen=True, slots=True)
class NamedList:
    """What an organisation has said to a call: its list in order, and who put themselves forward."""

    nominees: Sequence[Nomination]
    substitutes: Sequence[Nomination]
    proposed: Sequence[Nomination]
    names_nobody: bool

    @property
    def stamp(self) -> str:
        """Changes whenever the list does, so that a form made of an older one is found out."""
        return "-".join(
            f"{each.id}.{each.need}{'s' if each.is_substitute else ''}"
            for each in (*self.nominees, *self.substitutes)
        )


def list_of(db: Session, *, workshop_id: int, organisation_id: int) -> NamedList:
    """An organisation's list. To be asked for by who acts for it."""
    rows = db.scalars(
        select(Nomination)
        .where(
            Nomination.workshop_id == workshop_id,
            Nomination.organisation_id == organisation_id,
            Nomination.state.in_(("proposed", "nominated")),
        )
        .options(joinedload(Nomination.person))
        .order_by(Nomination.rank, Nomination.id)
    ).all()
    asked = db.get(AskedOrganisation, (workshop_id, organisation_id))
    named = [each for each in rows if each.state == "nominated"]
    return NamedList(
        nominees=[each for each in named if not each.is_substitute],
        substitutes=[each for each in named if each.is_substitute],
        proposed=[each for each in rows if each.state == "proposed"],
        names_nobody=asked is not None and asked.names_nobody,
    )


def people_to_name(db: Session, *, organisation_id: int, today: date) -> Sequence[Person]:
    """The people of an organisation, by name."""
    return db.scalars(
        select(Person)
        .where(Person.organisation_id == organisation_id, _is_here(today))
        .order_by(Person.name, Person.id)
    ).all()


def people_to_invite_forward(
    db: Session, *, call: NominationCall, organisation_id: int, today: date
) -> list[Person]:
    """People of an organisation who want the topic, have an address, and are not among the nominations."""
    return list(
        db.scalars(
            select(Person)
            .join(Want, and_(Want.person_id == Person.id, Want.topic_id == call.workshop.topic_id))
            .where(
                Person.organisation_id == organisation_id,
                Person.email.is_not(None),
                _is_here(today),
                ~exists().where(
                    Nomination.person_id == Person.id, Nomination.workshop_id == call.workshop_id
                ),
            )
            .order_by(Person.id)
            .options(joinedload(Person.place))
        )
    )


def nomination_of(db: Session, *, workshop_id: int, person_id: int) -> Nomination | None:
    """What was said of a person for a workshop. To be asked for by who acts for them, or by themselves."""
    return db.scalars(
        select(Nomination)
        .where(Nomination.workshop_id == workshop_id, Nomination.person_id == person_id)
        .options(*_with_all())
    ).first()


def nomination_for(db: Session, *, actor: Actor, nomination_id: int) -> Nomination:
    """A nomination that the actor may see. Raises NotFound."""
    found = db.scalars(select(Nomination).where(Nomination.id == nomination_id).options(*_with_all())).first()
    if found is None or not (actor.acts_for(found.organisation_id) or is_about(actor, found)):
        raise NotFound
    return found


def is_about(actor: Actor, nomination: Nomination) -> bool:
    """Whether the actor is who the nomination is about, signed in or by their link."""
    return (
        actor.person_id is not None
        and actor.person_id == nomination.person_id
        and (actor.is_signed_in or actor.came_by(LINK, nomination.workshop_id))
    )


def own_nominations(db: Session, *, person_id: int, today: date) -> Sequence[Nomination]:
    """What was said of a person for workshops that are still to come."""
    return db.scalars(
        select(Nomination)
        .join(Nomination.workshop)
        .where(
            Nomination.person_id == person_id,
            Nomination.state != "withdrawn",
            Workshop.state == "approved",
            Workshop.window_last >= today,
        )
        .options(*_with_all())
        .order_by(Workshop.window_first, Nomination.id)
    ).all()


def person_of(db: Session, person_id: int | None) -> Person:
    """A person with organisation and place. Raises NotFound."""
    person = db.get(
        Person, person_id or 0, options=[joinedload(Person.organisation), joinedload(Person.place)]
    )
    if person is None:
        raise NotFound
    return person


# -- What planning and seats ask


@dataclass(frozen=True, slots=True)
class ForPlanning:
    """Whom organisations named for one workshop: the ids of those that did, and each nominee's need."""

    organisation_ids: frozenset[int]
    needs: Mapping[int, int]


def named_for_planning(db: Session, *, workshop_ids: Collection[int]) -> dict[int, ForPlanning]:
    """By workshop, in one query; a workshop for which nobody was named is left out.

    An organisation that named substitutes alone has named nobody whom the planner could seat.
    """
    lists: dict[int, dict[int, list[Nomination]]] = {}
    for each in db.scalars(
        select(Nomination)
        .where(
            Nomination.workshop_id.in_(workshop_ids),
            Nomination.state == "nominated",
            Nomination.is_substitute.is_(False),
        )
        .order_by(Nomination.rank, Nomination.id)
    ):
        lists.setdefault(each.workshop_id, {}).setdefault(each.organisation_id, []).append(each)
    return {
        workshop_id: ForPlanning(
            frozenset(by_organisation),
            {
                each.person_id: need
                for named in by_organisation.values()
                for each, need in zip(named, needs_in_order(n.need for n in named), strict=True)
            },
        )
        for workshop_id, by_organisation in lists.items()
    }


# -- Who answers for an organisation


def in_charge(db: Session, organisation_ids: Iterable[int]) -> dict[int, list[Account]]:
    """The accounts that are written to for each organisation: those with a role at it, else at the nearest
    body that it belongs to. Coordinators are not: they see it on their page. Two queries."""
    holders: dict[int, list[Account]] = {}
    for grant in db.scalars(
        select(RoleGrant)
        .join(RoleGrant.account)
        .where(Account.is_active, RoleGrant.role.in_(("focal_point", "officer")))
        .options(joinedload(RoleGrant.account))
        .order_by(RoleGrant.id)
    ):
        holders.setdefault(grant.organisation_id, []).append(grant.account)
    bodies: dict[int, list[int]] = {}
    for member, body in db.execute(select(membership.c.member_id, membership.c.body_id)):
        bodies.setdefault(member, []).append(body)
    return {each: _nearest(each, holders, bodies) for each in organisation_ids}


def _nearest(
    organisation_id: int, holders: Mapping[int, list[Account]], bodies: Mapping[int, list[int]]
) -> list[Account]:
    near, seen = [organisation_id], set[int]()
    while near:
        found = {account.id: account for each in near for account in holders.get(each, ())}
        if found:
            return list(found.values())
        seen.update(near)
        near = [body for each in near for body in bodies.get(each, ()) if body not in seen]
    return []


# -- Parts


def _with_workshop() -> tuple[_AbstractLoad, ...]:
    return (
        joinedload(NominationCall.workshop).joinedload(Workshop.requested_by),
        joinedload(NominationCall.workshop).joinedload(Workshop.topic),
        joinedload(NominationCall.workshop).selectinload(Workshop.invited),
    )


def _with_all() -> tuple[_AbstractLoad, ...]:
    return (
        joinedload(Nomination.person).joinedload(Person.place),
        joinedload(Nomination.organisation),
        joinedload(Nomination.workshop).joinedload(Workshop.topic),
    )


def _is_here(today: date) -> ColumnElement[bool]:
    return or_(Person.left_on.is_(None), Person.left_on > today)


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
