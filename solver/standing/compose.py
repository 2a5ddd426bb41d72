"""A whole session of one workshop at one start: the best, the one that keeps most people, or none at all.

The worth of a session is what the objective loses without it, exactly: a sum of constants per person,
since all else stands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from solver.round import Person
from solver.schedule import Session, TeamMember
from solver.standing.atoms import NONE, Waived
from solver.standing.case import Case
from solver.standing.choose import Guest, Member, SeatNeeds, TeamNeeds, best_seats, best_team
from solver.standing.sites import Site

KEEP = 10**13  # the worth of keeping one person, above all that a session can bring
TEAMS = 5_000  # teams tried one by one where money or people in both roles are in the way


@dataclass(frozen=True, slots=True)
class Composed:
    """A session with its worth (hundredths of a point) and what it costs."""

    session: Session
    worth: int
    cost: int


@dataclass(frozen=True, slots=True)
class _Question:
    """One start: who can be there, what is needed, and how much there is to spend."""

    members: list[Member]
    guests: list[Guest]
    team: TeamNeeds
    seats: SeatNeeds
    money: int | None
    reach: dict[str, int]
    named: frozenset[str]


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody in a role at a site: at which starts, and what that is worth there."""

    id: str
    suits: int
    base: int
    per_hour: int
    hours: bytes | None
    by_day: Callable[[int], int] | None
    lead: bool
    graduate: bool
    words: int
    organisation: str

    def value(self, start: int) -> int:
        worth = self.base
        if self.hours is not None:
            worth -= self.per_hour * self.hours[start]
        if self.by_day is not None:
            worth += self.by_day(start)
        return worth


Known = set[tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]]
_Answer = tuple[list[str], list[str]]


