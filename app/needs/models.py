"""What members need: a call, the answer of each organisation asked, and its lines, one for each topic.

    NeedsCall ──< NeedsAnswer ──< NeedsLine    a topic, and how much it is needed
        │              ├──< NeedsOffer   a topic that the organisation could teach others
        │              └──< NeedsLetter  what was sent to its focal point
        └──<> Topic

A topic without a line has not been answered; a line that says `NOT_NOW` has.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, LocalText
from app.network.models import Group, Organisation, Person, Topic

CALL_STATES = ("draft", "open", "closed")
ANSWER_STATES = ("not_begun", "begun", "handed_in")
WAYS = ("link", "account", "secretary", "sheet")
"""How an answer came: by the personal link, by the focal point signed in, by somebody who answered for the
organisation, or with a spreadsheet or a paper form typed into one."""

LETTERS = ("invitation", "reminder", "last_days", "link", "confirmation")

NOT_NOW, USEFUL, IMPORTANT, URGENT = range(4)
"""How much a topic is needed; the upper three are the weights of `app.network.models.Want`."""

SHARES, FACILITATES, MAY_LEAD = 1, 2, 3
"""What an organisation could do for others: tell of its experience, or, as skills of people, teach."""

MOST_PEOPLE = 10_000

needs_call_topic = Table(
    "needs_call_topic",
    Base.metadata,
    Column("call_id", ForeignKey("needs_call.id", ondelete="CASCADE"), primary_key=True),
    Column("topic_id", ForeignKey("topic.id"), primary_key=True, index=True),
)
needs_call_chosen = Table(
    "needs_call_chosen",
    Base.metadata,
    Column("call_id", ForeignKey("needs_call.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "organisation_id", ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    ),
)
"""Organisations asked by name, besides those that the call's region and group ask."""


