"""Every offer that could be opened: a kind, a topic, a language and a host, with all who could be in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from solver.propositions.call import Call, Host, Kind, Need
from solver.propositions.figures import (
    cost_of_facilitator,
    cost_of_giver,
    cost_of_need,
    points_of,
    seats_for,
)
from solver.propositions.rules import MAY_LEAD, offer_of


@dataclass(frozen=True, slots=True)
class Learner:
    """A need that an opening could answer."""

    need: str
    platform: str
    seats: int
    points: int
    cost: int


@dataclass(frozen=True, slots=True)
class Teacher:
    """A platform (`gives`) or a person that could be in the team."""

    id: str
    gives: bool
    leads: bool
    cost: int


@dataclass(frozen=True, slots=True)
class Opening:
    kind: str
    topic: str
    language: str
    host: str
    place: str
    seats: int
    cost: int
    learners: tuple[Learner, ...]
    teachers: tuple[Teacher, ...]


def openings(call: Call) -> Iterator[Opening]:
    """The openings in which a group could be large enough and have enough givers."""
    needs: dict[tuple[str, str, str], list[Need]] = {}
    for need in call.needs.values():
        region = call.platforms[need.platform].region
        for language in sorted(need.languages):
            needs.setdefault((region, need.topic, language), []).append(need)
    for (region, topic, language), lines in needs.items():
        if len(lines) < call.limits.platforms_min:
            continue
        for host in call.hosts.values():
            if host.region == region:
                for kind in call.kinds:
                    yield from _opening(call, kind, topic, language, host, lines)


def _opening(
    call: Call, name: str, topic: str, language: str, host: Host, lines: list[Need]
) -> Iterator[Opening]:
    kind, seats = call.kinds[name], min(host.seats, call.limits.seats_max)
    learners = tuple(
        Learner(
            each.id,
            each.platform,
            seats_for(kind, each),
            points_of(kind, each),
            cost_of_need(call, kind, host, each),
        )
        for each in lines
    )
    teachers = tuple(_teachers(call, kind, topic, language, host))
    fewest = sorted(each.seats for each in learners)[: call.limits.platforms_min]
    if sum(fewest) <= seats and sum(each.gives for each in teachers) >= kind.givers <= kind.team:
        cost = host.cost_per_day * kind.days
        yield Opening(name, topic, language, host.id, host.place, seats, cost, learners, teachers)


def _teachers(call: Call, kind: Kind, topic: str, language: str, host: Host) -> Iterator[Teacher]:
    if kind.givers:
        for platform in call.platforms:
            offer = offer_of(call, platform, topic)
            if offer is not None and language in offer.languages:
                cost = cost_of_giver(call, kind, host, platform)
                yield Teacher(platform, True, offer.level >= MAY_LEAD, cost)
    for person in call.facilitators.values():
        level = person.teaches.get(topic, 0)
        if level and language in person.languages and person.max_workshops:
            cost = cost_of_facilitator(call, kind, host, person.id)
            yield Teacher(person.id, False, level >= MAY_LEAD, cost)
