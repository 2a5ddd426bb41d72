"""A draft as the room holds it: both documents read, and the finder of moves wound up, once per process.

Reading a large round takes a second, and winding up its move finder as long; a move takes milliseconds. So a
few drafts stay open in each process, by what cannot change without notice: the draft's id, when it was made,
and its revision. The round of a draft never changes but for its pins: of another revision only these and the
schedule are read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property
from threading import RLock
from typing import Any

from app.planning.draft_writer import document_bytes
from app.planning.models import Draft
from solver import Move, MoveFinder, Round, Schedule, read_round, read_schedule
from solver.constraints import violations
from solver.round import Pin
from solver.schedule import Session
from solver.violation import Violation

KEPT = 6
"""So many drafts stay open in a process."""


class Opened:
    """One revision of a draft, or of a published version: its round and its schedule.

    Several threads may ask one of these; what is worked out on demand is worked out by one at a time.
    """

    def __init__(self, round: Round, schedule: Schedule, earlier: Opened | None = None) -> None:
        self.round, self.schedule = round, schedule
        self.kept: dict[str, Any] = {}  # what others worked out for it and may want again
        self._wound = earlier.finder_so_far if earlier else None
        self._lock = RLock()

    @cached_property
    def sessions(self) -> Mapping[str, Session]:
        """The session of each workshop held."""
        return {session.workshop: session for session in self.schedule.sessions}

    @cached_property
    def pins(self) -> Mapping[str, Pin]:
        """What is fixed by hand, by workshop; of several pins of one workshop the last counts."""
        return {pin.workshop: pin for pin in self.round.pins}

    def moves(self, workshop: str) -> tuple[Move, ...]:
        """Where a session can go, wherever it is fixed now; see `solver.moves`."""
        with self._lock:
            return self._finder.moves(workshop, lifted=True)

    @property
    def finder_so_far(self) -> MoveFinder | None:
        """The finder of this revision, or of the last one that needed any; `None`: none was wound up yet."""
        found: MoveFinder | None = self.__dict__.get("_finder", self._wound)
        return found

    @cached_property
    def _finder(self) -> MoveFinder:
        wound, self._wound = self._wound, None
        return wound.after(self.round, self.schedule) if wound else MoveFinder(self.round, self.schedule)

    def violations(self) -> tuple[Violation, ...]:
        """The rules that the schedule breaks in the round that it was planned for."""
        with self._lock:
            return self._violations

    @cached_property
    def _violations(self) -> tuple[Violation, ...]:
        return tuple(violations(self.round, self.schedule))

    def changed(self, round: Round, schedule: Schedule) -> Opened:
        """The same draft after a change; what was worked out for this one is made use of."""
        return Opened(round, schedule, self)


Key = tuple[int, datetime]

_opened: OrderedDict[tuple[Key, int], Opened] = OrderedDict()
_lock = RLock()


def opened(draft: Draft) -> Opened:
    """A draft in the room; its documents are fetched only where this process has not read them yet."""
    key = (draft.id, draft.created_at)
    with _lock:
        found = _opened.get((key, draft.revision))
        if found is not None:
            _opened.move_to_end((key, draft.revision))
            return found
        earlier = next((each for (of, _), each in reversed(_opened.items()) if of == key), None)
    found = _read(draft, earlier)
    keep(draft, draft.revision, found)
    return found


def keep(draft: Draft, revision: int, state: Opened) -> None:
    """Have a revision of a draft open from now on; older ones of it give way."""
    key = (draft.id, draft.created_at)
    with _lock:
        for other in [each for each in _opened if each[0] == key and each[1] < revision]:
            del _opened[other]
        _opened[key, revision] = state
        while len(_opened) > KEPT:
            _opened.popitem(last=False)


def forget() -> None:
    """Close all of them: what is asked for next is read anew."""
    with _lock:
        _opened.clear()


def _read(draft: Draft, earlier: Opened | None) -> Opened:
    if earlier is None:
        round = read_round(document_bytes(draft.round_document))
    else:
        round = replace(earlier.round, pins=tuple(read_pins(earlier.round, draft.round_document)))
    schedule = read_schedule(document_bytes(draft.schedule_document), round)
    return Opened(round, schedule, earlier)


# -- Pins and sessions as the documents write them


def read_pins(round: Round, document: Mapping[str, Any]) -> Iterable[Pin]:
    """The pins of a round's document, which has been held against the format before."""
    return (read_pin(round, row) for row in document.get("pins", ()))


def read_pin(round: Round, row: Mapping[str, Any]) -> Pin:
    return Pin(
        workshop=row["workshop"],
        venue=row.get("venue"),
        start=read_start(round, row["workshop"], row["start"]) if row.get("start") else None,
        team=tuple(row.get("team", ())),
        seats=tuple(row.get("seats", ())),
        held=row.get("held"),
    )


def read_start(round: Round, workshop: str, text: str) -> date | datetime:
    """'2027-03-01', or online '2027-03-01T14:00Z'. Raises ValueError."""
    if round.workshops[workshop].online:
        return datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    return date.fromisoformat(text)


def write_start(start: date | datetime) -> str:
    return f"{start:%Y-%m-%dT%H:%MZ}" if isinstance(start, datetime) else start.isoformat()


def pin_row(pin: Pin) -> dict[str, Any]:
    """A pin as `planning-round/1` writes it: without what it leaves free."""
    row: dict[str, Any] = {
        "workshop": pin.workshop,
        "venue": pin.venue,
        "start": write_start(pin.start) if pin.start else None,
        "team": list(pin.team),
        "seats": list(pin.seats),
        "held": pin.held,
    }
    return {name: value for name, value in row.items() if value not in (None, [])}


def session_row(session: Session) -> dict[str, Any]:
    """A session as `schedule/1` writes it."""
    return {
        "workshop": session.workshop,
        "venue": session.venue,
        "start": write_start(session.start),
        "team": [{"person": member.person, "role": member.role} for member in session.team],
        "seats": list(session.seats),
    }
