"""A published session with two seats, and people of two organisations who were named for it, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.access import Actor, system
from app.network.models import Organisation, Person
from app.nominations import services as nominations
from app.nominations.rules import Named
from app.schedule.models import Seat, WorkshopSession
from app.seats import queries
from tests.app.schedule.seasons import Season, make_season
from tests.conftest import NOW
from tests.factories import make_organisation, make_person


@dataclass
class Arena:
    """Chidi and Dede of Senegal have seats; Esi is Senegal's substitute; Faye and Gana are Togo's, in this
    order, and Hawa of Togo wants the topic but was not named."""

    season: Season
    togo: Organisation
    faye: Person
    gana: Person
    hawa: Person

    @property
    def db(self) -> Session:
        return self.season.db

    @property
    def session(self) -> WorkshopSession:
        return queries.session_with_ledger(self.db, session_id=self.season.session_of(self.season.meeting).id)

    def line(self, person: Person) -> Seat:
        return queries.line_of(self.db, session_id=self.session.id, person_id=person.id)

    def by_link(self, person: Person) -> Actor:
        return Actor(name=person.name, person_id=person.id, link=(queries.LINK, self.session.id))

    def states(self) -> dict[str, str]:
        """Name -> how they stand in the ledger."""
        self.db.expire_all()
        return {line.person.name: line.state for line in self.session.ledger}


def make_arena(db: Session) -> Arena:
    season = make_season(db)
    senegal = season.chidi.organisation
    togo = make_organisation(db, name="Platform of Togo")
    topic = season.meeting.topic
    people = [
        make_person(db, name=name, organisation=togo, wants={topic: 2}) for name in ("Faye", "Gana", "Hawa")
    ]
    season.meeting.invited = [senegal, togo]
    season.meeting.seats_max, season.meeting.seats_per_organisation = 2, 2
    db.flush()
    call = nominations.open_nominations(
        db, actor=system("test"), workshop=season.meeting, closes_on=date(2027, 1, 31), now=NOW
    )
    for organisation, entries in (
        (
            senegal,
            [Named(season.chidi.id, 2, ""), Named(season.dede.id, 2, ""), Named(season.esi.id, 1, "", True)],
        ),
        (togo, [Named(people[0].id, 1, ""), Named(people[1].id, 3, "")]),
    ):
        assert not nominations.save_list(
            db, actor=system("test"), call=call, organisation=organisation, entries=entries, now=NOW
        )
    db.commit()
    season.publish(season.meets())
    return Arena(season, togo, *people)
