"""One workshop while the rest stands: its sites, who could be in it, and what a session of it needs.

`waived` atoms (see `atoms`) are left out of whatever is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, reduce
from itertools import combinations, product
from operator import and_

from solver import derived
from solver.round import MAY_LEAD, Person, Pin, PublishedSession, Workshop
from solver.standing.atoms import NONE, Atom, Waived
from solver.standing.bits import at_least, capped
from solver.standing.choose import SeatNeeds, TeamNeeds
from solver.standing.rest import Rest
from solver.standing.sites import Blocked, Site, sites

ENDLESS = 10**6


@dataclass(frozen=True, slots=True)
class Followed:
    """What a session of the workshop followed has or could have: graduates, and numbers of its last day.

    `earliest` after `latest`: it cannot be held.
    """

    graduates: frozenset[str]
    earliest: int
    latest: int


class Case:
    """One workshop against the rest of a schedule.

    Attributes:
        team, seats: who could be in either role, by everything but dates and load
        graduates: people who count as graduates of the workshop followed
        words: the bit of each working language
    """

    def __init__(
        self, rest: Rest, workshop: str, *, followed: Followed | None = None, wide: bool = False
    ) -> None:
        """`followed`: what the workshop followed could be, where it is not the rest that decides.

        `wide`: starts outside the window are of interest as well.
        """
        self.rest, self.round = rest, rest.round
        self.workshop = self.round.workshops[workshop]
        self.id = self.workshop.id
        self.session = rest.session.get(self.id)
        self.sites: list[Site] = sites(rest, self.workshop, wide=wide)
        self.words = {language: 1 << n for n, language in enumerate(self.workshop.languages)}
        self.pins: list[tuple[int, Pin]] = [
            (n, pin) for n, pin in enumerate(self.round.pins) if pin.workshop == self.id
        ]
        self.followed = followed
        follows = self.workshop.follows
        parent = rest.session.get(follows.workshop) if follows else None
        self.graduates = followed.graduates if followed else frozenset(parent.seats if parent else ())
        people, topic = self.round.people, self.workshop.topic
        able = {p.id: p for p in rest.teachers.get(topic, ())}
        able.update((id, people[id]) for id in self.graduates)
        self.team = {id: p for id, p in able.items() if self.spoken(p)}
        invited = set(self.workshop.invited)
        nominated = self.workshop.nominated
        needing = rest.wanting.get(topic, ()) if nominated is None else [people[id] for id in nominated]
        self.seats = {p.id: p for p in needing if p.organisation in invited and self.spoken(p)}
        self._blocked: dict[tuple[int, str, str], Blocked] = {}
        self._forbidden: dict[int, Blocked] = {}
        self._short: dict[int, list[tuple[Atom, str, int]]] = {}
        self._suits: dict[tuple[int, str, str], int] = {}

    # -- people -------------------------------------------------------------

    def spoken(self, person: Person) -> int:
        """The working languages that a person speaks, as bits."""
        return sum(self.words[language] for language in person.languages if language in self.words)

    def may_lead(self, id: str) -> bool:
        return self.round.people[id].teaches.get(self.workshop.topic, 0) >= MAY_LEAD

    def facilitated(self, id: str) -> int:
        """How many other sessions a person facilitates."""
        return sum(duty.workshop != self.id for duty in self.rest.duties.get(id, ()))

    def blocked(self, site: Site, person: Person, role: str) -> Blocked:
        """The starts at which a person cannot be in a role, by atom."""
        key = (id(site), person.id, role)
        known = self._blocked.get(key)
        if known is None:
            stays = self._blocked.get((id(site), person.id, ""))
            if stays is None:
                stays = self._blocked[id(site), person.id, ""] = [
                    (atom, starts) for atom, starts in site.stays(person) if starts
                ]
            barred = self._barred(site, person, role)
            known = self._blocked[key] = [*stays, *((atom, site.starts) for atom in barred)]
        return known

    def _barred(self, site: Site, person: Person, role: str) -> Iterator[Atom]:
        """What keeps a person from a role whatever the start."""
        if role == "team":
            duties = [duty for duty in self.rest.duties.get(person.id, ()) if duty.workshop != self.id]
            away = sum(duty.away for duty in duties) + site.days_away(person)
            if len(duties) + 1 > person.max_workshops or away > person.max_days_away:
                yield Atom("load", "person", person.id)
            return
        held = [id for id in self.rest.seats.get(person.id, ()) if id != self.id]
        if len(held) + 1 > person.max_seats:
            yield Atom("load", "person", person.id)
        if any(self.round.workshops[id].topic == self.workshop.topic for id in held):
            yield Atom("seating", "person", person.id)

    def suits(self, site: Site, person: Person, role: str, waived: Waived = NONE) -> int:
        """The starts at which a person can be in a role."""
        key = (id(site), person.id, role)
        if not waived and key in self._suits:
            return self._suits[key]
        no = 0
        for atom, starts in self.blocked(site, person, role):
            if not waived or atom not in waived:
                no |= starts
        found = site.starts & ~no
        if not waived:
            self._suits[key] = found
        return found

    # -- the site -----------------------------------------------------------

    def forbidden(self, site: Site) -> Blocked:
        """The starts that the site, the window, pins and dates of related workshops forbid, by atom."""
        known = self._forbidden.get(id(site))
        if known is None:
            known = self._forbidden[id(site)] = self._forbid(site)
        return known

    def _forbid(self, site: Site) -> Blocked:
        found: Blocked = [(Atom("window", "window"), site.starts & ~site.by_window())]
        for n, pin in self.pins:
            allowed = site.starts
            if pin.held is False or (pin.venue is not None and pin.venue != site.venue):
                allowed = 0
            if pin.start is not None:
                number = site.number(pin.start)
                allowed &= 1 << number if number is not None and number >= 0 else 0
            found.append((Atom("pins", "pin", str(n)), site.starts & ~allowed))
        found.extend(site.blocked())
        found.extend(self._related(site))
        return [(atom, starts) for atom, starts in found if starts]

    def _related(self, site: Site) -> Blocked:
        """Dates of the workshop followed, and of those that follow."""
        found: Blocked = []
        follows, day = self.workshop.follows, self.rest.calendar.day
        if follows:
            followed = self.followed or self._followed()
            if followed is None or followed.earliest > followed.latest:
                found.append((Atom("follows", "held", follows.workshop), site.starts))
            else:
                first, last = followed.earliest + follows.min_days, followed.latest + follows.max_days
                allowed = site.between(first, last, of_end=False)
                found.append((Atom("follows", "dates", follows.workshop), site.starts & ~allowed))
        for child, theirs in self.children:
            first = day(derived.days_of(child, theirs).first)
            rule = child.follows
            if rule:
                allowed = site.between(first - rule.max_days, first - rule.min_days, of_end=True)
                found.append((Atom("follows", "child", child.id), site.starts & ~allowed))
        return found

    def _followed(self) -> Followed | None:
        """The workshop followed as the rest has it; `None` where it is not held."""
        follows = self.workshop.follows
        parent = self.rest.session.get(follows.workshop) if follows else None
        if parent is None:
            return None
        days = derived.days_of(self.round.workshops[parent.workshop], parent.start)
        last = self.rest.calendar.day(days.last)
        return Followed(frozenset(parent.seats), last, last)

    @cached_property
    def children(self) -> list[tuple[Workshop, date | datetime]]:
        """The workshops held that follow this one, with their starts."""
        return [
            (self.round.workshops[id], self.rest.session[id].start)
            for id in self.round.followers.get(self.id, ())
            if id in self.rest.session
        ]

    # -- needs --------------------------------------------------------------

    def team_needs(self, waived: Waived = NONE) -> TeamNeeds:
        size, follows = self.workshop.team, self.workshop.follows
        graduates = 0
        if follows and (self.followed or follows.workshop in self.rest.session):
            graduates = 0 if Atom("follows", "graduates", follows.workshop) in waived else follows.graduates
        return TeamNeeds(
            0 if Atom("team_size", "least") in waived else size.min,
            size.max,
            0 if Atom("competence", "leads") in waived else size.leads,
            graduates,
            sum(
                bit
                for language, bit in self.words.items()
                if Atom("languages", "language", language) not in waived
            ),
            frozenset(
                p for n, pin in self.pins if Atom("pins", "pin", str(n)) not in waived for p in pin.team
            ),
        )

    def seat_needs(self, site: Site, waived: Waived = NONE) -> SeatNeeds:
        workshop = self.workshop
        most = workshop.seats.max
        if site.venue is not None and Atom("venue", "size", site.venue) not in waived:
            most = min(most, self.round.venues[site.venue].seats)
        return SeatNeeds(
            0 if Atom("seating", "least") in waived else workshop.seats.min,
            most,
            ENDLESS if Atom("mix", "each") in waived else workshop.seats_per_organisation,
            0 if Atom("mix", "organisations") in waived else workshop.organisations_min,
        )

    def named_seats(self, waived: Waived = NONE) -> list[frozenset[str]]:
        """Sets of people of whom one set must be seated: by pins, and as graduates of those that follow.

        One who facilitates there without teaching its topic must stay a graduate; besides, enough of its
        team must be: each smallest choice is a set.
        """
        pinned = frozenset(
            p for n, pin in self.pins if Atom("pins", "pin", str(n)) not in waived for p in pin.seats
        )
        choices: list[list[frozenset[str]]] = []
        for child, _ in self.children:
            team = self.rest.session[child.id].team
            needed = frozenset[str]()
            if Atom("follows", "taught", child.id) not in waived:
                needed = frozenset(
                    m.person
                    for m in team
                    if m.role != "lead" and self.round.people[m.person].teaches.get(child.topic, 0) < 2
                )
            more = 0
            if child.follows and Atom("follows", "enough", child.id) not in waived:
                more = max(0, child.follows.graduates - len(needed))
            others = sorted({m.person for m in team if m.person in self.seats} - needed)
            choices.append([needed | frozenset(each) for each in combinations(others, more)])
        found = {pinned.union(*chosen) for chosen in product(*choices)}
        return sorted(found, key=lambda people: (len(people), sorted(people)))

    def money(self, waived: Waived = NONE) -> int | None:
        """The most that a session may cost: its budget and what its funds have left."""
        limits = [self.left(fund) for fund in self.funds if Atom("budget", "fund", fund) not in waived]
        if self.workshop.budget is not None and Atom("budget", "workshop") not in waived:
            limits.append(self.workshop.budget)
        return min(limits) if limits else None

    @cached_property
    def funds(self) -> list[str]:
        return [fund.id for fund in self.round.funds.values() if self.id in fund.workshops]

    def left(self, fund: str) -> int:
        """What a fund has left without this workshop."""
        each = self.round.funds[fund]
        return each.amount - self.rest.spent(each.workshops, self.id)

    @cached_property
    def told(self) -> PublishedSession | None:
        return next((t for t in self.round.published or () if t.workshop == self.id), None)

    @cached_property
    def atoms(self) -> list[Atom]:
        """Every atom that could forbid a session of the workshop, the site's first."""
        found: dict[Atom, None] = {}
        for site in self.sites:
            found.update((atom, None) for atom, _ in self.forbidden(site))
        workshop, follows = self.workshop, self.workshop.follows
        demands = [
            (workshop.team.leads, Atom("competence", "leads")),
            (workshop.team.min, Atom("team_size", "least")),
            *((1, Atom("languages", "language", language)) for language in workshop.languages),
            (workshop.seats.min, Atom("seating", "least")),
            (workshop.organisations_min, Atom("mix", "organisations")),
            (workshop.seats.max, Atom("mix", "each")),
            *((workshop.seats.max, Atom("venue", "size", site.venue)) for site in self.sites if site.venue),
            *((len(pin.team) + len(pin.seats), Atom("pins", "pin", str(n))) for n, pin in self.pins),
            *(
                (1, Atom("follows", what, child.id))
                for child, _ in self.children
                for what in ("taught", "enough")
            ),
            *((1, Atom("budget", "fund", fund)) for fund in self.funds),
        ]
        if follows:
            demands.append((follows.graduates, Atom("follows", "graduates", follows.workshop)))
        if workshop.budget is not None:
            demands.append((1, Atom("budget", "workshop")))
        found.update((atom, None) for demand, atom in demands if demand)
        for site in self.sites:
            for role, people in (("team", self.team), ("seats", self.seats)):
                for person in people.values():
                    found.update((atom, None) for atom, _ in self.blocked(site, person, role))
        return list(found)

    # -- where enough people are --------------------------------------------

    def shortages(self, site: Site, waived: Waived = NONE) -> list[tuple[Atom, str, int]]:
        """For each demand on people, the starts at which too few could be there: (atom, role, starts)."""
        if waived:
            return self._shortages(site, waived)
        known = self._short.get(id(site))
        if known is None:
            known = self._short[id(site)] = self._shortages(site, waived)
        return known

    def _shortages(self, site: Site, waived: Waived) -> list[tuple[Atom, str, int]]:
        everything, needs = site.starts, self.team_needs(waived)
        team = {id: self.suits(site, p, "team", waived) for id, p in self.team.items()}
        found = [
            (
                Atom("competence", "leads"),
                "leads",
                at_least(needs.leads, (s for id, s in team.items() if self.may_lead(id)), everything),
            ),
            (Atom("team_size", "least"), "team", at_least(needs.least, team.values(), everything)),
        ]
        for language, bit in self.words.items():
            if needs.words & bit:
                spoken = 0
                for id, starts in team.items():
                    if self.spoken(self.team[id]) & bit:
                        spoken |= starts
                found.append((Atom("languages", "language", language), "team", spoken))
        if needs.graduates and self.workshop.follows:
            alumni = (s for id, s in team.items() if id in self.graduates)
            atom = Atom("follows", "graduates", self.workshop.follows.workshop)
            found.append((atom, "team", at_least(needs.graduates, alumni, everything)))
        found.extend(self._seats(site, waived))
        return [(atom, role, everything & ~enough) for atom, role, enough in found]

    def _seats(self, site: Site, waived: Waived) -> Iterator[tuple[Atom, str, int]]:
        needs, everything = self.seat_needs(site, waived), site.starts
        if site.venue is not None and needs.most < needs.least:
            yield Atom("venue", "size", site.venue), "", 0
        if not needs.least and not needs.organisations:
            return
        groups: dict[str, list[int]] = {}
        for p in self.seats.values():
            groups.setdefault(p.organisation, []).append(self.suits(site, p, "seats", waived))
        plenty = at_least(needs.least, (s for group in groups.values() for s in group), everything)
        yield Atom("seating", "least"), "seats", plenty
        levels = [capped(min(needs.each, len(group)), group) for group in groups.values()]
        mixed = at_least(needs.least, (s for level in levels for s in level), everything)
        yield Atom("mix", "each"), "seats", mixed | ~plenty & everything
        if needs.organisations:
            groups_there = (level[0] for level in levels if level)
            yield (
                Atom("mix", "organisations"),
                "seats",
                at_least(needs.organisations, groups_there, everything),
            )

    def open(self, site: Site, waived: Waived = NONE) -> int:
        """The starts at which nothing but money and the make-up of the team is in question."""
        starts = site.starts
        for atom, no in self.forbidden(site):
            if atom not in waived:
                starts &= ~no
        if starts:
            for _, _, no in self.shortages(site, waived):
                starts &= ~no
        return starts & self._with_named(site, waived) if starts else 0

    def _with_named(self, site: Site, waived: Waived) -> int:
        """The starts at which those can be there who must be in the team, or in the seats."""
        able = reduce(
            and_,
            (self.suits(site, self.round.people[id], "team", waived) for id in self.team_needs(waived).named),
            site.starts,
        )
        seated = 0
        for named in self.named_seats(waived):
            there = (self.suits(site, self.round.people[id], "seats", waived) for id in named)
            seated |= reduce(and_, there, site.starts)
        return able & seated
