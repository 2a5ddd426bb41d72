"""The cheapest changes of the round that let a workshop in while the rest of the schedule stands.

Each kind of change asks the ground of `solver.standing` with what it changes waived or replaced, takes the
smallest change for which there is a session, and of its sessions the best. A relaxation is given only when
the changed round with the session added to the schedule passes `solver.check`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace
from statistics import median_low
from typing import Any

from solver.check import check
from solver.derived import days_of, km, session_cost, total_cost
from solver.explanation import Relaxation
from solver.objective import objective
from solver.round import FACILITATES, MAY_LEAD, Person, Round, SeatCount, Span, Workshop
from solver.schedule import Schedule, Session
from solver.standing.atoms import Atom, Waived
from solver.standing.bits import numbers
from solver.standing.case import Case
from solver.standing.compose import Composed, Composer
from solver.standing.rest import Rest
from solver.standing.sites import Site
from solver.violation import Violation

VENUES = 12  # other venues of one nearness that are tried, the nearest first
LIMITLESS = 10**12  # of money
NEWCOMER = "newcomer"  # the id of one more person


def held_too(round: Round, schedule: Schedule, session: Session) -> Schedule:
    """The schedule with one session more."""
    others = tuple(each for each in schedule.sessions if each.workshop != session.workshop)
    left = tuple(each for each in schedule.unscheduled if each.workshop != session.workshop)
    found = Schedule(schedule.round, (*others, session), left)
    return replace(found, objective=objective(round, found), cost=total_cost(round, found))


def unpaid(round: Round, id: str) -> Round:
    """The round with no limit on what a workshop costs."""
    workshop = replace(round.workshops[id], budget=None)
    funds = {
        fund.id: replace(fund, amount=LIMITLESS) if id in fund.workshops else fund
        for fund in round.funds.values()
    }
    return replace(round, workshops={**round.workshops, id: workshop}, funds=funds)


def as_spent(change: Relaxation, round: Round, schedule: Schedule) -> Relaxation:
    """More money for a workshop in a round, as much as a schedule of it spends."""
    id = change.session.workshop
    cost = {session.workshop: session_cost(round, session) for session in schedule.sessions}
    workshop = round.workshops[id]
    more = max(0, cost[id] - workshop.budget) if workshop.budget is not None else 0
    spent = {
        fund.id: sum(cost.get(each, 0) for each in fund.workshops)
        for fund in round.funds.values()
        if id in fund.workshops
    }
    raised = {fund: most for fund, most in spent.items() if most > round.funds[fund].amount}
    funds = {fund.id: replace(fund, amount=raised.get(fund.id, fund.amount)) for fund in round.funds.values()}
    paid = replace(workshop, budget=cost[id]) if more else workshop
    amounts = {fund: most - round.funds[fund].amount for fund, most in raised.items()}
    return replace(
        change,
        text=_more_money(more, amounts),
        amount=more + sum(amounts.values()),
        round=replace(round, workshops={**round.workshops, id: paid}, funds=funds),
        budget=paid.budget if more else None,
        funds=tuple(raised.items()),
    )


def _more_money(budget: int, funds: Mapping[str, int]) -> str:
    parts = [f"{budget} more in its budget"] if budget else []
    parts += [f"{amount} more in the fund {fund}" for fund, amount in funds.items()]
    return f"{', '.join(parts)}."


class Relaxer:
    """Relaxations of one workshop of a schedule."""

    def __init__(self, rest: Rest, schedule: Schedule, case: Case) -> None:
        """`case`: wide, of a workshop that is not held."""
        self.rest, self.schedule, self.case = rest, schedule, case
        self.round = rest.round
        self.workshop = case.workshop
        self.composer = Composer(case)
        self.before = objective(self.round, schedule)
        self._alone = False

    def found(self, *, alone: bool = False) -> tuple[Relaxation, ...]:
        """At most one relaxation of each kind (one venue for each nearness), verified, best first.

        `alone`: the schedule is empty and need not keep what pins demand or hold what is followed.
        """
        self._alone = alone
        each = [self._window(), *self._venues(), self._person(), self._money(), self._seats()]
        return tuple(sorted(filter(None, each), key=lambda relaxation: -relaxation.difference))

    def _verified(self, round: Round, session: Session, **change: Any) -> Relaxation | None:
        schedule = held_too(round, self.schedule, session)
        wrong = check(round, schedule)
        if wrong and not (self._alone and self._others_only(wrong)):
            return None
        difference = schedule.objective - self.before
        return Relaxation(session=session, difference=difference, round=round, schedule=schedule, **change)

    def _others_only(self, wrong: tuple[Violation, ...]) -> bool:
        """Whether nothing is wrong but for what is not held and not listed, or is thought to be held."""
        excused = {("unscheduled", "missing"), ("pins", "not_held")}
        if self.case.followed:
            excused |= {("follows", "not_held"), ("competence", "cannot_facilitate")}
        return all((each.rule, each.breach) in excused for each in wrong)

    def _with_workshop(self, **fields: Any) -> Round:
        changed = replace(self.workshop, **fields)
        return replace(self.round, workshops={**self.round.workshops, changed.id: changed})

    def _case_in(self, round: Round, newcomer: Person | None = None) -> Case:
        """The workshop in a changed round; what the rest takes is the same."""
        rest = copy.copy(self.rest)
        rest.round = round
        if newcomer:
            teachers = {topic: [*rest.teachers.get(topic, ()), newcomer] for topic in newcomer.teaches}
            rest.teachers = {**rest.teachers, **teachers}
        return Case(rest, self.workshop.id, followed=self.case.followed)

    @staticmethod
    def _best(case: Case, sites: list[Site] | None = None) -> Composed | None:
        """The best session of a case."""
        composer = Composer(case)
        best: Composed | None = None
        for site in case.sites if sites is None else sites:
            starts = case.open(site) & site.by_window()
            if not starts or not composer.affords_some(site, frozenset()):
                continue
            for start in numbers(starts):
                found = composer.best(site, start)
                if found is not None and (best is None or found.worth > best.worth):
                    best = found
        return best

    # -- window -------------------------------------------------------------

    def _window(self) -> Relaxation | None:
        """The fewest days before or after the window."""
        case, waived = self.case, frozenset([Atom("window", "window")])
        window = self.workshop.window
        by_days: dict[int, list[tuple[Site, int, Span]]] = {}
        for site in case.sites:
            if not self.composer.affords_some(site, waived):
                continue
            for start in numbers(case.open(site, waived) & ~site.by_window()):
                taken = days_of(self.workshop, site.start(start))
                wider = Span(min(window.first, taken.first), max(window.last, taken.last))
                days = (window.first - wider.first).days + (wider.last - window.last).days
                by_days.setdefault(days, []).append((site, start, wider))
        for days in sorted(by_days):
            best: tuple[Composed, Span] | None = None
            for site, start, wider in by_days[days]:
                found = self.composer.best(site, start, waived=waived)
                if found is not None and (best is None or found.worth > best[0].worth):
                    best = found, wider
            if best is not None:
                found, wider = best
                text = f"Its window widened by {days} days, to {wider.first} to {wider.last}."
                return self._verified(
                    self._with_workshop(window=wider),
                    found.session,
                    kind="window",
                    text=text,
                    amount=days,
                    window=wider,
                )
        return None

    # -- venue --------------------------------------------------------------

    def _venues(self) -> Iterator[Relaxation | None]:
        """The best other venue of the same place, of the same country, of the same region."""
        for nearness, venues in self._other_venues().items():
            case = self._case_in(self._with_workshop(venues=tuple(venues)))
            best = self._best(case)
            if best is not None and best.session.venue is not None:
                venue = best.session.venue
                round = self._with_workshop(venues=(*self.workshop.venues, venue))
                text = f"The venue {venue} as well, in the same {nearness}."
                yield self._verified(
                    round, best.session, kind="venue", text=text, amount=venues[venue], venue=venue
                )

    def _other_venues(self) -> dict[str, dict[str, int]]:
        """By nearness, the venues that the workshop does not name, with km to the nearest of its own."""
        round, own = self.round, self.workshop.venues
        places = [round.places[round.venues[venue].place] for venue in own]
        if not places:
            return {}
        regions = self._regions()
        near = {region for place in places for region in regions.get(place.country, ())}
        found: dict[str, dict[str, int]] = {"place": {}, "country": {}, "region": {}}
        for venue in round.venues.values():
            if venue.id in own:
                continue
            place = round.places[venue.place]
            distance = min(int(km(place, each)) for each in places)
            if place.id in {each.id for each in places}:
                found["place"][venue.id] = distance
            elif place.country in {each.country for each in places}:
                found["country"][venue.id] = distance
            elif near.intersection(regions.get(place.country, ())):
                found["region"][venue.id] = distance
        return {
            nearness: dict(sorted(venues.items(), key=lambda each: each[1])[:VENUES])
            for nearness, venues in found.items()
            if venues
        }

    def _regions(self) -> dict[str, set[str]]:
        """Country -> the regions of its organisations."""
        found: dict[str, set[str]] = {}
        for organisation in self.round.organisations.values():
            country = self.round.places[organisation.place].country
            found.setdefault(country, set()).add(organisation.region)
        return found

    # -- one more person ----------------------------------------------------

    def _person(self) -> Relaxation | None:
        """The least skilled person, by level and then by languages, with whom it could be held."""
        workshop = self.workshop
        languages: list[tuple[str, ...]] = [(language,) for language in workshop.languages]
        if len(workshop.languages) > 1:
            languages.append(workshop.languages)
        for level in (FACILITATES, MAY_LEAD):
            if level == FACILITATES and not self._short_of_more_than_leads():
                continue
            for spoken in languages:
                best: tuple[Composed, Person, Round] | None = None
                for home in self._homes(workshop):
                    newcomer = self._newcomer(level, spoken, home)
                    round = replace(self.round, people={**self.round.people, newcomer.id: newcomer})
                    found = self._best(self._case_in(round, newcomer))
                    if found is not None and (best is None or found.worth > best[0].worth):
                        best = found, newcomer, round
                if best is not None:
                    found, newcomer, round = best
                    skill = "lead" if level == MAY_LEAD else "facilitate"
                    text = (
                        f"One more person in {newcomer.home} who speaks {' and '.join(spoken)} "
                        f"and may {skill} {workshop.topic}."
                    )
                    return self._verified(
                        round, found.session, kind="person", text=text, amount=1, person=newcomer
                    )
        return None

    def _short_of_more_than_leads(self) -> bool:
        """Whether somebody who may not lead could help at all."""
        return self.workshop.team.max > self.workshop.team.leads

    def _homes(self, workshop: Workshop) -> list[str]:
        places = [self.round.venues[venue].place for venue in workshop.venues]
        return list(dict.fromkeys(places)) or [self.round.organisations[workshop.requested_by].place]

    def _newcomer(self, level: int, languages: tuple[str, ...], home: str) -> Person:
        """Somebody always free, paid as those who teach the topic usually are."""
        topic = self.workshop.topic
        people = self.rest.teachers.get(topic) or [p for p in self.round.people.values() if p.teaches]
        fee = median_low(p.fee_per_day for p in people) if people else 0
        id = NEWCOMER
        while id in self.round.people:
            id += "-"
        return Person(
            id,
            "One more person",
            self.workshop.requested_by,
            home,
            frozenset(languages),
            teaches={topic: level},
            fee_per_day=fee,
        )

    # -- money --------------------------------------------------------------

    def _money(self) -> Relaxation | None:
        """The least more of budget and funds that pays for a session."""
        case = self.case
        if case.money() is None:
            return None
        waived: Waived = frozenset(
            [Atom("budget", "workshop"), *(Atom("budget", "fund", fund) for fund in case.funds)]
        )
        best: Composed | None = None
        for site in case.sites:
            known: set[tuple[str, ...]] = set()
            for start in numbers(case.open(site, waived)):
                company = self.composer.company(site, start)
                if company in known:
                    continue
                known.add(company)
                found = self.composer.best(site, start, waived=waived, cheapest=True)
                if found is not None and (best is None or found.cost < best.cost):
                    best = found
        if best is None:
            return None
        budget = self.workshop.budget
        more = max(0, best.cost - budget) if budget is not None else 0
        raised = {fund: best.cost - case.left(fund) for fund in case.funds if best.cost > case.left(fund)}
        if not more and not raised:
            return None
        round = self._with_workshop(budget=best.cost) if more else self.round
        funds = {
            id: replace(fund, amount=fund.amount + raised.get(id, 0)) for id, fund in round.funds.items()
        }
        return self._verified(
            replace(round, funds=funds),
            best.session,
            kind="money",
            text=_more_money(more, raised),
            amount=more + sum(raised.values()),
            budget=best.cost if more else None,
            funds=tuple((fund, funds[fund].amount) for fund in raised),
        )

    # -- seats --------------------------------------------------------------

    def _seats(self) -> Relaxation | None:
        """The most seats.min with which it could be held."""
        limits, best = self.workshop.seats, None
        low, high = 0, limits.min - 1
        while low <= high:
            least = (low + high + 1) // 2
            round = self._with_workshop(seats=SeatCount(least, limits.max))
            found = self._best(self._case_in(round))
            if found is None:
                high = least - 1
            else:
                best, low = (least, round, found), least + 1
        if best is None:
            return None
        least, round, found = best
        text = f"At least {least} seats in place of {limits.min}."
        return self._verified(
            round, found.session, kind="seats", text=text, amount=limits.min - least, seats=least
        )
