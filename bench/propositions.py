"""How long it takes to prove that no set of propositions answers more, for calls of many platforms.

    python bench/propositions.py [SEED …]

Each call is generated: regions, languages and distances as in a real network, needs that run together
within a region, offers and facilitators that are scarcer, hosts in half of the places. Writes
bench/results/propositions.csv.
"""

from __future__ import annotations

import csv
import random
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from solver.propositions import breaches, points_asked, propose  # noqa: E402
from solver.propositions.call import (  # noqa: E402
    Call,
    Facilitator,
    Host,
    Limits,
    Need,
    Offer,
    Platform,
    Prices,
)
from solver.round import Place  # noqa: E402

RESULTS = PROJECT / "bench" / "results"
SECONDS = 10
SIZES = (60,)

TOPICS = (
    "strategic-leadership",
    "board-governance",
    "leadership-transition",
    "member-engagement",
    "communications",
    "storytelling",
    "resource-mobilisation",
    "financial-management",
    "accountability",
    "advocacy",
    "campaigning",
    "partnerships",
    "agenda-2030",
    "monitoring-impact",
)

REGIONS = {  # languages with their frequency, latitudes, longitudes, share of the platforms
    "West Africa": ({"fr": 9, "en": 5, "pt": 2}, (5, 17), (-17, 14), 15),
    "Southern and East Africa": ({"en": 8, "fr": 3, "pt": 2}, (-33, 10), (14, 47), 12),
    "Asia": ({"en": 1}, (5, 40), (68, 125), 12),
    "Pacific": ({"en": 6, "fr": 1}, (-22, 8), (145, 180), 7),
    "Latin America": ({"es": 10, "pt": 2}, (-34, 20), (-100, -45), 14),
}


def a_call(seed: int, *, platforms: int = 60, budget: int | None = 250_000) -> Call:
    """A call as a network of so many platforms would answer it."""
    chance = random.Random(seed)
    places: dict[str, Place] = {}
    rows: dict[str, Platform] = {}
    speaks: dict[str, frozenset[str]] = {}
    for region, (languages, latitudes, longitudes, share) in REGIONS.items():
        for number in range(round(share * platforms / 60)):
            id = f"{region[:2].lower()}{number}"
            latitude, longitude = chance.uniform(*latitudes), chance.uniform(*longitudes)
            places[id] = Place(id, id, "SN", latitude, longitude, "UTC")
            rows[id] = Platform(id, f"Platform {id}", region, id)
            spoken = {chance.choices(list(languages), list(languages.values()))[0]}
            if chance.random() < 0.3:
                spoken.add(chance.choice(list(languages)))
            speaks[id] = frozenset(spoken)
    return Call(
        id=f"call-{seed}",
        title="Generated",
        currency="EUR",
        prices=Prices(60, 9, 65, replication=1_500, missing_facilitator=3_500),
        limits=Limits(budget=budget, hosted_per_place=2),
        places=places,
        platforms=rows,
        needs=_needs(chance, rows, speaks),
        offers=tuple(
            Offer(id, topic, speaks[id], chance.choice((2, 2, 3)))
            for id in rows
            for topic in chance.sample(TOPICS, chance.choice((0, 1, 1, 2)))
        ),
        facilitators={f"f{n}": _facilitator(chance, f"f{n}", rows, speaks) for n in range(platforms)},
        hosts={
            f"v-{id}": Host(
                f"v-{id}", id, id, rows[id].region, chance.choice((16, 20, 24, 40)), chance.randint(150, 600)
            )
            for id in rows
            if chance.random() < 0.5
        },
    )


def _needs(
    chance: random.Random, rows: dict[str, Platform], speaks: dict[str, frozenset[str]]
) -> dict[str, Need]:
    """A region's platforms lean to the same few topics; some lines are named by one platform alone."""
    leaning = {region: chance.sample(TOPICS, 5) for region in REGIONS}
    needs: dict[str, Need] = {}
    for id, platform in rows.items():
        for topic in TOPICS:
            if chance.random() < (0.65 if topic in leaning[platform.region] else 0.2):
                people = chance.choice((2, 3, 3, 5, 8, 10, 15, 20, 30, 40))
                weight = chance.choice((1, 2, 2, 3))
                needs[f"{id}:{topic}"] = Need(f"{id}:{topic}", id, topic, weight, people, speaks[id])
    return needs


def _facilitator(
    chance: random.Random, id: str, rows: dict[str, Platform], speaks: dict[str, frozenset[str]]
) -> Facilitator:
    home = chance.choice(list(rows))
    return Facilitator(
        id,
        f"Facilitator {id}",
        home,
        speaks[home] | {chance.choice(("en", "fr"))},
        {topic: chance.choice((2, 3)) for topic in chance.sample(TOPICS, chance.choice((1, 2, 3)))},
        fee_per_day=chance.choice((0, 100, 150, 250)),
        max_workshops=2,
    )


BUDGETS = (None, 600_000, 250_000, 100_000)


def main() -> None:
    seeds = [int(each) for each in sys.argv[1:]] or [1, 2, 3, 4, 5]
    rows = []
    for platforms in SIZES:
        for seed in seeds:
            for budget in BUDGETS:
                call = a_call(seed, platforms=platforms, budget=budget)
                began, used = time.perf_counter(), time.process_time()
                found = propose(call, seconds=SECONDS)
                row = {
                    "platforms": platforms,
                    "seed": seed,
                    "budget": budget or "",
                    "needs": len(call.needs),
                    "propositions": len(found.chosen),
                    "points": found.points,
                    "bound": found.bound,
                    "asked": points_asked(call),
                    "status": found.status,
                    "cost": found.cost,
                    "least_cost": found.least_cost,
                    "seconds": round(time.perf_counter() - began, 2),
                    "cpu_seconds": round(time.process_time() - used, 2),
                }
                if breaches(call, found.chosen):
                    raise SystemExit(f"wrong: {breaches(call, found.chosen)}")
                rows.append(row)
                print(*row.values(), sep="\t", flush=True)
    with (RESULTS / "propositions.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
