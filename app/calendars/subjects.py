"""What feeds can be about, who may follow what, and which sessions belong to it.

A feed of a kind has a key: a person's, organisation's, topic's, group's, workshop's or round's id, a
region's name, a country's code; the key of a `team` is the workshop whose team it is. `public` has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.access import Actor
from app.calendars.models import Feed
from app.network.models import Group, Organisation, Place, Topic, Venue
from app.network.queries import organisations_below
from app.planning.models import PlanningRound
from app.schedule.models import Seat, TeamPlace, Version, WorkshopSession
from app.workshops.models import Workshop, workshop_invited

Title = Mapping[str, str] | str

_ROW_ID = re.compile(r"[1-9][0-9]{0,9}")
"""A row's id in the one way that it is written as a key."""

_TITLES: Mapping[str, tuple[InstrumentedAttribute[int], InstrumentedAttribute[Any]]] = {
    "topic": (Topic.id, Topic.titles),
    "group": (Group.id, Group.titles),
    "workshop": (Workshop.id, Workshop.titles),
    "team": (Workshop.id, Workshop.titles),
    "round": (PlanningRound.id, PlanningRound.title),
}


class Subject(NamedTuple):
    kind: str
    key: str


def may_follow(db: Session, *, actor: Actor, subject: Subject) -> bool:
    """Whether there is something of this kind and key that this reader may have a feed about.

    Their own sessions, and what has been published: of a sensitive workshop only who is in it, of a team
    only its members and who asked for the workshop. Until it is published a workshop is known to who asks
    for it alone.
    """
    kind, key = subject
    if kind == "person":
        return actor.person_id is not None and key == str(actor.person_id)
    if kind == "region":
        return db.scalar(select(Organisation.id).where(Organisation.region == key).limit(1)) is not None
    if kind == "country":
        return db.scalar(select(WorkshopSession.id).where(_in_country(db, key)).limit(1)) is not None
    if not _ROW_ID.fullmatch(key) or int(key) >= 2**31:
        return False
    if kind in {"workshop", "team"}:
        session = db.scalars(select(WorkshopSession).where(WorkshopSession.workshop_id == int(key))).first()
        if session is None:
            return False
        if kind == "workshop" and session.workshop.visibility != "sensitive":
            return True
        return actor.acts_for(session.workshop.requested_by_id) or session.id in sessions_with(
            db, actor.person_id, seated=kind == "workshop"
        )
    ids = {"organisation": Organisation.id, "topic": Topic.id, "group": Group.id, "round": Version.round_id}
    return kind in ids and db.scalar(select(ids[kind]).where(ids[kind] == int(key)).limit(1)) is not None


def sessions_with(db: Session, person_id: int | None, *, seated: bool = True) -> frozenset[int]:
    """The sessions in whose team, or on whose seats, a person is."""
    if person_id is None:
        return frozenset()
    found = set(db.scalars(select(TeamPlace.session_id).where(TeamPlace.person_id == person_id)))
    if seated:
        found |= set(db.scalars(_seats_of(person_id)))
    return frozenset(found)


def belongs_to(db: Session, subject: Subject) -> ColumnElement[bool]:
    """The sessions that a feed about it shows, as a condition on sessions joined with their workshops."""
    return _SESSIONS[subject.kind](db, subject.key)


def titles_of(db: Session, feeds: Sequence[Feed]) -> Mapping[Subject, Title]:
    """The title of what each feed is about, in one query a kind; a region is its name, a country its code."""
    titles: dict[Subject, Title] = {
        Subject(feed.kind, feed.key): feed.key for feed in feeds if feed.kind in {"region", "country"}
    }
    for kind, (number, column) in _TITLES.items():
        ids = {int(feed.key) for feed in feeds if feed.kind == kind}
        if ids:
            rows = db.execute(select(number, column).where(number.in_(ids)))
            titles |= {Subject(kind, str(row_id)): title for row_id, title in rows}
    organisations = {int(feed.key) for feed in feeds if feed.kind == "organisation"}
    if organisations:
        for row in db.scalars(select(Organisation).where(Organisation.id.in_(organisations))):
            titles[Subject("organisation", str(row.id))] = row.short_name
    return titles


