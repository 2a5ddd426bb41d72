"""Who could take a place in a team or a seat of a session, and what stands in others' way.

As in `solver.substitutes`, only what the exchange touches is looked at: the session, what it follows and what
follows it, and the other sessions of whoever comes or goes. What is broken already is nobody's fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from app.planning.room.editing import Refused
from app.planning.room.opened import Opened
from solver import Schedule, Substitute, substitutes
from solver.constraints import violations
from solver.derived import session_cost
from solver.moves import Clash
from solver.round import Person
from solver.schedule import Session
from solver.violation import Violation


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody who may have a seat: how much they need it (1 to 3), and what is in their way."""

    person: Person
    need: int
    refused: Refused | None


def stand_ins(state: Opened, workshop: str, person: str) -> list[Substitute]:
    """Who could take somebody's place in the team, the best first. Raises LookupError."""
    return substitutes(state.round, state.schedule, workshop, person)


def learners(state: Opened, workshop: str) -> list[Learner]:
    """Who may be seated in a session and is not: those whom nothing keeps first, then by need and name."""
    session, terms = state.sessions[workshop], state.round.workshops[workshop]
    invited, inside = set(terms.invited), set(session.people)
    found = [
        Learner(person, terms.need_of(person), refusal_of(state, with_seat(session, person.id), [person.id]))
        for person in state.round.people.values()
        if terms.need_of(person)
        and person.id not in inside
        and person.organisation in invited
        and not person.languages.isdisjoint(terms.languages)
    ]
    return sorted(found, key=lambda each: (each.refused is not None, -each.need, each.person.name))


def with_seat(session: Session, person: str) -> Session:
    return replace(session, seats=(*session.seats, person))


def refusal_of(state: Opened, session: Session, people: Iterable[str]) -> Refused | None:
    """What of a session that takes the place of the present one breaks a rule that is kept now."""
    before = state.sessions[session.workshop]
    around = list(_around(state, session.workshop, people))
    was = set(_breaches(state, [before, *around], session.workshop))
    clashes = [
        Clash(rule, who, others)
        for rule, _breach, who, others in _breaches(state, [session, *around], session.workshop)
        if (rule, _breach, who, others) not in was
    ]
    if _too_dear(state, before, session):
        clashes.append(Clash("budget"))
    return Refused(tuple(dict.fromkeys(clashes))) if clashes else None


def _around(state: Opened, workshop: str, people: Iterable[str]) -> Iterator[Session]:
    """The other sessions that the change could touch."""
    follows, touched = state.round.workshops[workshop].follows, set(people)
    kin = {follows.workshop if follows else "", *state.round.followers.get(workshop, ())}
    for each in state.schedule.sessions:
        if each.workshop != workshop and (each.workshop in kin or not touched.isdisjoint(each.people)):
            yield each


def _breaches(
    state: Opened, sessions: list[Session], workshop: str
) -> Iterator[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """What is broken in a few sessions as far as one of them has a part in it; funds are looked at apart."""
    pins = tuple(pin for pin in state.round.pins if pin.workshop == workshop)
    round = replace(state.round, funds={}, pins=pins)
    for each in violations(round, Schedule(round.id, tuple(sessions))):
        if workshop in (each.workshop, *each.workshops):
            yield each.rule, each.breach, each.people, _others(each, workshop)


def _others(violation: Violation, workshop: str) -> tuple[str, ...]:
    named = (violation.workshop, *violation.workshops)
    return tuple(dict.fromkeys(each for each in named if each is not None and each != workshop))


def _too_dear(state: Opened, before: Session, after: Session) -> bool:
    """Whether a fund that was not overdrawn would be."""
    more = session_cost(state.round, after) - session_cost(state.round, before)
    if more <= 0:
        return False
    for fund in state.round.funds.values():
        if after.workshop in fund.workshops:
            spent = sum(
                session_cost(state.round, each)
                for each in state.schedule.sessions
                if each.workshop in fund.workshops
            )
            if spent + more > fund.amount >= spent:
                return True
    return False
