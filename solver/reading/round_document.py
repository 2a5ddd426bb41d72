"""`planning-round/1`: one function per object of the document, then what must hold across them."""

# INVALID stands for a value of any type:
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from datetime import date
from typing import Any, cast, get_args

from solver.reading import text as json_text
from solver.reading.codes import COUNTRIES, LANGUAGES
from solver.reading.fields import (
    Fields,
    Reader,
    Table,
    amount,
    coordinate,
    day,
    day_or_instant,
    listed,
    mapped,
    matching,
    one_of,
    or_null,
    span,
    start_of,
    text,
    truth,
    whole,
)
from solver.reading.problems import INVALID, At, Problems
from solver.round import (
    Follows,
    Fund,
    Mode,
    Organisation,
    OrganisationKind,
    Person,
    Pin,
    Place,
    PublishedSession,
    Round,
    Rules,
    SeatCount,
    Span,
    TeamSize,
    Venue,
    Weights,
    Workshop,
    WorkshopKind,
)
from solver.schedule import Role
from solver.wording import shown
from solver.zones import zone_names

FORMAT = "planning-round/1"

LONGEST_ONLINE_MINUTES = 960
LONGEST_IN_PERSON_DAYS = 10
MINUTES_STEP = 30

_language = one_of(LANGUAGES, "an ISO 639-1 language code")
_country = one_of(COUNTRIES, "an ISO 3166-1 alpha-2 country code")
_currency = matching(r"[A-Z]{3}", "an ISO 4217 currency code")
_role = one_of(get_args(Role), "a role (lead, facilitator)")


def _whole_between(least: int, most: int) -> Reader[int]:
    read = whole()

    def checked(value: Any, at: At, problems: Problems) -> int:
        found = read(value, at, problems)
        if found is INVALID or least <= found <= most:
            return found
        return problems.refuse(at, "out_of_range", f"{found} is not between {least} and {most}")

    return checked


def _timezone(value: Any, at: At, problems: Problems) -> str:
    name = text(value, at, problems)
    if name is INVALID or name in zone_names():
        return name
    return problems.refuse(at, "unknown_time_zone", f"{shown(name)} is not an IANA time zone")


def _minutes(value: Any, at: At, problems: Problems) -> int:
    found = whole()(value, at, problems)
    if found is INVALID:
        return found
    if found % MINUTES_STEP:
        return problems.refuse(at, "wrong_value", f"{found} is not a multiple of {MINUTES_STEP}")
    if not MINUTES_STEP <= found <= LONGEST_ONLINE_MINUTES:
        limits = f"between {MINUTES_STEP} and {LONGEST_ONLINE_MINUTES}"
        return problems.refuse(at, "out_of_range", f"{found} is not {limits}")
    return found


def read_round(data: bytes) -> Round:
    """The planning round that a document holds.

    Raises:
        MalformedDocument: the document breaks its format; `errors` lists every defect.
    """
    problems = Problems()
    round = RoundReader(problems).read(json_text.parse(data, problems))
    problems.raise_if_any()
    return round


