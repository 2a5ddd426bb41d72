"""A small season for tests: two workshops, one lead, three participants, and drafts of it by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.access import system
from app.db import unit_of_work
from app.network.models import MAY_LEAD, Person, Venue
from app.planning.models import Draft, PlanningRound
from app.schedule.models import Version, WorkshopSession
from app.schedule.services import publish_draft
from app.workshops.models import Workshop
from tests.conftest import NOW
from tests.factories import (
    Planned,
    make_draft,
    make_organisation,
    make_person,
    make_round,
    make_topic,
    make_venue,
    make_workshop,
)


@dataclass
class Season:
    """A meeting in Dakar and a webinar; Ama leads, Binta can too; Chidi, Dede and Esi want to learn."""

    db: Session
    round: PlanningRound
    meeting: Workshop
    webinar: Workshop
    dakar: Venue
    lome: Venue
    ama: Person
    binta: Person
    chidi: Person
    dede: Person
    esi: Person

    def draft(self, *planned: Planned) -> Draft:
        return make_draft(self.db, self.round, planned)

    def meets(
        self, start: str = "2027-03-09", *, venue: Venue | None = None, **people: list[Person]
    ) -> Planned:
        team, seats = people.get("team", [self.ama]), people.get("seats", [self.chidi, self.dede])
        return Planned(self.meeting, start, team, seats, venue or self.dakar)

    def webinar_at(self, start: str = "2027-04-06T14:00Z", **people: list[Person]) -> Planned:
        return Planned(self.webinar, start, people.get("team", [self.ama]), people.get("seats", [self.chidi]))

    def publish(self, *planned: Planned, now: datetime = NOW, note: str = "") -> Version:
        with unit_of_work() as db:
            return publish_draft(db, actor=system("test"), draft=self.draft(*planned), note=note, now=now)

    def session_of(self, workshop: Workshop) -> WorkshopSession:
        return self.db.query(WorkshopSession).filter_by(workshop_id=workshop.id).one()


def make_season(db: Session) -> Season:
    topic = make_topic(db, titles={"en": "Civic space", "fr": "Espace civique"})
    home = make_organisation(db, name="Platform of Senegal")
    dakar, lome = make_venue(db, name="Centre"), make_venue(db, name="Hotel")
    dakar.place.name, lome.place.name, lome.place.country = "Dakar", "Lomé", "TG"
    learner = {"organisation": home, "wants": {topic: 2}}
    meeting = make_workshop(db, topic=topic, venues=[dakar, lome], invited=[home], titles={"en": "Meeting"})
    webinar = make_workshop(db, topic=topic, mode="online", invited=[home], titles={"en": "Webinar"})
    return Season(
        db=db,
        round=make_round(db, workshops=[meeting, webinar], title="Season"),
        meeting=meeting,
        webinar=webinar,
        dakar=dakar,
        lome=lome,
        ama=make_person(db, name="Ama", teaches={topic: MAY_LEAD}),
        binta=make_person(db, name="Binta", teaches={topic: MAY_LEAD}),
        chidi=make_person(db, name="Chidi", **learner),
        dede=make_person(db, name="Dede", **learner),
        esi=make_person(db, name="Esi", **learner),
    )
