"""Initiatives of platforms in the four priority areas, and the fund of which parts are kept for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from app.demo.network import COALITIONS, SECRETARIAT, Network
from app.workshops.models import Fund, FundPromise, Initiative, Workshop

TITLES = {
    "governance-leadership": {
        "en": "Boards that lead",
        "fr": "Des conseils d’administration qui dirigent",
        "es": "Juntas que dirigen",
        "pt": "Direções que lideram",
    },
    "communications-membership": {
        "en": "Members who take part",
        "fr": "Des membres qui participent",
        "es": "Miembros que participan",
        "pt": "Membros que participam",
    },
    "resources-finance": {
        "en": "Money of our own",
        "fr": "Des ressources à nous",
        "es": "Recursos propios",
        "pt": "Recursos próprios",
    },
    "advocacy-partnerships": {
        "en": "Heard in parliament",
        "fr": "Entendus au parlement",
        "es": "Escuchados en el parlamento",
        "pt": "Ouvidos no parlamento",
    },
}
"""Priority area -> the title of its initiatives here."""

OBJECTIVES = (
    "At the end, the platform’s board and staff do this by themselves, have passed it on to ten member"
    " organisations, and have written down how."
)

EACH = 12_000
"""What is kept for each that runs."""


def initiatives_of(network: Network, made: Mapping[str, Workshop], *, now: datetime) -> list[Initiative]:
    """One initiative for each platform of the three coalitions, every fourth one joint with its neighbour.

    A national replication belongs to the initiative of its platform. The request that the coalition in
    Dakar has just handed in is to be paid out of what is kept for one of them.
    """
    areas = [network.topics[code] for code in TITLES]
    fund = Fund(
        code="initiatives-2027",
        title="Fund for initiatives of members, 2027",
        organisation=network.organisations[SECRETARIAT],
        amount=600_000,
        first_day=date(2027, 1, 1),
        last_day=date(2027, 12, 31),
    )
    found = []
    for coalition in COALITIONS:
        platforms = network.platforms_of(coalition)
        for number, platform in enumerate(platforms):
            area = areas[number % len(areas)]
            initiative = Initiative(
                code=f"{platform.code}-2027",
                titles=TITLES[area.code],
                objectives=OBJECTIVES,
                organisation=platform,
                area=area,
                partners=[platforms[(number + 1) % len(platforms)]] if number % 4 == 3 else [],
                first_day=date(2027, 1 + number % 4, 1),
                last_day=date(2027, 12, 15),
                state="proposed" if number % 5 == 4 else "running",
                created_at=now,
                changed_at=now,
            )
            if initiative.state == "running":
                initiative.promises = [FundPromise(fund=fund, amount=EACH)]
            initiative.workshops = [
                workshop
                for workshop in made.values()
                if workshop.requested_by is platform and workshop.kind == "replication"
            ]
            found.append(initiative)
    late = made["repaoc-exchange-late"]
    late.initiative = next(one for one in found if one.promises and one.organisation.region)
    late.funds, late.budget = [fund], 9_000
    return found