class RoundReader:
    """Reads one document. Ids are resolved, and limits compared, once everything is read."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._places: Table[Place] = Table("place")
        self._venues: Table[Venue] = Table("venue")
        self._organisations: Table[Organisation] = Table("organisation")
        self._people: Table[Person] = Table("person")
        self._workshops: Table[Workshop] = Table("workshop")
        self._funds: Table[Fund] = Table("fund")
        self._horizon: Span | None = None
        self._workshops_at: dict[str, At] = {}

    def read(self, value: Any) -> Round:
        """The round in a JSON value; not to be used if any problem was noted."""
        fields = Fields(value, None, self._problems)
        fields.need("format", one_of([FORMAT], f"the format {FORMAT!r}"))
        first_day, last_day = fields.need("first_day", day), fields.need("last_day", day)
        if _known(first_day, last_day):
            if last_day < first_day:
                fields.refuse("last_day", "reversed_span", f"ends on {last_day}, before {first_day}")
            else:
                self._horizon = Span(first_day, last_day)
        round = Round(
            id=fields.need("id", text),
            title=fields.need("title", text),
            currency=fields.need("currency", _currency),
            first_day=first_day,
            last_day=last_day,
            rules=fields.need("rules", _rules),
            places=fields.need("places", self._places.read(_place)),
            venues=fields.need("venues", self._venues.read(self._venue)),
            organisations=fields.need("organisations", self._organisations.read(self._organisation)),
            people=fields.need("people", self._people.read(self._person)),
            workshops=fields.need("workshops", self._workshops.read(self._workshop)),
            funds=fields.may("funds", self._funds.read(self._fund), {}),
            pins=fields.may("pins", listed(self._pin, distinct=False), ()),
            published=fields.may("published", or_null(self._published), None),
        )
        fields.finish()
        tables = (self._places, self._venues, self._organisations, self._people, self._workshops)
        for table in tables:
            table.resolve(self._problems)
        self._refuse_circles()
        return round

    # -- the lists ------------------------------------------------------------

    def _venue(self, row_id: str, fields: Fields) -> Venue:
        return Venue(
            id=row_id,
            name=fields.need("name", text),
            place=fields.need("place", self._places.id),
            seats=fields.need("seats", amount),
            cost_per_day=fields.need("cost_per_day", amount),
            closed=fields.may("closed", listed(span), ()),
        )

    def _organisation(self, row_id: str, fields: Fields) -> Organisation:
        kind = fields.need("kind", one_of(get_args(OrganisationKind), "a kind of organisation"))
        return Organisation(
            id=row_id,
            name=fields.need("name", text),
            kind=cast(OrganisationKind, kind),
            region=fields.need("region", text),
            place=fields.need("place", self._places.id),
        )

    def _person(self, row_id: str, fields: Fields) -> Person:
        return Person(
            id=row_id,
            name=fields.need("name", text),
            organisation=fields.need("organisation", self._organisations.id),
            home=fields.need("home", self._places.id),
            languages=frozenset(fields.need("languages", _languages)),
            unavailable=fields.may("unavailable", _spans, ()),
            preferred=fields.may("preferred", _spans, ()),
            teaches=fields.may("teaches", _levels_taught, {}),
            fee_per_day=fields.may("fee_per_day", amount, 0),
            max_workshops=fields.may("max_workshops", amount, 4),
            max_days_away=fields.may("max_days_away", amount, 40),
            wants=fields.may("wants", _levels_wanted, {}),
            max_seats=fields.may("max_seats", amount, 2),
            online_only=fields.may("online_only", truth, False),
            if_need_be=fields.may("if_need_be", _spans, ()),
            rather_not=frozenset(fields.may("rather_not", listed(_country), ())),
            entry=fields.may("entry", _first_days, {}),
            not_before=fields.may("not_before", or_null(day), None),
        )

    def _workshop(self, row_id: str, fields: Fields) -> Workshop:
        kind = fields.need("kind", one_of(get_args(WorkshopKind), "a kind of workshop"))
        mode = fields.need("mode", one_of(get_args(Mode), "a mode (in_person, online)"))
        days, minutes = self._length(mode, fields)
        team = fields.need("team", _team)
        workshop = Workshop(
            id=row_id,
            title=fields.need("title", text),
            requested_by=fields.need("requested_by", self._organisations.id),
            topic=fields.need("topic", text),
            kind=cast(WorkshopKind, kind),
            mode=cast(Mode, mode),
            window=fields.need("window", self._window),
            languages=fields.need("languages", listed(_language, least=1)),
            team=team,
            seats=fields.need("seats", _seats),
            invited=fields.need("invited", listed(self._organisations.id)),
            seats_per_organisation=fields.need("seats_per_organisation", amount),
            organisations_min=fields.need("organisations_min", amount),
            priority=fields.need("priority", _whole_between(1, 5)),
            days=days,
            minutes=minutes,
            venues=self._hosts(mode, fields),
            budget=fields.may("budget", or_null(amount), None),
            follows=fields.may("follows", or_null(self._follows(team)), None),
            nominated=fields.may("nominated", or_null(self._nominated), None),
        )
        if row_id is not INVALID:
            self._workshops_at.setdefault(row_id, fields.at("follows"))
        return workshop

    def _fund(self, row_id: str, fields: Fields) -> Fund:
        return Fund(
            id=row_id,
            title=fields.need("title", text),
            workshops=fields.need("workshops", listed(self._workshops.id)),
            amount=fields.need("amount", amount),
        )

    # -- parts of a workshop ----------------------------------------------------

    def _length(self, mode: str, fields: Fields) -> tuple[int, int]:
        """Days and minutes: the one that the mode wants, and 0."""
        days = minutes = 0
        if mode != "online" and ("days" in fields or mode == "in_person"):
            days = fields.need("days", _whole_between(1, LONGEST_IN_PERSON_DAYS))
        elif mode == "online" and "days" in fields:
            fields.refuse("days", "contradiction", "a workshop online has minutes, not days")
        if mode != "in_person" and ("minutes" in fields or mode == "online"):
            minutes = fields.need("minutes", _minutes)
        elif mode == "in_person" and "minutes" in fields:
            fields.refuse("minutes", "contradiction", "a workshop in person has days, not minutes")
        return days, minutes

    def _hosts(self, mode: str, fields: Fields) -> tuple[str, ...]:
        venues = fields.need("venues", listed(self._venues.id))
        if _known(mode, venues):
            if mode == "online" and venues:
                fields.refuse("venues", "contradiction", "a workshop online has no venues")
            if mode == "in_person" and not venues:
                fields.refuse("venues", "contradiction", "a workshop in person needs a venue")
        return venues

    def _window(self, value: Any, at: At, problems: Problems) -> Span:
        window = span(value, at, problems)
        if _known(window) and self._horizon and not window.overlaps(self._horizon):
            return problems.refuse(at, "contradiction", "the window shares no day with the horizon")
        return window

    def _follows(self, team: TeamSize) -> Any:
        def read(value: Any, at: At, problems: Problems) -> Follows:
            fields = Fields(value, at, problems)
            follows = Follows(
                workshop=fields.need("workshop", self._workshops.id),
                min_days=fields.need("min_days", amount),
                max_days=fields.need("max_days", amount),
                graduates=fields.need("graduates", amount),
            )
            if _known(follows.min_days, follows.max_days) and follows.max_days < follows.min_days:
                least = f"min_days is {follows.min_days}"
                fields.refuse("max_days", "contradiction", f"{follows.max_days} is too few: {least}")
            if _known(team, follows.graduates) and _known(team.max) and follows.graduates > team.max:
                fields.refuse(
                    "graduates", "contradiction", f"{follows.graduates} is too many: team.max is {team.max}"
                )
            fields.finish()
            return follows

        return read

    def _nominated(self, value: Any, at: At, problems: Problems) -> Any:
        need = _whole_between(1, 3)
        return mapped(self._people.id, need, "from people to levels")(value, at, problems)

    # -- pins and what was published ----------------------------------------------

    def _pin(self, value: Any, at: At, problems: Problems) -> Pin:
        fields = Fields(value, at, problems)
        workshop_id = fields.need("workshop", self._workshops.id)
        workshop = self._workshops.rows.get(workshop_id) if _known(workshop_id) else None
        mode = workshop.mode if workshop else INVALID
        pin = Pin(
            workshop=workshop_id,
            venue=fields.may("venue", self._venues.id, None),
            start=fields.may("start", start_of(mode), None),
            team=fields.may("team", listed(self._people.id), ()),
            seats=fields.may("seats", listed(self._people.id), ()),
            held=fields.may("held", truth, None),
        )
        if workshop is not None:
            self._refuse_foreign_venue(pin, workshop, fields)
        more = [key for key in ("venue", "start", "team", "seats") if key in fields]
        if pin.held is False and more:
            message = f"a workshop that is not held has no {' and no '.join(more)}"
            fields.refuse("held", "contradiction", message)
        fields.finish()
        return pin

    def _refuse_foreign_venue(self, pin: Pin, workshop: Workshop, fields: Fields) -> None:
        """Note a pinned venue that exists and is none of the workshop's (unless that has wrongly none)."""
        if pin.venue is None or not _known(pin.venue, workshop.venues):
            return
        exists = pin.venue in self._venues.rows
        if exists and pin.venue not in workshop.venues and (workshop.venues or workshop.online):
            message = f"{shown(pin.venue)} is not a venue of workshop {shown(workshop.id)}"
            fields.refuse("venue", "contradiction", message)

    def _published(self, value: Any, at: At, problems: Problems) -> tuple[PublishedSession, ...]:
        sessions = listed(self._published_session, distinct=False)(value, at, problems)
        if sessions is INVALID:
            return sessions
        seen: set[str] = set()
        for index, session in enumerate(sessions):
            if not _known(session.workshop):
                continue
            if session.workshop in seen:
                message = f"{shown(session.workshop)} is in the list twice"
                problems.refuse(((at, index), "workshop"), "doubled_item", message)
            seen.add(session.workshop)
        return sessions

    def _published_session(self, value: Any, at: At, problems: Problems) -> PublishedSession:
        fields = Fields(value, at, problems)
        session = PublishedSession(
            workshop=fields.need("workshop", self._workshops.id),
            venue=fields.need("venue", or_null(self._venues.id)),
            start=fields.need("start", day_or_instant),
            team=fields.need("team", self._published_team),
            seats=fields.need("seats", listed(self._people.id)),
        )
        fields.finish()
        return session

    def _published_team(self, value: Any, at: At, problems: Problems) -> tuple[str, ...]:
        def member(value: Any, at: At, problems: Problems) -> str:
            fields = Fields(value, at, problems)
            person = fields.need("person", self._people.id)
            fields.need("role", _role)
            fields.finish()
            return person

        return listed(member)(value, at, problems)

    # -- across the document ----------------------------------------------------------

    def _refuse_circles(self) -> None:
        """Note every workshop that follows itself, be it by way of others."""
        parent = {
            workshop.id: workshop.follows.workshop
            for workshop in self._workshops.rows.values()
            if _known(workshop.follows) and workshop.follows is not None
        }
        settled: set[str] = set()
        for start in parent:
            trail: list[str] = []
            here: str | None = start
            while here is not None and here not in settled:
                settled.add(here)
                trail.append(here)
                here = parent.get(here)
            if here in trail:
                circle = trail[trail.index(here) :]
                way = " → ".join(shown(each) for each in [*circle, circle[0]])
                for each in circle:
                    message = "a workshop cannot follow itself" if len(circle) == 1 else f"a circle: {way}"
                    self._problems.refuse((self._workshops_at[each], "workshop"), "contradiction", message)


