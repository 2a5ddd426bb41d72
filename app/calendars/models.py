"""Feeds under secret addresses, their stored renderings, and the invitations sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.db import Base
from app.network.models import Person
from app.schedule.models import WorkshopSession

FEED_KINDS = ("person", "organisation", "region", "topic", "group", "workshop")
METHODS = ("REQUEST", "CANCEL")


class Feed(Base):
    """One subscription address of one account.

    The address holds the feed's id and a signature over id and `nonce`, so that neither the
    table nor a backup of it gives an address away; a new nonce renews the address, and the
    old one is gone. `key` says what the feed is about: an id, or the region's name.
    """

    __tablename__ = "feed"
    __table_args__ = (
        UniqueConstraint("account_id", "kind", "key"),
        CheckConstraint(f"kind IN {FEED_KINDS}", name="known_kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(80))
    nonce: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]
    etag: Mapped[str] = mapped_column(String(40), default="")  # empty: the rendering is stale
    modified_at: Mapped[datetime]  # when its bytes last became others
    fresh_until: Mapped[datetime | None]  # when something in it will be due to be left out

    account: Mapped[Account] = relationship()
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
