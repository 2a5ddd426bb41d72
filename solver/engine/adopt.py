"""From a schedule's sessions to a board: as they are where they are right, else repaired.

Used for `--start`, for `published` sessions whose people have fallen out, and for what another worker found.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import numpy as np

from solver.engine.board import Board, Placement
from solver.engine.construct import insertion_order, place_demanded
from solver.engine.options import NOWHERE
from solver.engine.pricing import Wishes, best_session, price
from solver.engine.slate import Slate
from solver.round import MAY_LEAD, Round
from solver.schedule import Session, TeamMember

KEEP = 1e5  # worth of each person and of the option of a session that is being repaired


def published_sessions(round: Round) -> tuple[Session, ...]:
    """The published sessions as if they were a schedule's; as many lead as must, of those who may."""
    found: list[Session] = []
    for told in round.published or ():
        workshop = round.workshops[told.workshop]
        able = [p for p in told.team if round.people[p].teaches.get(workshop.topic, 0) >= MAY_LEAD]
        leads = able[: workshop.team.leads]
        team = tuple(TeamMember(p, "lead" if p in leads else "facilitator") for p in told.team)
        found.append(Session(told.workshop, told.venue, told.start, team, told.seats))
    return tuple(found)


def placement_of(board: Board, session: Session) -> Placement | None:
    """A session as a placement; `None` where its option or one of its people is not in the sets."""
    arrays = board.arrays
    options = board.sets[arrays.workshop_number[session.workshop]]
    o = option_of(board, session)
    if o is None:
        return None
    team_row = {p: row for row, p in enumerate(options.team.people.tolist())}
    seat_row = {p: row for row, p in enumerate(options.seats.people.tolist())}
    team = [team_row.get(arrays.person_number[member.person]) for member in session.team]
    seats = [seat_row.get(arrays.person_number[person]) for person in session.seats]
    team_rows = tuple(row for row in team if row is not None)
    seat_rows = tuple(row for row in seats if row is not None)
    if len(team_rows) < len(team) or len(seat_rows) < len(seats):
        return None
    column = int(options.cost_column[o])
    cost = int(options.cost[o]) + int(options.team.cost[list(team_rows), column].sum())
    if not options.online:
        cost += int(options.seats.cost[list(seat_rows), column].sum())
    return Placement(options.w, o, team_rows, seat_rows, cost)


def option_of(board: Board, session: Session) -> int | None:
    """The option that a session is in; `None` where its workshop has none like it (any more)."""
    arrays = board.arrays
    options = board.sets[arrays.workshop_number[session.workshop]]
    if isinstance(session.start, datetime) != options.online:
        return None
    start = arrays.slot(session.start) if isinstance(session.start, datetime) else arrays.day(session.start)
    venue = NOWHERE if session.venue is None else arrays.venue_number[session.venue]
    found = np.flatnonzero((options.start == start) & (options.venue == venue))
    return int(found[0]) if found.size else None


def adopt(board: Board, sessions: Iterable[Session]) -> bool:
    """Place sessions that are known to be right; whether all of them could be represented.

    The board is left as it was if not.
    """
    wanted = placements_of(board, sessions)
    if wanted is None:
        return False
    board.restore(wanted)
    return True


def placements_of(board: Board, sessions: Iterable[Session]) -> list[Placement | None] | None:
    """Sessions as placements; `None` where one of them cannot be represented."""
    wanted: list[Placement | None] = [None] * len(board.sets)
    for session in sessions:
        placement = placement_of(board, session)
        if placement is None:
            return None
        wanted[placement.w] = placement
    return wanted


def repair(board: Board, sessions: Iterable[Session], rng: np.random.Generator) -> None:
    """Place what can be kept of sessions that may break rules, on an empty board.

    Each is composed anew with a high wish for its option and its people; what cannot be kept is
    filled up, a session that cannot be held at all is left out. Where that leaves no room for what
    pins demand, the demanded workshops are laid out first and the rest is kept around them.
    """
    sessions = tuple(sessions)
    keep(board, sessions)
    if any(options.must and board.placed[w] is None for w, options in enumerate(board.sets)):
        slate = Slate(board.arrays, board.sets)
        slate.restore(board.placements())
        if place_demanded(slate, rng, stop=lambda: True):
            slate.restore([None] * len(board.sets))
            place_demanded(slate, rng)
            board.restore(slate.placements())
            keep(board, sessions)
        else:
            board.restore(slate.placements())


def keep(board: Board, sessions: Iterable[Session]) -> None:
    """Compose each session again where it was and with whom, as far as possible; what is placed stays.

    What pins demand comes first, and with it what that follows.
    """
    by_workshop = {board.arrays.workshop_number[session.workshop]: session for session in sessions}
    order = [w for w in insertion_order(board) if w in by_workshop and board.placed[w] is None]
    for w in sorted(order, key=lambda w: not board.sets[w].must):
        options = board.sets[w]
        parent = board.parent[w]
        if not len(options) or (parent != NOWHERE and board.placed[parent] is None):
            continue
        session = by_workshop[w]
        team = {board.arrays.person_number[member.person] for member in session.team}
        seats = {board.arrays.person_number[person] for person in session.seats}
        wishes = Wishes(
            {row: KEEP for row, p in enumerate(options.team.people.tolist()) if p in team},
            {row: KEEP for row, p in enumerate(options.seats.people.tolist()) if p in seats},
        )
        priced = price(board, options, wishes)
        pull = np.zeros(len(options))
        o = option_of(board, session)
        if o is not None:
            pull[o] = 100 * KEEP
        found = best_session(board, priced, noise=pull)
        if found is not None:
            board.place(found[1])
