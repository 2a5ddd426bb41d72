"""A year of requests: what three coalitions and a working group ask for in 2027, and the funds.

Most can be met; four cannot, each for a reason of its own (see `_impossible`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from app.access import Actor
from app.demo.initiatives import initiatives_of
from app.demo.network import COALITIONS, HOSTS, SECRETARIAT, Network
from app.demo.people import ACROSS, TAUGHT
from app.facts import Fact, record
from app.network.models import Organisation
from app.planning.models import PlanningRound, RoundEntry
from app.workshops.facts import RequestApproved, RequestDrafted, RequestReturned, RequestSubmitted
from app.workshops.initiatives.facts import InitiativeBegun
from app.workshops.models import Fund, Workshop

KIND_WORDS = {
    "peer_exchange": {
        "en": "peer exchange",
        "fr": "échange entre pairs",
        "es": "intercambio entre pares",
        "pt": "intercâmbio entre pares",
    },
    "training_of_trainers": {
        "en": "training of trainers",
        "fr": "formation de formateurs",
        "es": "formación de formadores",
        "pt": "formação de formadores",
    },
    "replication": {
        "en": "national replication",
        "fr": "réplication nationale",
        "es": "réplica nacional",
        "pt": "réplica nacional",
    },
    "webinar": {"en": "webinar", "fr": "webinaire", "es": "seminario web", "pt": "seminário web"},
}

COLON = {"en": ":", "fr": "\u00a0:", "es": ":", "pt": ":"}
"""French puts a no-break space before it."""

PEER_EXCHANGES = {"repaoc": 7, "piango": 4, "mesa": 6}
TRAININGS = {
    "repaoc": ("leadership-development", ("tg-lome", "bj-cotonou", "ci-abidjan", "sn-dakar")),
    "piango": ("climate-justice", ("ws-apia", "fj-suva", "to-nukualofa")),
    "mesa": ("civic-space", ("bo-la-paz", "pe-lima", "ec-quito", "co-bogota")),
}
"""Each coalition's training of trainers: the topic, and where its graduates repeat it at home."""


@dataclass(slots=True)
class Season:
    """A round of the demonstration and the requests in it."""

    code: str
    title: str
    first_day: date
    last_day: date


OPENING = Season("opening-2027", "Opening of 2027", date(2027, 1, 11), date(2027, 3, 5))
YEAR = Season("season-2027", "Season 2027", date(2027, 3, 8), date(2027, 11, 30))


def load_requests(
    db: Session, network: Network, *, random: Random, now: datetime
) -> tuple[PlanningRound, PlanningRound]:
    """Add funds, requests and the two rounds that gather them: a small one first, then the year's."""
    make = _Maker(network, random, now)
    opening = make.opening()
    year = make.year()
    db.add_all(make.funds())
    db.add_all((*opening, *year, *make.still_being_written()))
    begun = initiatives_of(network, make.made, now=now)
    db.add_all(begun)
    rounds = []
    for season, workshops in ((OPENING, opening), (YEAR, year)):
        planning_round = PlanningRound(
            code=season.code,
            title=season.title,
            first_day=season.first_day,
            last_day=season.last_day,
            created_at=now,
        )
        planning_round.entries = [RoundEntry(workshop=workshop) for workshop in workshops]
        rounds.append(planning_round)
    db.add_all(rounds)
    db.flush()
    for workshop in make.made.values():
        _tell_story(
            db, workshop, asked_by=make.asked_by(workshop.requested_by), decided_by=make.coordinator, now=now
        )
    for initiative in begun:
        by = make.asked_by(initiative.organisation)
        record(db, actor=by, fact=InitiativeBegun(initiative.id), now=now - timedelta(days=30))
    return rounds[0], rounds[1]


def _tell_story(
    db: Session, workshop: Workshop, *, asked_by: Actor, decided_by: Actor, now: datetime
) -> None:
    """Record what made the request what it is, in the weeks before now."""
    told: list[tuple[Actor, Fact]] = [(asked_by, RequestDrafted(workshop.id))]
    if workshop.state != "drafted":
        told.append((asked_by, RequestSubmitted(workshop.id)))
    if workshop.state == "approved":
        told.append((decided_by, RequestApproved(workshop.id)))
    elif workshop.state == "returned":
        told.append((decided_by, RequestReturned(workshop.id, workshop.word)))
    moments = [now - timedelta(days=days) for days in (21, 14, 7)]
    for (actor, fact), moment in zip(told, moments, strict=False):
        record(db, actor=actor, fact=fact, now=moment)
        workshop.changed_at = moment
    workshop.created_at = moments[0]


