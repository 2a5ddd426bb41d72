"""Where a session could be, while everything else in the schedule stands: for the planning room.

    finder = MoveFinder(round, schedule)     # once per schedule
    moves = finder.moves("w7")               # one Move per venue and first day

In person there is a move for each venue of the workshop and each first day of its window. Online there are
a few starts for each day of the window: the `SLOTS` free ones that lose least; where none is free, the
possible ones among those `TRIES` at which most of the people can be there; where none is possible on the
whole day, one impossible start that stands for all of them.

Plain Python: neither OR-Tools nor numpy is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any, Literal, TypeAlias

from solver.constraints import budget, competence, follows, languages, mix, pins, seating, team_size, venue
from solver.objective import objective
from solver.round import Round
from solver.schedule import Schedule, Session
from solver.standing.atoms import Atom
from solver.standing.bits import numbers
from solver.standing.calendar import SLOTS_PER_DAY, Calendar
from solver.standing.case import Case
from solver.standing.compose import Composer, Row
from solver.standing.rest import Rest
from solver.standing.sites import Blocked, Site
from solver.wording import instant

State = Literal["free", "possible", "impossible"]

Watched: TypeAlias = tuple[str, int, Blocked]
"""Somebody in a role at a site: who, the starts at which they can be there, and what forbids the others."""

SLOTS = 3  # free starts shown per day online
EVERY = 4  # of the starts of an impossible day, looked at for one to show
TRIES = 2  # starts of a day online for which a repaired session is composed, where none is free


@dataclass(frozen=True, slots=True)
class Clash:
    """One rule that stands in the way, the people whom and the workshops which it is about."""

    rule: str
    people: tuple[str, ...] = ()
    workshops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """One place and time for the session of a workshop.

    `free`: every rule holds there with the same team and seats. `possible`: some members or seats, named by
    `clashes`, must be exchanged or dropped, as `session` does. `impossible`: there is no right session
    there while the rest stands; `clashes` name the rule, and the people whom it keeps away.

    `difference` is the objective with `session` in the schedule, less the objective of the schedule as it
    is (hundredths of a point); `None` where it is impossible.
    """

    venue: str | None
    start: date | datetime
    state: State
    clashes: tuple[Clash, ...] = ()
    session: Session | None = None
    difference: int | None = None

    def as_data(self) -> dict[str, Any]:
        """The move in lists, dicts, texts and numbers; dates and instants as in documents."""
        session = self.session
        return {
            "venue": self.venue,
            "start": instant(self.start) if isinstance(self.start, datetime) else self.start.isoformat(),
            "state": self.state,
            "difference": self.difference,
            "clashes": [
                {"rule": c.rule, "people": list(c.people), "workshops": list(c.workshops)}
                for c in self.clashes
            ],
            "team": [{"person": m.person, "role": m.role} for m in session.team] if session else [],
            "seats": list(session.seats) if session else [],
        }


def moves(round: Round, schedule: Schedule, workshop: str) -> tuple[Move, ...]:
    """Every move of one workshop. Who asks again about the same schedule keeps a `MoveFinder`.

    Raises:
        KeyError: the round has no such workshop.
    """
    return MoveFinder(round, schedule).moves(workshop)


class MoveFinder:
    """The moves of one schedule; it need not be right, moves are judged by the session moved alone."""

    def __init__(self, round: Round, schedule: Schedule, calendar: Calendar | None = None) -> None:
        """`calendar`: that of another finder whose round has the same horizon, places and people."""
        self.round, self.schedule = round, schedule
        self.rest = Rest(round, schedule, calendar)
        self.rest.wind_clocks()

    def after(self, round: Round, schedule: Schedule) -> MoveFinder:
        """The moves of another schedule of this round, whose pins may be others: sooner than a new one."""
        return MoveFinder(round, schedule, self.rest.calendar)

    def moves(self, workshop: str, *, lifted: bool = False) -> tuple[Move, ...]:
        """Every move of one workshop, held or not, by venue, then by start.

        `lifted`: as if no pin said where, when and whether it is held; who is pinned to it stays so.

        Raises:
            KeyError: the round has no such workshop.
        """
        return tuple(_Moves(self, Case(self._lifted(workshop) if lifted else self.rest, workshop)).all())

    def _lifted(self, workshop: str) -> Rest:
        rest = copy(self.rest)
        rest.round = replace(
            self.round,
            pins=tuple(
                replace(pin, venue=None, start=None, held=None) if pin.workshop == workshop else pin
                for pin in self.round.pins
            ),
        )
        return rest


class _Moves:
    def __init__(self, finder: MoveFinder, case: Case) -> None:
        self.finder, self.case = finder, case
        self.composer = Composer(case)
        self.session = case.session
        self.worth = self._present_worth()
        self._rows: list[Row] | None = None  # online, where there is one site
        self._known_misfits: dict[int, list[Clash]] = {}
        self._watched: dict[tuple[int, Atom | None, str], list[Watched]] = {}

    def _present_worth(self) -> int:
        """What the schedule would lose without the session as it is."""
        case, session = self.case, self.session
        if session is None:
            return 0
        once = len(session.people) == len(session.team) + len(session.seats)
        for site in case.sites if once else ():
            number = site.number(session.start) if site.venue == session.venue else None
            if number is not None and number >= 0 and site.starts >> number & 1:
                return self.composer.worth(site, number, session.facilitators, session.seats)
        # Somewhere that is no option at all, or with somebody in it twice: the long way.
        schedule = self.finder.schedule
        others = tuple(each for each in schedule.sessions if each is not session)
        rest = Schedule(schedule.round, others)
        return objective(case.round, schedule) - objective(case.round, rest)

    def all(self) -> Iterator[Move]:
        for site in self.case.sites:
            window = site.by_window() & site.starts
            free, opened = self._free(site), self.case.open(site)
            if site.venue is None:
                yield from self._online(site, window, free, opened)
            else:
                for start in numbers(window):
                    yield self._move(site, start, free, opened)

    def _move(self, site: Site, start: int, free: int, opened: int) -> Move:
        session = self.session
        if session is not None and free >> start & 1:
            moved = Session(session.workshop, site.venue, site.start(start), session.team, session.seats)
            gain = self.composer.worth(site, start, session.facilitators, session.seats) - self.worth
            return Move(site.venue, moved.start, "free", (), moved, gain)
        if opened >> start & 1:
            found = self._repaired(site, start)
            if found is not None:
                return found
        return Move(site.venue, site.start(start), "impossible", tuple(self._against(site, start)))

    def _repaired(self, site: Site, start: int) -> Move | None:
        """The session with as few people exchanged as must be; the best one where there is none yet."""
        session, composer = self.session, self.composer
        found = composer.best(site, start) if session is None else composer.keeping(site, start, session)
        if found is None:
            return None
        clashes = tuple(self._clashes(site, start))
        gain = found.worth - self.worth
        return Move(site.venue, found.session.start, "possible", clashes, found.session, gain)

    # -- free ---------------------------------------------------------------

    def _free(self, site: Site) -> int:
        """The starts at which every rule holds with the same team and seats."""
        session, case = self.session, self.case
        if session is None or self._misfits(site):
            return 0
        starts = site.starts
        for _, no in case.forbidden(site):
            starts &= ~no
        people = case.round.people
        for role, ids in (("team", session.facilitators), ("seats", session.seats)):
            for id in ids:
                starts &= case.suits(site, people[id], role)
        return starts

    def _misfits(self, site: Site) -> list[Clash]:
        known = self._known_misfits.get(id(site))
        if known is None:
            known = self._known_misfits[id(site)] = list(self._unfit(site))
        return known

    def _unfit(self, site: Site) -> Iterator[Clash]:
        """What is wrong with the team and the seats themselves at a site, whatever the start."""
        session, case = self.session, self.case
        if session is None:
            return
        yield from self._unfit_team(session)
        yield from self._unfit_seats(session, site)
        members, seats = session.facilitators, session.seats
        named = case.team_needs().named
        if not named.issubset(members):
            yield Clash(pins.NAME, tuple(named.difference(members)))
        if not any(each.issubset(seats) for each in case.named_seats()):
            yield Clash(follows.NAME, workshops=tuple(child.id for child, _ in case.children))
        money = case.money()
        if money is not None and self.composer.cost(site, members, seats) > money:
            yield Clash(budget.NAME)

    def _unfit_team(self, session: Session) -> Iterator[Clash]:
        case, members, needs = self.case, session.facilitators, self.case.team_needs()
        leads = {m.person for m in session.team if m.role == "lead"}
        if not needs.least <= len(members) <= needs.most or len(members) < len(session.team):
            yield Clash(team_size.NAME, members)
        unable = [id for id in members if not self._teaches(id) and id not in case.graduates]
        unable += [id for id in leads if not case.may_lead(id)]
        if unable or len(leads) < needs.leads:
            yield Clash(competence.NAME, tuple(unable))
        words = [case.spoken(case.round.people[id]) for id in members]
        unspoken = needs.words & ~reduce(or_, words, 0)
        lost = tuple(id for id in session.people if not case.spoken(case.round.people[id]))
        if lost or unspoken:
            yield Clash(languages.NAME, lost)
        if case.workshop.follows and needs.graduates > len(case.graduates.intersection(members)):
            yield Clash(follows.NAME, workshops=(case.workshop.follows.workshop,))

    def _unfit_seats(self, session: Session, site: Site) -> Iterator[Clash]:
        case, seats, needs = self.case, session.seats, self.case.seat_needs(site)
        wrong = tuple(id for id in seats if id not in case.seats or id in session.facilitators)
        if wrong or len(set(seats)) < len(seats) or not needs.least <= len(seats) <= case.workshop.seats.max:
            yield Clash(seating.NAME, wrong)
        elif len(seats) > needs.most:
            yield Clash(venue.NAME)
        groups = [case.round.people[id].organisation for id in seats]
        crowded = tuple(
            id for id, group in zip(seats, groups, strict=True) if groups.count(group) > needs.each
        )
        if crowded or len(set(groups)) < needs.organisations:
            yield Clash(mix.NAME, crowded)

    def _teaches(self, id: str) -> bool:
        return self.case.round.people[id].teaches.get(self.case.workshop.topic, 0) >= 2

    # -- why not ------------------------------------------------------------

    def _clashes(self, site: Site, start: int) -> Iterator[Clash]:
        """What forbids the present team and seats at a start."""
        if self.session is None:
            return
        yield from self._misfits(site)
        watched = self._watched.get((id(site), None, ""))
        if watched is None:
            roles = [("team", id) for id in self.session.facilitators]
            roles += [("seats", id) for id in self.session.seats]
            watched = self._watched[id(site), None, ""] = self._watch(site, roles)
        yield from self._kept_away(site, start, watched)

    def _watch(self, site: Site, roles: list[tuple[str, str]]) -> list[Watched]:
        case, people = self.case, self.case.round.people
        return [
            (id, case.suits(site, people[id], role), case.blocked(site, people[id], role))
            for role, id in roles
        ]

    def _kept_away(self, site: Site, start: int, watched: list[Watched]) -> Iterator[Clash]:
        """By rule, the people watched who cannot be there, and the sessions that keep them."""
        found: dict[str, dict[str, None]] = {}
        for id, suits, blocked in watched:
            if not suits >> start & 1:
                for atom, no in blocked:
                    if no >> start & 1:
                        found.setdefault(atom.rule, {})[id] = None
        for rule, people in found.items():
            yield Clash(rule, tuple(people), tuple(self._engaging(site, start, rule, people)))

    def _engaging(self, site: Site, start: int, rule: str, people: dict[str, None]) -> dict[str, None]:
        """The sessions in which people are at the time (`one_place_at_a_time`), or that take their seats."""
        case, rest = self.case, self.case.rest
        found: dict[str, None] = {}
        if rule == seating.NAME:
            topic = case.workshop.topic
            for id in people:
                found.update((w, None) for w in rest.seats[id] if case.round.workshops[w].topic == topic)
        elif rule == "one_place_at_a_time":
            for id in people:
                for stay in rest.stays[id]:
                    if stay.workshop != case.id and site.engaged(case.round.people[id], stay) >> start & 1:
                        found[stay.workshop] = None
        found.pop(case.id, None)
        return found

    def _against(self, site: Site, start: int) -> Iterator[Clash]:
        """Why there is no right session at a start: the site's own reason, else who is lacking and why."""
        case = self.case
        shut: dict[str, dict[str, None]] = {}
        for atom, no in case.forbidden(site):
            if no >> start & 1:
                shut.setdefault(atom.rule, {})
                if atom.what in ("taken", "held", "dates", "child"):
                    shut[atom.rule][atom.subject] = None
        for rule, workshops in shut.items():
            yield Clash(rule, (), tuple(workshops))
        if shut:
            return
        for atom, role, no in case.shortages(site):
            if no >> start & 1:
                yield Clash(atom.rule)
                watched = self._watched.get((id(site), atom, role))
                if watched is None:
                    watched = self._watched[id(site), atom, role] = self._watch(site, self._pool(atom, role))
                yield from self._kept_away(site, start, watched)
                return
        if self.composer.best(site, start, waived=self._unpaid) is not None:
            yield Clash(budget.NAME, workshops=self._paid_by_the_same())
        else:
            yield from self._tight(site, start)

    @property
    def _unpaid(self) -> frozenset[Atom]:
        return frozenset([Atom("budget", "workshop"), *(Atom("budget", "fund", f) for f in self.case.funds)])

    def _paid_by_the_same(self) -> tuple[str, ...]:
        """The sessions that the workshop's funds pay for as well."""
        case = self.case
        shared = {w for f in case.funds for w in case.round.funds[f].workshops}
        return tuple(w for w in case.rest.session if w in shared and w != case.id)

    def _pool(self, atom: Atom, role: str) -> list[tuple[str, str]]:
        """Those of whom too few can come, with their role."""
        case = self.case
        if role == "seats":
            return [("seats", id) for id in case.seats]
        ids = list(case.team)
        if role == "leads":
            ids = [id for id in ids if case.may_lead(id)]
        elif atom.rule == languages.NAME:
            ids = [id for id in ids if case.spoken(case.team[id]) & case.words[atom.subject]]
        elif atom.rule == follows.NAME:
            ids = [id for id in ids if id in case.graduates]
        return [("team", id) for id in ids]

    def _tight(self, site: Site, start: int) -> Iterator[Clash]:
        """Everybody kind is there, but no team and seats come together: who is pinned or kept away."""
        named = [("team", id) for id in self.case.team_needs().named]
        named += [("seats", id) for ids in self.case.named_seats() for id in ids]
        kept_away = list(self._kept_away(site, start, self._watch(site, named)))
        if named:
            yield Clash(
                pins.NAME if self.case.pins else follows.NAME, tuple(dict.fromkeys(id for _, id in named))
            )
        else:
            yield Clash(team_size.NAME)
        everybody = [("team", id) for id in self.case.team]
        yield from kept_away or self._kept_away(site, start, self._watch(site, everybody))

    # -- online -------------------------------------------------------------

    def _online(self, site: Site, window: int, free: int, opened: int) -> Iterator[Move]:
        """A few starts of each day: see above."""
        day = (1 << SLOTS_PER_DAY) - 1
        first = window & -window
        begin = (first.bit_length() - 1) // SLOTS_PER_DAY * SLOTS_PER_DAY if window else 0
        while window >> begin:
            today = window & day << begin
            if today:
                yield from self._day(site, today, free, opened)
            begin += SLOTS_PER_DAY

    def _day(self, site: Site, today: int, free: int, opened: int) -> Iterator[Move]:
        shown = [
            self._move(site, start, free, opened)
            for start in sorted(numbers(today & free), key=lambda start: self._loss(site, start))[:SLOTS]
        ]
        opened &= today & ~free
        if not shown and opened:
            for tried, start in enumerate(sorted(numbers(opened), key=lambda s: self._trouble(site, s))):
                if tried >= TRIES and shown:
                    break
                move = self._repaired(site, start)
                shown += [move] if move else []
        if not shown:
            sample = list(numbers(today))[::EVERY]
            start = min(sample, key=lambda start: self._trouble(site, start))
            shown = [self._move(site, start, 0, 0)]
        yield from sorted(shown, key=lambda move: move.start)

    def _loss(self, site: Site, start: int) -> int:
        """What the people of the session lose at a start, as compared with others."""
        told = self.case.told
        kept = 100 * self.composer.weights.change if told and site.start(start) == told.start else 0
        return -kept - sum(row.value(start) for row in self._wanted(site))

    def _trouble(self, site: Site, start: int) -> tuple[int, int]:
        """How many of the people it should have cannot be there, and the discomfort of the others."""
        away = hours = 0
        for row in self._wanted(site):
            if row.suits >> start & 1:
                hours += row.hours[start] if row.hours else 0
            else:
                away += 1
        return away, hours

    def _wanted(self, site: Site) -> list[Row]:
        """Team and seats of the session; all who could be in the team where there is none."""
        if self._rows is None:
            people, session = self.case.round.people, self.session
            roles = [("team", id) for id in (session.facilitators if session else self.case.team)]
            roles += [("seats", id) for id in (session.seats if session else ())]
            self._rows = [self.composer.row(site, people[id], role) for role, id in roles]
        return self._rows


__all__ = ["Clash", "Move", "MoveFinder", "moves"]
