"""Rounds and schedules that come from outside, and what programs ask of them: read, checked, moved in.

Nothing here changes anything, and nothing loads OR-Tools.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.errors import Malformed, NotFound
from app.planning.draft_writer import document_bytes
from app.planning.models import Draft
from app.problems import Defect
from solver import (
    MalformedDocument,
    MoveFinder,
    Round,
    Schedule,
    Violation,
    check,
    read_round,
    read_schedule,
    sentence,
)

SHOWN = 200
"""So many defects or violations are told at once."""

Document = Mapping[str, Any]


def read_round_at(document: Document, place: str) -> Round:
    """A round that came as the part `place` of a body. Raises Malformed with the places of its defects."""
    try:
        return read_round(document_bytes(document))
    except MalformedDocument as malformed:
        raise _located(malformed, place) from malformed


def read_schedule_at(document: Document, of: Round, place: str) -> Schedule:
    """A schedule of a round, likewise. Raises Malformed."""
    try:
        return read_schedule(document_bytes(document), of)
    except MalformedDocument as malformed:
        raise _located(malformed, place) from malformed


def check_documents(round_document: Document, schedule_document: Document) -> list[dict[str, Any]]:
    """What a schedule breaks of the rules of a round, both from outside. Raises Malformed."""
    planned = read_round_at(round_document, "round")
    schedule = read_schedule_at(schedule_document, planned, "schedule")
    return [_as_data(violation) for violation in check(planned, schedule)[:SHOWN]]


def check_draft(draft: Draft) -> list[dict[str, Any]]:
    """What a draft breaks of the rules of the round it was planned in: nothing, if it is right."""
    planned = read_round(document_bytes(draft.round_document))
    schedule = read_schedule(document_bytes(draft.schedule_document), planned)
    return [_as_data(violation) for violation in check(planned, schedule)[:SHOWN]]


def require_right(planned: Round, schedule: Schedule, place: str) -> None:
    """Raise Malformed with every rule that a schedule breaks, at the session which breaks it."""
    sessions = {session.workshop: n for n, session in enumerate(schedule.sessions)}
    defects = []
    for violation in check(planned, schedule)[:SHOWN]:
        at = sessions.get(violation.workshop or "")
        pointer = f"#/{place}" if at is None else f"#/{place}/sessions/{at}"
        defects.append(Defect(pointer, violation.rule, sentence(violation)))
    if defects:
        raise Malformed(defects)


def moves_in(draft: Draft, workshop: str) -> list[dict[str, Any]]:
    """Where a workshop's session could be while all else in a draft stands. Raises NotFound.

    Venue and first day each: `free`, `possible` or `impossible`, with what clashes and what it does to the
    objective, in hundredths of a point; in the words of the documents.
    """
    planned = read_round(document_bytes(draft.round_document))
    if workshop not in planned.workshops:
        raise NotFound
    schedule = read_schedule(document_bytes(draft.schedule_document), planned)
    return [move.as_data() for move in MoveFinder(planned, schedule).moves(workshop)]


def _as_data(violation: Violation) -> dict[str, Any]:
    return {
        "rule": violation.rule,
        "breach": violation.breach,
        "workshop": violation.workshop,
        "people": list(violation.people),
        "workshops": list(violation.workshops),
        "sentence": sentence(violation),
    }


def _located(malformed: MalformedDocument, place: str) -> Malformed:
    return Malformed(
        Defect(pointer_of(place, error.place), error.reason, error.message)
        for error in malformed.errors[:SHOWN]
    )


def pointer_of(part: str, place: str) -> str:
    """'workshops[3].days' in the part 'round' of a body -> '#/round/workshops/3/days'."""
    steps = re.findall(r"[^.\[\]]+", place)
    return "#/" + "/".join([part, *(step.replace("~", "~0").replace("/", "~1") for step in steps)])
