"""Invented people: some 60 facilitators and 500 participants, named by number and town."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from sqlalchemy.orm import Session

from app.availability.models import AvailabilitySpan
from app.demo.network import COALITIONS, Network
from app.network.models import FACILITATES, MAY_LEAD, Organisation, Person, Skill, Want

TAUGHT = {
    "repaoc": (
        "leadership-development",
        "leadership-transition",
        "cso-internal-governance",
        "resource-mobilisation",
        "civic-space",
        "advocacy-strategy",
        "monitoring-evaluation-learning",
        "launching-campaigns",
    ),
    "piango": (
        "climate-justice",
        "leadership-development",
        "civic-space",
        "financial-management",
        "advocacy-strategy",
    ),
    "mesa": (
        "resource-mobilisation",
        "strategic-communications",
        "civic-space",
        "leadership-development",
        "gender-mainstreaming",
        "member-engagement",
    ),
}
"""What is asked for, and so taught and wanted, in each coalition."""

ACROSS = ("agenda-2030", "sdg-monitoring", "sdg-16-plus")
"""What the working group's webinars are about."""

COUNTED = ("woman", "man", "woman", "", "man", "woman", "man")
"""As whom people are counted, in turn; one in seven has not said."""

FACILITATORS = {"repaoc": 24, "piango": 16, "mesa": 20}
PARTICIPANTS = {"repaoc": 220, "piango": 120, "mesa": 160}
YEAR = (date(2027, 1, 1), date(2027, 12, 31))


def load_people(db: Session, network: Network, *, random: Random) -> None:
    """Add everybody, with languages, skills, needs and days they cannot or would rather."""
    number = 0
    for coalition in COALITIONS:
        platforms = network.platforms_of(coalition)
        for turn in range(FACILITATORS[coalition]):
            number += 1
            _add_facilitator(network, number, platforms[turn % len(platforms)], coalition, random)
    number = 0
    for coalition in COALITIONS:
        homes = network.within(coalition)
        for turn in range(PARTICIPANTS[coalition]):
            number += 1
            _add_participant(network, number, homes[turn % len(homes)], coalition, random)
    _add_friends_elsewhere(network, random)
    db.add_all(network.people.values())
    db.flush()
    for person in network.people.values():
        db.add_all(_spans(person, random))
    db.flush()


def _add_facilitator(
    network: Network, number: int, home: Organisation, coalition: str, random: Random
) -> None:
    topics = random.sample(TAUGHT[coalition], k=min(len(TAUGHT[coalition]), random.choice((2, 3, 3, 4))))
    if random.random() < 0.45:
        topics += random.sample(ACROSS, k=random.choice((1, 2)))
    person = _person(
        network, f"facilitator-{number:02}", f"Facilitator {number}", home, _spoken(home, random, second=0.6)
    )
    person.fee_per_day = random.choice((0, 0, 80, 100, 120, 150))
    person.max_workshops = random.choice((3, 4, 4, 5, 6))
    person.max_days_away = random.choice((20, 25, 30, 40))
    person.online_only = random.random() < 0.06
    person.skills = [
        Skill(
            topic=network.topics[code], level=MAY_LEAD if turn == 0 or random.random() < 0.45 else FACILITATES
        )
        for turn, code in enumerate(topics)
    ]


def _add_participant(
    network: Network, number: int, home: Organisation, coalition: str, random: Random
) -> None:
    person = _person(
        network, f"participant-{number:03}", f"Participant {number}", home, _spoken(home, random, second=0.3)
    )
    topics = random.sample(TAUGHT[coalition], k=random.choice((2, 3, 3, 4)))
    if random.random() < 0.6:
        topics += random.sample(ACROSS, k=random.choice((1, 1, 2)))
    person.wants = [Want(topic=network.topics[code], weight=random.choice((1, 2, 2, 3))) for code in topics]
    person.max_seats = random.choice((1, 2, 2, 3))
    person.online_only = random.random() < 0.08


def _add_friends_elsewhere(network: Network, random: Random) -> None:
    """The secretariat's own people, the coalitions' officers, and members of the working group in Europe."""
    forus = network.organisations["forus"]
    for number, name in enumerate(("Coordinator", "Programme officer", "Finance officer"), start=1):
        person = _person(network, f"secretariat-{number}", name, forus, ["en", "fr", "es"])
        person.wants = [Want(topic=network.topics["agenda-2030"], weight=2)]
    teacher = network.people["secretariat-2"]
    teacher.skills = [Skill(topic=network.topics[code], level=MAY_LEAD) for code in ACROSS]
    teacher.max_workshops = 8
    for coalition in COALITIONS:
        body = network.organisations[coalition]
        _person(network, f"officer-{coalition}", "Coalition officer", body, list(body.languages))
    for number, home in enumerate(network.platforms_of("concord")[:12], start=1):
        person = _person(
            network, f"europe-{number:02}", f"Member of the working group {number}", home, ["en"]
        )
        person.wants = [Want(topic=network.topics[code], weight=random.choice((1, 2, 3))) for code in ACROSS]
        person.max_seats = 3


def _person(network: Network, code: str, title: str, home: Organisation, languages: list[str]) -> Person:
    assert home.place is not None  # noqa: S101 - every organisation used here has a town
    person = Person(
        code=code,
        name=f"{title}, {home.place.name}",
        email=f"{code}@example.org",
        organisation=home,
        place=home.place,
        languages=languages,
        gender=COUNTED[len(network.people) % len(COUNTED)],
    )
    network.people[code] = person
    return person


def _spoken(home: Organisation, random: Random, *, second: float) -> list[str]:
    """The organisation's languages, and with some chance one that its region also works in."""
    spoken = [code for code in home.languages if code in {"en", "fr", "es", "pt"}] or ["en"]
    more = {"West Africa": ("en", "fr"), "Pacific": ("en", "fr")}.get(home.region, ("en", "pt", "es"))
    others = [code for code in more if code not in spoken]
    if others and random.random() < second:
        spoken.append(random.choice(others))
    return spoken


def _spans(person: Person, random: Random) -> list[AvailabilitySpan]:
    """A few spans over the year; facilitators have more of them, and days they would rather."""
    teaches = bool(person.skills)
    blocked = random.choice((2, 3, 4)) if teaches else random.choice((0, 0, 1, 2))
    liked = random.choice((0, 1, 2)) if teaches else 0
    return [_span(person, "unavailable", random.randrange(4, 16), random) for _ in range(blocked)] + [
        _span(person, "preferred", random.randrange(7, 22), random) for _ in range(liked)
    ]


def _span(person: Person, kind: str, days: int, random: Random) -> AvailabilitySpan:
    first = YEAR[0] + timedelta(days=random.randrange((YEAR[1] - YEAR[0]).days - days))
    return AvailabilitySpan(
        person=person, kind=kind, first_day=first, last_day=first + timedelta(days=days - 1)
    )
