"""Planning on from a draft: the round and the schedule that the planner is given then, as documents.

round = standing_round(db, draft)                      # as the network is now, with what was pinned
document = document_of(held(round, "w7"))              # and one workshop demanded
start = starting_from(draft.schedule_document, round)  # what of the draft still means something
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from app.errors import Conflict
from app.planning.draft_writer import document_bytes
from app.planning.models import Draft
from app.planning.round_builder import build_round
from solver import Round, read_round, write_round
from solver.round import Pin

Document = Mapping[str, Any]


def standing_round(db: Session, draft: Draft) -> Round:
    """The draft's round as the network is now, with the draft's pins as far as they still mean something.

    Raises Conflict("round_malformed").
    """
    built = build_round(db, draft.planning_round)
    if built.defects:
        raise Conflict("round_malformed", defects=built.defects)
    given = read_round(document_bytes(draft.round_document))
    return replace(built.round, pins=tuple(pin for pin in given.pins if _stands(pin, built.round)))


def _stands(pin: Pin, round: Round) -> bool:
    workshop = round.workshops.get(pin.workshop)
    return (
        workshop is not None
        and (pin.venue is None or pin.venue in workshop.venues)
        and all(person in round.people for person in (*pin.team, *pin.seats))
    )


def held(round: Round, workshop: str) -> Round:
    """The round with one workshop demanded, unless a pin demands it already."""
    others = tuple(pin for pin in round.pins if pin.workshop != workshop or pin.held is not False)
    if any(pin.workshop == workshop for pin in others):
        return replace(round, pins=others)
    return replace(round, pins=(*others, Pin(workshop, held=True)))


def document_of(round: Round) -> dict[str, Any]:
    """A round as it is stored and handed to the planner."""
    document: dict[str, Any] = json.loads(write_round(round))
    return document


def starting_from(
    schedule: Document, round: Round, *, becomes: Sequence[Document] = (), gone: Collection[str] = ()
) -> dict[str, Any]:
    """A schedule to begin from: another one, where some sessions become others and some are gone.

    Sessions that name what the round does not know (any more) are left out; it may break rules.
    """
    sessions = {each["workshop"]: each for each in schedule["sessions"] if each["workshop"] not in gone}
    sessions |= {each["workshop"]: each for each in becomes}
    return {
        "format": "schedule/1",
        "round": round.id,
        "sessions": [each for each in sessions.values() if _is_known(each, round)],
        "unscheduled": [],
        "objective": 0,
        "bound": None,
        "cost": 0,
    }


def _is_known(session: Document, round: Round) -> bool:
    workshop = round.workshops.get(session["workshop"])
    people = [*(member["person"] for member in session["team"]), *session["seats"]]
    return (
        workshop is not None
        and workshop.online == (session["venue"] is None)
        and (workshop.online or session["venue"] in round.venues)
        and all(person in round.people for person in people)
    )
