"""What makes a set of propositions right: every rule with its breaches, in plain Python.

Written apart from the inequalities of `choose`, so that each can convict the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from solver.propositions.call import Call, Offer
from solver.propositions.figures import seats_for, total_cost
from solver.propositions.proposition import Proposition

SHARES, FACILITATES, MAY_LEAD = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that is broken, by which proposition (its position; `None`: by all), and the figures."""

    rule: str
    proposition: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


Chosen = Sequence[Proposition]


def breaches(call: Call, chosen: Chosen) -> tuple[Breach, ...]:
    """Every breach of every rule; none when the set is right."""
    return tuple(breach for rule in RULES.values() for breach in rule(call, chosen))


def offer_of(call: Call, platform: str, topic: str) -> Offer | None:
    """What a platform offers of a topic."""
    return next((each for each in call.offers if (each.platform, each.topic) == (platform, topic)), None)


def fit(call: Call, chosen: Chosen) -> Iterator[Breach]:
    """Whoever is in a group needs its topic, in its language, and belongs to the region of its host."""
    for number, each in enumerate(chosen):
        for id in each.needs:
            need = call.needs[id]
            if need.topic != each.topic:
                yield Breach("fit", number, {"need": id, "topic": each.topic})
            if each.language not in need.languages:
                yield Breach("fit", number, {"need": id, "language": each.language})
            if call.platforms[need.platform].region != call.hosts[each.host].region:
                yield Breach("fit", number, {"need": id, "region": call.hosts[each.host].region})


def once(call: Call, chosen: Chosen) -> Iterator[Breach]:
    """A need is answered at most once; a host has the same offer at most once."""
    for need, times in Counter(id for each in chosen for id in each.needs).items():
        if times > 1:
            yield Breach("once", None, {"need": need, "times": times})
    for (*_, host), times in Counter(
        (each.kind, each.topic, each.language, each.host) for each in chosen
    ).items():
        if times > 1:
            yield Breach("once", None, {"host": host, "times": times})


def group(call: Call, chosen: Chosen) -> Iterator[Breach]:
    """A group has platforms_min to platforms_max platforms that come to learn."""
    least, most = call.limits.platforms_min, call.limits.platforms_max
    for number, each in enumerate(chosen):
        if not least <= len(each.needs) <= most:
            yield Breach("group", number, {"platforms": len(each.needs), "least": least, "most": most})


def seats(call: Call, chosen: Chosen) -> Iterator[Breach]:
    """Seats are at most seats_max, and what the host has."""
    for number, each in enumerate(chosen):
        taken = sum(seats_for(call.kinds[each.kind], call.needs[id]) for id in each.needs)
        most = min(call.limits.seats_max, call.hosts[each.host].seats)
        if taken > most:
            yield Breach("seats", number, {"seats": taken, "most": most})


def team(call: Call, chosen: Chosen) -> Iterator[Breach]:
    """Those who teach and those yet to be found make up the team; enough of them lead, or may turn out to.

    Who teaches speaks the language and knows the topic, a facilitator at 2 or 3; nobody is in it twice.
    """
    for number, each in enumerate(chosen):
        kind = call.kinds[each.kind]
        size = len(each.givers) + len(each.facilitators) + each.missing
        if size != kind.team or each.missing < 0:
            yield Breach("team", number, {"team": size, "wanted": kind.team})
        if len(set(each.givers)) < len(each.givers) or len(set(each.facilitators)) < len(each.facilitators):
            yield Breach("team", number, {"twice": True})
        leads = each.missing
        for who, level, least, languages in _teachers(call, each):
            if level < least or each.language not in languages:
                yield Breach("team", number, {"teacher": who})
            leads += level >= MAY_LEAD
        if leads < kind.leads:
            yield Breach("team", number, {"leads": leads, "least": kind.leads})


def _teachers(call: Call, each: Proposition) -> Iterator[tuple[str, int, int, frozenset[str]]]:
    """Of everybody in a team who is known: id, level, the least that is wanted, languages."""
    for platform in each.givers:
        offer = offer_of(call, platform, each.topic)
        yield platform, offer.level if offer else 0, SHARES, offer.languages if offer else frozenset()
    for person in each.facilitators:
        known = call.facilitators[person]
        yield person, known.teaches.get(each.topic, 0), FACILITATES, known.languages


def givers(call: Call, chosen: Chosen) -> Iterator[Breach]:
    """In a peer exchange members teach members: enough of the team are givers; none of them also learns."""
    for number, each in enumerate(chosen):
        kind = call.kinds[each.kind]
        if len(each.givers) < kind.givers or (each.givers and not kind.givers):
            yield Breach("givers", number, {"givers": len(each.givers), "least": kind.givers})
        for platform in {call.needs[id].platform for id in each.needs} & set(each.givers):
            yield Breach("givers", number, {"platform": platform})


def turns(call: Call, chosen: Chosen) -> Iterator[Breach]:
    """A platform takes part in at most turns_per_platform, to learn or to teach."""
    most = call.limits.turns_per_platform
    taking_part = Counter(
        platform
        for each in chosen
        for platform in (*(call.needs[id].platform for id in each.needs), *each.givers)
    )
    for platform, times in taking_part.items():
        if times > most:
            yield Breach("turns", None, {"platform": platform, "times": times, "most": most})


def load(call: Call, chosen: Chosen) -> Iterator[Breach]:
    """A facilitator is in at most max_workshops teams."""
    for person, times in Counter(person for each in chosen for person in each.facilitators).items():
        most = call.facilitators[person].max_workshops
        if times > most:
            yield Breach("load", None, {"person": person, "times": times, "most": most})


def hosting(call: Call, chosen: Chosen) -> Iterator[Breach]:
    """A place hosts at most hosted_per_place propositions."""
    most = call.limits.hosted_per_place
    for place, times in Counter(call.hosts[each.host].place for each in chosen).items():
        if most is not None and times > most:
            yield Breach("hosting", None, {"place": place, "times": times, "most": most})


def budget(call: Call, chosen: Chosen) -> Iterator[Breach]:
    """All propositions together cost at most the budget."""
    cost, most = total_cost(call, chosen), call.limits.budget
    if most is not None and cost > most:
        yield Breach("budget", None, {"cost": cost, "most": most})


RULES: Mapping[str, Callable[[Call, Chosen], Iterator[Breach]]] = {
    rule.__name__: rule for rule in (fit, once, group, seats, team, givers, turns, load, hosting, budget)
}
