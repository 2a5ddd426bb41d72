"""What happens to a round after people have been told of it: each change as a value, applied to a round.

    unavailable:PERSON[:FROM:TO]   Unavailable   somebody falls out, for some days or altogether
    venue:VENUE[:FROM:TO]          VenueLost     a venue is lost, for some days or altogether
    fund:FUND:AMOUNT               FundSet       a fund has another amount than it had
    budget:WORKSHOP:AMOUNT         BudgetSet     a workshop may cost another amount at most
    drop:WORKSHOP                  Dropped       a workshop is not wanted any more

On the left what a command line says (`read_changes`). To apply a change to a round gives a new round.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeAlias

from solver.reading.fields import amount, known_id, span
from solver.reading.problems import INVALID, At, Problems
from solver.round import Pin, PublishedSession, Round, Span
from solver.schedule import Schedule
from solver.wording import shown


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A person cannot come on some days; `days` None: on none of the round's."""

    person: str
    days: Span | None = None

    def apply(self, round: Round) -> Round:
        person = round.people[self.person]
        away = replace(person, unavailable=with_days(person.unavailable, self.days or _whole(round)))
        return replace(round, people={**round.people, person.id: away})


@dataclass(frozen=True, slots=True)
class VenueLost:
    """A venue is closed on some days; `days` None: on all of the round's."""

    venue: str
    days: Span | None = None

    def apply(self, round: Round) -> Round:
        venue = round.venues[self.venue]
        closed = replace(venue, closed=with_days(venue.closed, self.days or _whole(round)))
        return replace(round, venues={**round.venues, venue.id: closed})


@dataclass(frozen=True, slots=True)
class FundSet:
    """The sessions of a fund's workshops may together cost at most `amount`."""

    fund: str
    amount: int

    def apply(self, round: Round) -> Round:
        fund = replace(round.funds[self.fund], amount=self.amount)
        return replace(round, funds={**round.funds, fund.id: fund})


@dataclass(frozen=True, slots=True)
class BudgetSet:
    """The session of a workshop may cost at most `amount`."""

    workshop: str
    amount: int

    def apply(self, round: Round) -> Round:
        workshop = replace(round.workshops[self.workshop], budget=self.amount)
        return replace(round, workshops={**round.workshops, workshop.id: workshop})


@dataclass(frozen=True, slots=True)
class Dropped:
    """A workshop is not to be held, whatever was pinned for it before."""

    workshop: str

    def apply(self, round: Round) -> Round:
        workshop = round.workshops[self.workshop].id
        others = tuple(pin for pin in round.pins if pin.workshop != workshop)
        return replace(round, pins=(*others, Pin(workshop, held=False)))


Change: TypeAlias = Unavailable | VenueLost | FundSet | BudgetSet | Dropped


def with_days(spans: tuple[Span, ...], more: Span) -> tuple[Span, ...]:
    """The spans with one more; a document lists each once, and what happens may have been known before."""
    return spans if more in spans else (*spans, more)


def _whole(round: Round) -> Span:
    """Every day that a session can touch; online, local dates reach a day beyond the horizon."""
    return Span(round.first_day - timedelta(1), round.last_day + timedelta(1))


def changed(round: Round, changes: Iterable[Change]) -> Round:
    """The round after all changes, in their order.

    Raises:
        KeyError: a change names what the round does not have.
    """
    for change in changes:
        round = change.apply(round)
    return round


def announced(round: Round, schedule: Schedule) -> Round:
    """The round once people have been told of a schedule: its `published` is that schedule.

    What was published before is forgotten. Whoever was told of it has been told better since, also of
    what is no longer held. (Of a workshop with several sessions, people believe the first.)
    """
    told: dict[str, PublishedSession] = {}
    for session in schedule.sessions:
        seats = tuple(dict.fromkeys(session.seats))
        told.setdefault(
            session.workshop,
            PublishedSession(session.workshop, session.venue, session.start, session.facilitators, seats),
        )
    return replace(round, published=tuple(told.values()))


# -- as texts ----------------------------------------------------------------------


def read_changes(texts: Iterable[str], round: Round) -> tuple[Change, ...]:
    """The changes that texts name, such as `unavailable:amina:2027-03-01:2027-03-10`.

    Ids may contain colons. FROM and TO are included.

    Raises:
        MalformedDocument: what cannot be read, or names what the round does not have, each with
            its place: `changes[0].person: no person 'amin'`.
    """
    problems = Problems()
    found = [_change(text, round, ((None, "changes"), n), problems) for n, text in enumerate(texts)]
    problems.raise_if_any()
    return tuple(found)


def _change(text: str, round: Round, at: At, problems: Problems) -> Any:
    kind, colon, rest = text.partition(":")
    if not colon or kind not in _READERS:
        wanted = ", ".join(f"{name}:…" for name in _READERS)
        return problems.refuse(at, "wrong_value", f"{shown(text)} is none of {wanted}")
    return _READERS[kind](rest, round, at, problems)


def _for_days(build: Callable[..., Change], what: str, table: str) -> _Reader:
    """Reader of `ID` or `ID:FROM:TO`."""

    def read(rest: str, round: Round, at: At, problems: Problems) -> Any:
        ids: Mapping[str, object] = getattr(round, table)
        dated = None if rest in ids else re.fullmatch(r"(.*):([^:]*):([^:]*)", rest, re.DOTALL)
        id = known_id(what, ids)(dated[1] if dated else rest, (at, what), problems)
        days = span([dated[2], dated[3]], (at, "days"), problems) if dated else None
        return INVALID if id is INVALID or days is INVALID else build(id, days)

    return read


def _for_amount(build: Callable[..., Change], what: str, table: str) -> _Reader:
    """Reader of `ID:AMOUNT`."""

    def read(rest: str, round: Round, at: At, problems: Problems) -> Any:
        name, colon, figure = rest.rpartition(":")
        id = known_id(what, getattr(round, table))(name if colon else rest, (at, what), problems)
        if not (figure.isascii() and figure.isdigit() and colon):
            message = f"{shown(figure)} is not an amount" if colon else "an amount is wanted"
            return problems.refuse((at, "amount"), "wrong_format", message)
        most = amount(int(figure[:20]), (at, "amount"), problems)
        return INVALID if id is INVALID or most is INVALID else build(id, most)

    return read


def _dropped(rest: str, round: Round, at: At, problems: Problems) -> Any:
    id = known_id("workshop", round.workshops)(rest, (at, "workshop"), problems)
    return INVALID if id is INVALID else Dropped(id)


_Reader: TypeAlias = Callable[[str, Round, At, Problems], Any]
_READERS: Mapping[str, _Reader] = {
    "unavailable": _for_days(Unavailable, "person", "people"),
    "venue": _for_days(VenueLost, "venue", "venues"),
    "fund": _for_amount(FundSet, "fund", "funds"),
    "budget": _for_amount(BudgetSet, "workshop", "workshops"),
    "drop": _dropped,
}
