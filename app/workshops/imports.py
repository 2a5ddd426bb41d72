"""Requests as a spreadsheet: a coalition's whole year in and out, as drafts that the form can go on with.

The rules are those of the form: a contradiction is refused, and what is only missing may wait while a
request is in hand. A request that has been handed in is a coordinator's to change, and must stay complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.access import Actor, office, staff
from app.facts import Fact, record
from app.i18n import LANGUAGES
from app.network.models import Group, Organisation, Topic, Venue
from app.spreadsheets.cells import LANGUAGE, Code, Day, Many, OneOf, Text, Whole
from app.spreadsheets.sheet import Column, Entry, Sheet, Values
from app.workshops.answers import Answers, Money, What, When, Where, Who
from app.workshops.initiatives.queries import to_belong_to
from app.workshops.models import KINDS, MODES, Fund, Workshop
from app.workshops.queries import OPEN_TO_CHANGE, may_change, may_request_for, seen_by
from app.workshops.rules import MOST_PEOPLE, Surroundings, problems_of
from app.workshops.words import say

_PLAIN = (
    "about",
    "kind",
    "mode",
    "days",
    "minutes",
    "window_first",
    "window_last",
    "team_min",
    "team_max",
    "team_leads",
    "seats_min",
    "seats_max",
    "seats_per_organisation",
    "organisations_min",
    "priority",
    "budget",
    "follows_min_days",
    "follows_max_days",
    "follows_graduates",
)
_TITLES = tuple(f"title_{code}" for code in LANGUAGES)
_COLUMN_OF = {
    "titles": "title_en",
    "venue_ids": "venues",
    "invited_ids": "invited",
    "follows_id": "follows",
}
"""Where a rule's field has another name in the sheet."""

_LOOKS_AT_TOO = {
    "days": ("mode", "kind"),
    "minutes": ("mode", "kind"),
    "window_last": ("window_first", "days", "mode", "kind"),
    "follows_max_days": ("follows", "follows_min_days"),
    "venues": ("mode", "kind"),
    "team_max": ("team_min", "follows", "follows_graduates"),
    "team_leads": ("team_max",),
    "seats_max": ("seats_min",),
    "seats_min": ("seats_max", "seats_per_organisation", "invited"),
    "invited": ("seats_max",),
    "organisations_min": ("seats_max", "invited"),
    "title_en": ("title_fr", "title_es", "title_pt"),
}
"""Column of a rule -> the other columns that its rules look at."""

_SOME_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class RequestsImported(Fact):
    """A request was drafted or changed by a spreadsheet."""

    subject: ClassVar[str] = "workshop"


