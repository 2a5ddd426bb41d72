"""Needs calls for tests: a hand-made one, drawn ones, and every set of propositions of a tiny one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from random import Random

from solver.propositions import Call, Proposition, breaches, figures, total_cost
from solver.propositions.call import Facilitator, Host, Kind, Limits, Need, Offer, Platform, Prices
from solver.round import Place

PLACES = {
    "dakar": Place("dakar", "Dakar", "SN", 14.7, -17.4, "UTC"),
    "accra": Place("accra", "Accra", "GH", 5.6, -0.2, "UTC"),
    "lome": Place("lome", "Lomé", "TG", 6.1, 1.2, "UTC"),
    "suva": Place("suva", "Suva", "FJ", -18.1, 178.4, "UTC"),
}
PRICES = Prices(base_fare=50, fare_per_100_km=10, per_diem=40, replication=300, missing_facilitator=900)
KINDS = {
    "peer_exchange": Kind(days=2, team=1, leads=0, givers=1, seats_per_platform=2, worth=3),
    "training_of_trainers": Kind(days=3, team=1, leads=1, givers=0, seats_per_platform=1, replication=8),
}


def a_call(**changes: object) -> Call:
    """Three West African platforms share a need; a fourth teaches it; one in the Pacific is alone."""
    regions = {"sn": "dakar", "gh": "accra", "tg": "lome", "ng": "accra", "fj": "suva"}
    call = Call(
        id="call",
        title="Needs of the season",
        currency="EUR",
        prices=PRICES,
        limits=Limits(platforms_min=2, platforms_max=5, turns_per_platform=1),
        places=PLACES,
        platforms={
            id: Platform(id, id.upper(), "Pacific" if id == "fj" else "West Africa", place)
            for id, place in regions.items()
        },
        needs={
            "sn-1": Need("sn-1", "sn", "advocacy", 3, 10, frozenset({"fr"})),
            "gh-1": Need("gh-1", "gh", "advocacy", 2, 2, frozenset({"en", "fr"})),
            "tg-1": Need("tg-1", "tg", "advocacy", 1, 4, frozenset({"fr"})),
            "fj-1": Need("fj-1", "fj", "advocacy", 3, 5, frozenset({"en"})),
        },
        offers=(Offer("ng", "advocacy", frozenset({"fr", "en"}), 1),),
        facilitators={
            "ama": Facilitator("ama", "Ama", "accra", frozenset({"fr"}), {"advocacy": 3}, 100),
        },
        hosts={
            "accra-hall": Host("accra-hall", "Hall", "accra", "West Africa", 12, 100),
            "dakar-hall": Host("dakar-hall", "Hall", "dakar", "West Africa", 12, 100),
        },
        kinds=KINDS,
        reach=1,
    )
    return replace(call, **changes)  # type: ignore[arg-type]


def drawn_call(seed: int) -> Call:
    """A tiny call: few enough propositions to try every set of them."""
    chance = Random(seed)
    platforms = {
        f"p{n}": Platform(f"p{n}", f"P{n}", chance.choice(("A", "A", "B")), chance.choice(list(PLACES)))
        for n in range(chance.randint(2, 4))
    }
    topics = ("x", "y")[: chance.randint(1, 2)]

    def some_languages() -> frozenset[str]:
        return frozenset(chance.sample(("en", "fr"), chance.choice((1, 1, 2))))

    needs = [
        Need(f"{id}{topic}", id, topic, chance.randint(1, 3), chance.randint(1, 10), some_languages())
        for id in platforms
        for topic in topics
        if chance.random() < 0.8
    ][:5]
    hosts = [
        Host(
            f"h{n}",
            f"H{n}",
            chance.choice(list(PLACES)),
            chance.choice("AAB"),
            chance.randint(2, 8),
            chance.choice((0, 80)),
        )
        for n in range(chance.randint(1, 2))
    ]
    return Call(
        id=f"drawn-{seed}",
        title="Drawn",
        currency="EUR",
        prices=PRICES,
        limits=Limits(
            budget=chance.choice((None, 3000, 5000, 9000)),
            platforms_min=chance.randint(1, 2),
            platforms_max=chance.randint(2, 3),
            seats_max=chance.choice((3, 6, 20)),
            turns_per_platform=chance.randint(1, 2),
            hosted_per_place=chance.choice((None, 1)),
        ),
        places=PLACES,
        platforms=platforms,
        needs={need.id: need for need in needs},
        offers=tuple(
            Offer(id, topic, some_languages(), chance.randint(1, 3))
            for id in platforms
            for topic in topics
            if chance.random() < 0.4
        ),
        facilitators={
            f"f{n}": Facilitator(
                f"f{n}",
                f"F{n}",
                chance.choice(list(PLACES)),
                some_languages(),
                {chance.choice(topics): chance.choice((2, 3))},
                chance.choice((0, 200)),
                chance.randint(0, 1),
            )
            for n in range(chance.randint(0, 2))
        },
        hosts={host.id: host for host in hosts},
        kinds=KINDS
        | ({"training_of_trainers": replace(KINDS["training_of_trainers"], team=2)} if seed % 3 else {}),
        reach=chance.randint(0, 3),
    )


def every_proposition(call: Call) -> Iterator[Proposition]:
    """Every proposition that breaks no rule by itself, by trying all."""
    topics = {need.topic for need in call.needs.values()}
    for name, topic, language, host in product(call.kinds, topics, ("en", "fr"), call.hosts):
        fitting = [
            need.id
            for need in call.needs.values()
            if need.topic == topic
            and language in need.languages
            and call.platforms[need.platform].region == call.hosts[host].region
        ]
        for needs in subsets(fitting):
            for givers in subsets(list(call.platforms)):
                for people in subsets(list(call.facilitators)):
                    missing = call.kinds[name].team - len(givers) - len(people)
                    if needs and missing >= 0:
                        each = Proposition(name, topic, language, host, needs, givers, people, missing)
                        if not breaches(call, [each]):
                            yield each


def subsets(items: list[str]) -> Iterator[tuple[str, ...]]:
    for size in range(len(items) + 1):
        yield from combinations(items, size)


def best_by_trying(call: Call) -> tuple[int, int]:
    """Most points, and the least cost of so many, over every right set."""
    worth = []
    for each in every_proposition(call):
        found = figures(call, each)
        worth.append((each, found.points, found.cost.total))
    worth.sort(key=lambda row: -row[1])
    best = (0, 0)
    budget = call.limits.budget

    def extend(chosen: list[Proposition], points: int, cost: int, begin: int) -> None:
        nonlocal best
        answered = {id for each in chosen for id in each.needs}
        total = points + call.reach * len({call.needs[id].platform for id in answered})
        if (total, -cost) > (best[0], -best[1]) and not breaches(call, chosen):
            assert cost == total_cost(call, chosen)
            best = (total, cost)
        for index in range(begin, len(worth)):
            each, more, price = worth[index]
            if not answered & set(each.needs) and (budget is None or cost + price <= budget):
                extend([*chosen, each], points + more, cost + price, index + 1)

    extend([], 0, 0, 0)
    return best
