"""A draft that is asked about, for tests: Ama leads it, Binta could."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, system
from app.confirmations import asking as asking_services
from app.confirmations import jobs
from app.confirmations.asking import AskingTerms
from app.confirmations.models import AskedPerson, Asking, ProposedPlace
from app.confirmations.services import LINK, take_answer
from app.db import unit_of_work
from app.jobs.models import Job
from app.jobs.worker import run_job
from app.mail.models import OutboxLetter
from app.network.models import Person
from app.planning.models import Draft
from app.stages import JOBS
from app.workshops.models import Workshop
from tests.app.schedule.seasons import Season, make_season
from tests.conftest import NOW
from tests.factories import Planned

CLOSES = date(2026, 12, 1)
SECRETARIAT = system("secretariat")


@dataclass
class Asked:
    """A season with a draft of the meeting that people were asked about, until 1 December."""

    season: Season
    asking: Asking

    @property
    def db(self) -> Session:
        return self.season.db

    def talk(self, person: Person) -> AskedPerson:
        return self.db.scalars(select(AskedPerson).where(AskedPerson.person_id == person.id)).one()

    def place(self, person: Person, workshop: Workshop | None = None, part: str = "team") -> ProposedPlace:
        return self.db.scalars(
            select(ProposedPlace).where(
                ProposedPlace.asked_id == self.talk(person).id,
                ProposedPlace.workshop_id == (workshop or self.season.meeting).id,
                ProposedPlace.part == part,
            )
        ).one()

    def by_link(self, person: Person) -> Actor:
        return Actor(name=person.name, person_id=person.id, link=(LINK, self.talk(person).id))

    def says(self, person: Person, answer: str, workshop: Workshop | None = None, **values: Any) -> None:
        given = {"via": "link", "now": NOW, **values}
        if "actor" not in given:
            given["actor"] = self.by_link(person)
        with unit_of_work() as db:
            take_answer(
                db,
                workshop_id=(workshop or self.season.meeting).id,
                person_id=person.id,
                answer=answer,  # type: ignore[arg-type]
                **given,
            )

    def letters(self) -> list[OutboxLetter]:
        return list(
            self.db.scalars(
                select(OutboxLetter)
                .where(OutboxLetter.kind.startswith("confirmation"))
                .order_by(OutboxLetter.id)
            )
        )

    def write(self, now: datetime = NOW) -> list[str]:
        """Let the worker write what is due; returns to whom."""
        before = len(self.letters())
        jobs.look_after(now)
        return [letter.to_name for letter in self.letters()[before:]]

    def search(self) -> None:
        """Let the worker do its jobs."""
        for job_id in self.db.scalars(select(Job.id).where(Job.state == "queued")).all():
            run_job(job_id, JOBS)
        self.db.expire_all()


def draft_of(season: Season, *planned: Planned) -> Draft:
    return season.draft(*(planned or [season.meets("2027-03-16"), season.webinar_at()]))


def ask(season: Season, draft: Draft | None = None, *, now: datetime = NOW, **terms: Any) -> Asked:
    draft = draft or draft_of(season)
    season.db.commit()
    with unit_of_work() as db:
        found = asking_services.open_draft_to_answers(
            db,
            actor=SECRETARIAT,
            draft=draft,
            terms=AskingTerms(**{"closes_on": CLOSES, "silence": "declined", **terms}),
            now=now,
        )
    return Asked(season, found)


def make_asked(db: Session, **terms: Any) -> Asked:
    return ask(make_season(db), **terms)
