"""A workshop to which two platforms of two coalitions are invited, with people of both, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.access import Actor, system
from app.accounts.identity import actor_of
from app.accounts.models import Account
from app.network.models import Organisation, Person
from app.nominations import queries, services
from app.nominations.models import Nomination, NominationCall
from app.nominations.rules import Named
from app.workshops.models import Workshop
from tests.conftest import NOW
from tests.factories import make_account, make_organisation, make_person, make_topic, make_workshop

CLOSES = date(2026, 12, 31)


@dataclass
class Hall:
    """Togo belongs to the west, Fiji to the pacific; each platform has three people and may name two."""

    db: Session
    workshop: Workshop
    togo: Organisation
    fiji: Organisation
    west: Organisation
    people: dict[str, Person]
    coordinator: Account
    officer: Account
    focal_point: Account
    other_officer: Account

    def actor(self, account: Account) -> Actor:
        return actor_of(self.db, account)

    def opened(self) -> NominationCall:
        return services.open_nominations(
            self.db, actor=system("test"), workshop=self.workshop, closes_on=CLOSES, now=NOW
        )

    def names(
        self, call: NominationCall, *names: str, substitutes: tuple[str, ...] = (), need: int = 2
    ) -> None:
        """Togo's list, saved by its focal point."""
        problems = services.save_list(
            self.db,
            actor=self.actor(self.focal_point),
            call=call,
            organisation=self.togo,
            entries=[Named(self.people[name].id, need, f"For {name}") for name in names]
            + [Named(self.people[name].id, need, "", is_substitute=True) for name in substitutes],
            now=NOW,
        )
        assert problems == []

    def of(self, name: str) -> Nomination:
        found = queries.nomination_of(self.db, workshop_id=self.workshop.id, person_id=self.people[name].id)
        assert found is not None
        return found


def make_hall(db: Session) -> Hall:
    west = make_organisation(db, kind="coalition", name="West")
    pacific = make_organisation(db, kind="coalition", name="Pacific")
    togo = make_organisation(db, name="Platform of Togo", bodies=[west])
    fiji = make_organisation(db, name="Platform of Fiji", bodies=[pacific])
    topic = make_topic(db, titles={"en": "Civic space", "fr": "Espace civique"})
    people = {
        name: make_person(db, name=name, organisation=home, wants={topic: 2})
        for home, names in ((togo, ("Ama", "Binta", "Chidi")), (fiji, ("Losa", "Mere", "Sione")))
        for name in names
    }
    workshop = make_workshop(
        db,
        topic=topic,
        requested_by=west,
        invited=[togo, fiji],
        seats_max=3,
        seats_per_organisation=2,
        titles={"en": "Meeting", "fr": "Rencontre"},
    )
    return Hall(
        db,
        workshop,
        togo,
        fiji,
        west,
        people,
        coordinator=make_account(db, role="coordinator"),
        officer=make_account(db, role="officer", organisation=west),
        focal_point=make_account(db, role="focal_point", organisation=togo),
        other_officer=make_account(db, role="officer", organisation=pacific),
    )