# -- objects that refer to nothing -----------------------------------------------------


def _known(*values: Any) -> bool:
    """Whether all values could be read."""
    return all(value is not INVALID for value in values)


_LATER_WEIGHTS = frozenset({"reluctance"})
"""Terms that older documents do not know: they weigh nothing there."""


def _weights(value: Any, at: At, problems: Problems) -> Weights:
    fields = Fields(value, at, problems)
    named = {
        name: fields.may(name, amount, 0) if name in _LATER_WEIGHTS else fields.need(name, amount)
        for name in Weights.__dataclass_fields__
    }
    weights = Weights(**named)
    fields.finish()
    return weights


def _rules(value: Any, at: At, problems: Problems) -> Rules:
    fields = Fields(value, at, problems)
    rules = Rules(
        base_fare=fields.need("base_fare", amount),
        fare_per_100_km=fields.need("fare_per_100_km", amount),
        per_diem=fields.need("per_diem", amount),
        weights=fields.need("weights", _weights),
    )
    fields.finish()
    return rules


def _place(row_id: str, fields: Fields) -> Place:
    return Place(
        id=row_id,
        name=fields.need("name", text),
        country=fields.need("country", _country),
        latitude=fields.need("latitude", coordinate(90)),
        longitude=fields.need("longitude", coordinate(180)),
        timezone=fields.need("timezone", _timezone),
        holidays=frozenset(fields.may("holidays", _days, ())),
        weekend=frozenset(fields.may("weekend", _weekend, (6, 7))),
    )


