"""What is missing before a round is worth planning: findings as values, said in words elsewhere.

A finding tells of one request what no plan can mend (or, as a warning, what deserves a look), read
off the round that the planner would get. Findings are necessary conditions only: a round without any
may still have to leave workshops out, when they stand in each other's way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from app.planning.round_builder import BuiltRound
from app.workshops.models import Workshop as Request
from solver.round import FACILITATES, MAY_LEAD, Person, Round, Span, Workshop

Mend = Literal["request", "topic", "candidates", "round"]
"""Where it can be mended: at the request, among those who teach or who want its topic, in the round."""

WARNINGS = frozenset({"no_money_named", "fund_currency"})
"""Findings that keep nothing out of the plan, but deserve a look before it is made."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is missing for one request. `facts` are the figures that its sentence names."""

    code: str
    request: Request
    mend: Mend = "request"
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_warning(self) -> bool:
        """Whether the request can be planned all the same."""
        return self.code in WARNINGS


Found = tuple[str, Mend, dict[str, Any]]
Check = Callable[[Round, Workshop], Iterator[Found]]


def findings(built: BuiltRound) -> list[Finding]:
    """Everything that is missing, request by request in the order of their codes."""
    found = [
        Finding(each.reason, each.workshop, "round" if each.reason == "outside_horizon" else "request")
        for each in built.set_aside
    ]
    for workshop in built.round.workshops.values():
        request = built.workshops[workshop.id]
        for check in CHECKS:
            found += [
                Finding(code, request, mend, facts) for code, mend, facts in check(built.round, workshop)
            ]
        found += [
            Finding("fund_currency", request, "request", {"fund": fund.title, "currency": fund.currency})
            for fund in request.funds
            if fund.currency != built.round.currency
        ]
    return sorted(found, key=lambda finding: finding.request.code)


# -- Checks: what the round alone shows of one workshop


def _team(given: Round, workshop: Workshop) -> Iterator[Found]:
    teachers = _teachers(given, workshop, FACILITATES)
    leads = _teachers(given, workshop, MAY_LEAD)
    speaking = [person for person in leads if _shares_language(person, workshop)]
    if not teachers and workshop.team.min > 0 and workshop.follows is None:
        yield "nobody_teaches", "topic", {}
    elif len(leads) < workshop.team.leads:
        yield "too_few_leads", "topic", {"found": len(leads), "needed": workshop.team.leads}
    elif len(speaking) < workshop.team.leads:
        yield "too_few_leads_speak", "topic", {"found": len(speaking), "needed": workshop.team.leads}
    elif len(teachers) < workshop.team.min and workshop.follows is None:
        yield "too_few_teach", "topic", {"found": len(teachers), "needed": workshop.team.min}


def _languages(given: Round, workshop: Workshop) -> Iterator[Found]:
    possible = _teachers(given, workshop, FACILITATES)
    if not possible:
        return  # said already, by `_team`
    if workshop.follows is not None:
        possible += _candidates(given, given.workshops[workshop.follows.workshop])
    spoken = frozenset[str]().union(*(person.languages for person in possible))
    for language in workshop.languages:
        if language not in spoken:
            yield "language_unspoken", "topic", {"language": language}


def _days(given: Round, workshop: Workshop) -> Iterator[Found]:
    if workshop.online:
        homes = {person.home for person in _teachers(given, workshop, MAY_LEAD)}
        if homes and not any(_longest_run(given, workshop, home, ()) for home in homes):
            yield "no_working_days", "request", {"needed": 1, "found": 0}
        return
    working, open_too = 0, 0
    for venue in (given.venues[each] for each in workshop.venues):
        working = max(working, _longest_run(given, workshop, venue.place, ()))
        open_too = max(open_too, _longest_run(given, workshop, venue.place, venue.closed))
    if working < workshop.days:
        yield "no_working_days", "request", {"needed": workshop.days, "found": working}
    elif open_too < workshop.days:
        yield "venues_closed", "request", {"needed": workshop.days, "found": open_too}


def _seats(given: Round, workshop: Workshop) -> Iterator[Found]:
    largest = max((given.venues[each].seats for each in workshop.venues), default=workshop.seats.min)
    if largest < workshop.seats.min:
        yield "venues_too_small", "request", {"found": largest, "needed": workshop.seats.min}
    per_organisation = Counter(person.organisation for person in _candidates(given, workshop))
    seats = sum(min(each, workshop.seats_per_organisation) for each in per_organisation.values())
    if seats < workshop.seats.min:
        facts = {"found": per_organisation.total(), "seats": seats, "needed": workshop.seats.min}
        yield "too_few_candidates" if workshop.nominated is None else "too_few_nominated", "candidates", facts
    if len(per_organisation) < workshop.organisations_min:
        facts = {"found": len(per_organisation), "needed": workshop.organisations_min}
        yield "too_few_organisations", "request", facts


def _money(given: Round, workshop: Workshop) -> Iterator[Found]:
    limits = [fund.amount for fund in given.funds.values() if workshop.id in fund.workshops]
    if workshop.budget is not None:
        limits.append(workshop.budget)
    if not limits:
        if not workshop.online:  # what is online costs little, and often nothing
            yield "no_money_named", "request", {}
        return
    cheapest = min((given.venues[each].cost_per_day for each in workshop.venues), default=0) * workshop.days
    if cheapest > min(limits):
        yield "venues_too_dear", "request", {"cheapest": cheapest, "limit": min(limits)}


CHECKS: tuple[Check, ...] = (_team, _languages, _days, _seats, _money)


# -- Whom and when


def _teachers(given: Round, workshop: Workshop, level: int) -> list[Person]:
    return [person for person in given.people.values() if person.teaches.get(workshop.topic, 0) >= level]


def _candidates(given: Round, workshop: Workshop) -> list[Person]:
    """Who may be seated: invited, nominated or wanting the topic, sharing a language."""
    return [
        person
        for person in given.people.values()
        if person.organisation in workshop.invited
        and workshop.need_of(person) > 0
        and _shares_language(person, workshop)
    ]


def _shares_language(person: Person, workshop: Workshop) -> bool:
    return not person.languages.isdisjoint(workshop.languages)


def _longest_run(given: Round, workshop: Workshop, place_id: str, closed: tuple[Span, ...]) -> int:
    """The most working days in a row at a place within window and horizon."""
    place = given.places[place_id]
    day: date = max(workshop.window.first, given.first_day)
    last = min(workshop.window.last, given.last_day)
    longest = run = 0
    while day <= last:
        works = day not in place.holidays and day.isoweekday() not in place.weekend
        run = run + 1 if works and not any(day in span for span in closed) else 0
        longest = max(longest, run)
        day += timedelta(days=1)
    return longest
