"""The sample network: places, topics, coalitions and platforms as public pages show them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

from sqlalchemy.orm import Session

from app.network.models import Group, GroupChair, Organisation, Person, Place, Topic, Venue

DATA = Path(__file__).parent / "data"

SECRETARIAT = "forus"
COALITIONS = ("repaoc", "piango", "mesa")
"""The three coalitions that ask for workshops in the demonstration."""

HOSTS = {
    "repaoc": ("sn-dakar", "ci-abidjan", "bj-cotonou", "tg-lome", "gh-accra", "sl-freetown", "cv-praia"),
    "piango": ("fj-suva", "ws-apia", "nz-wellington", "vu-port-vila", "to-nukualofa", "sb-honiara"),
    "mesa": ("cl-santiago", "bo-la-paz", "pe-lima", "co-bogota", "ec-quito", "uy-montevideo", "py-asuncion"),
}
"""Where each of them can meet."""


@dataclass(slots=True)
class Network:
    """The rows of the sample network by code, as the rest of the demonstration needs them."""

    places: dict[str, Place] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    venues: dict[str, Venue] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)

    def platforms_of(self, coalition: str) -> list[Organisation]:
        """A coalition's platforms, in order of their codes."""
        body = self.organisations[coalition]
        return [o for _, o in sorted(self.organisations.items()) if o.kind == "platform" and body in o.bodies]

    def within(self, coalition: str) -> list[Organisation]:
        """A coalition's platforms and the member organisations of these."""
        platforms = self.platforms_of(coalition)
        members = [o for o in self.organisations.values() if o.kind == "member" and o.bodies[0] in platforms]
        return platforms + members


def load_network(db: Session, *, random: Random, now: datetime) -> Network:
    """Add the sample network to an empty database."""
    network = Network()
    _load_places(network)
    _load_topics(network)
    _load_organisations(network)
    _add_members(network)
    _add_venues(network, random)
    for rows in (network.places, network.topics, network.organisations, network.venues):
        db.add_all(rows.values())
    db.flush()
    return network


def load_working_group(network: Network, db: Session, *, now: datetime) -> Group:
    """The Agenda 2030 working group, from Apia to Paris, with two co-chairs."""
    across = {"agenda-2030", "sdg-monitoring", "sdg-16-plus"}
    concerned = [
        person
        for person in network.people.values()
        if "en" in person.languages and across & _topics_of(person)
    ]
    people = list({person.place.code: person for person in reversed(concerned)}.values())  # one of each town
    group = Group(
        code="agenda-2030-working-group",
        titles={
            "en": "Agenda 2030 working group",
            "fr": "Groupe de travail Agenda 2030",
            "es": "Grupo de trabajo Agenda 2030",
            "pt": "Grupo de trabalho Agenda 2030",
        },
        organisation=network.organisations[SECRETARIAT],
        people=people,
        created_at=now,
    )
    network.groups[group.code] = group
    chairs = [person for person in people if person.skills]
    group.chairs = [GroupChair(person=person) for person in chairs[:2]]
    db.add(group)
    db.flush()
    return group


def _topics_of(person: Person) -> set[str]:
    """What a person teaches or wants to learn, by code."""
    return {skill.topic.code for skill in person.skills} | {want.topic.code for want in person.wants}


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _several(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]


def _load_places(network: Network) -> None:
    for row in _rows("places.csv"):
        network.places[row["id"]] = Place(
            code=row["id"],
            name=row["city"],
            country=row["country"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            timezone=row["timezone"],
            languages=_several(row["languages"]),
            airport=row["airport"],
        )


def _load_topics(network: Network) -> None:
    for row in _rows("topics.csv"):
        network.topics[row["id"]] = Topic(
            code=row["id"],
            titles={code: row[f"title_{code}"] for code in ("en", "fr", "es", "pt")},
            area=network.topics.get(row["parent"]),
        )


def _load_organisations(network: Network) -> None:
    by_seat = {(place.name, place.country): place for place in network.places.values()}
    for row in _rows("coalitions.csv"):
        network.organisations[row["id"]] = Organisation(
            code=row["id"],
            kind="secretariat" if row["id"] == SECRETARIAT else "coalition",
            name=row["name"],
            acronym=row["acronym"],
            region=row["region"],
            country=row["seat_country"],
            place=by_seat.get((row["seat_city"], row["seat_country"])),
            languages=_several(row["working_languages"]),
            note=row["notes"],
            evidence=row["evidence"],
            source=row["source"],
        )
    secretariat = network.organisations[SECRETARIAT]
    for coalition in list(network.organisations.values()):
        if coalition is not secretariat:
            coalition.bodies = [secretariat]
    for row in _rows("platforms.csv"):
        bodies = [network.organisations[code] for code in _several(row["coalitions"])]
        regional = next((body for body in bodies if body is not secretariat), None)
        network.organisations[row["id"]] = Organisation(
            code=row["id"],
            kind="platform",
            name=row["name"],
            acronym=row["acronym"],
            region=regional.region if regional else "",
            country=row["country"],
            place=network.places.get(row["place"]),
            languages=_several(row["working_languages"]),
            note=row["note"],
            evidence=row["evidence"],
            source=row["source"],
            bodies=bodies,
        )


def _add_members(network: Network) -> None:
    """Two invented member organisations for each platform of the three coalitions."""
    for coalition in COALITIONS:
        for platform in network.platforms_of(coalition):
            for number in (1, 2):
                code = f"{platform.code}-member-{number}"
                network.organisations[code] = Organisation(
                    code=code,
                    kind="member",
                    name=f"Member organisation {number} of {platform.short_name}",
                    region=platform.region,
                    country=platform.country,
                    place=platform.place,
                    languages=list(platform.languages),
                    evidence="invented",
                    bodies=[platform],
                )


def _add_venues(network: Network, random: Random) -> None:
    """A conference centre and, in most host towns, a smaller and cheaper room; both invented."""
    for coalition, hosts in HOSTS.items():
        dearer = 160 if coalition == "piango" else 0
        for host in hosts:
            place = network.places[host]
            centre = Venue(
                code=f"{host}-centre",
                name="Conference centre",
                place=place,
                seats=random.choice((26, 30, 36)),
                cost_per_day=random.randrange(380, 620, 20) + dearer,
            )
            network.venues[centre.code] = centre
            if random.random() < 0.7:
                room = Venue(
                    code=f"{host}-room",
                    name="Training room",
                    place=place,
                    seats=random.choice((14, 16, 18)),
                    cost_per_day=random.randrange(90, 220, 10) + dearer // 2,
                )
                network.venues[room.code] = room
