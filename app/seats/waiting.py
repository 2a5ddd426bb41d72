"""The order in which people are offered a seat that has become free: a plain function on values.

Whoever named somebody keeps a say in it: first comes the substitute of the organisation whose seat it
was. After that the places in the organisations' own lists decide, first choices before second ones,
substitutes after the nominees of their list; among equals how much somebody needs it, then whose
organisation has the fewest seats so far, then who was named first. People whom nobody named, but whose
organisation is invited and who want the topic, come after all who were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

Bar = Literal[
    "language",
    "unavailable",
    "notice",
    "entry",
    "elsewhere",
    "organisation_full",
    "seats_enough",
    "online_only",
]
"""Why somebody is passed over: not offered a seat, though they wait for one."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be offered a seat.

    `place` is their place in their organisation's list, from 1, substitutes counted after the
    nominees; `None` for those whom nobody named. `bars` are the reasons to pass them over.
    """

    person_id: int
    organisation_id: int
    place: int | None
    is_substitute: bool
    need: int
    since: datetime
    bars: frozenset[Bar] = frozenset()


@dataclass(frozen=True, slots=True)
class Waiting:
    """One on the waiting list. `comes_first` is true where the seat is of their organisation and they
    are its substitute; `share` is how many seats their organisation has."""

    candidate: Candidate
    comes_first: bool
    share: int


@dataclass(frozen=True, slots=True)
class WaitingList:
    """Who is offered a seat, in order, and who is passed over."""

    order: tuple[Waiting, ...] = ()
    passed_over: tuple[Waiting, ...] = field(default_factory=tuple)


def waiting_list(
    candidates: Iterable[Candidate], *, freed_by: int | None, seats: Mapping[int, int], per_organisation: int
) -> WaitingList:
    """Put the candidates in order for one seat.

    Args:
        freed_by: the organisation of whoever gave it up; `None` where that is not known.
        seats: how many seats each organisation has or is being offered.
        per_organisation: the most that one may have.
    """
    order: list[Waiting] = []
    passed_over: list[Waiting] = []
    for each in candidates:
        share = seats.get(each.organisation_id, 0)
        if share >= per_organisation:
            each = replace(each, bars=each.bars | {"organisation_full"})
        comes_first = each.is_substitute and each.organisation_id == freed_by
        (passed_over if each.bars else order).append(Waiting(each, comes_first, share))
    return WaitingList(tuple(sorted(order, key=_key)), tuple(sorted(passed_over, key=_key)))


def _key(waiting: Waiting) -> tuple[object, ...]:
    each = waiting.candidate
    return (
        not waiting.comes_first,
        each.place is None,
        each.place or 0,
        -each.need,
        waiting.share,
        each.since,
        each.person_id,
    )
