"""A workshop from the wish to the round, and the funds that pay for workshops."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, LocalText
from app.network.models import Group, Organisation, Topic, Venue

KINDS = ("peer_exchange", "training_of_trainers", "replication", "webinar")
MODES = ("in_person", "online")
STATES = ("drafted", "submitted", "returned", "approved", "withdrawn")
"""What people decide about a request. Whether it is in a round, planned or held follows from
the round's entries and the published sessions, and is not stored here."""

workshop_venue = Table(
    "workshop_venue",
    Base.metadata,
    Column("workshop_id", ForeignKey("workshop.id", ondelete="CASCADE"), primary_key=True),
    Column("venue_id", ForeignKey("venue.id"), primary_key=True, index=True),
)
workshop_invited = Table(
    "workshop_invited",
    Base.metadata,
    Column("workshop_id", ForeignKey("workshop.id", ondelete="CASCADE"), primary_key=True),
    Column("organisation_id", ForeignKey("organisation.id"), primary_key=True, index=True),
)
fund_workshop = Table(
    "fund_workshop",
    Base.metadata,
    Column("fund_id", ForeignKey("fund.id", ondelete="CASCADE"), primary_key=True),
    Column("workshop_id", ForeignKey("workshop.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Fund(Base):
    """Money of one owner; the workshops charged to it may together cost at most `amount`."""

    __tablename__ = "fund"
    __table_args__ = (CheckConstraint("amount >= 0", name="not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), default="EUR")

    organisation: Mapped[Organisation] = relationship()
    workshops: Mapped[list[Workshop]] = relationship(secondary=fund_workshop, back_populates="funds")


class Workshop(Base):
    """One wish of an organisation. In person it has `days` and venues, online `minutes`."""

    __tablename__ = "workshop"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="known_kind"),
        CheckConstraint(f"mode IN {MODES}", name="known_mode"),
        CheckConstraint(f"state IN {STATES}", name="known_state"),
        CheckConstraint("window_first <= window_last", name="window_in_order"),
        CheckConstraint(
            "(mode = 'in_person' AND days BETWEEN 1 AND 10 AND minutes IS NULL)"
            " OR (mode = 'online' AND minutes BETWEEN 30 AND 960 AND days IS NULL)",
            name="length_fits_mode",
        ),
        CheckConstraint("team_min <= team_max AND team_leads <= team_max", name="team_in_order"),
        CheckConstraint("seats_min <= seats_max", name="seats_in_order"),
        CheckConstraint("priority BETWEEN 1 AND 5", name="known_priority"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    titles: Mapped[LocalText]
    about: Mapped[str] = mapped_column(Text, default="")
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id", ondelete="SET NULL"), index=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    mode: Mapped[str] = mapped_column(String(12))
    days: Mapped[int | None]
    minutes: Mapped[int | None]
    window_first: Mapped[date]
    window_last: Mapped[date]
    languages: Mapped[list[str]] = mapped_column(default=list)
    team_min: Mapped[int] = mapped_column(default=1)
    team_max: Mapped[int] = mapped_column(default=2)
    team_leads: Mapped[int] = mapped_column(default=1)
    seats_min: Mapped[int] = mapped_column(default=8)
    seats_max: Mapped[int] = mapped_column(default=16)
    seats_per_organisation: Mapped[int] = mapped_column(default=3)
    organisations_min: Mapped[int] = mapped_column(default=1)
    priority: Mapped[int] = mapped_column(default=3)
    budget: Mapped[int | None]
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id", ondelete="SET NULL"), index=True)
    follows_min_days: Mapped[int] = mapped_column(default=14)
    follows_max_days: Mapped[int] = mapped_column(default=120)
    follows_graduates: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(12), default="drafted", index=True)
    word: Mapped[str] = mapped_column(Text, default="")  # what was said when it was returned
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    requested_by: Mapped[Organisation] = relationship()
    group: Mapped[Group | None] = relationship()
    topic: Mapped[Topic] = relationship()
    venues: Mapped[list[Venue]] = relationship(secondary=workshop_venue, order_by="Venue.code")
    invited: Mapped[list[Organisation]] = relationship(
        secondary=workshop_invited, order_by="Organisation.name"
    )
    funds: Mapped[list[Fund]] = relationship(
        secondary=fund_workshop, back_populates="workshops", order_by="Fund.code"
    )
    follows: Mapped[Workshop | None] = relationship(remote_side=[id], back_populates="followers")
    followers: Mapped[list[Workshop]] = relationship(back_populates="follows", order_by="Workshop.code")

    @property
    def is_online(self) -> bool:
        return self.mode == "online"
