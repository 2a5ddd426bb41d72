"""Emphases: ways to lean a round towards something, so that its best schedules differ in that.

An emphasis makes another round of the same people, venues and workshops: with other weights, or with a
choice of the best schedule taken away (a country, a week, a person's fourth workshop). It only ever takes
options away, so that what is right for the leaning round is right for the round itself; what it is worth
there is another matter. `strength` is in (0, 1]; the less, the nearer to the round as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from math import ceil

from solver.derived import days_of, place_of
from solver.round import Round, Span, Weights, Workshop
from solver.schedule import Schedule, Session

UNIT = 4  # all weights times this, so that they can be leaned by fractions
LEAN = 2.0  # a weight at full strength is 1 + this times what it was
SHARE = 1 / 3  # of the sessions, the most important ones, that lose a choice at full strength
AWAY = 7  # days by which another date differs at least

Emphasis = Callable[[Round, Schedule, float], Round | None]
"""(round, best schedule, strength) -> the leaning round; `None` where there is nothing to lean towards."""


# -- other weights ------------------------------------------------------------


def reweighted(round: Round, factors: Mapping[str, float]) -> Round:
    """The round with each weight times `UNIT` and its factor (default 1); a weight of 0 counts as 1."""
    weights = {}
    for name in Weights.__dataclass_fields__:
        weight, factor = getattr(round.rules.weights, name), factors.get(name)
        weights[name] = UNIT * weight if factor is None else ceil(UNIT * max(1, weight) * factor)
    return replace(round, rules=replace(round.rules, weights=Weights(**weights)))


def _weights(*names: str) -> Emphasis:
    def lean(round: Round, best: Schedule, strength: float) -> Round:
        return reweighted(round, dict.fromkeys(names, 1 + LEAN * strength))

    return lean


def _steadier(round: Round, best: Schedule, strength: float) -> Round | None:
    return _weights("change", "cancel")(round, best, strength) if round.published else None


def _other_workshops(round: Round, best: Schedule, strength: float) -> Round | None:
    """What the best schedule leaves out counts as more important."""
    held = {session.workshop for session in best.sessions}
    raised = {
        id: each if id in held else replace(each, priority=ceil(each.priority * (1 + LEAN * strength)))
        for id, each in round.workshops.items()
    }
    return replace(round, workshops=raised) if len(held) < len(round.workshops) else None


# -- choices taken away ---------------------------------------------------------


def _other_hosts(round: Round, best: Schedule, strength: float) -> Round | None:
    """The country that hosts the most sessions hosts fewer of those that could be elsewhere."""
    country = {
        session.workshop: place.country
        for session in best.sessions
        for place in [place_of(round, session)]
        if place is not None
    }
    elsewhere: dict[str, Workshop] = {}
    for busiest, _ in Counter(country.values()).most_common():
        for session in _important(round, best):
            workshop = round.workshops[session.workshop]
            venues = tuple(
                v for v in workshop.venues if round.places[round.venues[v].place].country != busiest
            )
            if country.get(workshop.id) == busiest and venues:
                elsewhere[workshop.id] = replace(workshop, venues=venues)
        if elsewhere:
            break
    return _replaced(round, elsewhere, strength)


def _other_dates(round: Round, best: Schedule, strength: float) -> Round | None:
    """The most important sessions are at least a week earlier or later."""
    elsewhen: dict[str, Workshop] = {}
    for session in _important(round, best):
        workshop = round.workshops[session.workshop]
        days = days_of(workshop, session.start)
        first, last = max(workshop.window.first, round.first_day), min(workshop.window.last, round.last_day)
        parts = [
            Span(first, days.last - timedelta(AWAY)),
            Span(days.first + timedelta(AWAY), last),
        ]
        widest = max(parts, key=lambda part: part.last - part.first)
        if (widest.last - widest.first).days >= AWAY + workshop.days:
            elsewhen[workshop.id] = replace(workshop, window=widest)
    return _replaced(round, elsewhen, strength)


def _other_hands(round: Round, best: Schedule, strength: float) -> Round | None:
    """Those who carry most facilitate fewer workshops."""
    load = Counter(person for session in best.sessions for person in session.facilitators)
    busy = [person for person, n in load.most_common() if n > 1]
    relieved = {
        id: replace(round.people[id], max_workshops=load[id] - max(1, load[id] // 2))
        for id in busy[: ceil(SHARE * strength * len(busy))]
    }
    return replace(round, people={**round.people, **relieved}) if relieved else None


def _important(round: Round, best: Schedule) -> Iterator[Session]:
    """Sessions by priority and size, but those of which a pin fixes anything."""
    pinned = {pin.workshop for pin in round.pins}
    free = [session for session in best.sessions if session.workshop not in pinned]
    yield from sorted(free, key=lambda s: (-round.workshops[s.workshop].priority, -len(s.people), s.workshop))


def _replaced(round: Round, workshops: Mapping[str, Workshop], strength: float) -> Round | None:
    """The round with the first few of some workshops as given, most important first."""
    few = list(workshops.items())[: ceil(SHARE * strength * len(workshops))]
    return replace(round, workshops={**round.workshops, **dict(few)}) if few else None


LEANS: Mapping[str, tuple[str, ...]] = {
    "cheaper": ("cost",),
    "wider": ("need", "reach"),
    "fairer": ("balance",),
    "gentler": ("preferred", "discomfort", "reluctance"),
    "steadier": ("change", "cancel"),
}
"""The terms that an emphasis weighs more: money, people served, even work, convenience, what was told."""

EMPHASES: Mapping[str, Emphasis] = {
    "cheaper": _weights(*LEANS["cheaper"]),
    "other_hosts": _other_hosts,
    "wider": _weights(*LEANS["wider"]),
    "other_dates": _other_dates,
    "fairer": _weights(*LEANS["fairer"]),
    "other_hands": _other_hands,
    "gentler": _weights(*LEANS["gentler"]),
    "other_workshops": _other_workshops,
    "steadier": _steadier,
}
"""All of them by name, in the order in which they are tried; four change who hosts, when, who teaches, and
which workshops are held."""
