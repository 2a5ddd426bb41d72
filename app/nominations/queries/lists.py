"""Whom an organisation names, in order; and each nomination by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from app.access import Actor
from app.errors import NotFound
from app.network.models import Person, Want
from app.nominations.models import AskedOrganisation, Nomination, NominationCall
from app.nominations.queries.calls import LINK
from app.workshops.models import Workshop


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
        .where(Person.organisation_id == organisation_id, is_here(today))
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
                is_here(today),
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


def _with_all() -> tuple[_AbstractLoad, ...]:
    return (
        joinedload(Nomination.person).joinedload(Person.place),
        joinedload(Nomination.organisation),
        joinedload(Nomination.workshop).joinedload(Workshop.topic),
    )


def is_here(today: date) -> ColumnElement[bool]:
    return or_(Person.left_on.is_(None), Person.left_on > today)
