"""Organisations, the places they are in, the people of them, and what people learn and teach.

Every row that a spreadsheet or a planning round can name has a `code`, unique in its table
and stable for life; ids are for the database alone.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, LocalText

ORGANISATION_KINDS = ("secretariat", "coalition", "platform", "member")

FACILITATES = 2
MAY_LEAD = 3

membership = Table(
    "membership",
    Base.metadata,
    Column("member_id", ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True),
    Column("body_id", ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""Which organisation belongs to which body: platforms to coalitions, members to platforms."""

group_person = Table(
    "group_person",
    Base.metadata,
    Column("group_id", ForeignKey("group.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Place(Base):
    """A town that people live in and workshops are held in."""

    __tablename__ = "place"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120), index=True)
    country: Mapped[str] = mapped_column(String(2), index=True)  # ISO 3166-1 alpha-2
    latitude: Mapped[float]
    longitude: Mapped[float]
    timezone: Mapped[str] = mapped_column(String(60))  # IANA
    languages: Mapped[list[str]] = mapped_column(default=list)
    airport: Mapped[str] = mapped_column(String(3), default="")  # IATA

    venues: Mapped[list[Venue]] = relationship(back_populates="place", order_by="Venue.name")


class Venue(Base):
    """A room in a place, with its seats and its price in the network's currency per day."""

    __tablename__ = "venue"
    __table_args__ = (CheckConstraint("seats >= 0 AND cost_per_day >= 0", name="not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    seats: Mapped[int]
    cost_per_day: Mapped[int]

    place: Mapped[Place] = relationship(back_populates="venues")
    closures: Mapped[list[VenueClosure]] = relationship(
        back_populates="venue", cascade="all, delete-orphan", order_by="VenueClosure.first_day"
    )


class VenueClosure(Base):
    """Days on which a venue cannot be used, both ends included."""

    __tablename__ = "venue_closure"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    note: Mapped[str] = mapped_column(String(200), default="")

    venue: Mapped[Venue] = relationship(back_populates="closures")


class Closure(Base):
    """Days that the network itself keeps free: everywhere (`country` empty) or in one country."""

    __tablename__ = "closure"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(String(2), default="", index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    title: Mapped[LocalText]


class Organisation(Base):
    """The secretariat, a coalition, a national platform or a member organisation."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("kind IN ('secretariat', 'coalition', 'platform', 'member')", name="known_kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    name: Mapped[str] = mapped_column(String(250), index=True)
    acronym: Mapped[str] = mapped_column(String(40), default="")
    region: Mapped[str] = mapped_column(String(80), default="", index=True)
    country: Mapped[str] = mapped_column(String(2), default="", index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"), index=True)
    languages: Mapped[list[str]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(String(40), default="")
    source: Mapped[str] = mapped_column(String(400), default="")

    place: Mapped[Place | None] = relationship()
    bodies: Mapped[list[Organisation]] = relationship(
        secondary=membership,
        primaryjoin=lambda: Organisation.id == membership.c.member_id,
        secondaryjoin=lambda: Organisation.id == membership.c.body_id,
        back_populates="members",
        order_by="Organisation.name",
    )
    members: Mapped[list[Organisation]] = relationship(
        secondary=membership,
        primaryjoin=lambda: Organisation.id == membership.c.body_id,
        secondaryjoin=lambda: Organisation.id == membership.c.member_id,
        back_populates="bodies",
        order_by="Organisation.name",
    )
    people: Mapped[list[Person]] = relationship(back_populates="organisation", order_by="Person.name")

    @property
    def short_name(self) -> str:
        return self.acronym or self.name


class Topic(Base):
    """What can be taught; an area when it has no parent. Titles by language."""

    __tablename__ = "topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    titles: Mapped[LocalText]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"), index=True)

    area: Mapped[Topic | None] = relationship(remote_side=[id], back_populates="topics")
    topics: Mapped[list[Topic]] = relationship(back_populates="area", order_by="Topic.code")


GENDERS = ("woman", "man", "other")


class Person(Base):
    """Somebody in the network. The e-mail address is shown to nobody but those who look after them.

    `gender` is as whom they want to be counted, empty where nobody has said so: it is shown only in sums.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(
            "fee_per_day >= 0 AND max_workshops >= 0 AND max_days_away >= 0", name="not_negative"
        ),
        CheckConstraint("max_seats >= 0", name="seats_not_negative"),
        CheckConstraint(f"gender IN {('', *GENDERS)}", name="known_gender"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)  # lower case
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    languages: Mapped[list[str]] = mapped_column(default=list)  # spoken, ISO 639-1
    fee_per_day: Mapped[int] = mapped_column(default=0)
    max_workshops: Mapped[int] = mapped_column(default=4)
    max_days_away: Mapped[int] = mapped_column(default=40)
    max_seats: Mapped[int] = mapped_column(default=2)
    online_only: Mapped[bool] = mapped_column(default=False)
    gender: Mapped[str] = mapped_column(String(5), default="", server_default="")
    left_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship(back_populates="people")
    place: Mapped[Place] = relationship()
    skills: Mapped[list[Skill]] = relationship(
        back_populates="person", cascade="all, delete-orphan", order_by="Skill.topic_id"
    )
    wants: Mapped[list[Want]] = relationship(
        back_populates="person", cascade="all, delete-orphan", order_by="Want.topic_id"
    )
    groups: Mapped[list[Group]] = relationship(secondary=group_person, back_populates="people")

    @property
    def initials(self) -> str:
        return initials_of(self.name)


def initials_of(name: str) -> str:
    """'Ama Mensah' -> 'AM': the first letters of the first and the last word."""
    words = [word for word in name.replace(",", " ").split() if word[0].isalnum()]
    return "".join(word[0].upper() for word in (words[:1] + words[-1:] if len(words) > 1 else words))


class Skill(Base):
    """A topic that a person teaches: FACILITATES or MAY_LEAD."""

    __tablename__ = "skill"
    __table_args__ = (
        UniqueConstraint("person_id", "topic_id"),
        CheckConstraint("level IN (2, 3)", name="known_level"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)
    level: Mapped[int]

    person: Mapped[Person] = relationship(back_populates="skills")
    topic: Mapped[Topic] = relationship()


class Want(Base):
    """A topic that a person needs: 1 useful, 2 important, 3 urgent."""

    __tablename__ = "want"
    __table_args__ = (
        UniqueConstraint("person_id", "topic_id"),
        CheckConstraint("weight BETWEEN 1 AND 3", name="known_weight"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)
    weight: Mapped[int]

    person: Mapped[Person] = relationship(back_populates="wants")
    topic: Mapped[Topic] = relationship()


class Group(Base):
    """A thematic or working group: people of several organisations around a subject."""

    __tablename__ = "group"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    titles: Mapped[LocalText]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    created_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    people: Mapped[list[Person]] = relationship(
        secondary=group_person, back_populates="groups", order_by="Person.name"
    )
    chairs: Mapped[list[GroupChair]] = relationship(cascade="all, delete-orphan")


class GroupChair(Base):
    """A co-chair of a group."""

    __tablename__ = "group_chair"

    group_id: Mapped[int] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)

    person: Mapped[Person] = relationship()
