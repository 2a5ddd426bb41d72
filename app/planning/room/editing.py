"""One change by hand to one workshop of a draft: worked out and judged here, made in `services`.

A change puts another session, pin or both in a workshop's place; all else stands. What a human sets is pinned
from then on: where and when with a move, who with a swap or a seat. (That somebody was taken off a seat
cannot be pinned: the planner may seat them again.) A change that would break a rule is a `Refused` with
what stands in the way, never an exception.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from app.planning.room.opened import Opened, pin_row, read_pin, read_start, session_row
from solver import Move, Round, Schedule
from solver.derived import total_cost
from solver.moves import Clash
from solver.objective import objective
from solver.round import Pin
from solver.schedule import Reason, Session, TeamMember, Unscheduled

Row = TypeVar("Row", Pin, Session, Unscheduled)

LEFT_OUT_BY_HAND = Reason("pins", text="left out by hand")


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to a workshop, worked out: what its session, pin and place among those left out become."""

    kind: str
    workshop: str
    people: tuple[str, ...]
    session: Session | None
    pin: Pin | None
    left_out: Unscheduled | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a change would not be right."""

    clashes: tuple[Clash, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a draft is worth: hundredths of a point, money, sessions, seats, needs served (1 to 3 a seat)."""

    objective: int
    bound: int | None
    cost: int
    held: int
    seats: int
    needs: int

    @classmethod
    def of(cls, round: Round, schedule: Schedule) -> Figures:
        """Those that the schedule claims, and what is counted in it."""
        seats = [(round.workshops[s.workshop], seat) for s in schedule.sessions for seat in s.seats]
        return cls(
            objective=schedule.objective,
            bound=schedule.bound,
            cost=schedule.cost,
            held=len(schedule.sessions),
            seats=len(seats),
            needs=sum(workshop.need_of(round.people[seat]) for workshop, seat in seats),
        )


# -- The changes


def move_to(state: Opened, workshop: str, venue: str | None, start: date | datetime) -> Edit | Refused | None:
    """The session moved, or held where there was none; `None`: no such place or time is among its moves."""
    move = move_at(state, workshop, venue, start)
    if move is None:
        return None
    if move.session is None:
        return Refused(move.clashes)
    before = state.sessions.get(workshop)
    pin = state.pins.get(workshop) or Pin(workshop)
    moved = replace(pin, venue=move.venue, start=move.start, held=None)
    kind = "move" if before else "hold"
    exchanged = set(move.session.people) ^ set(before.people) if before else set()
    return Edit(kind, workshop, tuple(sorted(exchanged)), move.session, moved)


def move_at(state: Opened, workshop: str, venue: str | None, start: date | datetime) -> Move | None:
    """What the finder says of one place and time."""
    there = (each for each in state.moves(workshop) if (each.venue, each.start) == (venue, start))
    return next(there, None)


def leave_out(state: Opened, workshop: str) -> Edit | Refused:
    """The workshop without a session, and pinned to have none."""
    followers = [each for each in state.round.followers.get(workshop, ()) if each in state.sessions]
    if followers:
        return Refused((Clash("follows", workshops=tuple(followers)),))
    left_out = Unscheduled(workshop, (LEFT_OUT_BY_HAND,))
    return Edit("drop", workshop, (), None, Pin(workshop, held=False), left_out)


def fix_here(state: Opened, workshop: str) -> Edit:
    """The session as it is, pinned to its place and time."""
    session = state.sessions[workshop]
    pin = state.pins.get(workshop) or Pin(workshop)
    return Edit("pin", workshop, (), session, replace(pin, venue=session.venue, start=session.start))


def let_go(state: Opened, workshop: str) -> Edit:
    """The workshop as it is, with nothing fixed by hand."""
    left_out = next((each for each in state.schedule.unscheduled if each.workshop == workshop), None)
    return Edit("unpin", workshop, (), state.sessions.get(workshop), None, left_out)


def with_team(state: Opened, session: Session, person: str, by: str) -> Edit:
    """A place in the team handed on: `session` has it already; the new one is pinned to the team."""
    pin = state.pins.get(session.workshop) or Pin(session.workshop)
    team = (*(each for each in pin.team if each != person), by)
    return Edit("swap", session.workshop, (person, by), session, replace(pin, team=team))


def with_seat(state: Opened, workshop: str, person: str) -> Edit:
    """Somebody on a seat, pinned to it."""
    session = state.sessions[workshop]
    pin = state.pins.get(workshop) or Pin(workshop)
    seated = replace(session, seats=(*session.seats, person))
    return Edit("seat", workshop, (person,), seated, replace(pin, seats=(*pin.seats, person)))


