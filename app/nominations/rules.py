"""How quota, rank and need work together: plain functions on values.

An organisation may have as many seats as the workshop allows for each (its quota). It names up to so
many nominees, and up to so many substitutes, each in order: whom it would rather send comes first. For
the planner a nomination counts by its need, but never for more than one that its organisation ranks
higher: who calls everything urgent does not turn the order round.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MOST_NAMED = 20
"""However large the quota, a list stays one that a person can put in order."""

REMIND_DAYS_BEFORE = (7, 2)
"""So many days before the closing date those are reminded who have not answered."""


@dataclass(frozen=True, slots=True)
class Named:
    """One entry of an organisation's list, as it is sent in: lists are in order of rank."""

    person_id: int
    need: int
    purpose: str
    is_substitute: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a list cannot stand: which entry of it (from 0), and a code that the form says in words."""

    position: int
    field: str
    reason: str


def quota_of(seats_per_organisation: int, seats_max: int) -> int:
    """How many nominees an organisation may name; it may name as many substitutes."""
    return max(0, min(seats_per_organisation, seats_max, MOST_NAMED))


def problems_of(entries: list[Named], *, allowed: Iterable[int], quota: int) -> list[Problem]:
    """What is wrong with a list; `allowed` are the people of the organisation."""
    found, seen, known = [], set[int](), set(allowed)
    left = {False: quota, True: quota}
    for position, entry in enumerate(entries):
        if entry.person_id not in known:
            found.append(Problem(position, "person", "not_of_organisation"))
        elif entry.person_id in seen:
            found.append(Problem(position, "person", "named_twice"))
        seen.add(entry.person_id)
        left[entry.is_substitute] -= 1
        if left[entry.is_substitute] < 0:
            found.append(Problem(position, "person", "list_full"))
        if entry.need not in (1, 2, 3):
            found.append(Problem(position, "need", "need_missing"))
    return found


def needs_in_order(needs: Iterable[int]) -> list[int]:
    """The needs of a list in order of rank, as the planner gets them: none above one before it."""
    counted: list[int] = []
    for need in needs:
        counted.append(min(need, counted[-1]) if counted else need)
    return counted


def reminders_due(days_left: int) -> int:
    """How many reminders an organisation without an answer should have had, so many days before the end."""
    return sum(days_left <= before for before in REMIND_DAYS_BEFORE)
