"""Who is asked whether a plan suits them, what they were told, and everything they answered.

An asking puts one draft to the people in it. The conversation with a person is one row for each round, for
life, whichever drafts come and go: one letter and one link for all that is proposed to them. What they are
asked about is a place: a workshop, and the part they would have in it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.personal_data import OF_ANOTHER, PART_OF
from app.db import Base
from app.network.models import Person
from app.planning.models import Draft, PlanningRound
from app.workshops.models import Workshop

SILENCES = ("substitute", "declined", "accepted")
"""What no answer means at the date: a no, and the best substitute is asked at once; a no; a yes."""

PARTS = ("team", "host")
ANSWERS = ("accepted", "declined", "unsure")
CHANNELS = ("link", "calendar", "telephone", "account", "silence")
REASONS = ("dates", "travel", "topic", "too_much", "terms", "personal", "other")
"""Why somebody says no."""


class Asking(Base):
    """A draft that is put to its facilitators and hosts before it is announced; one of a round at a time.

    `draft_id` is what may be published next: it goes on to another draft when somebody is replaced, and
    `draft_since` says since when it is this one. Silence until the end of a person's last day to answer (at
    first `closes_on`) means what `silence` says; a substitute has `substitute_days` days.
    """

    __tablename__ = "asking"
    __table_args__ = (
        CheckConstraint(f"silence IN {SILENCES}", name="known_silence"),
        CheckConstraint("remind_every >= 0 AND substitute_days > 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("planning_round.id", ondelete="CASCADE"), index=True)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id", ondelete="SET NULL"), index=True)
    draft_since: Mapped[datetime]
    closes_on: Mapped[date]
    remind_every: Mapped[int] = mapped_column(default=3)  # days; 0 for never
    silence: Mapped[str] = mapped_column(String(12), default="substitute")
    substitute_days: Mapped[int] = mapped_column(default=5)
    message: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime]
    opened_by: Mapped[str] = mapped_column(String(200), default="")
    closed_at: Mapped[datetime | None]

    planning_round: Mapped[PlanningRound] = relationship()
    draft: Mapped[Draft | None] = relationship()

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class AskedPerson(Base):
    """The conversation with one person about one round: the letters written, and until when to answer.

    `asking_id` is the asking that they were last asked in (`None`: they spoke first). `due_at` is when to
    write next; nobody is written to who has answered.
    """

    __tablename__ = "asked_person"
    __table_args__ = (
        UniqueConstraint("round_id", "person_id"),
        Index("ix_asked_person_due", "due_at"),
        Index("ix_asked_person_answer_by", "answer_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("planning_round.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    asking_id: Mapped[int | None] = mapped_column(ForeignKey("asking.id", ondelete="SET NULL"), index=True)
    asked_at: Mapped[datetime]
    answer_by: Mapped[date | None]
    due_at: Mapped[datetime | None]
    letters: Mapped[int] = mapped_column(default=0)
    written_at: Mapped[datetime | None]

    planning_round: Mapped[PlanningRound] = relationship()
    person: Mapped[Person] = relationship()
    asking: Mapped[Asking | None] = relationship()
    places: Mapped[list[ProposedPlace]] = relationship(
        back_populates="asked", cascade="all, delete-orphan", order_by="ProposedPlace.id"
    )


class ProposedPlace(Base):
    """A part in a workshop that somebody was asked to take: in its team, or as the host who has the room.

    `answer` is what holds now, empty while it is open; `agreed` what the session was when they answered, and
    `told` what it was in the last letter (see `proposals.terms`): when the plan moves on, both tell what the
    person does not know yet. `replaced_by_id` is who was asked in their stead.
    """

    __tablename__ = "proposed_place"
    __table_args__ = (
        UniqueConstraint("asked_id", "workshop_id", "part"),
        CheckConstraint(f"part IN {PARTS}", name="known_part"),
        CheckConstraint(f"answer IN {('', *ANSWERS)}", name="known_answer"),
        CheckConstraint("(answer = '') = (answered_at IS NULL)", name="answered_when"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asked_id: Mapped[int] = mapped_column(ForeignKey("asked_person.id", ondelete="CASCADE"), info=PART_OF)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(8), default="team")
    answer: Mapped[str] = mapped_column(String(10), default="")
    answered_at: Mapped[datetime | None]
    unsure_until: Mapped[date | None]
    agreed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    replaced_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True, info=OF_ANOTHER
    )

    asked: Mapped[AskedPerson] = relationship(back_populates="places")
    workshop: Mapped[Workshop] = relationship()
    replaced_by: Mapped[Person | None] = relationship()
    answers: Mapped[list[PlaceAnswer]] = relationship(
        back_populates="place", cascade="all, delete-orphan", order_by="PlaceAnswer.id.desc()"
    )


class PlaceAnswer(Base):
    """One answer, as it was given; none is ever changed.

    `terms` is the session it was about. Who said no to a session that had been announced withdrew: then
    `was_announced` is true and `notice_days` the days from that moment to its beginning.
    """

    __tablename__ = "place_answer"
    __table_args__ = (
        CheckConstraint(f"answer IN {ANSWERS}", name="known_answer"),
        CheckConstraint(f"via IN {CHANNELS}", name="known_channel"),
        CheckConstraint(f"reason IN {('', *REASONS)}", name="known_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(
        ForeignKey("proposed_place.id", ondelete="CASCADE"), index=True, info=PART_OF
    )
    answer: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(12), default="")
    word: Mapped[str] = mapped_column(Text, default="")
    could_if: Mapped[str] = mapped_column(Text, default="")
    until: Mapped[date | None]
    via: Mapped[str] = mapped_column(String(12))
    answered_by: Mapped[str] = mapped_column(String(200), default="")
    answered_at: Mapped[datetime]
    was_announced: Mapped[bool] = mapped_column(default=False, server_default=false())
    notice_days: Mapped[int]
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)

    place: Mapped[ProposedPlace] = relationship(back_populates="answers")
