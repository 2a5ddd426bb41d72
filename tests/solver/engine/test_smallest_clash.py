"""Pins that clash, against every schedule of random tiny rounds."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations, product

import pytest

from solver.constraints import violations
from solver.engine.pin_clashes import demanded_round, smallest_clash
from solver.round import Pin, SeatCount
from solver.schedule import Schedule
from tests.solver.engine.small import sessions_alone
from tests.solver.rounds import FRED, LENA, SAM, follows, on, person, span, tiny_round, workshop

DAYS, LATER = span("2027-03-01", "2027-03-03"), span("2027-03-04", "2027-03-05")
NINA = person("nina", "south", "near", teaches={"law": 3})


def drawn(rng):
    """Three courses of the same few people, and three to five pins that may or may not hold together."""
    lena = replace(LENA, max_workshops=rng.choice([1, 2, 2, 2]))

    def course(id, **fields):
        return workshop(
            id,
            window=rng.choice([DAYS, LATER]),
            venues=rng.choice([("hall",), ("room",)]),
            seats=SeatCount(0, 1),
            **fields,
        )

    courses = [
        course("a"),
        course("b", **({"follows": follows("a", 0, 9)} if rng.random() < 0.3 else {})),
        course("c", days=1),
    ]

    def pin():
        each = rng.choice(courses)
        match rng.randrange(8):
            case 0:
                return Pin(each.id, held=rng.random() < 0.5)
            case 1:
                return Pin(each.id, start=rng.choice([on("2027-03-01"), on("2027-03-04")]))
            case 2:
                return Pin(each.id, team=(rng.choice(["lena", "nina", "fred"]),))
            case 3:
                return Pin(each.id, seats=("sam",))
            case _:
                return Pin(each.id, held=True)

    pins = [pin() for _ in range(rng.randrange(3, 7))]
    people = [lena, SAM, rng.choice([FRED, FRED, NINA])]
    pins = [each for each in pins if set(each.team) <= {p.id for p in people}]
    return tiny_round(workshops=courses, people=people, pins=pins, last_day=on("2027-03-05"))


def can_hold_together(round, pins, sessions):
    small = demanded_round(round, pins)
    choices = [sessions[id] for id in small.workshops]
    return any(
        next(violations(small, Schedule(round.id, chosen)), None) is None for chosen in product(*choices)
    )


@pytest.mark.parametrize("seed", range(24))
def test_no_fewer_pins_clash(seed):
    round = drawn(random.Random(seed))
    sessions = {id: list(sessions_alone(round, each)) for id, each in round.workshops.items()}
    found = smallest_clash(round)
    assert (found is None) == can_hold_together(round, round.pins, sessions)
    if found is not None:
        pins, rules = found
        assert not can_hold_together(round, pins, sessions)
        for fewer in combinations(round.pins, len(pins) - 1):
            assert can_hold_together(round, fewer, sessions)
        assert rules
