"""Rounds small enough to try every schedule of them, and what the best of those is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import chain, combinations, product

import numpy as np

from solver.constraints import violations
from solver.engine.arrays import Arrays
from solver.engine.board import Board
from solver.engine.construct import construct
from solver.engine.options import all_options
from solver.engine.slate import Slate
from solver.objective import objective
from solver.round import Fund, Pin, Round, SeatCount, TeamSize, Workshop
from solver.schedule import Schedule, Session, TeamMember
from tests.solver.rounds import (
    FRED,
    LENA,
    SAM,
    SUE,
    follows,
    on,
    person,
    published,
    span,
    tiny_round,
    webinar,
    workshop,
)

WEEK = span("2027-03-01", "2027-03-05")
FEW = span("2027-03-01", "2027-03-03")


def _kofi() -> object:
    return person("kofi", "south", "near", teaches={"law": 3}, fee_per_day=5)


ROUNDS: Mapping[str, Round] = {
    "two courses that share their only lead": tiny_round(
        workshops=[workshop(window=WEEK), workshop("other", window=WEEK, priority=5)],
    ),
    "a lead with one workshop left": tiny_round(
        workshops=[workshop(window=FEW), workshop("other", window=WEEK, priority=2)],
        people=[replace(LENA, max_workshops=1), FRED, SAM, SUE],
    ),
    "a replication taught by a graduate": tiny_round(
        workshops=[
            workshop("tot", window=FEW, seats=SeatCount(1, 2)),
            workshop(
                "rep",
                window=span("2027-03-08", "2027-03-10"),
                team=TeamSize(2, 2, 1),
                seats=SeatCount(0, 0),
                invited=(),
                follows=follows("tot", min_days=5, max_days=7, graduates=1),
            ),
        ],
        people=[LENA, SAM, replace(SUE, wants={"law": 1})],
    ),
    "a fund that pays for one of two": tiny_round(
        workshops=[workshop(window=FEW), workshop("other", window=WEEK)],
        funds=[Fund("f", "Fund", ("course", "other"), 400)],
    ),
    "two languages": tiny_round(
        workshops=[workshop(window=FEW, languages=("en", "fr")), workshop("other", window=FEW)],
        people=[LENA, replace(FRED, languages=frozenset({"fr"})), SAM, SUE],
    ),
    "published, and the lead prefers other days": tiny_round(
        workshops=[workshop(window=WEEK)],
        people=[replace(LENA, preferred=(span("2027-03-04", "2027-03-05"),)), FRED, SAM, SUE],
        published=[published("course", "2027-03-02", "hall", team=["lena"], seats=["sam"])],
        weights={"preferred": 2},
    ),
    "online in the evening of one and the morning of another": tiny_round(
        workshops=[webinar(window=span("2027-03-01", "2027-03-01"), seats=SeatCount(1, 2))],
        people=[LENA, SAM, replace(SUE, home="far")],
    ),
    "a call and a course on the same days": tiny_round(
        workshops=[
            workshop(window=span("2027-03-01", "2027-03-02"), priority=2),
            webinar(window=span("2027-03-02", "2027-03-02"), priority=3),
        ],
        people=[LENA, SAM],
    ),
    "a visa that takes its time, and a country that one would rather not go to": tiny_round(
        workshops=[workshop(window=WEEK), workshop("other", window=WEEK, priority=2)],
        people=[
            replace(LENA, rather_not=frozenset({"NG"})),
            replace(FRED, entry={"GH": None}),
            SAM,
            replace(SUE, entry={"GH": on("2027-03-02")}),
        ],
        weights={"reluctance": 3},
    ),
    "days on which they come if need be, and notice that one of them needs": tiny_round(
        workshops=[
            workshop(window=WEEK, seats=SeatCount(1, 2)),
            webinar(window=span("2027-03-03", "2027-03-03"), seats=SeatCount(0, 1)),
        ],
        people=[
            replace(LENA, if_need_be=(span("2027-03-01", "2027-03-02"),)),
            replace(SAM, if_need_be=(span("2027-03-03", "2027-03-05"),)),
            replace(SUE, not_before=on("2027-03-03")),
        ],
        weights={"reluctance": 4},
    ),
    "only those nominated are seated, with the need that they were nominated with": tiny_round(
        workshops=[
            workshop(window=FEW, nominated={"sam": 3, "fred": 1}, seats=SeatCount(1, 2)),
            workshop("other", window=WEEK, nominated={}),
        ],
    ),
    "a course pinned to the dearer hall": tiny_round(
        workshops=[workshop(window=FEW), workshop("other", window=FEW)],
        pins=[Pin("course", venue="hall", seats=("sue",))],
    ),
}


@cache
def best_objective(name: str) -> int:
    """The highest objective of any right schedule of a round of `ROUNDS`."""
    round = ROUNDS[name]
    choices = [[None, *sessions_alone(round, each)] for each in round.workshops.values()]
    found = sorted(
        (
            (objective(round, schedule), schedule)
            for chosen in product(*choices)
            for schedule in [Schedule(round.id, tuple(session for session in chosen if session))]
        ),
        key=lambda pair: -pair[0],
    )
    return next(worth for worth, schedule in found if next(violations(round, schedule), None) is None)


def sessions_alone(round: Round, workshop: Workshop) -> Iterator[Session]:
    """Every session of a workshop that could be right, by its own rules or with the help of others."""
    alone = replace(
        round,
        workshops={workshop.id: replace(workshop, follows=None)},
        pins=(),
        funds={},
        published=None,
    )
    teachers = [p for p in round.people.values() if p.teaches or workshop.follows]
    for venue, start in _starts(workshop):
        for team in _subsets(teachers, workshop.team.max):
            for leads in _subsets(
                [p for p in team if p.teaches.get(workshop.topic, 0) == 3], workshop.team.leads
            ):
                if len(leads) < workshop.team.leads:
                    continue
                members = tuple(TeamMember(p.id, "lead" if p in leads else "facilitator") for p in team)
                wanting = [
                    p for p in round.people.values() if (p.wants or workshop.nominated) and p not in team
                ]
                for seats in _subsets(wanting, workshop.seats.max):
                    session = Session(workshop.id, venue, start, members, tuple(p.id for p in seats))
                    broken = {v.rule for v in violations(alone, Schedule(round.id, (session,)))}
                    if not broken - ({"competence"} if workshop.follows else set()):
                        yield session


def _starts(workshop: Workshop) -> Iterator[tuple[str | None, date | datetime]]:
    days = (workshop.window.last - workshop.window.first).days + 1
    for n in range(days):
        day = workshop.window.first + timedelta(n)
        if not workshop.online:
            yield from ((venue, day) for venue in workshop.venues)
        else:
            midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
            yield from ((None, midnight + timedelta(minutes=30 * slot)) for slot in range(48))


def _subsets(people: list, most: int) -> Iterator[tuple]:
    return chain.from_iterable(combinations(people, size) for size in range(most + 1))


def slate_of(board: Board) -> Slate:
    """A slate with what stands on the board."""
    slate = Slate(board.arrays, board.sets)
    slate.restore(board.placements())
    return slate


def fill(board: Board) -> list[int]:
    """Construct on the board; the demanded workshops that found no place."""
    slate = slate_of(board)
    failed = construct(slate, generator())
    board.restore(slate.placements())
    return failed


def insert(board: Board, w: int) -> bool:
    """Insert one workshop where it is worth most; whether it was."""
    slate = slate_of(board)
    held = slate.insert(w)
    board.restore(slate.placements())
    return held


def board_of(round: Round) -> Board:
    """An empty board of a round."""
    arrays = Arrays(round)
    return Board(arrays, all_options(arrays))


def generator(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


__all__ = [
    "ROUNDS",
    "best_objective",
    "board_of",
    "fill",
    "generator",
    "insert",
    "on",
    "sessions_alone",
    "slate_of",
]