class NeedsCall(Base):
    """A survey of needs: which `topics`, whom it asks, and until when.

    It asks the platforms of its `region` and `group` (of both where both are given) and those `chosen`;
    where none of the three is given, every platform. Who is asked is settled when it is opened: from then
    on each has a `NeedsAnswer`. `languages` are those that learning could be held in (ISO 639-1).
    `closes_on` is the last day, everywhere on earth. `remind_every`: days between reminders, 0 for none.
    """

    __tablename__ = "needs_call"
    __table_args__ = (
        CheckConstraint(f"state IN {CALL_STATES}", name="known_state"),
        CheckConstraint("remind_every BETWEEN 0 AND 60", name="known_rhythm"),
        CheckConstraint("state = 'draft' OR opened_at IS NOT NULL", name="opened_when_open"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    titles: Mapped[LocalText]
    about: Mapped[LocalText] = mapped_column(default=dict)
    region: Mapped[str] = mapped_column(String(80), default="")
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id", ondelete="SET NULL"), index=True)
    languages: Mapped[list[str]] = mapped_column(default=list)
    closes_on: Mapped[date]
    remind_every: Mapped[int] = mapped_column(default=7)
    state: Mapped[str] = mapped_column(String(12), default="draft", index=True)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    group: Mapped[Group | None] = relationship()
    topics: Mapped[list[Topic]] = relationship(secondary=needs_call_topic, order_by="Topic.code")
    chosen: Mapped[list[Organisation]] = relationship(
        secondary=needs_call_chosen, order_by="Organisation.name"
    )
    answers: Mapped[list[NeedsAnswer]] = relationship(back_populates="call", cascade="all, delete-orphan")

    @property
    def closes_at(self) -> datetime:
        """The instant at which `closes_on` is over in the last place on earth (UTC−12)."""
        return datetime.combine(self.closes_on + timedelta(days=1), time(12), UTC)

    def takes_answers(self, now: datetime) -> bool:
        """Whether answers may still be given and changed."""
        return self.state == "open" and now < self.closes_at


class NeedsAnswer(Base):
    """What one organisation says to one call.

    `answered_by` is the name of who answered last; `answered_for` marks that this was somebody else than
    its focal point (a secretary, an imported sheet): then `confirmed_at` and `confirmed_by` say whether the
    focal point has agreed since. `version` rises with each change and is stamped on the lines it touches,
    with the key of the `page` that brought it, so that a page that was read before them, and is another
    one, cannot overwrite them unseen. `contact` is whom to write to
    where that is not the organisation's focal point by role; a link stops working when `link_number` rises.
    """

    __tablename__ = "needs_answer"
    __table_args__ = (
        UniqueConstraint("call_id", "organisation_id"),
        CheckConstraint(f"state IN {ANSWER_STATES}", name="known_state"),
        CheckConstraint(f"way IN {('', *WAYS)}", name="known_way"),
        CheckConstraint("state != 'handed_in' OR handed_in_at IS NOT NULL", name="handed_in_when"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("needs_call.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(12), default="not_begun", index=True)
    way: Mapped[str] = mapped_column(String(12), default="")
    answered_by: Mapped[str] = mapped_column(String(200), default="")
    answered_for: Mapped[bool] = mapped_column(default=False)
    confirmed_by: Mapped[str] = mapped_column(String(200), default="")
    confirmed_at: Mapped[datetime | None]
    remark: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=0)
    link_number: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    handed_in_at: Mapped[datetime | None]

    call: Mapped[NeedsCall] = relationship(back_populates="answers")
    organisation: Mapped[Organisation] = relationship()
    contact: Mapped[Person | None] = relationship()
    lines: Mapped[list[NeedsLine]] = relationship(
        back_populates="answer", cascade="all, delete-orphan", order_by="NeedsLine.topic_id"
    )
    offers: Mapped[list[NeedsOffer]] = relationship(
        back_populates="answer", cascade="all, delete-orphan", order_by="NeedsOffer.topic_id"
    )
    letters: Mapped[list[NeedsLetter]] = relationship(
        back_populates="answer", cascade="all, delete-orphan", order_by="NeedsLetter.id"
    )

    @property
    def awaits_confirmation(self) -> bool:
        return self.answered_for and self.state == "handed_in" and self.confirmed_at is None


class NeedsLine(Base):
    """How much one topic is needed (`how_much`: 0 not now, 1 useful, 2 important, 3 urgent).

    For how many `people` (`None`: not said), in which `languages` (empty: not said), in whose `words`.
    """

    __tablename__ = "needs_line"
    __table_args__ = (
        UniqueConstraint("answer_id", "topic_id"),
        CheckConstraint("how_much BETWEEN 0 AND 3", name="known_weight"),
        CheckConstraint(f"people BETWEEN 0 AND {MOST_PEOPLE}", name="sensible_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("needs_answer.id", ondelete="CASCADE"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)
    how_much: Mapped[int]
    people: Mapped[int | None]
    languages: Mapped[list[str]] = mapped_column(default=list)
    words: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=0)
    page: Mapped[str] = mapped_column(String(32), default="")

    answer: Mapped[NeedsAnswer] = relationship(back_populates="lines")
    topic: Mapped[Topic] = relationship()


class NeedsOffer(Base):
    """What an organisation could teach others.

    `level`: 1 shares its experience, 2 facilitates, 3 may lead; with `languages` (empty: those of the
    organisation) and in its own `words`.
    """

    __tablename__ = "needs_offer"
    __table_args__ = (
        UniqueConstraint("answer_id", "topic_id"),
        CheckConstraint("level BETWEEN 1 AND 3", name="known_level"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("needs_answer.id", ondelete="CASCADE"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)
    level: Mapped[int]
    languages: Mapped[list[str]] = mapped_column(default=list)
    words: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=0)
    page: Mapped[str] = mapped_column(String(32), default="")

    answer: Mapped[NeedsAnswer] = relationship(back_populates="offers")
    topic: Mapped[Topic] = relationship()


class NeedsLetter(Base):
    """One letter about an answer that was put into the outbox, and to whom."""

    __tablename__ = "needs_letter"
    __table_args__ = (CheckConstraint(f"kind IN {LETTERS}", name="known_kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("needs_answer.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    to_name: Mapped[str] = mapped_column(String(200))
    sent_at: Mapped[datetime]
    unwanted: Mapped[bool] = mapped_column(default=False, server_default=false())  # its reader stopped such

    answer: Mapped[NeedsAnswer] = relationship(back_populates="letters")
