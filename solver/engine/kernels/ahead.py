"""Compiling ahead of the first use, with a round of one workshop."""

from __future__ import annotations

import fcntl
from datetime import date
from itertools import islice

import numpy as np

from solver.engine.arrays import Arrays
from solver.engine.board import Board
from solver.engine.bound import Lagrangian
from solver.engine.construct import construct
from solver.engine.descent import lowered
from solver.engine.improve import Improver
from solver.engine.kernels import FOLDER
from solver.engine.options import all_options
from solver.engine.prices import Prices
from solver.engine.slate import Slate
from solver.engine.thinning import Thinning
from solver.round import (
    Organisation,
    Person,
    Place,
    Round,
    Rules,
    SeatCount,
    Span,
    TeamSize,
    Venue,
    Weights,
    Workshop,
)


def compile_all() -> None:
    """Compile every kernel, or load it where it has been compiled before; takes up to a minute.

    One process at a time: whoever waits finds the work done.
    """
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _use_all()


def _use_all() -> None:
    """Call every kernel."""
    arrays = Arrays(smallest_round())
    sets = all_options(arrays)
    slate = Slate(arrays, sets)
    slate.respect(Prices.none(arrays, sets))
    construct(slate, np.random.default_rng(1))
    slate.take_out(0)
    improver = Improver(slate, [np.zeros(0, dtype=np.int64)])
    improver.run(1, 1.0, 1.0)
    improver.home()
    slate.restore(improver.best())
    relaxation = Lagrangian(Board(arrays, sets), slate.field)
    for _, at in islice(lowered(relaxation, np.zeros(relaxation.size), float), 3):
        Thinning(relaxation, at)


def smallest_round() -> Round:
    """One person may give one workshop at home."""
    day = date(2027, 1, 4)
    span = Span(day, day)
    return Round(
        id="one",
        title="One",
        currency="EUR",
        first_day=day,
        last_day=day,
        rules=Rules(0, 0, 0, Weights(1, 1, 1, 1, 1, 1, 1, 1, 1)),
        places={"here": Place("here", "Here", "GH", 0.0, 0.0, "UTC")},
        venues={"hall": Venue("hall", "Hall", "here", 1, 0)},
        organisations={"us": Organisation("us", "Us", "member", "Here", "here")},
        people={"me": Person("me", "Me", "us", "here", frozenset({"en"}), teaches={"law": 3})},
        workshops={
            "course": Workshop(
                id="course",
                title="Course",
                requested_by="us",
                topic="law",
                kind="peer_exchange",
                mode="in_person",
                window=span,
                languages=("en",),
                team=TeamSize(1, 1, 1),
                seats=SeatCount(0, 0),
                invited=(),
                seats_per_organisation=1,
                organisations_min=0,
                priority=1,
                days=1,
                venues=("hall",),
            )
        },
    )
