"""Feeds under secret addresses, their stored renderings, and the invitations sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
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
OUTCOMES = ("taken", "wish", "aside", "bounce")
"""`taken`: it counted. `wish`: another date, or another person. `aside`: it changed nothing. `bounce`: a
report that a letter of ours came back."""


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
    address: Mapped[str] = mapped_column(String(254))  # where the last one went; empty: it came back
    letters: Mapped[int] = mapped_column(default=1)  # how many there were
    answer: Mapped[str] = mapped_column(String(10), default="", server_default="")  # from their calendar
    answered_at: Mapped[datetime | None]
    answer_stamp: Mapped[datetime | None]  # DTSTAMP of the answer: an earlier one does not undo it

    session: Mapped[WorkshopSession] = relationship()
    person: Mapped[Person] = relationship()


class RoundLetters(Base):
    """How the letters of a round are let out: held by somebody, let go at once, looked at again later."""

    __tablename__ = "round_letters"

    round_id: Mapped[int] = mapped_column(
        ForeignKey("planning_round.id", ondelete="CASCADE"), primary_key=True
    )
    held_at: Mapped[datetime | None]
    held_by: Mapped[str] = mapped_column(String(200), default="")
    let_go_at: Mapped[datetime | None]  # what was changed until then need not wait
    look_at: Mapped[datetime | None] = mapped_column(
        index=True
    )  # when the next of what waits has waited enough


class IncomingAnswer(Base):
    """A message that reached us by mail: an answer that counted, a wish, or one kept aside with the reason.

    `digest` is of the message's octets: the same message counts once, however often it is brought.
    """

    __tablename__ = "incoming_answer"
    __table_args__ = (
        CheckConstraint(f"outcome IN {OUTCOMES}", name="known_outcome"),
        Index("ix_incoming_answer_outcome", "outcome", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    via: Mapped[str] = mapped_column(String(10))
    outcome: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(30), default="")
    from_address: Mapped[str] = mapped_column(String(254), default="")
    subject: Mapped[str] = mapped_column(String(300), default="")
    answer: Mapped[str] = mapped_column(String(20), default="")
    word: Mapped[str] = mapped_column(Text, default="")
    sequence: Mapped[int | None]
    wish_start: Mapped[datetime | None]  # of a COUNTER: when they would rather have it
    wish_end: Mapped[datetime | None]
    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("workshop_session.id", ondelete="SET NULL"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    seen_at: Mapped[datetime | None]  # when a coordinator had done with it
    seen_by: Mapped[str] = mapped_column(String(200), default="")

    session: Mapped[WorkshopSession | None] = relationship()
    person: Mapped[Person | None] = relationship()