class Composer:
    """Composes sessions of one case; remembers what people are worth at its sites."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.weights = case.round.rules.weights
        topic = case.workshop.topic
        self._base: dict[tuple[int, str, str], tuple[int, int]] = {}
        self._known: dict[tuple[int, str, str], Row] = {}
        self._tables: dict[tuple[int, str], list[Row]] = {}
        self._waived: Waived = NONE
        self._waived_tables: dict[tuple[int, str], list[Row]] = {}
        self.reach = {
            organisation: 100 * self.weights.reach
            for organisation in case.round.organisations
            if not any(id != case.id for id in case.rest.reached.get((organisation, topic), ()))
        }

    # -- worth --------------------------------------------------------------

    def base(self, site: Site, person: Person, role: str) -> tuple[int, int]:
        """What a person brings in a role at a site whatever the start, and what it costs."""
        key = (id(site), person.id, role)
        known = self._base.get(key)
        if known is None:
            case, weights = self.case, self.weights
            cost, worth = site.trip(person), 0
            told = case.told
            if role == "team":
                cost += site.fee(person)
                worth -= 100 * weights.balance * case.facilitated(person.id)
            else:
                worth += 100 * weights.need * case.workshop.need_of(person)
            worth -= 100 * weights.reluctance * site.abroad(person)
            if told and person.id in (told.team if role == "team" else told.seats):
                worth += 100 * weights.change
            known = self._base[key] = worth - weights.cost * cost, cost
        return known

    def value(self, site: Site, start: int, person: Person, role: str) -> int:
        """What a person brings in a role at a start, apart from `reach`."""
        return self.row(site, person, role).value(start)

    def row(self, site: Site, person: Person, role: str, waived: Waived = NONE) -> Row:
        """A person in a role at a site."""
        key = (id(site), person.id, role)
        known = self._known.get(key)
        if known is None or waived:
            case, weights = self.case, self.weights
            known = Row(
                person.id,
                case.suits(site, person, role, waived),
                self.base(site, person, role)[0],
                100 * weights.discomfort,
                site.hours(person),
                self._by_day(site, person, role),
                role == "team" and case.may_lead(person.id),
                role == "team" and person.id in case.graduates,
                case.spoken(person) if role == "team" else 0,
                person.organisation,
            )
            if not waived:
                self._known[key] = known
        return known

    def _by_day(self, site: Site, person: Person, role: str) -> Callable[[int], int] | None:
        """What the days of a start are worth to a person; `None` where all are alike."""
        gain = 100 * self.weights.preferred if person.preferred and role == "team" else 0
        loss = 100 * self.weights.reluctance if person.if_need_be else 0
        if not gain and not loss:
            return None

        def worth(start: int) -> int:
            liked = gain * site.liked(person, start) if gain else 0
            return liked - loss * site.reluctant(person, start) if loss else liked

        return worth

    def _rows(self, site: Site, role: str, waived: Waived) -> list[Row]:
        """Everybody who could be in a role at a site; the last set of waived atoms is remembered as well."""
        if not any(atom.what == "person" for atom in waived):
            waived = NONE
        tables = self._tables
        if waived:
            if self._waived is not waived:
                self._waived, self._waived_tables = waived, {}
            tables = self._waived_tables
        key = (id(site), role)
        known = tables.get(key)
        if known is None:
            people = self.case.team if role == "team" else self.case.seats
            known = tables[key] = [self.row(site, person, role, waived) for person in people.values()]
        return known

    def worth(self, site: Site, start: int, team: Collection[str], seats: Collection[str]) -> int:
        """What the objective would lose without this session."""
        case, weights, people = self.case, self.weights, self.case.round.people
        found = 100 * weights.held * case.workshop.priority - weights.cost * site.rent()
        if case.told:
            told = case.told
            found += 100 * weights.cancel
            found -= 100 * weights.change * (len(set(told.team)) + len(set(told.seats)))
            if (told.venue, told.start) != (site.venue, site.start(start)):
                found -= 100 * weights.change
        found += sum(self.value(site, start, people[id], "team") for id in team)
        found += sum(self.value(site, start, people[id], "seats") for id in seats)
        return found + sum(self.reach.get(group, 0) for group in {people[id].organisation for id in seats})

    def cost(self, site: Site, team: Collection[str], seats: Collection[str]) -> int:
        people = self.case.round.people
        return (
            site.rent()
            + sum(self.base(site, people[id], "team")[1] for id in team)
            + sum(self.base(site, people[id], "seats")[1] for id in seats)
        )

    # -- sessions -----------------------------------------------------------

    def best(
        self,
        site: Site,
        start: int,
        *,
        waived: Waived = NONE,
        without: Collection[str] = (),
        cheapest: bool = False,
    ) -> Composed | None:
        """The best session at a start, or the cheapest; `None` if there is none.

        `without`: people to leave out. Exact as to whether there is one; the best one but for people who
        could be in both roles, and for money where it is scarce.
        """
        found: list[Composed] = []
        for named in self.case.named_seats(waived):
            asked = self._question(site, start, waived, named, without)
            answer = self._answer(asked, site, cheapest=cheapest)
            if answer is not None:
                found.append(self.composed(site, start, *answer))
        if cheapest:
            return min(found, key=lambda each: each.cost, default=None)
        return max(found, key=lambda each: each.worth, default=None)

    def keeping(self, site: Site, start: int, session: Session) -> Composed | None:
        """The session that keeps as many people of another one as can come, replacing the others.

        No larger than it was, unless it must be. `None` where there is no session at all.
        """
        team, seats = set(session.facilitators), set(session.seats)
        for named in self.case.named_seats():
            asked = self._question(site, start, NONE, named, ())
            kept = replace(
                asked,
                members=[m._replace(value=m.value + KEEP) if m.id in team else m for m in asked.members],
                guests=[g._replace(value=g.value + KEEP) if g.id in seats else g for g in asked.guests],
                seats=replace(
                    asked.seats, most=min(asked.seats.most, max(asked.seats.least, len(seats), len(named)))
                ),
            )
            small = replace(kept.team, most=min(kept.team.most, max(kept.team.least, len(team))))
            for each in (replace(kept, team=small), kept):
                answer = self._plain(each)
                if answer is not None and self._affords(asked, site, answer):
                    return self.composed(site, start, *answer, roles=session)
        return self.best(site, start)

    # -- any session at all -------------------------------------------------

    def any(self, site: Site, start: int, waived: Waived, known: Known) -> _Answer | None:
        """Team and seats of some session that breaks only waived atoms; `None` where there is none.

        `known`: companies of people for whom that was asked already, at another start.
        """
        for named in self.case.named_seats(waived):
            asked = self._question(site, start, waived, named, ())
            company = named, tuple(m.id for m in asked.members), tuple(g.id for g in asked.guests)
            if company in known:
                continue
            known.add(company)
            answer = self._answer(asked, site, cheapest=False)
            if answer is not None:
                return answer
        return None

    def company(self, site: Site, start: int) -> tuple[str, ...]:
        """Who can be there at a start."""
        rows = (*self._rows(site, "team", NONE), *self._rows(site, "seats", NONE))
        return tuple(row.id for row in rows if row.suits >> start & 1)

    def affords_some(self, site: Site, waived: Waived) -> bool:
        """Whether the cheapest session is within the money there is, if everybody could be there."""
        money = self.case.money(waived)
        if money is None:
            return True
        members = [
            Member(row.id, 0, row.lead, row.graduate, row.words)
            for row in self._rows(site, "team", waived)
            if row.suits
        ]
        guests = [
            Guest(row.id, 0, row.organisation) for row in self._rows(site, "seats", waived) if row.suits
        ]
        for named in self.case.named_seats(waived):
            needs = self.case.team_needs(waived)
            members = [m._replace(words=m.words & needs.words) for m in members]
            seats = self.case.seat_needs(site, waived)
            asked = _Question(members, guests, needs, seats, money, {}, named)
            bound = self._lower_bound(self._at_greed(asked, site, None), site)
            if bound is not None and bound <= money:
                return True
        return False

    # -- by stages ----------------------------------------------------------

    def _question(
        self, site: Site, start: int, waived: Waived, named: frozenset[str], without: Collection[str]
    ) -> _Question:
        case, needs = self.case, self.case.team_needs(waived)
        members = [
            Member(row.id, row.value(start), row.lead, row.graduate, row.words & needs.words)
            for row in self._rows(site, "team", waived)
            if row.suits >> start & 1 and row.id not in named and row.id not in without
        ]
        guests = [
            Guest(row.id, row.value(start), row.organisation)
            for row in self._rows(site, "seats", waived)
            if row.suits >> start & 1 and row.id not in without
        ]
        return _Question(
            members, guests, needs, case.seat_needs(site, waived), case.money(waived), self.reach, named
        )

    def _answer(self, asked: _Question, site: Site, *, cheapest: bool) -> _Answer | None:
        """Team and seats, by stages: without regard to money; with; the cheapest; every team."""
        if not cheapest:
            answer = self._plain(asked)
            if answer is not None and self._affords(asked, site, answer):
                return answer
            if answer is None and self._impossible(asked):
                return None
        by_cost = self._at_greed(asked, site, None)
        bound = self._lower_bound(by_cost, site)
        if bound is None or (asked.money is not None and bound > asked.money):
            return None
        if not cheapest and asked.money is not None:
            for step in range(8):
                answer = self._plain(self._at_greed(asked, site, max(1, self.weights.cost) * 3**step))
                if answer is not None and self._affords(asked, site, answer):
                    return answer
        answer = self._plain(by_cost)
        if answer is not None and self.cost(site, *answer) == bound:
            return answer
        return self._every_team(by_cost, site, bound)

    def _affords(self, asked: _Question, site: Site, answer: _Answer) -> bool:
        return asked.money is None or self.cost(site, *answer) <= asked.money

    @staticmethod
    def _plain(asked: _Question) -> _Answer | None:
        """The best team, then the best seats of the others."""
        team = best_team(asked.members, asked.team)
        if team is None:
            return None
        chosen = {m.id for m in team}
        guests = [g for g in asked.guests if g.id not in chosen]
        seats = best_seats(guests, asked.seats, reach=asked.reach, named=asked.named)
        return None if seats is None else ([m.id for m in team], [g.id for g in seats])

    @staticmethod
    def _impossible(asked: _Question) -> bool:
        """Whether team or seats cannot be filled even where people may be in both."""
        return (
            best_team(asked.members, asked.team) is None
            or best_seats(asked.guests, asked.seats, reach=asked.reach, named=asked.named) is None
        )

    def _at_greed(self, asked: _Question, site: Site, greed: int | None) -> _Question:
        """The question with each unit of money costing `greed` more; `None`: nothing else counts."""
        people = self.case.round.people

        def weighed(value: int, id: str, role: str) -> int:
            cost = self.base(site, people[id], role)[1]
            return -cost if greed is None else value - greed * cost

        return replace(
            asked,
            members=[m._replace(value=weighed(m.value, m.id, "team")) for m in asked.members],
            guests=[g._replace(value=weighed(g.value, g.id, "seats")) for g in asked.guests],
            reach={} if greed is None else asked.reach,
        )

    def _lower_bound(self, by_cost: _Question, site: Site) -> int | None:
        """The least that a session costs if people could be in both roles; `None`: there is none."""
        team = best_team(by_cost.members, by_cost.team)
        seats = best_seats(by_cost.guests, by_cost.seats, reach={}, named=by_cost.named)
        if team is None or seats is None:
            return None
        return self.cost(site, [m.id for m in team], [g.id for g in seats])

    def _every_team(self, by_cost: _Question, site: Site, bound: int) -> _Answer | None:
        """The cheapest session by trying teams one by one; the first at the lower bound ends the search."""
        best: tuple[int, _Answer] | None = None
        for tried, team in enumerate(_teams(by_cost)):
            if tried >= TEAMS:
                break
            chosen = {m.id for m in team}
            guests = [g for g in by_cost.guests if g.id not in chosen]
            seats = best_seats(guests, by_cost.seats, reach={}, named=by_cost.named)
            if seats is None:
                continue
            answer = [m.id for m in team], [g.id for g in seats]
            cost = self.cost(site, *answer)
            if best is None or cost < best[0]:
                best = cost, answer
            if cost <= bound:
                break
        if best is None or (by_cost.money is not None and best[0] > by_cost.money):
            return None
        return best[1]

    def composed(
        self, site: Site, start: int, team: list[str], seats: list[str], roles: Session | None = None
    ) -> Composed:
        """A session of these people, with its worth and cost; who leads in `roles` goes on leading."""
        case = self.case
        before = {m.person: m.role for m in roles.team} if roles else {}
        leads = [id for id in team if before.get(id) == "lead" and case.may_lead(id)]
        for id in sorted(team, key=lambda id: id not in before):
            if len(leads) < case.workshop.team.leads and id not in leads and case.may_lead(id):
                leads.append(id)
        members = tuple(TeamMember(id, "lead" if id in leads else "facilitator") for id in team)
        session = Session(case.id, site.venue, site.start(start), members, tuple(seats))
        return Composed(session, self.worth(site, start, team, seats), self.cost(site, team, seats))


def _teams(asked: _Question) -> Iterator[list[Member]]:
    """Every team that lacks nothing and could spare nobody, the dearest members last.

    Of those who fulfil the same and cannot be seated only the cheapest `most` matter.
    """
    needs, guests = asked.team, {g.id for g in asked.guests}
    seen: dict[object, int] = {}
    kept: list[Member] = []
    team: list[Member] = []
    for m in sorted(asked.members, key=lambda m: -m.value):
        if m.id in needs.named:
            team.append(m)
            continue
        kind: object = m.id if m.id in guests else (m.lead, m.graduate, m.words)
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] <= needs.most:
            kept.append(m)
    if len(team) < len(needs.named):
        return
    lacks = _lacks(needs)
    yield from _extended(team, kept, 0, needs.most, lacks)


def _lacks(needs: TeamNeeds) -> Callable[[list[Member]], bool]:
    def lacks(team: list[Member]) -> bool:
        words = 0
        for m in team:
            words |= m.words
        return (
            len(team) < needs.least
            or sum(m.lead for m in team) < needs.leads
            or sum(m.graduate for m in team) < needs.graduates
            or bool(needs.words & ~words)
        )

    return lacks


def _extended(
    team: list[Member], kept: list[Member], at: int, most: int, lacks: Callable[[list[Member]], bool]
) -> Iterator[list[Member]]:
    if not lacks(team):
        if len(team) <= most:
            yield team
        return
    if len(team) < most:
        for i in range(at, len(kept)):
            yield from _extended([*team, kept[i]], kept, i + 1, most, lacks)
