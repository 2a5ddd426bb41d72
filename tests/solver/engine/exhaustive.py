"""The optimum of tiny rounds by trying every schedule, and tiny rounds drawn at random with all rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from solver.constraints import violations
from solver.objective import objective
from solver.round import Fund, Pin, PublishedSession, Round, SeatCount, Span, TeamSize, Workshop
from solver.schedule import Schedule, Session
from tests.solver.engine.small import sessions_alone
from tests.solver.rounds import follows, on, person, tiny_round, webinar, workshop

MONDAY = on("2027-03-01")


def optimum(round: Round) -> int | None:
    """The highest objective of any right schedule; `None` where no schedule is right.

    Every term but `balance` adds up over sessions or is worth less together (`reach`), and `balance` only
    costs: so what sessions bring alone, added up, is never too little, and cuts the search short.
    """
    nothing = objective(round, Schedule(round.id, ()))
    choices: list[list[tuple[int, Session]]] = []
    for each in sorted(round.workshops.values(), key=lambda w: _depth(round, w)):
        alone = (
            (objective(round, Schedule(round.id, (s,))) - nothing, s) for s in sessions_alone(round, each)
        )
        choices.append(sorted(alone, key=lambda pair: -pair[0]))
    hope = [0]
    for choice in reversed(choices):
        hope.insert(0, hope[0] + max([0, *(gain for gain, _ in choice[:1])]))
    best: int | None = None

    def extend(at: int, chosen: tuple[Session, ...], gained: int) -> None:
        nonlocal best
        if best is not None and nothing + gained + hope[at] <= best:
            return
        if at == len(choices):
            schedule = Schedule(round.id, chosen)
            if next(violations(round, schedule), None) is None:
                worth = objective(round, schedule)
                best = worth if best is None else max(best, worth)
            return
        for gain, session in choices[at]:
            if best is not None and nothing + gained + gain + hope[at + 1] <= best:
                break
            more = (*chosen, session)
            if all(v.rule == "pins" for v in violations(round, Schedule(round.id, more))):
                extend(at + 1, more, gained + gain)
        extend(at + 1, chosen, gained)

    extend(0, (), 0)
    return best


def _depth(round: Round, each: Workshop) -> int:
    return 0 if each.follows is None else 1 + _depth(round, round.workshops[each.follows.workshop])


def drawn(seed: int) -> Round:
    """A tiny round: two or three workshops for a handful of people, scarce in everything."""
    rng = np.random.default_rng(seed)

    def pick(*values: object) -> object:
        return values[int(rng.integers(len(values)))]

    def window() -> Span:
        first = MONDAY + timedelta(int(rng.integers(0, 5)))
        return Span(first, first + timedelta(int(rng.integers(1, 6))))

    people = [person("lena", teaches={"law": 3}, languages=("en", "fr"), **_limits(pick))]
    for n in range(int(rng.integers(2, 5))):
        spans = (window(),) if rng.random() < 0.3 else ()
        people.append(
            person(
                f"p{n}",
                pick("north", "south"),
                pick("here", "near", "far"),
                languages=pick(("en",), ("en", "fr")),
                teaches=pick({}, {"law": 2}, {"law": 3}),
                wants=pick({}, {"law": 1}, {"law": 3}, {"law": 2, "art": 1}),
                unavailable=spans,
                preferred=(window(),) if rng.random() < 0.3 else (),
                fee_per_day=pick(0, 15),
                online_only=rng.random() < 0.15,
                **_limits(pick),
            )
        )
    asked = []
    for n in range(int(rng.integers(1, 4))):
        common = {
            "team": pick(TeamSize(1, 1, 1), TeamSize(1, 2, 1), TeamSize(2, 2, 1), TeamSize(0, 1, 0)),
            "seats": pick(SeatCount(0, 2), SeatCount(1, 2), SeatCount(0, 1), SeatCount(0, 0)),
            "languages": pick(("en",), ("en", "fr")),
            "priority": int(rng.integers(1, 5)),
            "seats_per_organisation": int(rng.integers(1, 3)),
            "topic": pick("law", "law", "art"),
        }
        if rng.random() < 0.2:
            first = MONDAY + timedelta(int(rng.integers(0, 5)))
            asked.append(webinar(f"w{n}", window=Span(first, first), minutes=pick(60, 540), **common))
        else:
            venues, budget = pick(("hall",), ("room",), ("hall", "room")), pick(None, None, 400, 900)
            days = pick(1, 1, 2)
            asked.append(
                workshop(f"w{n}", window=window(), days=days, venues=venues, budget=budget, **common)
            )
    if len(asked) > 1 and rng.random() < 0.6:
        last = asked[-1]
        if not last.online:
            last = replace(last, window=Span(MONDAY + timedelta(3), MONDAY + timedelta(11)))
        rule = follows(asked[0].id, int(rng.integers(0, 3)), int(rng.integers(4, 10)), pick(0, 0, 1))
        asked[-1] = replace(last, follows=rule)
    names = tuple(each.id for each in asked)
    funds = [Fund("f", "Fund", names, pick(300, 600, 1000))] if rng.random() < 0.4 else []
    told = None
    if rng.random() < 0.3 and not asked[0].online:
        told = [PublishedSession(names[0], pick("hall", "room"), MONDAY, ("lena",), (people[-1].id,))]
    pins = []
    if rng.random() < 0.3:
        pins.append(pick(Pin(names[-1], held=True), Pin(names[0], team=("lena",)), Pin(names[0], held=False)))
    weights = {"cost": pick(0, 1), "balance": pick(0, 3, 30)}
    asked = [replace(each, organisations_min=pick(0, 0, 1, 2)) for each in asked]
    return tiny_round(workshops=asked, people=people, funds=funds, pins=pins, published=told, weights=weights)


def _limits(pick) -> dict[str, object]:
    return {"max_workshops": pick(1, 2, 3), "max_days_away": pick(3, 4, 7, 40), "max_seats": pick(1, 1, 2)}
