"""Why each proposition is there, and why each need that is left is left: codes with figures, no sentences.

What is said of a need left unserved holds while the rest of the set stands: what it would take to let it in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from solver.propositions.call import Call, Need
from solver.propositions.figures import (
    cost_of,
    cost_of_need,
    figures,
    hosts_ranked,
    points_of,
    reached,
    seats_for,
    total_cost,
)
from solver.propositions.openings import Opening, openings
from solver.propositions.proposition import Proposition, Reason


def reasons_for(call: Call, chosen: Sequence[Proposition]) -> tuple[tuple[Reason, ...], ...]:
    """Why each proposition is there."""
    return tuple(
        (_shared(call, each), _kind(call, each), _host(call, each), _team(call, each), _worth(call, each))
        for each in chosen
    )


def _shared(call: Call, each: Proposition) -> Reason:
    """How many platforms of the region need the topic, how many of them much, and share the language."""
    region = call.hosts[each.host].region
    lines = [
        need
        for need in call.needs.values()
        if need.topic == each.topic and call.platforms[need.platform].region == region
    ]
    facts = {
        "region": region,
        "topic": each.topic,
        "language": each.language,
        "asking": len(lines),
        "important": sum(need.weight >= 2 for need in lines),
        "speaking": sum(each.language in need.languages for need in lines),
        "coming": len(each.needs),
        "platforms": sum(platform.region == region for platform in call.platforms.values()),
    }
    return Reason("shared_need", facts)


def _kind(call: Call, each: Proposition) -> Reason:
    """Who can teach whom; or how many more people the replications reach than could travel."""
    kind, needs = call.kinds[each.kind], [call.needs[id] for id in each.needs]
    if kind.replication:
        facts = {
            "replications": len(needs),
            "people": sum(reached(kind, need) for need in needs),
            "trainers": sum(seats_for(kind, need) for need in needs),
        }
        return Reason("replications_reach", facts)
    learners = [need.platform for need in needs]
    return Reason("members_teach", {"givers": list(each.givers), "learners": learners})


def _host(call: Call, each: Proposition) -> Reason:
    """Where it costs least, and how much more elsewhere."""
    ranked = hosts_ranked(call, each)
    cost = cost_of(call, each).total
    others = [(host, price) for host, price in ranked if host != each.host]
    facts = {
        "host": each.host,
        "rank": 1 + sum(price < cost for _, price in others),
        "hosts": len(ranked),
        "next": others[0][0] if others else None,
        "more": others[0][1] - cost if others else None,
    }
    return Reason("host", facts)


def _team(call: Call, each: Proposition) -> Reason:
    """Who of the team is found, how many others are known who could be in it, how many are missing."""
    known = sum(
        person.teaches.get(each.topic, 0) > 0 and each.language in person.languages
        for person in call.facilitators.values()
    )
    facts = {"found": len(each.facilitators) + len(each.givers), "missing": each.missing, "known": known}
    return Reason("team", facts)


def _worth(call: Call, each: Proposition) -> Reason:
    found = figures(call, each)
    cost = found.cost.total
    return Reason("worth", {"people": found.people, "cost": cost, "per_person": round(cost / found.people)})


# -- what is left ---------------------------------------------------------------------


def unserved(call: Call, chosen: Sequence[Proposition]) -> dict[str, tuple[Reason, ...]]:
    """Each need that nothing answers, and why."""
    answered = {id for each in chosen for id in each.needs}
    left = [need for id, need in call.needs.items() if id not in answered]
    return _Rest(call, chosen, left).reasons() if left else {}


class _Rest:
    """What stands, and what is left over."""

    def __init__(self, call: Call, chosen: Sequence[Proposition], left: Sequence[Need]) -> None:
        self.call, self.chosen, self.left = call, chosen, left
        self.turns = Counter(
            platform
            for each in chosen
            for platform in (*(call.needs[id].platform for id in each.needs), *each.givers)
        )
        self.free = {need.id for need in left if self._has_turns(need.platform)}
        cost = total_cost(call, chosen)
        self.money = None if call.limits.budget is None else call.limits.budget - cost
        self.open: dict[str, list[Opening]] = {}
        for opening in openings(call):
            for learner in opening.learners:
                self.open.setdefault(learner.need, []).append(opening)

    def reasons(self) -> dict[str, tuple[Reason, ...]]:
        return {need.id: (self._why(need),) for need in self.left}

    def _has_turns(self, platform: str) -> bool:
        return self.turns[platform] < self.call.limits.turns_per_platform

    def _why(self, need: Need) -> Reason:
        offers = self.open.get(need.id, [])
        if not offers:
            return self._never(need)
        if need.id not in self.free:
            most = self.call.limits.turns_per_platform
            return Reason("turns", {"platform": need.platform, "most": most})
        ways = [
            cost for cost in (self._cost_to_join(need), self._cost_of_new(need, offers)) if cost is not None
        ]
        if not ways:
            return self._no_group(need)
        if self.money is not None and min(ways) > self.money:
            return Reason("budget", {"cost": min(ways), "left": self.money})
        return Reason("better_elsewhere", {"cost": min(ways)})

    def _never(self, need: Need) -> Reason:
        """No opening whatever could answer it: too few share it, or there is no host, or nobody teaches."""
        region, least = self.call.platforms[need.platform].region, self.call.limits.platforms_min
        alike = [
            other
            for other in self.call.needs.values()
            if other.topic == need.topic and self.call.platforms[other.platform].region == region
        ]
        sharing = max(
            (sum(language in other.languages for other in alike) for language in need.languages), default=0
        )
        if len(alike) < least:
            return Reason("too_few", {"platforms": len(alike), "least": least, "region": region})
        if sharing < least:
            return Reason("language", {"platforms": sharing, "least": least, "asking": len(alike)})
        if not any(host.region == region for host in self.call.hosts.values()):
            return Reason("no_host", {"region": region})
        return Reason("nobody_teaches", {"topic": need.topic})

    def _no_group(self, need: Need) -> Reason:
        """The groups there are, are full, and too few others are left for another one."""
        language = need.languages
        others = sum(
            other.topic == need.topic
            and bool(other.languages & language)
            and self._region(other) == self._region(need)
            for other in self.left
            if other.id in self.free
        )
        return Reason("too_few_left", {"platforms": others, "least": self.call.limits.platforms_min})

    def _region(self, need: Need) -> str:
        return self.call.platforms[need.platform].region

    def _cost_to_join(self, need: Need) -> int | None:
        """What it costs to come along to a group that there is."""
        costs = []
        for each in self.chosen:
            kind, host = self.call.kinds[each.kind], self.call.hosts[each.host]
            fits = each.topic == need.topic and each.language in need.languages
            taken = figures(self.call, each).seats + seats_for(kind, need)
            room = taken <= min(host.seats, self.call.limits.seats_max)
            more = len(each.needs) < self.call.limits.platforms_max
            if (
                fits
                and room
                and more
                and host.region == self._region(need)
                and need.platform not in each.givers
            ):
                costs.append(cost_of_need(self.call, kind, host, need))
        return min(costs, default=None)

    def _cost_of_new(self, need: Need, offers: Sequence[Opening]) -> int | None:
        """What the cheapest new group with it costs, of others that are left, if there are enough of them."""
        return min((cost for each in offers if (cost := self._new(need, each)) is not None), default=None)

    def _new(self, need: Need, opening: Opening) -> int | None:
        kind, limits = self.call.kinds[opening.kind], self.call.limits
        if any(
            (each.kind, each.topic, each.language, each.host)
            == (opening.kind, opening.topic, opening.language, opening.host)
            for each in self.chosen
        ) or not self._may_host(opening.place):
            return None
        own = next(learner for learner in opening.learners if learner.need == need.id)
        others = sorted(
            (each for each in opening.learners if each.need in self.free and each.need != need.id),
            key=lambda each: each.cost,
        )[: limits.platforms_min - 1]
        group = {own.platform, *(each.platform for each in others)}
        if len(others) < limits.platforms_min - 1 or own.seats + sum(e.seats for e in others) > opening.seats:
            return None
        costs = sorted(
            each.cost
            for each in opening.teachers
            if each.gives and each.id not in group and self._has_turns(each.id)
        )
        if len(costs) < kind.givers:
            return None
        known = sorted(each.cost for each in opening.teachers if not each.gives)
        team = costs[: kind.givers] + sorted(known + [self.call.prices.missing_facilitator] * kind.team)
        return opening.cost + own.cost + sum(each.cost for each in others) + sum(team[: kind.team])

    def _may_host(self, place: str) -> bool:
        most = self.call.limits.hosted_per_place
        hosting = sum(self.call.hosts[each.host].place == place for each in self.chosen)
        return most is None or hosting < most


def worth_most_first(call: Call, chosen: Sequence[Proposition]) -> list[Proposition]:
    """In the order in which people read them: what answers most comes first."""

    def key(each: Proposition) -> tuple[int, str, str, str]:
        points = sum(points_of(call.kinds[each.kind], call.needs[id]) for id in each.needs)
        return -points, each.topic, each.language, each.host

    return sorted(chosen, key=key)