class RequestLedger:
    """The requests that the actor sees, and all that their columns name."""

    def __init__(self, db: Session, actor: Actor) -> None:
        self._db = db
        self._actor = actor
        self._organisations = _by_code(db, Organisation)
        self._groups = _by_code(db, Group)
        self._topics = _by_code(db, Topic)
        self._venues = _by_code(db, Venue)
        self._funds = _by_code(db, Fund)
        self._initiatives = {row.code: row for row in db.scalars(to_belong_to(actor))}
        self._codes = set(db.scalars(select(Workshop.code)))
        found = db.scalars(
            select(Workshop)
            .where(seen_by(actor))
            .options(
                joinedload(Workshop.requested_by),
                joinedload(Workshop.topic),
                joinedload(Workshop.group),
                joinedload(Workshop.initiative),
                joinedload(Workshop.follows),
                selectinload(Workshop.venues),
                selectinload(Workshop.invited),
                selectinload(Workshop.funds),
            )
            .order_by(Workshop.code)
        )
        self._rows = {row.code: row for row in found}
        self._titled = {
            (row.requested_by.code, title.casefold()): row.code
            for row in self._rows.values()
            if row.state != "withdrawn"
            for title in row.titles.values()
        }

    def codes(self) -> Iterable[str]:
        return self._codes

    def values(self, code: str) -> Values | None:
        row = self._rows.get(code)
        if row is None:
            return None
        return {
            "code": row.code,
            **{f"title_{language}": row.titles.get(language, "") for language in LANGUAGES},
            **{name: getattr(row, name) for name in _PLAIN},
            "requested_by": row.requested_by.code,
            "topic": row.topic.code,
            "group": row.group.code if row.group else None,
            "initiative": row.initiative.code if row.initiative else None,
            "languages": tuple(row.languages),
            "venues": tuple(sorted(venue.code for venue in row.venues)),
            "invited": tuple(sorted(organisation.code for organisation in row.invited)),
            "funds": tuple(sorted(fund.code for fund in row.funds)),
            "follows": row.follows.code if row.follows else None,
            "state": row.state,
        }

    def in_reach(self) -> Iterable[Values]:
        for code in self._rows:
            if (values := self.values(code)) is not None:
                yield values

    def namesake(self, values: Values) -> str | None:
        asked_by = str(values.get("requested_by"))
        keys = ((asked_by, str(values[name]).casefold()) for name in _TITLES if values.get(name))
        return next((self._titled[key] for key in keys if key in self._titled), None)

    def check(self, entry: Entry) -> None:
        if entry.values["mode"] is None:
            entry.values["mode"] = "online" if entry.values["kind"] == "webinar" else "in_person"
        if entry.state == "same":
            return
        row = self._rows.get(entry.code)
        if row is None and entry.code in self._codes:
            entry.refuse("code_taken", "code")
        if row is not None and not may_change(self._actor, row):
            entry.refuse("not_open", "code")
        self._check_codes(entry, frozenset())
        unsound = frozenset(problem.column for problem in entry.problems if problem.column is not None)
        self._check_rules(entry, unsound, complete=row is not None and row.state not in OPEN_TO_CHANGE)

    def check_the_rest(self, entry: Entry, unsound: frozenset[str]) -> None:
        """What is wrong beside the cells that cannot be used; rules that look at these are passed over."""
        values = entry.values
        if values["mode"] is None and values["kind"] is not None:
            values["mode"] = "online" if values["kind"] == "webinar" else "in_person"
        self._check_codes(entry, unsound)
        stand_ins = {"kind": KINDS[0], "mode": MODES[0], "window_first": _SOME_DAY, "window_last": _SOME_DAY}
        for name, value in stand_ins.items():
            if values[name] is None:
                values[name], unsound = value, unsound | {name}
        unsound |= {problem.column for problem in entry.problems if problem.column is not None}
        self._check_rules(entry, unsound, complete=False)

    def _check_codes(self, entry: Entry, unsound: frozenset[str]) -> None:
        values = entry.values
        for column, known in (
            ("requested_by", self._organisations),
            ("topic", self._topics),
            ("group", self._groups),
            ("venues", self._venues),
            ("invited", self._organisations),
            ("funds", self._funds),
        ):
            if column in unsound:
                continue
            named = values[column] if isinstance(values[column], tuple) else (values[column],)
            for code in named:
                if code is not None and code not in known:
                    entry.refuse("unknown_code", column, value=code)
        organisation = self._organisations.get(values["requested_by"])
        if organisation is not None and not may_request_for(self._actor, organisation.id):
            entry.refuse("not_yours", "requested_by")
        belongs, belonged = values["initiative"], entry.current["initiative"] if entry.current else None
        if belongs is not None and belongs != belonged and belongs not in self._initiatives:
            entry.refuse("unknown_code", "initiative", value=belongs)
        had = entry.current["funds"] if entry.current else ()
        for code in values["funds"]:
            fund = self._funds.get(code)
            if fund is not None and code not in had and not self._actor.acts_for(fund.organisation_id):
                entry.refuse("unknown_code", "funds", value=code)
        follows, followed = values["follows"], entry.current["follows"] if entry.current else None
        if follows != followed and follows in self._codes and follows not in self._rows:
            entry.refuse("unknown_code", "follows", value=follows)

    def _check_rules(self, entry: Entry, unsound: frozenset[str], *, complete: bool) -> None:
        """The rules of the form, but for those that look at a column which is wrong by itself.

        Whether a window is over is asked when a request is handed in.
        """
        followed = self._rows.get(entry.values["follows"])
        around = Surroundings(
            today=date.min, follows_is_withdrawn=followed is not None and followed.state == "withdrawn"
        )
        for problem in problems_of(self._answers(entry.values), around):
            column = _COLUMN_OF.get(problem.field, problem.field)
            looks_at = {column, *_LOOKS_AT_TOO.get(column, ())}
            if (complete or not problem.is_missing) and not looks_at & unsound:
                entry.refuse("rule", column, problem=problem)

    def _answers(self, values: Values) -> Answers:
        group = self._groups.get(values["group"])
        followed = self._rows.get(values["follows"])
        # one of the same file has no number yet; the rules only ask whether there is one
        follows_id = followed.id if followed else None if values["follows"] is None else 0
        return Answers(
            what=What(
                requested_by_id=_id_of(self._organisations, values["requested_by"]),
                titles=_titles(values),
                topic_id=_id_of(self._topics, values["topic"]),
                kind=values["kind"],
                about=values["about"],
                group_id=group.id if group else None,
            ),
            when=When(
                mode=values["mode"],
                days=values["days"],
                minutes=values["minutes"],
                window_first=values["window_first"],
                window_last=values["window_last"],
                follows_id=follows_id,
                follows_min_days=values["follows_min_days"],
                follows_max_days=values["follows_max_days"],
                follows_graduates=values["follows_graduates"],
            ),
            where=Where(
                venue_ids=frozenset(_id_of(self._venues, code) for code in values["venues"]),
                languages=values["languages"],
            ),
            who=Who(
                team_min=values["team_min"],
                team_max=values["team_max"],
                team_leads=values["team_leads"],
                seats_min=values["seats_min"],
                seats_max=values["seats_max"],
                invited_ids=frozenset(_id_of(self._organisations, code) for code in values["invited"]),
                seats_per_organisation=values["seats_per_organisation"],
                organisations_min=values["organisations_min"],
            ),
            money=Money(
                fund_ids=frozenset(_id_of(self._funds, code) for code in values["funds"]),
                budget=values["budget"],
                priority=values["priority"],
            ),
        )

    def write(self, entries: Sequence[Entry], now: datetime) -> None:
        for entry in entries:
            row = self._rows.get(entry.code)
            if row is None:
                row = Workshop(code=entry.code, state="drafted", created_at=now)
                self._rows[entry.code] = row
            self._fill(row, entry.values)
            row.changed_at = now
        for entry in entries:
            follows = entry.values["follows"]
            if entry.current is None or entry.current["follows"] != follows:
                self._rows[entry.code].follows = self._rows.get(follows)
        self._db.add_all(self._rows[entry.code] for entry in entries)
        self._db.flush()
        for entry in entries:
            record(
                self._db,
                actor=self._actor,
                fact=RequestsImported(self._rows[entry.code].id),
                now=now,
                before=entry.current,
                after=entry.values,
            )

    def _fill(self, row: Workshop, values: Values) -> None:
        for name in _PLAIN:
            setattr(row, name, values[name])
        row.titles = _titles(values)
        row.requested_by = self._organisations[values["requested_by"]]
        row.topic = self._topics[values["topic"]]
        row.group = self._groups.get(values["group"])
        if values["initiative"] is None:
            row.initiative = None
        elif values["initiative"] in self._initiatives:
            row.initiative = self._initiatives[values["initiative"]]
        row.languages = list(values["languages"])
        row.venues = [self._venues[code] for code in values["venues"]]
        row.invited = [self._organisations[code] for code in values["invited"]]
        row.funds = [self._funds[code] for code in values["funds"]]


