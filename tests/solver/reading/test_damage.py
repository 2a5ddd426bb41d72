"""Whatever is done to a document, it is either read or refused with places: never anything else."""

import copy
import json
import random

import pytest

from solver import LocatedError, MalformedDocument, read_round, read_schedule, write_schedule
from solver.schedule import Reason, Schedule, Unscheduled
from tests.solver.documents import full_document
from tests.solver.rounds import call, session, tiny_round

REPLACEMENTS = [
    *(None, True, False, 0, -1, 1, 2**31, 10**12 + 1, -(10**40), 1.5, 1e308, float("nan"), float("-inf")),
    *("", " ", "lena", "here", "\ud800", "\x00", "\u2028", "x" * 5000),
    *("2027-03-01", "2027-03-01T10:00Z", "9999-99-99"),
    *([], [[]], [None], ["en", "en"], [["2027-03-01", "2027-03-01"]]),
    *({}, {"id": []}, {"": 0}, {"min": 1}),
]


def places_of(value, path=()):
    """The path of every value in a document."""
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places_of(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places_of(inner, (*path, index))


def damage(document, chance: random.Random):
    """A copy with one value replaced, taken away, doubled, or given a stranger beside it."""
    document = copy.deepcopy(document)
    path = chance.choice([place for place in places_of(document) if place])
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    match chance.randrange(5):
        case 0 | 1:
            holder[path[-1]] = copy.deepcopy(chance.choice(REPLACEMENTS))
        case 2:
            del holder[path[-1]]
        case 3 if isinstance(holder, list):
            holder.append(copy.deepcopy(holder[path[-1]]))
        case _:
            elsewhere = chance.choice([place for place in places_of(document) if place])
            other = document
            for step in elsewhere:
                other = other[step]
            holder[path[-1]] = copy.deepcopy(other)
    return document


def errors_of(read, *arguments) -> tuple[LocatedError, ...]:
    """What is wrong with a document; nothing where it could be read after all."""
    try:
        read(*arguments)
    except MalformedDocument as refused:
        return refused.errors
    return ()


def assert_one_line_each(errors: tuple[LocatedError, ...]) -> None:
    assert [error for error in errors if not str(error).isprintable()] == []


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_round_is_read_or_refused(seed):
    chance = random.Random(seed)
    original, refused = full_document(), 0
    for _ in range(25):
        document = original
        for _ in range(chance.randrange(1, 4)):
            document = damage(document, chance)
        errors = errors_of(read_round, json.dumps(document).encode())
        assert_one_line_each(errors)
        refused += bool(errors)
    assert refused


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_schedule_is_read_or_refused(seed):
    chance = random.Random(seed)
    round, refused = tiny_round(), 0
    left_out = Unscheduled("call", (Reason("load", ("lena",), ("course",), "Lena has no time"),))
    whole = Schedule("tiny", (session(seats=["sam"]), call()), (left_out,), 1, 2, 3)
    original = json.loads(write_schedule(whole))
    for _ in range(25):
        errors = errors_of(read_schedule, json.dumps(damage(original, chance)).encode(), round)
        assert_one_line_each(errors)
        refused += bool(errors)
    assert refused


@pytest.mark.parametrize("seed", range(20))
def test_damaged_bytes_are_read_or_refused(seed):
    chance = random.Random(seed)
    original, refused = json.dumps(full_document()).encode(), 0
    for _ in range(25):
        data = bytearray(original)
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        cut = chance.choice([len(data), chance.randrange(len(data))])
        errors = errors_of(read_round, bytes(data[:cut]))
        assert_one_line_each(errors)
        refused += bool(errors)
    assert refused
