"""Nominations of the demonstration: two exchanges whose organisations have been asked for names."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.network.models import Organisation, Person, Want
from app.nominations.models import Nomination, NominationCall
from app.workshops.models import Workshop

ASKED = ("repaoc-exchange-1", "repaoc-exchange-2")
PURPOSE = "To lead our work on this with the members at home"
FIRST_TO_NAME = "fongto-tg"
"""Whose focal point signs in to the demonstration."""


def load_nominations(db: Session, *, now: datetime) -> None:
    """For each of the two: every other organisation has named one or two people and a substitute, the
    first of them also has somebody who put themselves forward."""
    for code in ASKED:
        workshop = db.scalars(select(Workshop).where(Workshop.code == code)).one()
        closes_on = min((now + timedelta(days=30)).date(), workshop.window_last)
        db.add(NominationCall(workshop=workshop, closes_on=closes_on, opened_at=now - timedelta(days=5)))
        invited = sorted(workshop.invited, key=lambda each: (each.code != FIRST_TO_NAME, each.code))
        for organisation in invited[::2]:
            _name(db, workshop, organisation, now, is_first=organisation is invited[0])
    db.flush()


def _name(
    db: Session, workshop: Workshop, organisation: Organisation, now: datetime, *, is_first: bool
) -> None:
    people = db.execute(
        select(Person, Want.weight)
        .join(Want)
        .where(Person.organisation_id == organisation.id, Want.topic_id == workshop.topic_id)
        .order_by(Want.weight.desc(), Person.code)
        .limit(4 if is_first else 3)
    ).all()
    for position, (person, need) in enumerate(people):
        proposed = position == 3 or (is_first and position == len(people) - 1 and position > 0)
        substitute = position == 2 and not proposed
        db.add(
            Nomination(
                workshop=workshop,
                person=person,
                organisation=organisation,
                state="proposed" if proposed else "nominated",
                is_substitute=substitute,
                rank=None if proposed else 1 if substitute else position + 1,
                need=need,
                purpose=PURPOSE,
                by_themselves=proposed,
                created_at=now - timedelta(days=2),
                changed_at=now - timedelta(days=2),
            )
        )