class _Maker:
    """Makes the requests; keeps what they have in common."""

    def __init__(self, network: Network, random: Random, now: datetime) -> None:
        self.network, self.random, self.now = network, random, now
        self.made: dict[str, Workshop] = {}

    @property
    def coordinator(self) -> Actor:
        return Actor(name=self.network.people["secretariat-1"].name)

    def asked_by(self, body: Organisation) -> Actor:
        """Who asks: the officer of the coalition, for its platforms too; the coordinator for the rest."""
        for coalition in COALITIONS:
            if body.code == coalition or body in self.network.within(coalition):
                return Actor(name=self.network.people[f"officer-{coalition}"].name)
        return self.coordinator

    def opening(self) -> list[Workshop]:
        """A few to begin the year with."""
        exchanges = (
            ("repaoc", "civic-space"),
            ("mesa", "member-engagement"),
            ("piango", "advocacy-strategy"),
        )
        made = [
            self._in_person(f"opening-{c}", c, topic, "peer_exchange", 2, OPENING, weeks=7, seats=(8, 14))
            for c, topic in exchanges
        ]
        made += [
            self._webinar(f"opening-webinar-{n}", topic, OPENING, weeks=5)
            for n, topic in enumerate(ACROSS[:2], 1)
        ]
        return made

    def year(self) -> list[Workshop]:
        made = []
        for coalition in COALITIONS:
            topics = TAUGHT[coalition]
            made += [
                self._in_person(
                    f"{coalition}-exchange-{number + 1}",
                    coalition,
                    topics[number % len(topics)],
                    "peer_exchange",
                    self.random.choice((2, 3, 3)),
                    YEAR,
                    weeks=self.random.choice((6, 8, 10)),
                    seats=self.random.choice(((8, 14), (10, 18), (10, 20))),
                )
                for number in range(PEER_EXCHANGES[coalition])
            ]
            made += self._cascade(coalition)
        for number in range(6):
            made.append(self._webinar(f"agenda-2030-webinar-{number + 1}", ACROSS[number % 3], YEAR, weeks=4))
        return made + self._impossible()

    def funds(self) -> list[Fund]:
        """One of a coalition for its exchanges, a bit short; one for every training and replication."""
        exchanges = [w for w in self.made.values() if w.code.startswith("repaoc-exchange")]
        cascade = [w for w in self.made.values() if w.kind in {"training_of_trainers", "replication"}]
        return [
            Fund(
                code="repaoc-2027",
                title="Predictable fund of REPAOC, 2027",
                organisation=self.network.organisations["repaoc"],
                amount=62_000,
                first_day=date(2027, 1, 1),
                last_day=date(2027, 12, 31),
                workshops=exchanges,
            ),
            Fund(
                code="cascade-2027",
                title="Training-of-trainers fund, 2027",
                organisation=self.network.organisations[SECRETARIAT],
                amount=135_000,
                first_day=date(2027, 1, 1),
                last_day=date(2027, 12, 31),
                workshops=cascade,
            ),
        ]

    def still_being_written(self) -> list[Workshop]:
        """What is on somebody's desk: a draft, one handed in, one returned with a word."""
        handed_in = self._in_person(
            "repaoc-exchange-late",
            "repaoc",
            "leadership-transition",
            "peer_exchange",
            2,
            YEAR,
            weeks=6,
            seats=(8, 14),
        )
        handed_in.state = "submitted"
        returned = self._in_person(
            "mesa-exchange-late",
            "mesa",
            "strategic-communications",
            "peer_exchange",
            2,
            YEAR,
            weeks=6,
            seats=(8, 14),
        )
        returned.state, returned.word = "returned", "Please name at least two possible hosts."
        draft = self._in_person(
            "piango-exchange-late",
            "piango",
            "financial-management",
            "peer_exchange",
            2,
            YEAR,
            weeks=6,
            seats=(6, 12),
        )
        draft.state = "drafted"
        return [handed_in, returned, draft]

    def _cascade(self, coalition: str) -> list[Workshop]:
        """A training of trainers in spring, and its graduates' replications at home from summer on."""
        topic, homes = TRAININGS[coalition]
        training = self._in_person(
            f"{coalition}-training",
            coalition,
            topic,
            "training_of_trainers",
            4,
            YEAR,
            weeks=10,
            seats=(10, 20),
            early=True,
        )
        training.priority, training.team_max, training.organisations_min = 5, 3, 5
        made = [training]
        for home in homes:
            place = self.network.places[home]
            platform = next(o for o in self.network.platforms_of(coalition) if o.place is place)
            code = f"{coalition}-replication-{place.country.lower()}"
            workshop = self._request(code, platform, topic, "replication", YEAR, weeks=24, late=True)
            workshop.mode, workshop.days = "in_person", 2
            workshop.venues = [v for v in self.network.venues.values() if v.place is place]
            workshop.languages = [next(c for c in platform.languages if c in {"en", "fr", "es", "pt"})]
            workshop.invited = [
                platform,
                *(o for o in self.network.within(coalition) if platform in o.bodies),
            ]
            workshop.seats_min, workshop.seats_max, workshop.seats_per_organisation = 3, 12, 6
            workshop.follows, workshop.follows_min_days, workshop.follows_max_days = training, 21, 190
            workshop.follows_graduates, workshop.team_leads, workshop.team_max = 1, 0, 2
            made.append(workshop)
        return made

    def _impossible(self) -> list[Workshop]:
        """Four that cannot be met: nobody teaches it, nobody speaks it, no working days, too little money."""
        untaught = self._in_person(
            "mesa-digital-security",
            "mesa",
            "digital-security",
            "peer_exchange",
            2,
            YEAR,
            weeks=8,
            seats=(8, 14),
        )
        unspoken = self._in_person(
            "piango-exchange-es",
            "piango",
            "climate-justice",
            "peer_exchange",
            2,
            YEAR,
            weeks=8,
            seats=(6, 12),
        )
        unspoken.languages = ["es"]
        weekend = self._in_person(
            "repaoc-easter", "repaoc", "launching-campaigns", "peer_exchange", 3, YEAR, weeks=8, seats=(8, 14)
        )
        weekend.window_first, weekend.window_last = date(2027, 3, 26), date(2027, 3, 30)
        poor = self._in_person(
            "mesa-exchange-low-budget",
            "mesa",
            "gender-mainstreaming",
            "peer_exchange",
            3,
            YEAR,
            weeks=8,
            seats=(12, 18),
        )
        poor.budget = 1_500
        return [untaught, unspoken, weekend, poor]

    def _in_person(
        self,
        code: str,
        coalition: str,
        topic: str,
        kind: str,
        days: int,
        season: Season,
        *,
        weeks: int,
        seats: tuple[int, int],
        early: bool = False,
    ) -> Workshop:
        body = self.network.organisations[coalition]
        workshop = self._request(code, body, topic, kind, season, weeks=weeks, early=early)
        hosts = self.random.sample(HOSTS[coalition], k=self.random.choice((2, 3, 3)))
        wanted = {f"{host}-{room}" for host in hosts for room in ("centre", "room")}
        workshop.mode, workshop.days = "in_person", days
        workshop.venues = [venue for code, venue in self.network.venues.items() if code in wanted]
        workshop.invited = self.network.within(coalition)
        workshop.languages = {"repaoc": ["fr", "en"], "piango": ["en"], "mesa": ["es"]}[coalition]
        workshop.seats_min, workshop.seats_max = seats
        workshop.organisations_min = 4
        return workshop

    def _webinar(self, code: str, topic: str, season: Season, *, weeks: int) -> Workshop:
        """Of the working group: people from Apia to Paris at once, so few hours of the day will do."""
        secretariat = self.network.organisations[SECRETARIAT]
        workshop = self._request(code, secretariat, topic, "webinar", season, weeks=weeks)
        group = self.network.groups["agenda-2030-working-group"]
        workshop.mode, workshop.minutes, workshop.group = "online", 90, group
        members = {person.organisation for person in group.people}
        invited = members.union(*(self.network.within(coalition) for coalition in COALITIONS))
        workshop.invited = sorted(invited, key=lambda organisation: organisation.code)
        workshop.languages = ["en"]
        workshop.seats_min, workshop.seats_max, workshop.seats_per_organisation = 12, 40, 4
        workshop.organisations_min = 5
        return workshop

    def _request(
        self,
        code: str,
        requested_by: Organisation,
        topic: str,
        kind: str,
        season: Season,
        *,
        weeks: int,
        early: bool = False,
        late: bool = False,
    ) -> Workshop:
        row = self.network.topics[topic]
        room = max((season.last_day - season.first_day).days - 7 * weeks, 0)
        start = 0 if early else room if late else self.random.randrange(room + 1)
        first = season.first_day + timedelta(days=start)
        workshop = Workshop(
            code=code,
            titles={c: f"{row.titles[c]}{COLON[c]} {words}" for c, words in KIND_WORDS[kind].items()},
            requested_by=requested_by,
            topic=row,
            kind=kind,
            window_first=first,
            window_last=min(first + timedelta(days=7 * weeks), season.last_day),
            team_min=1,
            team_max=2,
            team_leads=1,
            priority=self.random.choice((2, 3, 3, 4)),
            state="approved",
            created_at=self.now,
            changed_at=self.now,
        )
        self.made[code] = workshop
        return workshop