def without_seat(state: Opened, workshop: str, person: str) -> Edit:
    """Somebody off their seat, and not pinned to it any more."""
    session, pin = state.sessions[workshop], state.pins.get(workshop)
    unseated = replace(session, seats=tuple(each for each in session.seats if each != person))
    if pin is not None:
        pin = replace(pin, seats=tuple(each for each in pin.seats if each != person))
    return Edit(
        "unseat", workshop, (person,), unseated, pin if pin and pin_row(pin).keys() > {"workshop"} else None
    )


def with_pin(state: Opened, workshop: str, pin: Pin | None) -> Opened:
    """The draft with another pin of a workshop, and nothing else changed."""
    round = replace(state.round, pins=_put(state.round.pins, workshop, pin))
    return state.changed(round, state.schedule)


# -- Made


def made(state: Opened, edit: Edit, *, bound: int | None) -> Opened:
    """The draft with a change made, its figures true again; `bound` is what is still proven of it."""
    round = replace(state.round, pins=_put(state.round.pins, edit.workshop, edit.pin))
    schedule = replace(
        state.schedule,
        sessions=_put(state.schedule.sessions, edit.workshop, edit.session),
        unscheduled=_put(state.schedule.unscheduled, edit.workshop, edit.left_out),
        bound=bound,
    )
    schedule = replace(schedule, objective=objective(round, schedule), cost=total_cost(round, schedule))
    return state.changed(round, schedule)


def _put(rows: tuple[Row, ...], workshop: str, row: Row | None) -> tuple[Row, ...]:
    """Rows with that of one workshop replaced in its place, added, or gone."""
    found = [each for each in rows if each.workshop != workshop]
    if row is not None:
        at = next((n for n, each in enumerate(rows) if each.workshop == workshop), len(found))
        found.insert(at, row)
    return tuple(found)


def implies(pin: Pin | None, planned: Pin | None) -> bool:
    """Whether what satisfies a pin satisfies the planned one: then a bound proven under that still holds."""
    if planned is None:
        return True
    if pin is None:
        return pin_row(planned).keys() <= {"workshop"}
    if planned.held is False or pin.held is False:
        return planned.held is False and pin.held is False
    return (
        planned.venue in (None, pin.venue)
        and planned.start in (None, pin.start)
        and set(planned.team) <= set(pin.team)
        and set(planned.seats) <= set(pin.seats)
    )


# -- Kept


def kept(state: Opened, workshop: str) -> dict[str, Any]:
    """A workshop as it stands in a draft, and the draft's figures, for the history."""
    session, pin = state.sessions.get(workshop), state.pins.get(workshop)
    left_out = next((each for each in state.schedule.unscheduled if each.workshop == workshop), None)
    figures = Figures.of(state.round, state.schedule)
    return {
        "session": session_row(session) if session else None,
        "pin": pin_row(pin) if pin else None,
        "unscheduled": _left_out_row(left_out) if left_out else None,
        "figures": {name: getattr(figures, name) for name in Figures.__slots__},
    }


def recalled(round: Round, kind: str, workshop: str, row: Mapping[str, Any]) -> Edit:
    """What `kept` has kept, as a change."""
    session, left_out = row["session"], row["unscheduled"]
    return Edit(
        kind,
        workshop,
        (),
        _read_session(round, session) if session else None,
        read_pin(round, row["pin"]) if row["pin"] else None,
        _read_left_out(left_out) if left_out else None,
    )


def _read_session(round: Round, row: Mapping[str, Any]) -> Session:
    return Session(
        workshop=row["workshop"],
        venue=row["venue"],
        start=read_start(round, row["workshop"], row["start"]),
        team=tuple(TeamMember(each["person"], each["role"]) for each in row["team"]),
        seats=tuple(row["seats"]),
    )


def _left_out_row(left_out: Unscheduled) -> dict[str, Any]:
    return {
        "workshop": left_out.workshop,
        "reasons": [
            {"rule": r.rule, "people": list(r.people), "workshops": list(r.workshops), "text": r.text}
            for r in left_out.reasons
        ],
    }


def _read_left_out(row: Mapping[str, Any]) -> Unscheduled:
    reasons = (
        Reason(each["rule"], tuple(each["people"]), tuple(each["workshops"]), each["text"])
        for each in row["reasons"]
    )
    return Unscheduled(row["workshop"], tuple(reasons))
