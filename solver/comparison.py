"""What sets two schedules of a round apart: as values, for words and pages elsewhere.

    comparison = compare(round, before, after)
    comparison.moved[0].after.start          # where the first moved session went
    comparison.terms["reach"].difference     # hundredths of a point
    comparison.as_data()                     # plain lists and dicts, ready for JSON

Neither schedule needs to be right. Figures are worked out from the round, not taken from what the
schedules claim for themselves. Of a workshop that a schedule holds twice, the first session counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from solver.derived import total_cost
from solver.objective import terms
from solver.round import Round
from solver.schedule import Role, Schedule, Session, TeamMember
from solver.wording import instant


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of both schedules."""

    before: int
    after: int

    @property
    def difference(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Slot:
    """Where and from when a session is: a date in person, an instant and no venue online."""

    venue: str | None
    start: date | datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """A session held in both schedules, at another venue or from another moment."""

    workshop: str
    before: Slot
    after: Slot

    @property
    def days(self) -> int:
        """Calendar days from the old start to the new one; negative where it is earlier."""
        return self.after.start.toordinal() - self.before.start.toordinal()


@dataclass(frozen=True, slots=True)
class RoleChange:
    person: str
    before: Role
    after: Role


@dataclass(frozen=True, slots=True)
class Restaffed:
    """A session held in both schedules by another team; `roles` are those of who stays."""

    workshop: str
    left: tuple[TeamMember, ...] = ()
    joined: tuple[TeamMember, ...] = ()
    roles: tuple[RoleChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Reseated:
    """A session held in both schedules for other people."""

    workshop: str
    left: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is different in schedule `after` from schedule `before`; lists in the order of the round.

    `people` and `organisations` count those with at least one seat, `facilitators` those in at least
    one team, each once; `objective` and `terms` are in hundredths of a point, `cost` is money.
    """

    new: tuple[Session, ...]
    cancelled: tuple[Session, ...]
    moved: tuple[Moved, ...]
    restaffed: tuple[Restaffed, ...]
    reseated: tuple[Reseated, ...]
    objective: Figure
    terms: Mapping[str, Figure]
    cost: Figure
    held: Figure
    seats: Figure
    people: Figure
    organisations: Figure
    facilitators: Figure
    affected: tuple[str, ...]
    """Everybody whose own calendar is different: in a session that is new, cancelled or moved, or
    gone from or come to one that stays."""

    @property
    def same(self) -> bool:
        """Whether both hold the same sessions; order means nothing."""
        return not (self.new or self.cancelled or self.moved or self.restaffed or self.reseated)

    def as_data(self) -> dict[str, Any]:
        """The comparison in lists, dicts, texts and numbers; dates and instants as in documents."""
        return {
            "same": self.same,
            "new": [_session(each) for each in self.new],
            "cancelled": [_session(each) for each in self.cancelled],
            "moved": [
                {
                    "workshop": each.workshop,
                    "before": _slot(each.before),
                    "after": _slot(each.after),
                    "days": each.days,
                }
                for each in self.moved
            ],
            "restaffed": [
                {
                    "workshop": each.workshop,
                    "left": _members(each.left),
                    "joined": _members(each.joined),
                    "roles": [
                        {"person": role.person, "before": role.before, "after": role.after}
                        for role in each.roles
                    ],
                }
                for each in self.restaffed
            ],
            "reseated": [
                {"workshop": each.workshop, "left": list(each.left), "joined": list(each.joined)}
                for each in self.reseated
            ],
            "objective": _figure(self.objective),
            "terms": {name: _figure(figure) for name, figure in self.terms.items()},
            "cost": _figure(self.cost),
            "held": _figure(self.held),
            "seats": _figure(self.seats),
            "people": _figure(self.people),
            "organisations": _figure(self.organisations),
            "facilitators": _figure(self.facilitators),
            "affected": list(self.affected),
        }


def compare(round: Round, before: Schedule, after: Schedule) -> Comparison:
    """What is new, moved, re-staffed, re-seated and cancelled in `after`, and what that is worth."""
    old, new = _by_workshop(before), _by_workshop(after)
    both = [(old[id], new[id]) for id in round.workshops if id in old and id in new]
    appeared = tuple(new[id] for id in round.workshops if id in new and id not in old)
    vanished = tuple(old[id] for id in round.workshops if id in old and id not in new)
    moved = tuple(
        Moved(a.workshop, Slot(a.venue, a.start), Slot(b.venue, b.start)) for a, b in both if _elsewhere(a, b)
    )
    restaffed = tuple(change for a, b in both for change in _restaffed(a, b))
    reseated = tuple(change for a, b in both for change in _reseated(a, b))
    touched = {person for session in (*appeared, *vanished) for person in session.people}
    for a, b in both:
        as_before, as_after = set(a.people), set(b.people)
        touched |= as_before | as_after if _elsewhere(a, b) else as_before ^ as_after
    worth_before, worth_after = terms(round, before), terms(round, after)
    return Comparison(
        new=appeared,
        cancelled=vanished,
        moved=moved,
        restaffed=restaffed,
        reseated=reseated,
        objective=Figure(sum(worth_before.values()), sum(worth_after.values())),
        terms={name: Figure(worth_before[name], worth_after[name]) for name in worth_before},
        cost=Figure(total_cost(round, before), total_cost(round, after)),
        held=Figure(len(old), len(new)),
        seats=Figure(len(_seats(before)), len(_seats(after))),
        people=Figure(len(set(_seats(before))), len(set(_seats(after)))),
        organisations=Figure(_organisations(round, before), _organisations(round, after)),
        facilitators=Figure(_facilitators(before), _facilitators(after)),
        affected=tuple(person for person in round.people if person in touched),
    )


# -- sessions ---------------------------------------------------------------


def _by_workshop(schedule: Schedule) -> dict[str, Session]:
    return {session.workshop: session for session in reversed(schedule.sessions)}


def _elsewhere(a: Session, b: Session) -> bool:
    return (a.venue, a.start) != (b.venue, b.start)


def _restaffed(a: Session, b: Session) -> Iterable[Restaffed]:
    roles_a = {member.person: member.role for member in a.team}
    roles_b = {member.person: member.role for member in b.team}
    change = Restaffed(
        a.workshop,
        left=tuple(TeamMember(person, role) for person, role in roles_a.items() if person not in roles_b),
        joined=tuple(TeamMember(person, role) for person, role in roles_b.items() if person not in roles_a),
        roles=tuple(
            RoleChange(person, role, roles_b[person])
            for person, role in roles_a.items()
            if roles_b.get(person, role) != role
        ),
    )
    if change.left or change.joined or change.roles:
        yield change


def _reseated(a: Session, b: Session) -> Iterable[Reseated]:
    left = tuple(person for person in a.seats if person not in b.seats)
    joined = tuple(person for person in b.seats if person not in a.seats)
    if left or joined:
        yield Reseated(a.workshop, left, joined)


# -- figures ----------------------------------------------------------------


def _seats(schedule: Schedule) -> list[str]:
    return [person for session in schedule.sessions for person in session.seats]


def _organisations(round: Round, schedule: Schedule) -> int:
    return len({round.people[person].organisation for person in _seats(schedule)})


def _facilitators(schedule: Schedule) -> int:
    return len({person for session in schedule.sessions for person in session.facilitators})


# -- data -------------------------------------------------------------------


def _figure(figure: Figure) -> dict[str, int]:
    return {"before": figure.before, "after": figure.after, "difference": figure.difference}


def _start(start: date | datetime) -> str:
    return instant(start) if isinstance(start, datetime) else start.isoformat()


def _slot(slot: Slot) -> dict[str, str | None]:
    return {"venue": slot.venue, "start": _start(slot.start)}


def _members(team: Iterable[TeamMember]) -> list[dict[str, str]]:
    return [{"person": member.person, "role": member.role} for member in team]


def _session(session: Session) -> dict[str, Any]:
    return {
        "workshop": session.workshop,
        "venue": session.venue,
        "start": _start(session.start),
        "team": _members(session.team),
        "seats": list(session.seats),
    }
