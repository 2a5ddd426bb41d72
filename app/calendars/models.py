"""Feeds under secret addresses, their stored renderings, and the invitations sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.db import Base
from app.network.models import Person
from app.schedule.models import WorkshopSession

FEED_KINDS = (
    "person",
    "organisation",
    "region",
    "country",
    "topic",
    "group",
    "workshop",
    "team",
    "round",
    "public",
)
DETAILS = ("full", "discreet", "busy", "freebusy")
"""How much a feed says, from the most to the least. `discreet`: that there is a meeting, in which country.
`busy`: when somebody is busy. `freebusy`: the same as VFREEBUSY, for the programs of who plans with them."""
LABEL_LENGTH = 40
METHODS = ("REQUEST", "CANCEL")


class Feed(Base):
    """One subscription address: of an account, or without one of everybody (kind `public`, one a language).

    The address holds the feed's id and a signature over id and `nonce`, so that neither the
    table nor a backup of it gives an address away; a new nonce renews the address, and the
    old one is gone. `key` says what the feed is about: an id, a region's name or a country's code; of a
    `team` it is the workshop's. What is empty of `label` and `language` is as in the account.
    """

    __tablename__ = "feed"
    __table_args__ = (
        CheckConstraint(f"kind IN {FEED_KINDS}", name="known_kind"),
        CheckConstraint(f"detail IN {DETAILS}", name="known_detail"),
        CheckConstraint("(kind = 'public') = (account_id IS NULL)", name="public_or_somebodys"),
        CheckConstraint("alarm_minutes BETWEEN 5 AND 20160", name="sensible_alarm"),
        Index("ix_feed_account", "account_id", "kind", "key"),
        Index("ix_feed_stale", "etag", "read_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(80))
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH), default="", server_default="")
    language: Mapped[str] = mapped_column(String(2), default="", server_default="")
    detail: Mapped[str] = mapped_column(String(8), default="full", server_default="full")
    alarm_minutes: Mapped[int | None]  # before the beginning; none: no alarms
    timed_days: Mapped[bool] = mapped_column(default=False, server_default=false())  # not all-day spans
    with_travel: Mapped[bool] = mapped_column(default=False, server_default=false())
    nonce: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]  # when a program last asked for it, to the hour or so
    etag: Mapped[str] = mapped_column(String(40), default="")  # empty: the rendering is stale
    modified_at: Mapped[datetime]  # when its bytes last became others
    fresh_until: Mapped[datetime | None]  # when something in it will be due to be left out

    account: Mapped[Account | None] = relationship()
    rendering: Mapped[Rendering | None] = relationship(cascade="all, delete-orphan", back_populates="feed")


class Rendering(Base):
    """The bytes of a feed as they were last written, plain and gzipped."""

    __tablename__ = "rendering"

    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    gzipped: Mapped[bytes] = mapped_column(LargeBinary)

    feed: Mapped[Feed] = relationship(back_populates="rendering")


class Invitation(Base):
    """What a person has last been told of a session by mail: REQUEST or CANCEL, at which SEQUENCE."""

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("session_id", "person_id"),
        CheckConstraint(f"method IN {METHODS}", name="known_method"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("workshop_session.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    method: Mapped[str] = mapped_column(String(10))
    sequence: Mapped[int]
    queued_at: Mapped[datetime]
    message_id: Mapped[str] = mapped_column(String(200))  # of the first one, so that changes thread

    session: Mapped[WorkshopSession] = relationship()
    person: Mapped[Person] = relationship()