def _id_of(known: Mapping[Any, Any], code: Any) -> int:
    """The id of what a code names; 0 where it names nothing, which is said elsewhere."""
    row = known.get(code)
    return row.id if row is not None else 0


def _by_code(db: Session, table: Any) -> dict[Any, Any]:
    return {row.code: row for row in db.scalars(select(table))}


def _titles(values: Values) -> dict[str, str]:
    return {code: values[f"title_{code}"] for code in LANGUAGES if values[f"title_{code}"]}


def _codes(name: str, title: Any, hint: Any) -> Column:
    return Column(name, title, Many(Code(), ordered=False), default=(), hint=hint)


def _number(name: str, title: Any, default: int, low: int = 0, high: int = MOST_PEOPLE) -> Column:
    return Column(name, title, Whole(low, high), default=default, hint=_l("a whole number"))


REQUESTS = Sheet(
    name="requests",
    title=_l("Requests"),
    open=RequestLedger,
    named_after=_TITLES,
    within=("follows",),
    may_import=office,
    may_export=staff,
    sentences={
        "code_taken": _l("this code is taken; leave it empty for a new request"),
        "not_open": _l("this request has been handed in and cannot be changed any more"),
        "rule": lambda problem: say(problem),
    },
    columns=(
        Column("code", _l("Code"), Code(), hint=_l("names the request for ever; empty for a new one")),
        Column("title_en", _l("Title in English"), Text(200), default="", hint=_l("one language is enough")),
        Column("title_fr", _l("Title in French"), Text(200), default=""),
        Column("title_es", _l("Title in Spanish"), Text(200), default=""),
        Column("title_pt", _l("Title in Portuguese"), Text(200), default=""),
        Column("about", _l("What it is about"), Text(5000, lines=True), default=""),
        Column("requested_by", _l("Asked for by"), Code(), required=True, hint=_l("code of an organisation")),
        Column("topic", _l("Topic"), Code(), required=True, hint=_l("code of a topic")),
        Column("group", _l("Group"), Code(), hint=_l("code of a group")),
        Column("initiative", _l("Initiative"), Code(), hint=_l("code of an initiative")),
        Column(
            "kind",
            _l("Kind"),
            OneOf(KINDS),
            required=True,
            hint=_l("one of: peer_exchange, training_of_trainers, replication, webinar"),
        ),
        Column("mode", _l("Way"), OneOf(MODES), hint=_l("in_person or online")),
        Column("days", _l("Days"), Whole(1, 10), hint=_l("in person")),
        Column("minutes", _l("Minutes"), Whole(30, 960), hint=_l("online")),
        Column("window_first", _l("Not before"), Day(), required=True, hint=_l("a date such as 2027-03-09")),
        Column("window_last", _l("Not after"), Day(), required=True, hint=_l("a date such as 2027-03-09")),
        Column(
            "languages",
            _l("Languages"),
            Many(LANGUAGE),
            default=(),
            hint=_l("ISO codes divided by semicolons, such as fr;en"),
        ),
        _codes("venues", _l("Venues"), _l("codes of venues divided by semicolons")),
        _number("team_min", _l("Facilitators, at least"), 1),
        _number("team_max", _l("Facilitators, at most"), 2),
        _number("team_leads", _l("Of whom may lead, at least"), 1),
        _number("seats_min", _l("Seats, at least"), 8),
        _number("seats_max", _l("Seats, at most"), 16),
        _codes("invited", _l("Invited"), _l("codes of organisations divided by semicolons")),
        _number("seats_per_organisation", _l("Seats for each organisation, at most"), 3),
        _number("organisations_min", _l("Organisations, at least"), 1),
        _number("priority", _l("Priority"), 3, 1, 5),
        Column("budget", _l("Budget"), Whole(), hint=_l("a whole number; empty for no bound")),
        _codes("funds", _l("Funds"), _l("codes of funds divided by semicolons")),
        Column("follows", _l("Follows"), Code(), hint=_l("code of the request that it comes after")),
        _number("follows_min_days", _l("Days after it, at least"), 14),
        _number("follows_max_days", _l("Days after it, at most"), 120),
        _number("follows_graduates", _l("People of it in the team, at least"), 1),
        Column("state", _l("State"), Text(12), read_only=True),
    ),
)

SHEETS = (REQUESTS,)