def offered(db: Session) -> list[tuple[str, list[tuple[str, Title]]]]:
    """What one can have feeds about besides regions: kind, then (key, title) pairs."""
    organisations = db.scalars(
        select(Organisation)
        .where(Organisation.kind.in_(("secretariat", "coalition")))
        .order_by(Organisation.name)
    )
    topics = db.execute(
        select(Topic.id, Topic.titles)
        .where(Topic.id.in_(select(Workshop.topic_id).join(WorkshopSession)))
        .order_by(Topic.code)
    )
    groups = db.execute(select(Group.id, Group.titles).order_by(Group.code))
    countries = db.scalars(
        select(Place.country).join(Venue).join(WorkshopSession).distinct().order_by(Place.country)
    )
    rounds = db.execute(
        select(PlanningRound.id, PlanningRound.title)
        .where(PlanningRound.id.in_(select(Version.round_id)))
        .order_by(PlanningRound.first_day.desc(), PlanningRound.id)
    )
    return [
        ("country", [(code, code) for code in countries]),
        ("organisation", [(str(one.id), one.short_name) for one in organisations]),
        ("topic", [(str(row_id), titles) for row_id, titles in topics]),
        ("group", [(str(row_id), titles) for row_id, titles in groups]),
        ("round", [(str(row_id), title) for row_id, title in rounds]),
    ]


def something_is_public(db: Session) -> bool:
    """Whether a round is open to the public."""
    return db.scalar(select(PlanningRound.id).where(PlanningRound.is_public).limit(1)) is not None


def _of_person(db: Session, key: str) -> ColumnElement[bool]:
    return or_(
        WorkshopSession.id.in_(select(TeamPlace.session_id).where(TeamPlace.person_id == int(key))),
        WorkshopSession.id.in_(_seats_of(int(key))),
    )


def _seats_of(person_id: int) -> Select[int]:
    return select(Seat.session_id).where(Seat.person_id == person_id, Seat.state == "held")


def _of_organisation(db: Session, key: str) -> ColumnElement[bool]:
    """What it or those below it asked for, and what it is invited to."""
    return or_(
        Workshop.requested_by_id.in_(organisations_below(db, {int(key)})),
        Workshop.id.in_(
            select(workshop_invited.c.workshop_id).where(workshop_invited.c.organisation_id == int(key))
        ),
    )


def _of_region(db: Session, key: str) -> ColumnElement[bool]:
    return Workshop.requested_by_id.in_(select(Organisation.id).where(Organisation.region == key))


def _in_country(db: Session, key: str) -> ColumnElement[bool]:
    return WorkshopSession.venue_id.in_(select(Venue.id).join(Place).where(Place.country == key))


def _of_team(db: Session, key: str) -> ColumnElement[bool]:
    """Wherever somebody of the workshop's team teaches: when the team has time together."""
    members = select(TeamPlace.person_id).join(WorkshopSession).where(WorkshopSession.workshop_id == int(key))
    return WorkshopSession.id.in_(select(TeamPlace.session_id).where(TeamPlace.person_id.in_(members)))


def _of_round(db: Session, key: str) -> ColumnElement[bool]:
    return WorkshopSession.version_id.in_(select(Version.id).where(Version.round_id == int(key)))


def _public(db: Session, key: str) -> ColumnElement[bool]:
    """What was published in rounds that are open to the public, without what is sensitive."""
    versions = select(Version.id).join(Version.planning_round).where(PlanningRound.is_public)
    return WorkshopSession.version_id.in_(versions) & (Workshop.visibility != "sensitive")


_SESSIONS: Mapping[str, Callable[[Session, str], ColumnElement[bool]]] = {
    "person": _of_person,
    "organisation": _of_organisation,
    "region": _of_region,
    "country": _in_country,
    "topic": lambda db, key: Workshop.topic_id == int(key),
    "group": lambda db, key: Workshop.group_id == int(key),
    "workshop": lambda db, key: Workshop.id == int(key),
    "team": _of_team,
    "round": _of_round,
    "public": _public,
}
