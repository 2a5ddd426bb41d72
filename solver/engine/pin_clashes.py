"""Pins that cannot hold together: which, and over which rules.

What pins demand is a small round of its own: the pinned workshops and those they follow, without an
objective. The strong model decides it; where it says infeasible, no schedule satisfies the pins, whatever
else is held. The fewest pins that clash are a smallest hitting set of what is left unkept by every schedule
that keeps as many of them as it can; these are found as they are needed (Ignatiev, Previti, Liffiton and
Marques-Silva 2015).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from time import monotonic

from solver.constraints import follows, violations
from solver.constraints import pins as pins_rule
from solver.engine.arrays import Arrays
from solver.engine.board import Board, Placement
from solver.engine.clashes import clashing_pairs, separate
from solver.engine.mip import Status
from solver.engine.options import all_options
from solver.engine.strong_model import StrongModel
from solver.round import Pin, Round, Weights
from solver.schedule import Schedule, Session, TeamMember

SECONDS = 20.0  # for one question to the model
FREE = Weights(held=0, need=0, reach=0, preferred=0, cost=0, discomfort=0, balance=0, change=0, cancel=0)

# What leaving a rule out of the model means: the methods of `StrongModel` that state it.
STATED = {
    "languages": ("languages",),
    "seating": ("seating", "one_seat_per_topic"),
    "mix": ("mix",),
    "follows": ("follows",),
    "budget": ("budget", "funds"),
    "venue": ("venue",),
    "load": ("load",),
    "one_place_at_a_time": ("fixed_clashes",),
}


def _without_people(round: Round, **fields: object) -> Round:
    return replace(round, people={key: replace(p, **fields) for key, p in round.people.items()})  # type: ignore[arg-type]


# What leaving a rule out means for the sets of options: a round in which it asks for nothing.
RELAXED: dict[str, Callable[[Round], Round]] = {
    "window": lambda round: replace(
        round, workshops={key: replace(w, window=round.horizon) for key, w in round.workshops.items()}
    ),
    "working_days": lambda round: replace(
        round,
        places={
            key: replace(p, holidays=frozenset(), weekend=frozenset()) for key, p in round.places.items()
        },
    ),
    "venue": lambda round: replace(
        round, venues={key: replace(v, closed=()) for key, v in round.venues.items()}
    ),
    "available": lambda round: _without_people(round, unavailable=(), online_only=False),
    "entry": lambda round: _without_people(round, entry={}),
    "notice": lambda round: _without_people(round, not_before=None),
    "load": lambda round: _without_people(round, max_workshops=10**6, max_days_away=10**6, max_seats=10**6),
    "budget": lambda round: replace(
        round, funds={}, workshops={key: replace(w, budget=None) for key, w in round.workshops.items()}
    ),
}


def demanded_round(round: Round, pins: Sequence[Pin]) -> Round:
    """The workshops that some pins demand and those they follow, with these pins and no objective."""
    wanted: dict[str, None] = {}
    for pin in pins:
        workshop: str | None = pin.workshop if pin.demands_session else None
        while workshop is not None and workshop not in wanted:
            wanted[workshop] = None
            followed = round.workshops[workshop].follows
            workshop = followed.workshop if followed else None
    funds = {
        key: replace(fund, workshops=tuple(w for w in fund.workshops if w in wanted))
        for key, fund in round.funds.items()
    }
    return replace(
        round,
        rules=replace(round.rules, weights=FREE),
        workshops={key: workshop for key, workshop in round.workshops.items() if key in wanted},
        funds=funds,
        pins=tuple(pin for pin in pins if pin.workshop in wanted),
        published=None,
    )


def satisfiable(
    round: Round,
    pins: Sequence[Pin],
    *,
    without: str | None = None,
    over: Callable[[], bool] = lambda: False,
) -> tuple[bool | None, tuple[Session, ...]]:
    """Whether some sessions satisfy the pins (`None`: not known), and such sessions."""
    small = demanded_round(round, pins)
    if not small.workshops:
        return True, ()
    arrays = Arrays(small)
    board = Board(arrays, all_options(arrays))
    silent = STATED.get(without, ()) if without else ()
    strong = StrongModel(board, range(len(board.sets)), without=silent)
    if strong.impossible:
        return False, ()
    for _ in range(20):
        answer = strong.model.solve(SECONDS, meanwhile=over)
        if answer.status is Status.INFEASIBLE:
            return False, ()
        if answer.values is None:
            return None, ()
        placements: list[Placement] = strong.placements(answer)
        pairs = clashing_pairs(board, placements) if without != "one_place_at_a_time" else []
        if not pairs:
            return True, tuple(board.session(placement) for placement in placements)
        for a, b in pairs:
            separate(strong, a, b)
    return None, ()


def smallest_clash(
    round: Round, *, over: Callable[[], bool] = lambda: False, until: float = float("inf")
) -> tuple[tuple[Pin, ...], tuple[str, ...]] | None:
    """A smallest set of pins that cannot hold together, with the rules; `None` if none is known.

    When the time is up, a set that clashes, though perhaps not a smallest one.
    """

    def late() -> bool:
        return over() or monotonic() >= until

    if late() or satisfiable(round, round.pins, over=late)[0] is not False:
        return None
    pins = _fewest(round, late)
    return pins, clash_rules(round, pins, late)


def _fewest(round: Round, late: Callable[[], bool]) -> tuple[Pin, ...]:
    """The fewest pins that clash, of pins that do."""
    pins, everything = round.pins, frozenset(range(len(round.pins)))
    unkept: list[frozenset[int]] = []  # by sessions that keep the others: each has one of a set that clashes

    def clash(chosen: frozenset[int]) -> bool:
        """Whether some pins clash; where they do not, what their sessions leave unkept is noted."""
        if any(chosen.isdisjoint(each) for each in unkept):
            return False
        possible, sessions = satisfiable(round, [pins[n] for n in sorted(chosen)], over=late)
        if possible is False:
            return True
        kept = _kept(round, sessions) if possible else frozenset()
        unkept.append(everything - kept - chosen)
        return False

    while not late():
        chosen = next(
            frozenset(each)
            for size in range(1, len(pins) + 1)
            for each in combinations(range(len(pins)), size)
            if all(left.intersection(each) for left in unkept)
        )
        if clash(chosen):
            return tuple(pins[n] for n in sorted(chosen))
        for n in range(len(pins)):  # as many pins as can be kept with these: the fewer are left, the better
            if n not in chosen and not late() and not clash(chosen | {n}):
                chosen |= {n}
    return pins


def _kept(round: Round, sessions: tuple[Session, ...]) -> frozenset[int]:
    """The numbers of the pins that some sessions, and nothing else, keep."""
    schedule = Schedule(round.id, sessions)

    def is_kept(pin: Pin) -> bool:
        return next(pins_rule.violations(replace(round, pins=(pin,)), schedule), None) is None

    return frozenset(n for n, pin in enumerate(round.pins) if is_kept(pin))


def clash_rules(round: Round, pins: Sequence[Pin], over: Callable[[], bool]) -> tuple[str, ...]:
    """Rules over which pins clash: each that, left out of the model, would let them hold together.

    Where the pins say enough to be read as sessions, the rules that these break count as well.
    """
    found: dict[str, None] = {}
    for rule in dict.fromkeys((*STATED, *RELAXED)):
        relaxed = RELAXED.get(rule, _as_it_is)(round)
        if not over() and satisfiable(relaxed, pins, without=rule, over=over)[0]:
            found[rule] = None
    for rule in _broken_as_told(demanded_round(round, pins)):
        found[rule] = None
    return tuple(found) or (pins_rule.NAME,)


def _as_it_is(round: Round) -> Round:
    return round


# Breaches that more people in the session would mend say nothing of its pins.
MENDED_BY_MORE = frozenset(
    {"too_few", "too_few_leads", "too_few_graduates", "too_few_organisations", "unspoken"}
)


def _broken_as_told(small: Round) -> list[str]:
    """Rules that the pins break when read as sessions: of those that fix a start (and a venue)."""
    sessions: list[Session] = []
    for id, workshop in small.workshops.items():
        mine = [pin for pin in small.pins if pin.workshop == id]
        starts = [pin.start for pin in mine if pin.start is not None]
        venues = [pin.venue for pin in mine if pin.venue is not None] or list(workshop.venues[:1])
        if not starts or (len(workshop.venues) > 1 and not any(pin.venue for pin in mine)):
            continue
        team = dict.fromkeys(person for pin in mine for person in pin.team)
        seats = dict.fromkeys(person for pin in mine for person in pin.seats)
        sessions.append(
            Session(
                id,
                None if workshop.online else venues[0],
                starts[0],
                tuple(TeamMember(person, "facilitator") for person in team),
                tuple(seats),
            )
        )
    schedule = Schedule(small.id, tuple(sessions))
    return [
        each.rule
        for each in violations(small, schedule)
        if each.breach not in MENDED_BY_MORE
        and (each.rule, each.breach) != (follows.NAME, "not_held")
        and each.rule != pins_rule.NAME
    ]