_languages = listed(_language)
_days: Reader[tuple[date, ...]] = listed(day)
_weekend: Reader[tuple[int, ...]] = listed(_whole_between(1, 7))
_spans = listed(span)
_levels_taught = mapped(text, _whole_between(2, 3), "from topics to levels")
_levels_wanted = mapped(text, _whole_between(1, 3), "from topics to levels")
_first_days = mapped(_country, or_null(day), "from countries to days")


def _team(value: Any, at: At, problems: Problems) -> TeamSize:
    fields = Fields(value, at, problems)
    team = TeamSize(
        min=fields.need("min", amount), max=fields.need("max", amount), leads=fields.need("leads", amount)
    )
    if _known(team.min, team.max) and team.max < team.min:
        fields.refuse("max", "contradiction", f"{team.max} is too few: team.min is {team.min}")
    if _known(team.leads, team.max) and team.leads > team.max:
        fields.refuse("leads", "contradiction", f"{team.leads} is too many: team.max is {team.max}")
    fields.finish()
    return team


def _seats(value: Any, at: At, problems: Problems) -> SeatCount:
    fields = Fields(value, at, problems)
    seats = SeatCount(min=fields.need("min", amount), max=fields.need("max", amount))
    if _known(seats.min, seats.max) and seats.max < seats.min:
        fields.refuse("max", "contradiction", f"{seats.max} is too few: seats.min is {seats.min}")
    fields.finish()
    return seats
