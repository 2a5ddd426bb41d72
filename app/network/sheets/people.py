"""People as a spreadsheet: those whom the actor looks after, in and out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.access import Actor, staff
from app.network.models import FACILITATES, GENDERS, MAY_LEAD, Organisation, Person, Place, Skill, Topic, Want
from app.spreadsheets.cells import LANGUAGE, Code, Day, Email, Many, OneOf, Text, Whole, YesNo
from app.spreadsheets.sheet import Column, Entry, Sheet, Values

_PLAIN = (
    "name",
    "email",
    "fee_per_day",
    "max_workshops",
    "max_days_away",
    "max_seats",
    "online_only",
    "gender",
    "left_on",
)
_SKILLS = {"facilitates": FACILITATES, "may_lead": MAY_LEAD}
_AT_ONCE = 500
"""Ids named in one statement; databases bound how many a statement may have."""

_WANTS = {"needs_useful": 1, "needs_important": 2, "needs_urgent": 3}


class PeopleLedger:
    """All people with skills and wants, and what their columns name: six queries, however many rows.

    Rows are read and written as plain tuples rather than objects, which is three times as fast for thousands.
    """

    def __init__(self, db: Session, actor: Actor) -> None:
        self._db = db
        self._actor = actor
        self._organisations = _ids(db, Organisation)
        self._places = _ids(db, Place)
        self._topics = _ids(db, Topic)
        self._ids: dict[str, int] = {}
        self._values: dict[str, Values] = {}
        self._addresses: dict[str, str] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._read(
            organisations={number: code for code, number in self._organisations.items()},
            places={number: code for code, number in self._places.items()},
            topics={number: code for code, number in self._topics.items()},
        )

    def _read(self, organisations: dict[int, str], places: dict[int, str], topics: dict[int, str]) -> None:
        skills = _topics_by_person(self._db, Skill.person_id, Skill.level, Skill.topic_id, topics)
        wants = _topics_by_person(self._db, Want.person_id, Want.weight, Want.topic_id, topics)
        plain = [getattr(Person, name) for name in _PLAIN]
        for number, code, organisation, place, languages, *values in self._db.execute(
            select(
                Person.id, Person.code, Person.organisation_id, Person.place_id, Person.languages, *plain
            ).order_by(Person.name, Person.id)
        ):
            self._ids[code] = number
            row = dict(zip(_PLAIN, values, strict=True))
            if row["email"]:
                self._addresses[row["email"]] = code
            if not self._actor.acts_for(organisation):
                continue  # nothing that a plan shows may tell of people out of the actor's reach
            self._names[row["name"].casefold(), organisations[organisation]] = code
            self._values[code] = {
                "code": code,
                **row,
                "organisation": organisations[organisation],
                "place": places[place],
                "languages": tuple(languages),
                **{name: tuple(sorted(skills.get((number, level), ()))) for name, level in _SKILLS.items()},
                **{name: tuple(sorted(wants.get((number, weight), ()))) for name, weight in _WANTS.items()},
            }

    def codes(self) -> Iterable[str]:
        return self._ids

    def values(self, code: str) -> Values | None:
        return self._values.get(code)

    def in_reach(self) -> Iterable[Values]:
        return self._values.values()

    def namesake(self, values: Values) -> str | None:
        return self._names.get((str(values.get("name") or "").casefold(), str(values.get("organisation"))))

    def check(self, entry: Entry) -> None:
        values = entry.values
        organisation = self._organisations.get(values["organisation"])
        if organisation is None:
            entry.refuse("unknown_code", "organisation", value=values["organisation"])
        elif not self._actor.acts_for(organisation):
            entry.refuse("not_yours", "organisation")
        if entry.current is None and entry.code in self._ids:
            entry.refuse("code_taken", "code")
        if values["place"] not in self._places:
            entry.refuse("unknown_code", "place", value=values["place"])
        self._check_topics(entry, _SKILLS)
        self._check_topics(entry, _WANTS)
        if entry.problems or not values["email"]:
            return
        if self._addresses.setdefault(values["email"], entry.code) != entry.code:
            entry.refuse("email_taken", "email")

    def _check_topics(self, entry: Entry, columns: Iterable[str]) -> None:
        seen: set[str] = set()
        for column in columns:
            for code in entry.values[column]:
                if code not in self._topics:
                    entry.refuse("unknown_code", column, value=code)
                elif code in seen:
                    entry.refuse("topic_twice", column, value=code)
                seen.add(code)

    def write(self, entries: Sequence[Entry], now: datetime) -> None:
        changed = [entry for entry in entries if entry.current is not None]
        new = [{"code": entry.code, **self._row(entry)} for entry in entries if entry.current is None]
        if changed:
            self._db.execute(
                update(Person), [{"id": self._ids[entry.code], **self._row(entry)} for entry in changed]
            )
        if new:
            made = self._db.execute(insert(Person).returning(Person.code, Person.id), new)
            self._ids.update({row.code: row.id for row in made})
        self._replace(Skill, "level", _SKILLS, entries)
        self._replace(Want, "weight", _WANTS, entries)
        self._db.expire_all()

    def _row(self, entry: Entry) -> dict[str, Any]:
        values = entry.values
        return {
            **{name: values[name] for name in _PLAIN},
            "organisation_id": self._organisations[values["organisation"]],
            "place_id": self._places[values["place"]],
            "languages": list(values["languages"]),
        }

    def _replace(self, table: Any, measure: str, columns: dict[str, int], entries: Sequence[Entry]) -> None:
        """Have the people of these entries teach (or need) what they say, where that is something else."""
        other = [
            entry
            for entry in entries
            if entry.current is None
            or any(entry.current[column] != entry.values[column] for column in columns)
        ]
        had = [self._ids[entry.code] for entry in other if entry.current is not None]
        for start in range(0, len(had), _AT_ONCE):
            self._db.execute(delete(table).where(table.person_id.in_(had[start : start + _AT_ONCE])))
        rows = [
            {"person_id": self._ids[entry.code], "topic_id": self._topics[code], measure: value}
            for entry in other
            for column, value in columns.items()
            for code in entry.values[column]
        ]
        if rows:
            self._db.execute(insert(table), rows)


def _ids(db: Session, table: Any) -> dict[str, int]:
    return {row.code: row.id for row in db.execute(select(table.code, table.id))}


def _topics_by_person(
    db: Session, person_id: Any, measure: Any, topic_id: Any, topics: dict[int, str]
) -> dict[tuple[int, int], list[str]]:
    """Codes of topics by person id and level or weight."""
    found: dict[tuple[int, int], list[str]] = {}
    for person, value, topic in db.execute(select(person_id, measure, topic_id)):
        found.setdefault((person, value), []).append(topics[topic])
    return found


def _topics(name: str, title: Any) -> Column:
    return Column(
        name,
        title,
        Many(Code(), ordered=False),
        default=(),
        hint=_l("codes of topics divided by semicolons"),
    )


PEOPLE = Sheet(
    name="people",
    title=_l("People"),
    open=PeopleLedger,
    may_import=staff,
    may_export=staff,
    sentences={
        "email_taken": _l("somebody else has this address"),
        "code_taken": _l("this code is taken; leave it empty for somebody new"),
        "topic_twice": _l("the topic “%(value)s” stands in two columns"),
    },
    columns=(
        Column("code", _l("Code"), Code(), hint=_l("names the person for ever; empty for somebody new")),
        Column("name", _l("Name"), Text(200), required=True, default=""),
        Column("email", _l("E-mail"), Email()),
        Column("organisation", _l("Organisation"), Code(), required=True, hint=_l("code of an organisation")),
        Column("place", _l("Lives in"), Code(), required=True, hint=_l("code of a place")),
        Column(
            "languages",
            _l("Speaks"),
            Many(LANGUAGE),
            required=True,
            default=(),
            hint=_l("ISO codes divided by semicolons, such as fr;en"),
        ),
        _topics("facilitates", _l("Facilitates")),
        _topics("may_lead", _l("May lead")),
        _topics("needs_useful", _l("Needs (useful)")),
        _topics("needs_important", _l("Needs (important)")),
        _topics("needs_urgent", _l("Needs (urgent)")),
        Column("fee_per_day", _l("Fee per day"), Whole(), default=0, hint=_l("a whole number; 0 when empty")),
        Column(
            "max_workshops",
            _l("Workshops as facilitator, at most"),
            Whole(0, 1000),
            default=4,
            hint=_l("a whole number; 4 when empty"),
        ),
        Column(
            "max_days_away",
            _l("Days away from home, at most"),
            Whole(0, 366),
            default=40,
            hint=_l("a whole number; 40 when empty"),
        ),
        Column(
            "max_seats",
            _l("Workshops as participant, at most"),
            Whole(0, 1000),
            default=2,
            hint=_l("a whole number; 2 when empty"),
        ),
        Column("online_only", _l("Online only"), YesNo(), default=False, hint=_l("yes or no")),
        Column(
            "gender",
            _l("Gender"),
            OneOf(GENDERS),
            default="",
            hint=_l("woman, man or other, where the person wants it counted; else empty"),
        ),
        Column("left_on", _l("Left on"), Day(), hint=_l("a date such as 2027-03-09")),
    ),
)
