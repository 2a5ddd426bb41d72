"""Why a workshop is not held, what it would take, and what a session held could be instead: as values.

    explanation = explain(round, schedule, "w7")
    explanation.obstacles            # a smallest set of facts that forbid it
    explanation.offer                # a schedule in which it is held, and what gives way
    explanation.relaxations          # the cheapest changes of the round that let it in
    explanation.alternatives         # of a session held

Differences are exact, in hundredths of a point: the objective then, less the objective of the schedule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from solver.comparison import Comparison
from solver.round import Person, Round, Span
from solver.schedule import Schedule, Session
from solver.wording import instant

Kind = Literal["window", "venue", "person", "money", "seats"]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One fact that stands in the way of a workshop: a rule about somebody or something.

    `what` tells the demands of one rule apart, as in `solver.standing.atoms`; `subject` is what it is about:
    the id of a person, place, venue, workshop or fund, a language, the number of a pin. `workshops` are those
    that take what is wanted, `days` the spans it is about. `needed` is the figure that is demanded (people,
    seats, organisations, money), `able` how many people could meet it. `text` is a sentence in English.
    """

    rule: str
    what: str
    subject: str
    text: str
    people: tuple[str, ...] = ()
    workshops: tuple[str, ...] = ()
    days: tuple[Span, ...] = ()
    venue: str | None = None
    fund: str | None = None
    needed: int = 0
    able: int = 0

    def as_data(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "what": self.what,
            "subject": self.subject,
            "people": list(self.people),
            "workshops": list(self.workshops),
            "days": [[span.first.isoformat(), span.last.isoformat()] for span in self.days],
            "venue": self.venue,
            "fund": self.fund,
            "needed": self.needed,
            "able": self.able,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Offer:
    """A right schedule in which the workshop is held.

    `comparison` says what gives way for it. `free` may have moved or been left out, what is around them
    may have got other teams and seats; `proven`: no other schedule of this kind is better (by 0.01 %).
    """

    session: Session
    difference: int
    schedule: Schedule
    comparison: Comparison
    free: tuple[str, ...]
    proven: bool

    def as_data(self) -> dict[str, Any]:
        return {
            "session": _session(self.session),
            "difference": self.difference,
            "gives_way": self.comparison.as_data(),
            "free": list(self.free),
            "proven": self.proven,
        }


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A change of the round that lets the workshop in.

    `amount` is how much: days (window), money, seats fewer, km to the nearest of its own venues (venue), 1
    (person). `schedule` is right in `round`, and holds `session`; `comparison` says what gives way for it,
    where the rest of the schedule cannot stand.
    """

    kind: Kind
    text: str
    amount: int
    session: Session
    difference: int
    round: Round
    schedule: Schedule
    window: Span | None = None
    venue: str | None = None
    person: Person | None = None
    budget: int | None = None
    funds: tuple[tuple[str, int], ...] = ()
    seats: int | None = None
    comparison: Comparison | None = None

    def as_data(self) -> dict[str, Any]:
        person = self.person
        return {
            "kind": self.kind,
            "text": self.text,
            "amount": self.amount,
            "difference": self.difference,
            "session": _session(self.session),
            "window": [self.window.first.isoformat(), self.window.last.isoformat()] if self.window else None,
            "venue": self.venue,
            "person": {
                "home": person.home,
                "languages": sorted(person.languages),
                "teaches": dict(person.teaches),
                "fee_per_day": person.fee_per_day,
            }
            if person
            else None,
            "budget": self.budget,
            "funds": [{"fund": fund, "amount": amount} for fund, amount in self.funds],
            "seats": self.seats,
            "gives_way": self.comparison.as_data() if self.comparison else None,
        }


@dataclass(frozen=True, slots=True)
class Instead:
    """What a session held could be instead, and the difference that makes; `member` is who would be replaced.

    Both are `None` where nothing else is right while the rest stands.
    """

    of: Literal["date", "venue", "member"]
    session: Session | None
    difference: int | None
    member: str | None = None
    replacement: str | None = None

    def as_data(self) -> dict[str, Any]:
        return {
            "of": self.of,
            "member": self.member,
            "replacement": self.replacement,
            "difference": self.difference,
            "session": _session(self.session) if self.session else None,
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """What can be said of one workshop in one schedule.

    alone: the obstacles hold whatever else is planned; no schedule can hold the workshop.
    obstacles: an irreducible set of facts that forbid it; empty where it is held or could be.
    offer: `None` where it is held, cannot be, or none was found in the time given.
    relaxations: best first. alternatives: of a session held: the date, the venue, each member.
    """

    workshop: str
    held: bool
    alone: bool
    obstacles: tuple[Obstacle, ...] = ()
    offer: Offer | None = None
    relaxations: tuple[Relaxation, ...] = ()
    alternatives: tuple[Instead, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """The explanation in lists, dicts, texts and numbers; dates and instants as in documents."""
        return {
            "workshop": self.workshop,
            "held": self.held,
            "alone": self.alone,
            "obstacles": [each.as_data() for each in self.obstacles],
            "offer": self.offer.as_data() if self.offer else None,
            "relaxations": [each.as_data() for each in self.relaxations],
            "alternatives": [each.as_data() for each in self.alternatives],
        }


def _session(session: Session) -> dict[str, Any]:
    return {
        "workshop": session.workshop,
        "venue": session.venue,
        "start": when(session.start),
        "team": [{"person": m.person, "role": m.role} for m in session.team],
        "seats": list(session.seats),
    }


def when(start: date | datetime) -> str:
    """A start as documents write it."""
    return instant(start) if isinstance(start, datetime) else start.isoformat()
