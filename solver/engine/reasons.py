"""Why a workshop is not held: facts, first of the workshop alone, then against the rest.

Alone: what no schedule could mend (nobody teaches the topic, the window has no working days).
Against the rest: the board is priced again with some rules left out. With all of them left out the
workshop could be held; taking them back one by one as long as it still could leaves a smallest set
(a deletion filter, Chinneck and Dravnieks 1991), each rule of which is a reason: without these rules
it could be held as the rest stands, and with any one of them more it could not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from solver.check import NOT_FOUND, NOT_WORTH_IT
from solver.constraints import (
    available,
    budget,
    competence,
    follows,
    languages,
    load,
    mix,
    one_place_at_a_time,
    pins,
    seating,
    team_size,
    venue,
    waking_hours,
    window,
    working_days,
)
from solver.derived import dates_between
from solver.engine.board import Board
from solver.engine.options import NOWHERE
from solver.engine.pricing import Priced, best_session, compose, price
from solver.round import FACILITATES, MAY_LEAD, Person, Round, Venue, Workshop
from solver.schedule import Reason

NAMED = 12  # people or workshops that a reason names at most
LOOKS = 60  # options looked at before a workshop counts as impossible

# What the rest of a schedule can take from a workshop; filtered in this order, the last first to blame.
SHARED = (
    venue.NAME,
    seating.NAME,
    load.NAME,
    one_place_at_a_time.NAME,
    budget.NAME,
    follows.NAME,
)


@dataclass(frozen=True, slots=True)
class Pools:
    """People by topic: who teaches it at all, and who wants it; and everybody by id."""

    teachers: Mapping[str, list[Person]]
    wanting: Mapping[str, list[Person]]
    people: Mapping[str, Person]

    @staticmethod
    def of(round: Round) -> Pools:
        teachers: dict[str, list[Person]] = {}
        wanting: dict[str, list[Person]] = {}
        for person in round.people.values():
            for topic, level in person.teaches.items():
                if level >= FACILITATES:
                    teachers.setdefault(topic, []).append(person)
            for topic in person.wants:
                wanting.setdefault(topic, []).append(person)
        return Pools(teachers, wanting, round.people)

    def seatable(self, workshop: Workshop) -> list[Person]:
        """Who is invited and nominated, or where nobody is, wants the topic."""
        invited = set(workshop.invited)
        needing = self.wanting.get(workshop.topic, ())
        if workshop.nominated is not None:
            needing = [self.people[id] for id in workshop.nominated]
        return [p for p in needing if p.organisation in invited]


def alone(round: Round, workshop: Workshop, pools: Pools | None = None) -> tuple[Reason, ...]:
    """Why no schedule at all could hold a workshop, by what can be read off the round; empty if unknown.

    `pools` are the round's, for callers who ask about many workshops.
    """
    pools = pools or Pools.of(round)
    return (
        _forbidden(round, workshop)
        or _no_days(round, workshop)
        or _no_team(round, workshop, pools)
        or _no_seats(workshop, pools)
        or _no_money(round, workshop)
    )


def _forbidden(round: Round, workshop: Workshop) -> tuple[Reason, ...]:
    if any(pin.workshop == workshop.id and pin.held is False for pin in round.pins):
        return (Reason(pins.NAME, text="A pin says that it is not held."),)
    return ()


def _no_days(round: Round, workshop: Workshop) -> tuple[Reason, ...]:
    if workshop.online:
        return ()
    first, last = max(workshop.window.first, round.first_day), min(workshop.window.last, round.last_day)
    days = (last - first).days + 1
    if days < workshop.days:
        return (Reason(window.NAME, text=f"Its window has only {days} of the {workshop.days} days."),)
    halls = [round.venues[id] for id in workshop.venues]

    def works(hall: Venue, day: date) -> bool:
        place = round.places[hall.place]
        return day not in place.holidays and day.isoweekday() not in place.weekend

    def is_open(hall: Venue, day: date) -> bool:
        return works(hall, day) and not any(day in span for span in hall.closed)

    def longest(hall: Venue, free: Callable[[Venue, date], bool]) -> int:
        """The longest run of free days in the window; no further than to as many as it takes."""
        best = run = 0
        for day in dates_between(first, last):
            run = run + 1 if free(hall, day) else 0
            best = max(best, run)
            if best >= workshop.days:
                break
        return best

    at_work = max(longest(hall, works) for hall in halls)
    if at_work < workshop.days:
        text = f"At most {at_work} working days in a row lie in its window; it takes {workshop.days}."
        return (Reason(working_days.NAME, text=text),)
    if max(longest(hall, is_open) for hall in halls) < workshop.days:
        return (Reason(venue.NAME, text="Its venues are closed whenever it could be held."),)
    if max(hall.seats for hall in halls) < workshop.seats.min:
        return (Reason(venue.NAME, text=f"None of its venues seats {workshop.seats.min} people."),)
    return ()


def _speaks(person: Person, workshop: Workshop) -> bool:
    return not person.languages.isdisjoint(workshop.languages)


def _no_team(round: Round, workshop: Workshop, pools: Pools) -> tuple[Reason, ...]:
    graduates: list[Person] = []
    if workshop.follows:
        graduates = pools.seatable(round.workshops[workshop.follows.workshop])
    teachers = pools.teachers.get(workshop.topic, [])
    able = {p.id: p for p in (*teachers, *graduates)}
    leads = [p for p in teachers if p.teaches[workshop.topic] >= MAY_LEAD]
    if not teachers and workshop.team.leads + workshop.team.min > 0 and not graduates:
        return (Reason(competence.NAME, text=f"Nobody teaches {workshop.topic}."),)
    if len(leads) < workshop.team.leads:
        text = f"Only {len(leads)} of the {workshop.team.leads} leads it needs may lead {workshop.topic}."
        return (Reason(competence.NAME, tuple(p.id for p in leads), text=text),)
    if len(able) < workshop.team.min:
        text = f"Only {len(able)} people could be in its team of {workshop.team.min}."
        return (Reason(team_size.NAME, tuple(able), text=text),)
    for language in workshop.languages:
        if not any(language in p.languages for p in able.values()):
            text = f"Nobody who could be in its team speaks {language}."
            return (Reason(languages.NAME, text=text),)
    speaking = [p for p in able.values() if _speaks(p, workshop)]
    if len(speaking) < workshop.team.min or sum(_speaks(p, workshop) for p in leads) < workshop.team.leads:
        text = "Too few of those who could be in its team speak one of its languages."
        return (Reason(languages.NAME, text=text),)
    return ()


def _no_seats(workshop: Workshop, pools: Pools) -> tuple[Reason, ...]:
    candidates = pools.seatable(workshop)
    if len(candidates) < workshop.seats.min:
        able = f"want {workshop.topic}" if workshop.nominated is None else "are nominated"
        text = f"Only {len(candidates)} invited people {able}; it needs {workshop.seats.min}."
        return (Reason(seating.NAME, text=text),)
    for people, rule in (
        (candidates, mix.NAME),
        ([p for p in candidates if _speaks(p, workshop)], languages.NAME),
    ):
        groups: dict[str, int] = {}
        for person in people:
            groups[person.organisation] = groups.get(person.organisation, 0) + 1
        if len(groups) < workshop.organisations_min:
            text = (
                f"Its candidates are of {len(groups)} organisations; it needs {workshop.organisations_min}."
            )
            return (Reason(rule, text=text),)
        seats = sum(min(n, workshop.seats_per_organisation) for n in groups.values())
        if seats < workshop.seats.min:
            text = f"At most {seats} seats could be filled; it needs {workshop.seats.min}."
            return (Reason(rule, text=text),)
    return ()


def _no_money(round: Round, workshop: Workshop) -> tuple[Reason, ...]:
    if workshop.online:
        return ()
    cheapest = workshop.days * min(round.venues[id].cost_per_day for id in workshop.venues)
    limits = [fund.amount for fund in round.funds.values() if workshop.id in fund.workshops]
    if workshop.budget is not None:
        limits.append(workshop.budget)
    if limits and cheapest > min(limits):
        text = f"Its cheapest venue alone costs {cheapest}; it may cost {min(limits)}."
        return (Reason(budget.NAME, text=text),)
    return ()


# -- against the rest -------------------------------------------------------


def against(board: Board, w: int, pools: Pools | None = None) -> tuple[Reason, ...]:
    """Why a workshop is not held while the rest of the board stands."""
    options = board.sets[w]
    found = alone(board.arrays.round, options.workshop, pools)
    if found:
        return found
    parent = board.parent[w]
    if parent != NOWHERE and board.placed[parent] is None:
        followed = board.arrays.workshop_ids[parent]
        return (
            Reason(follows.NAME, workshops=(followed,), text=f"It follows {followed}, which is not held."),
        )
    if not len(options):
        return (_no_common_day(board, w),)
    ignoring = frozenset(SHARED)
    if not _possible(board, w, ignoring):
        return (Reason(NOT_FOUND, text="No way to hold it was found."),)
    for rule in SHARED:
        fewer = ignoring - {rule}
        if _possible(board, w, fewer):
            ignoring = fewer
    if not ignoring:
        return (_worth(board, w),)
    return tuple(_blamed(board, w, rule) for rule in SHARED if rule in ignoring)


def _possible(board: Board, w: int, ignoring: frozenset[str]) -> bool:
    priced = price(board, board.sets[w], ignoring=ignoring)
    return _any(board, priced)


def _any(board: Board, priced: Priced) -> bool:
    order = np.argsort(-priced.bound, kind="stable")[:LOOKS]
    return any(priced.bound[o] > -np.inf and compose(board, priced, int(o)) is not None for o in order)


def _worth(board: Board, w: int) -> Reason:
    best = best_session(board, price(board, board.sets[w]), looks=LOOKS)
    if best is None or best[0] > 0:
        return Reason(NOT_FOUND, text="It could be held; the time ran out before the planner knew where.")
    text = f"Held as the rest stands it would lower the objective by {round_half_up(-best[0])}."
    return Reason(NOT_WORTH_IT, text=text)


def round_half_up(value: float) -> int:
    return int(np.floor(value + 0.5))


def _no_common_day(board: Board, w: int) -> Reason:
    """No option is left: on no day can enough of those whom it needs be there."""
    workshop = board.sets[w].workshop
    if any(pin.workshop == workshop.id for pin in board.arrays.round.pins):
        return Reason(pins.NAME, text="No day on which it could be held is what its pins say.")
    if workshop.follows:
        followed = workshop.follows.workshop
        if not len(board.sets[board.arrays.workshop_number[followed]]):
            text = f"It follows {followed}, which cannot be held."
            return Reason(follows.NAME, workshops=(followed,), text=text)
    people = tuple(board.arrays.person_ids[p] for p in board.sets[w].team.people.tolist()[:NAMED])
    if workshop.online:
        text = "At no time are enough of those it needs awake, at work and free."
        return Reason(waking_hours.NAME, people, text=text)
    return Reason(available.NAME, people, text="On no day are enough of those it needs available.")


def _blamed(board: Board, w: int, rule: str) -> Reason:
    """One rule that stands in the way, with the people and workshops that it is about."""
    arrays, options = board.arrays, board.sets[w]
    candidates = {int(p) for part in (options.team, options.seats) for p in part.people}
    people: list[int] = []
    others: list[int] = []
    if rule == follows.NAME:
        others = [board.parent[w]]
        text = "The dates or graduates of the workshop it follows do not allow it."
    elif rule == venue.NAME:
        venues = set(options.venue.tolist())
        others = [x.w for x in board.placed if x and int(board.sets[x.w].venue[x.option]) in venues]
        text = "Its venues are taken."
    elif rule == budget.NAME:
        funds = set(board.funds_of[w])
        others = [x.w for x in board.placed if x and funds.intersection(board.funds_of[x.w])]
        left = board.money_left(w)
        text = f"Only {left} of money is left for it."
    else:
        for x in board.placed:
            if x is None:
                continue
            theirs = board.sets[x.w]
            busy = {*theirs.team.people[list(x.team)].tolist(), *theirs.seats.people[list(x.seats)].tolist()}
            if rule == seating.NAME and theirs.topic != options.topic:
                continue
            if candidates & busy:
                others.append(x.w)
                people.extend(candidates & busy)
        text = {
            seating.NAME: "Too many of its candidates hold a seat in its topic already.",
            load.NAME: "Too many of its candidates have no workshop, seat or day away left.",
            one_place_at_a_time.NAME: "Whenever it could be held, too many of its candidates are elsewhere.",
        }[rule]
    return Reason(
        rule,
        tuple(arrays.person_ids[p] for p in sorted(set(people))[:NAMED]),
        tuple(arrays.workshop_ids[x] for x in others[:NAMED]),
        text,
    )
