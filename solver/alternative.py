"""Schedules worth choosing between: what a choice is, how far apart two are, and a diverse few of many.

What people see of a schedule at a glance is a set of weighted *features*. A workshop w that is held,
with priority(w) = r, has

    held   w                     2 r
    host   w in this country       r        in person
    week   w in this ISO week      r
    team   w with this person      r / |team|    for each

and the distance of two schedules is the weighted Jaccard (Ruzicka) distance of their features

    d(a, b) = 1 - Σ_f min(a_f, b_f) / Σ_f max(a_f, b_f)        in [0, 1], a metric

so a third of the distance between schedules of the same workshops lies in who teaches. Seats are no
feature: who exactly sits in the room is seldom what a choice turns on, and how many do is a figure of
the `Comparison`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from solver.comparison import Comparison
from solver.derived import days_of, place_of
from solver.round import Round
from solver.schedule import Schedule

ASPECTS = ("held", "host", "week", "team")
LEAST = 0.01  # distance from which two schedules count as different at all

Features = Mapping[tuple[str, ...], float]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Alternative:
    """One schedule to choose from.

    `emphasis` names what the search for it leaned towards (`solver.engine.emphases`; "best" for the best
    one). `loss` is the share of the best objective that it lacks; `differences` how far it is from the
    best in each of `ASPECTS`; `comparison` holds it against the best (the best against itself).
    """

    emphasis: str
    schedule: Schedule
    loss: float
    differences: Mapping[str, float]
    comparison: Comparison

    def as_data(self) -> dict[str, Any]:
        """All but the schedule itself, ready for JSON."""
        return {
            "emphasis": self.emphasis,
            "objective": self.schedule.objective,
            "loss": round(self.loss, 6),
            "differences": {aspect: round(share, 4) for aspect, share in self.differences.items()},
            "comparison": self.comparison.as_data(),
        }


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One schedule on the curve between changing little and serving more.

    `changes` counts what people have been told and is no longer so (`changes_since`); `served` is the
    objective without `change` and `cancel`, in hundredths of a point; `comparison` holds the schedule
    against what people have been told.
    """

    changes: int
    served: int
    schedule: Schedule
    comparison: Comparison

    def as_data(self) -> dict[str, Any]:
        """All but the schedule itself, ready for JSON."""
        return {
            "changes": self.changes,
            "served": self.served,
            "objective": self.schedule.objective,
            "comparison": self.comparison.as_data(),
        }


# -- distance ---------------------------------------------------------------


def features(round: Round, schedule: Schedule) -> Features:
    """What people see of a schedule at a glance, by aspect and workshop, with weights."""
    found: dict[tuple[str, ...], float] = {}
    for session in schedule.sessions:
        workshop = round.workshops[session.workshop]
        weight, id = float(workshop.priority), workshop.id
        found["held", id] = 2 * weight
        place = place_of(round, session)
        if place is not None:
            found["host", id, place.country] = weight
        year, week, _ = days_of(workshop, session.start).first.isocalendar()
        found["week", id, f"{year}-W{week:02}"] = weight
        for person in session.facilitators:
            found["team", id, person] = weight / len(session.facilitators)
    return found


def distance(a: Features, b: Features) -> float:
    """Weighted Jaccard distance: 0 for the same features, 1 for none in common."""
    either = a.keys() | b.keys()
    most = sum(max(a.get(each, 0.0), b.get(each, 0.0)) for each in either)
    least = sum(min(a.get(each, 0.0), b.get(each, 0.0)) for each in either)
    return 1.0 - least / most if most else 0.0


def distance_by_aspect(a: Features, b: Features) -> dict[str, float]:
    """The distance in each aspect alone."""

    def only(aspect: str, each: Features) -> Features:
        return {feature: weight for feature, weight in each.items() if feature[0] == aspect}

    return {aspect: distance(only(aspect, a), only(aspect, b)) for aspect in ASPECTS}


def diverse(
    chosen: Sequence[Item],
    others: Iterable[Item],
    count: int,
    apart: Callable[[Item, Item], float],
    *,
    least: float = LEAST,
) -> list[Item]:
    """Up to `count` items: those chosen, then again and again the one farthest from all chosen so far.

    Farthest: the distance `apart` to the nearest chosen one is largest (Gonzalez 1985: at least half of
    what any choice of as many reaches); among equals the first. Items nearer than `least` are left out.
    """
    found = list(chosen)
    nearest = [(other, min((apart(other, each) for each in found), default=1.0)) for other in others]
    while nearest and len(found) < count:
        best, gap = max(nearest, key=lambda pair: pair[1])
        if gap < least:
            break
        found.append(best)
        nearest = [(other, min(away, apart(other, best))) for other, away in nearest if other is not best]
    return found


# -- change -----------------------------------------------------------------


def changes_since(round: Round, schedule: Schedule) -> int:
    """How much of what people have been told (`published`) is no longer so.

    For a session held: 1 where start or venue differs, and 1 for each person gone from team or seats,
    as in the term `change`. For a cancelled one: 1, and 1 for each person in it.
    """
    held = {session.workshop: session for session in reversed(schedule.sessions)}
    changes = 0
    for told in round.published or ():
        session = held.get(told.workshop)
        if session is None:
            changes += 1 + len(told.team) + len(told.seats)
        else:
            changes += (session.start, session.venue) != (told.start, told.venue)
            changes += len(set(told.team).difference(session.facilitators))
            changes += len(set(told.seats).difference(session.seats))
    return changes


def pareto(points: Iterable[Item], *, cost: Callable[[Item], int], gain: Callable[[Item], int]) -> list[Item]:
    """The items that no other beats in one without being worse in the other; by rising cost."""
    found: list[Item] = []
    for each in sorted(points, key=lambda item: (cost(item), -gain(item))):
        if not found or gain(each) > gain(found[-1]):
            found.append(each)
    return found
