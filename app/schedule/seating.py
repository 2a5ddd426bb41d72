"""Who sits in a session once a draft is published: what people were told goes before an older draft.

A draft is made at some moment, and seats go on changing while it waits: somebody gives one up, and the
next in order takes it. Publishing the draft must not undo that. So: nobody is put back on a seat that
they gave up or declined; who took a seat since the draft was made keeps it; and where there is no room
for both, those give way whom the draft seats for the first time, for they have been told nothing yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.schedule.changes import PlannedSession

Document = Mapping[str, Any]

REFUSED = frozenset({"given_up", "declined"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger by the codes that documents know; `since` is when it came to be so."""

    code: str
    name: str
    organisation: str
    state: str
    planned: bool
    since: datetime | None


def seated(
    plan: PlannedSession,
    lines: Iterable[Line],
    *,
    planned_from: datetime,
    room: int,
    per_organisation: int,
    homes: Mapping[str, str],
) -> PlannedSession:
    """The session with the seats that people will have.

    `planned_from` is the moment as of which the draft knew the seats, `room` how many there are,
    `per_organisation` the most for one of them, `homes` the organisation of each person by code.
    """
    ledger = {line.code: line for line in lines}
    refused = {code for code, line in ledger.items() if line.state in REFUSED}
    held = {code: line for code, line in ledger.items() if line.state == "held"}
    wanted = {code: name for code, name in plan.seats.items() if code not in refused}
    agreed = {
        code: line.name
        for code, line in held.items()
        if not line.planned and line.since is not None and line.since > planned_from
    }
    kept = {code: name for code, name in wanted.items() if code in held} | agreed
    promised = [line.organisation for line in ledger.values() if line.state == "offered"]
    homes = {**homes, **{code: line.organisation for code, line in ledger.items()}}
    taken = Counter([homes[code] for code in kept] + promised)
    for code, name in wanted.items():
        if code in kept:
            continue
        if (agreed or promised) and not (taken.total() < room and taken[homes[code]] < per_organisation):
            continue  # overtaken by what was agreed meanwhile
        kept[code] = name
        taken[homes[code]] += 1
    return replace(plan, seats={code: kept[code] for code in sorted(kept)})


def room_in(round_document: Document, plan: PlannedSession) -> tuple[int, int]:
    """How many seats a session has, and the most of them for one organisation."""
    workshop = next(each for each in round_document["workshops"] if each["id"] == plan.workshop)
    most = int(workshop["seats"]["max"])
    if plan.venue is not None:
        venue = next(each for each in round_document["venues"] if each["id"] == plan.venue)
        most = min(most, int(venue["seats"]))
    return most, int(workshop["seats_per_organisation"])


def homes_in(round_document: Document) -> dict[str, str]:
    """The organisation of each person of a round, both by code."""
    return {each["id"]: each["organisation"] for each in round_document["people"]}


def with_seats(schedule_document: Document, sessions: Mapping[str, PlannedSession]) -> dict[str, Any]:
    """The schedule with the seats of these sessions."""
    return {
        **schedule_document,
        "sessions": [
            {**each, "seats": list(sessions[each["workshop"]].seats)}
            for each in schedule_document["sessions"]
        ],
    }
