"""Who will be told what when something is published: before it is, so that nobody is surprised.

The same reckoning as the invitations that follow (`app.calendars.invitations`): who comes into a session is
invited, who stays in one that moved is told the change, who leaves it or whose session is called off is
told that it is over for them. Who has no address is told nothing, and should be told by somebody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.network.models import Person
from app.schedule.changes import PlannedSession, SessionChange


@dataclass(frozen=True, slots=True)
class Telling:
    """Letters by their kind, the people they go to, and the names of those whom none can reach."""

    invitations: int
    changes: int
    cancellations: int
    people: int
    unreachable: tuple[str, ...]

    @property
    def letters(self) -> int:
        return self.invitations + self.changes + self.cancellations


def telling(db: Session, changes: Iterable[SessionChange]) -> Telling:
    """What publishing these changes will tell whom; one query."""
    invited: list[str] = []
    told: list[str] = []
    released: list[str] = []
    for change in changes:
        before, after = _people(change.before), _people(change.after)
        invited += after - before
        released += before - after
        if change.kind == "moved":
            told += before & after
    everybody = {*invited, *told, *released}
    rows = db.execute(
        select(Person.code, Person.name, Person.email).where(Person.code.in_(everybody)).order_by(Person.name)
    ).all()
    silent = {row.code: row.name for row in rows if not row.email}

    def reached(codes: list[str]) -> int:
        return sum(code not in silent for code in codes)

    return Telling(
        invitations=reached(invited),
        changes=reached(told),
        cancellations=reached(released),
        people=len(everybody - silent.keys()),
        unreachable=tuple(silent.values()),
    )


def _people(session: PlannedSession | None) -> set[str]:
    return {*session.team, *session.seats} if session else set()
