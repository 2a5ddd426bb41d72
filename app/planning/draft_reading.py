"""A draft as pages show it: its sessions with names, by person, by place, its money, what it leaves out.

Read from the draft's own two documents alone, so that it says what the planner was given and
gave back, whatever has become of the network since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal

from app.planning.draft_writer import document_bytes
from app.planning.models import Draft
from solver import Round, Schedule, read_round, read_schedule
from solver.derived import days_away, days_of, session_cost
from solver.round import Person, Workshop
from solver.schedule import Reason, Session

ChangeKind = Literal["added", "removed", "moved", "changed"]


@dataclass(frozen=True, slots=True)
class DraftedSession:
    """One session of a draft. In person it has days and a venue, online instants."""

    code: str
    title: str
    requested_by: str
    first_day: date
    last_day: date
    starts_at: datetime | None
    ends_at: datetime | None
    venue: str
    place: str
    country: str
    team: tuple[tuple[str, str], ...]  # (name, role), leads first
    seats: tuple[str, ...]
    cost: int
    budget: int | None

    @property
    def is_online(self) -> bool:
        return self.starts_at is not None


@dataclass(slots=True)
class PersonInDraft:
    """What a draft asks of one person: sessions in the team with the role, and seats."""

    name: str
    organisation: str
    max_workshops: int
    max_days_away: int
    teaching: list[tuple[DraftedSession, str]] = field(default_factory=list)
    seated: list[DraftedSession] = field(default_factory=list)
    days_away: int = 0  # for what they facilitate


@dataclass(frozen=True, slots=True)
class PlaceInDraft:
    """The sessions in one place, in order of time; `name` is empty for those online."""

    name: str
    country: str
    sessions: tuple[DraftedSession, ...]


@dataclass(frozen=True, slots=True)
class FundInDraft:
    """What a fund had for the round, and what its sessions take of it."""

    title: str
    amount: int
    spent: int
    sessions: int

    @property
    def left(self) -> int:
        return self.amount - self.spent


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A workshop without a session, and why."""

    code: str
    title: str
    requested_by: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What another draft does otherwise with one workshop: `None` where it has no session."""

    kind: ChangeKind
    before: DraftedSession | None
    after: DraftedSession | None
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    seats_new: int = 0
    seats_gone: int = 0

    @property
    def session(self) -> DraftedSession:
        session = self.after or self.before
        assert session is not None  # noqa: S101 - a difference has at least one side
        return session


class DraftReading:
    """A draft, read. `titles` replaces titles of workshops by code, for the reader's language.

    `given`: both documents of it as values, by who has read them already.
    """

    def __init__(
        self, draft: Draft | None, titles: Mapping[str, str], given: tuple[Round, Schedule] | None = None
    ) -> None:
        self.round, self.schedule = given or _read(draft)
        self.workshop_titles = {
            code: titles.get(code) or workshop.title for code, workshop in self.round.workshops.items()
        }
        self.person_names = {code: person.name for code, person in self.round.people.items()}
        self._by_code = {each.workshop: each for each in self.schedule.sessions}

    @cached_property
    def sessions(self) -> list[DraftedSession]:
        """The sessions in order of time."""
        drafted = [self._drafted(session) for session in self.schedule.sessions]
        return sorted(drafted, key=lambda each: (each.first_day, each.code))

    # -- by person, by place ------------------------------------------------------

    def people(self) -> list[PersonInDraft]:
        """Everybody in a team or on a seat, those who facilitate most first, then by name."""
        found: dict[str, PersonInDraft] = {}
        for drafted in self.sessions:
            session = self._by_code[drafted.code]
            for member in session.team:
                one = self._person(found, member.person)
                one.teaching.append((drafted, member.role))
                one.days_away += self._days_away(self.round.people[member.person], session)
            for seat in session.seats:
                self._person(found, seat).seated.append(drafted)
        return sorted(found.values(), key=lambda one: (-len(one.teaching), one.name))

    def places(self) -> list[PlaceInDraft]:
        """The places in order of their names, sessions online last."""
        found: dict[str, list[DraftedSession]] = {}
        for session in self.sessions:
            venue = self._by_code[session.code].venue
            found.setdefault(self.round.venues[venue].place if venue else "", []).append(session)
        rows = [PlaceInDraft(each[0].place, each[0].country, tuple(each)) for each in found.values()]
        return sorted(rows, key=lambda row: (not row.name, row.name))

    # -- money -------------------------------------------------------------------

    def funds(self) -> list[FundInDraft]:
        """The funds of the round; a workshop that two of them name counts in full in both."""
        costs = {session.code: session.cost for session in self.sessions}
        return [
            FundInDraft(
                title=fund.title,
                amount=fund.amount,
                spent=sum(costs.get(code, 0) for code in fund.workshops),
                sessions=sum(code in costs for code in fund.workshops),
            )
            for fund in self.round.funds.values()
        ]

    # -- what it leaves out, and does otherwise ------------------------------------

    def left_out(self) -> list[LeftOut]:
        """The workshops without a session, by title and who asked for them."""
        rows = [
            LeftOut(
                each.workshop,
                self.workshop_titles[each.workshop],
                self._requester(each.workshop),
                each.reasons,
            )
            for each in self.schedule.unscheduled
        ]
        return sorted(rows, key=lambda row: (row.title, row.requested_by, row.code))

    def differences_from(self, other: DraftReading) -> list[Difference]:
        """What this draft does otherwise than the other, in order of time."""
        before = {each.code: each for each in other.sessions}
        after = {each.code: each for each in self.sessions}
        found = [self._difference(other, before.get(code), after.get(code)) for code in {**before, **after}]
        return sorted(
            (each for each in found if each is not None),
            key=lambda each: (each.session.first_day, each.session.title),
        )

    # -- inside ---------------------------------------------------------------------

    def _drafted(self, session: Session) -> DraftedSession:
        workshop = self.round.workshops[session.workshop]
        days = days_of(workshop, session.start)
        venue = self.round.venues[session.venue] if session.venue is not None else None
        place = self.round.places[venue.place] if venue else None
        starts_at = session.start if isinstance(session.start, datetime) else None
        return DraftedSession(
            code=workshop.id,
            title=self.workshop_titles[workshop.id],
            requested_by=self._requester(workshop.id),
            first_day=days.first,
            last_day=days.last,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=workshop.minutes) if starts_at else None,
            venue=venue.name if venue else "",
            place=place.name if place else "",
            country=place.country if place else "",
            team=tuple(
                (self.person_names[member.person], member.role)
                for member in sorted(session.team, key=lambda member: member.role != "lead")
            ),
            seats=tuple(sorted(self.person_names[person] for person in session.seats)),
            cost=session_cost(self.round, session),
            budget=workshop.budget,
        )

    def _requester(self, code: str) -> str:
        return self.round.organisations[self.round.workshops[code].requested_by].name

    def _person(self, found: dict[str, PersonInDraft], code: str) -> PersonInDraft:
        if code not in found:
            person = self.round.people[code]
            found[code] = PersonInDraft(
                name=person.name,
                organisation=self.round.organisations[person.organisation].name,
                max_workshops=person.max_workshops,
                max_days_away=person.max_days_away,
            )
        return found[code]

    def _days_away(self, person: Person, session: Session) -> int:
        workshop: Workshop = self.round.workshops[session.workshop]
        if workshop.online or session.venue is None:
            return 0
        place = self.round.places[self.round.venues[session.venue].place]
        return days_away(self.round.places[person.home], place, workshop.days)

    def _difference(
        self, other: DraftReading, before: DraftedSession | None, after: DraftedSession | None
    ) -> Difference | None:
        if before is None or after is None:
            return Difference("added" if before is None else "removed", before, after)
        earlier, later = other._by_code[before.code], self._by_code[after.code]
        difference = Difference(
            kind="changed" if (earlier.start, earlier.venue) == (later.start, later.venue) else "moved",
            before=before,
            after=after,
            joined=_names(later.facilitators, earlier.facilitators, self.person_names),
            left=_names(earlier.facilitators, later.facilitators, other.person_names),
            seats_new=len(set(later.seats) - set(earlier.seats)),
            seats_gone=len(set(earlier.seats) - set(later.seats)),
        )
        same_roles = set(earlier.team) == set(later.team)
        same_seats = not (difference.seats_new or difference.seats_gone)
        return None if difference.kind == "changed" and same_roles and same_seats else difference


def _read(draft: Draft | None) -> tuple[Round, Schedule]:
    assert draft is not None  # noqa: S101 - or its documents are given
    planned = read_round(document_bytes(draft.round_document))
    return planned, read_schedule(document_bytes(draft.schedule_document), planned)


def _names(there: Iterable[str], not_there: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    """The names of those in the first who are not in the second."""
    missing = set(not_there)
    return tuple(names[code] for code in there if code not in missing)
