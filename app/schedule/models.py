"""Published versions, and the sessions that are in force because of them.

A version is a document that never changes. The tables beside it hold the present: one
`WorkshopSession` per workshop for life, with the UID that calendars know it by.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base
from app.network.models import Person, Venue
from app.planning.models import PlanningRound
from app.workshops.models import Workshop

SESSION_STATES = ("confirmed", "cancelled")
TEAM_ROLES = ("lead", "facilitator")
SEAT_STATES = ("held", "offered", "declined", "lapsed", "given_up")


class Version(Base):
    """A schedule as it was published: number 1, 2, … of its round."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("planning_round.id"), index=True)
    number: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(String(200))
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id", ondelete="SET NULL"))
    round_document: Mapped[dict[str, Any]]
    schedule_document: Mapped[dict[str, Any]]

    planning_round: Mapped[PlanningRound] = relationship()

    @property
    def knows_seats_of(self) -> datetime:
        """As of when its seats are known, for whoever publishes it again; as of a draft."""
        return self.published_at


class WorkshopSession(Base):
    """The session of a workshop as people have been told it.

    In person it has days and a venue, online an instant and a length. `sequence` rises with
    every change that a calendar must notice (RFC 5546, 2.1.4) and never falls. It also rises
    where somebody comes back who has been told that it is off; `told_since` is the one at which
    day, hour, place, state or how to join online last changed: who was told at that one or a later
    one knows them.
    """

    __tablename__ = "workshop_session"
    __table_args__ = (
        CheckConstraint(f"state IN {SESSION_STATES}", name="known_state"),
        CheckConstraint(
            "(first_day IS NOT NULL AND last_day IS NOT NULL AND starts_at IS NULL AND ends_at IS NULL)"
            " OR (first_day IS NULL AND last_day IS NULL AND starts_at IS NOT NULL AND ends_at IS NOT NULL)",
            name="days_or_instants",
        ),
        Index("ix_workshop_session_when", "first_day", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id"), unique=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), index=True)  # the last one that said so
    uid: Mapped[str] = mapped_column(String(120), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    told_since: Mapped[int] = mapped_column(default=0, server_default="0")
    state: Mapped[str] = mapped_column(String(10), default="confirmed")
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    cost: Mapped[int] = mapped_column(default=0)
    join_url: Mapped[str] = mapped_column(String(500), default="", server_default="")  # for those in it alone
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    workshop: Mapped[Workshop] = relationship()
    version: Mapped[Version] = relationship()
    venue: Mapped[Venue | None] = relationship()
    team: Mapped[list[TeamPlace]] = relationship(
        back_populates="session",
        cascade="all, delete-orphan",
        order_by="TeamPlace.role.desc(), TeamPlace.person_id",
    )
    ledger: Mapped[list[Seat]] = relationship(
        back_populates="session", cascade="all, delete-orphan", order_by="Seat.person_id"
    )
    seats: Mapped[list[Seat]] = relationship(
        primaryjoin="and_(WorkshopSession.id == Seat.session_id, Seat.state == 'held')",
        order_by="Seat.person_id",
        viewonly=True,
    )
    """Those lines of the ledger on which somebody has a seat."""

    @property
    def is_online(self) -> bool:
        return self.starts_at is not None

    @property
    def is_cancelled(self) -> bool:
        return self.state == "cancelled"

    @property
    def day(self) -> date:
        """The first day; online, the UTC date of the start. For order and grouping only."""
        if self.first_day is not None:
            return self.first_day
        assert self.starts_at is not None  # noqa: S101 - the table's own constraint
        return self.starts_at.date()

    @property
    def last(self) -> date:
        """The last day; online, the UTC date of the last minute."""
        if self.last_day is not None:
            return self.last_day
        assert self.ends_at is not None  # noqa: S101 - the table's own constraint
        return (self.ends_at - timedelta(minutes=1)).date()


class TeamPlace(Base):
    """A person's place in the team of a session."""

    __tablename__ = "team_place"
    __table_args__ = (CheckConstraint(f"role IN {TEAM_ROLES}", name="known_role"),)

    session_id: Mapped[int] = mapped_column(
        ForeignKey("workshop_session.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(12))

    session: Mapped[WorkshopSession] = relationship(back_populates="team")
    person: Mapped[Person] = relationship()


class Seat(Base):
    """How a person stands with the seats of a session: one line of the ledger that all counts come from.

    `held`: has a seat. `offered`: may take one `until` then. `declined`: did not want it; `lapsed`: did
    not answer in time. `given_up`: had one and gave it back. `planned` tells the seats that the
    published version gave; whoever holds one without it took one that had been given back, that of
    `in_place_of_id`. Who waits has no line: that follows from the nominations (`app.seats`).
    """

    __tablename__ = "seat"
    __table_args__ = (
        CheckConstraint(f"state IN {SEAT_STATES}", name="known_state"),
        CheckConstraint("(state = 'offered') = (until IS NOT NULL)", name="offered_until"),
        Index("ix_seat_state_until", "state", "until"),
    )

    session_id: Mapped[int] = mapped_column(
        ForeignKey("workshop_session.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    state: Mapped[str] = mapped_column(String(10), default="held", server_default="held")
    planned: Mapped[bool] = mapped_column(default=True, server_default=true())
    since: Mapped[datetime | None]  # when it came to be so; unknown of seats from before there was a ledger
    until: Mapped[datetime | None]
    in_place_of_id: Mapped[int | None]  # no foreign key: the line is about who takes the seat alone

    session: Mapped[WorkshopSession] = relationship(back_populates="ledger")
    person: Mapped[Person] = relationship()


class FormerPlace(Base):
    """Somebody who was in a session, in its team or on a seat, and is not any more.

    Their calendars must be told that it is over for them; `sequence` is what they are told at.
    """

    __tablename__ = "former_place"

    session_id: Mapped[int] = mapped_column(
        ForeignKey("workshop_session.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    left_at: Mapped[datetime]
    sequence: Mapped[int]

    session: Mapped[WorkshopSession] = relationship()
    person: Mapped[Person] = relationship()
