"""What follows from a call and a proposition by arithmetic: seats, people, points, costs, other hosts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from solver.derived import trip_cost
from solver.propositions.call import Call, Host, Kind, Need
from solver.propositions.proposition import Proposition


def seats_for(kind: Kind, need: Need) -> int:
    """Seats that a platform gets: for trainers where they teach at home, else for the people themselves."""
    return kind.seats_per_platform if kind.replication else min(need.people, kind.seats_per_platform)


def reached(kind: Kind, need: Need) -> int:
    """People of a need who learn: at home afterwards, or in the seats."""
    return min(need.people, kind.replication or kind.seats_per_platform)


def points_of(kind: Kind, need: Need) -> int:
    """What answering a need is worth: its weight for each person reached, as much as they count."""
    return need.weight * reached(kind, need) * kind.worth


def trip(call: Call, home: str, host: Host, days: int) -> int:
    """What one person's way to a host and back costs, daily allowances included."""
    return trip_cost(call.prices, call.places[home], call.places[host.place], days)


def cost_of_need(call: Call, kind: Kind, host: Host, need: Need) -> int:
    """What a platform adds to the cost: the trips of its people, and its replication."""
    home = call.platforms[need.platform].place
    after = call.prices.replication if kind.replication else 0
    return seats_for(kind, need) * trip(call, home, host, kind.days) + after


def cost_of_giver(call: Call, kind: Kind, host: Host, platform: str) -> int:
    """What one person of a platform that teaches costs: the trip."""
    return trip(call, call.platforms[platform].place, host, kind.days)


def cost_of_facilitator(call: Call, kind: Kind, host: Host, person: str) -> int:
    """Fee and trip of a known facilitator."""
    known = call.facilitators[person]
    return known.fee_per_day * kind.days + trip(call, known.place, host, kind.days)


@dataclass(frozen=True, slots=True)
class Cost:
    """Where the money of a proposition goes."""

    venue: int
    travel: int
    team: int
    missing: int
    replications: int

    @property
    def total(self) -> int:
        return self.venue + self.travel + self.team + self.missing + self.replications


def cost_of(call: Call, proposition: Proposition) -> Cost:
    """What a proposition costs, roughly: dates and names of those who travel are not known yet."""
    kind, host = call.kinds[proposition.kind], call.hosts[proposition.host]
    needs = [call.needs[id] for id in proposition.needs]
    homes = [(call.platforms[each.platform].place, seats_for(kind, each)) for each in needs]
    return Cost(
        venue=host.cost_per_day * kind.days,
        travel=sum(seats * trip(call, home, host, kind.days) for home, seats in homes),
        team=sum(cost_of_giver(call, kind, host, each) for each in proposition.givers)
        + sum(cost_of_facilitator(call, kind, host, each) for each in proposition.facilitators),
        missing=proposition.missing * call.prices.missing_facilitator,
        replications=len(needs) * call.prices.replication if kind.replication else 0,
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """What a proposition is worth and costs."""

    seats: int
    people: int
    points: int
    cost: Cost


def figures(call: Call, proposition: Proposition) -> Figures:
    kind = call.kinds[proposition.kind]
    needs = [call.needs[id] for id in proposition.needs]
    return Figures(
        seats=sum(seats_for(kind, each) for each in needs),
        people=sum(reached(kind, each) for each in needs),
        points=sum(points_of(kind, each) for each in needs),
        cost=cost_of(call, proposition),
    )


def points_of_all(call: Call, chosen: Iterable[Proposition]) -> int:
    """The objective: points of the needs answered, and `reach` for each platform that is."""
    chosen = tuple(chosen)
    platforms = {call.needs[id].platform for each in chosen for id in each.needs}
    return sum(figures(call, each).points for each in chosen) + call.reach * len(platforms)


def points_asked(call: Call) -> int:
    """The objective if every need were answered in its best way: what the points are held against."""
    platforms = {need.platform for need in call.needs.values()}
    kinds = call.kinds.values()
    most = (max((points_of(kind, each) for kind in kinds), default=0) for each in call.needs.values())
    return sum(most) + call.reach * len(platforms)


def total_cost(call: Call, chosen: Iterable[Proposition]) -> int:
    return sum(cost_of(call, each).total for each in chosen)


def hosts_ranked(call: Call, proposition: Proposition) -> list[tuple[str, int]]:
    """Every host of the region with seats for this group, and the cost of meeting there; cheapest first."""
    region = call.hosts[proposition.host].region
    seats = figures(call, proposition).seats
    fitting = [each.id for each in call.hosts.values() if each.region == region and each.seats >= seats]
    priced = [(id, cost_of(call, replace(proposition, host=id)).total) for id in fitting]
    return sorted(priced, key=lambda pair: (pair[1], pair[0]))
