"""A workshop from the wish to the report, the initiatives that it serves, and the funds that pay."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, LocalText
from app.network.models import Group, Organisation, Topic, Venue

KINDS = ("peer_exchange", "training_of_trainers", "replication", "webinar")
MODES = ("in_person", "online")
STATES = ("drafted", "submitted", "returned", "approved", "withdrawn")
"""What people decide about a request. Whether it is in a round, planned, held or reported follows
from the round's entries, the published sessions and the report: see `app.workshops.life`."""
VISIBILITIES = ("public", "network", "sensitive")
"""Who may know a workshop by its title and place: everybody, who signs in, or only who is in it."""
INITIATIVE_STATES = ("proposed", "running", "ended", "stopped")
"""Of an initiative that has ended or was stopped only what it used of its funds stays promised."""

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


initiative_partner = Table(
    "initiative_partner",
    Base.metadata,
    Column("initiative_id", ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True),
    Column("organisation_id", ForeignKey("organisation.id"), primary_key=True, index=True),
)


class Fund(Base):
    """Money of one owner; the workshops charged to it may together cost at most `amount`.

    Where it has a period, they are held within it. How much is left, see `app.workshops.accounts`.
    """

    __tablename__ = "fund"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="not_negative"),
        CheckConstraint("first_day <= last_day", name="period_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship()
    promises: Mapped[list[FundPromise]] = relationship(
        back_populates="fund", cascade="all, delete-orphan", order_by="FundPromise.initiative_id"
    )
    workshops: Mapped[list[Workshop]] = relationship(secondary=fund_workshop, back_populates="funds")


class Initiative(Base):
    """A capacity-development project of an organisation in an area, alone or joint with `partners`."""

    __tablename__ = "initiative"
    __table_args__ = (
        CheckConstraint(f"state IN {INITIATIVE_STATES}", name="known_state"),
        CheckConstraint("first_day <= last_day", name="period_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    titles: Mapped[LocalText]
    objectives: Mapped[str] = mapped_column(Text, default="")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    state: Mapped[str] = mapped_column(String(12), default="proposed", index=True)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    area: Mapped[Topic] = relationship()
    partners: Mapped[list[Organisation]] = relationship(
        secondary=initiative_partner, order_by="Organisation.name"
    )
    promises: Mapped[list[FundPromise]] = relationship(
        back_populates="initiative", cascade="all, delete-orphan", order_by="FundPromise.fund_id"
    )
    workshops: Mapped[list[Workshop]] = relationship(
        back_populates="initiative", order_by="Workshop.window_first, Workshop.id"
    )

    @property
    def is_over(self) -> bool:
        """It asks for nothing any more."""
        return self.state in {"ended", "stopped"}


class FundPromise(Base):
    """A part of a fund that is kept for an initiative: its workshops alone may take it, and no more."""

    __tablename__ = "fund_promise"
    __table_args__ = (CheckConstraint("amount > 0", name="positive"),)

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id", ondelete="CASCADE"), primary_key=True)
    initiative_id: Mapped[int] = mapped_column(
        ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    amount: Mapped[int]

    fund: Mapped[Fund] = relationship(back_populates="promises")
    initiative: Mapped[Initiative] = relationship(back_populates="promises")


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
        CheckConstraint(f"visibility IN {VISIBILITIES}", name="known_visibility"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    titles: Mapped[LocalText]
    about: Mapped[str] = mapped_column(Text, default="")
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id", ondelete="SET NULL"), index=True)
    initiative_id: Mapped[int | None] = mapped_column(
        ForeignKey("initiative.id", ondelete="SET NULL"), index=True
    )
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
    visibility: Mapped[str] = mapped_column(String(10), default="network", server_default="network")
    word: Mapped[str] = mapped_column(Text, default="")  # what was said when it was returned
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    requested_by: Mapped[Organisation] = relationship()
    group: Mapped[Group | None] = relationship()
    initiative: Mapped[Initiative | None] = relationship(back_populates="workshops")
    report: Mapped[WorkshopReport | None] = relationship(
        back_populates="workshop", cascade="all, delete-orphan"
    )
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


class WorkshopReport(Base):
    """What happened at a workshop, as who asked for it says; it closes the request.

    `spent` is in `currency` and counts in the place of what the plan said; where it is not given, the
    plan's figure stands.
    """

    __tablename__ = "workshop_report"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days_in_order"),
        CheckConstraint("came >= 0 AND spent >= 0", name="not_negative"),
    )

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), primary_key=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    came: Mapped[int]
    spent: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    words: Mapped[str] = mapped_column(Text, default="")
    reported_by: Mapped[str] = mapped_column(String(200))
    reported_at: Mapped[datetime]

    workshop: Mapped[Workshop] = relationship(back_populates="report")
