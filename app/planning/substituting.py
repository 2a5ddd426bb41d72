"""Who could take somebody's place in a plan, and the draft in which somebody has: nothing is planned anew.

`solver.substitutes` tells the exact difference that each exchange makes, so a draft with a substitute follows
from the documents of the plan alone. Finding them reads the whole round (0.1 s with 20 workshops, 0.2 s with
120, 0.7 s with 400), which is for a worker; taking one does not read it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy.orm import Session

from app.access import Actor
from app.planning.draft_writer import document_bytes
from app.planning.models import Draft
from app.planning.services import save_draft
from solver import MalformedDocument, read_round, read_schedule, substitutes


class PlanUnreadable(Exception):
    """The planner cannot read the plan any more: somebody sits in it of whom it has never heard."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A schedule that stands, be it a draft or what was published, with its round as it was planned."""

    round_id: int
    round_document: Mapping[str, Any]
    schedule_document: Mapping[str, Any]
    seconds: float
    seats_as_of: datetime

    @property
    def key(self) -> str:
        """What tells it from every other plan, and from itself once it has been changed."""
        text = json.dumps([self.round_document["id"], self.schedule_document], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def plan_of_draft(draft: Draft) -> Plan:
    """A draft as it is now."""
    return Plan(
        draft.round_id, draft.round_document, draft.schedule_document, draft.seconds, draft.knows_seats_of
    )


@dataclass(frozen=True, slots=True)
class Substitution:
    """Somebody who could take a place, by code: what the plan is worth more (hundredths of a point, in all
    and by term) and costs more, and the team of the session then, as the schedule's format has it."""

    person: str
    role: str
    objective: int
    cost: int
    terms: Mapping[str, int]
    team: list[dict[str, str]]

    def document(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        return cls(**document)


def find_substitutes(plan: Plan, *, workshop: str, person: str) -> list[Substitution]:
    """Everybody who could take a person's place, the best first; all true under all rules.

    Raises LookupError (the workshop has no session, or the person is not in its team), PlanUnreadable.
    """
    try:
        planned = read_round(document_bytes(plan.round_document))
        schedule = read_schedule(document_bytes(plan.schedule_document), planned)
    except MalformedDocument as malformed:
        raise PlanUnreadable(str(malformed.errors[0])) from malformed
    return [
        Substitution(
            each.person,
            each.role,
            each.objective,
            each.cost,
            dict(each.terms),
            [asdict(member) for member in each.session.team],
        )
        for each in substitutes(planned, schedule, workshop, person)
    ]


def save_draft_with(
    db: Session, *, actor: Actor, plan: Plan, workshop: str, substitution: Substitution, now: datetime
) -> Draft:
    """Keep the plan with a substitute as a new draft of its round; the plan itself stays as it is.

    Raises Forbidden.
    """
    before = plan.schedule_document
    schedule = {
        **before,
        "sessions": [
            {**each, "team": substitution.team} if each["workshop"] == workshop else each
            for each in before["sessions"]
        ],
        "objective": before["objective"] + substitution.objective,
        "cost": before["cost"] + substitution.cost,
    }
    return save_draft(
        db,
        actor=actor,
        draft=Draft(
            round_id=plan.round_id,
            created_at=now,
            seats_as_of=plan.seats_as_of,
            objective=schedule["objective"],
            bound=schedule["bound"],
            cost=schedule["cost"],
            held=len(schedule["sessions"]),
            seconds=plan.seconds,
            round_document=dict(plan.round_document),
            schedule_document=schedule,
        ),
        now=now,
    )
