"""What differs between two schedules, as values; `templates/schedule/_changes.html` says it in words.

Works on the two documents of a version alone (`planning-round/1` and `schedule/1`), so that
the difference between any two versions can be told years later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """One session of a schedule document, with the round's names filled in.

    In person `first_day` and `last_day` are set, online `starts_at` and `ends_at`.
    `team` and `seats` map a person's code to the name; `roles` a code to the role.
    """

    workshop: str
    title: str
    venue: str | None
    venue_name: str
    place_name: str
    first_day: date | None
    last_day: date | None
    starts_at: datetime | None
    ends_at: datetime | None
    team: Mapping[str, str]
    roles: Mapping[str, str]
    seats: Mapping[str, str]

    @property
    def when(self) -> tuple[date | datetime, date | datetime]:
        if self.first_day is not None and self.last_day is not None:
            return self.first_day, self.last_day
        assert self.starts_at is not None  # noqa: S101 - one of the two is set
        assert self.ends_at is not None  # noqa: S101
        return self.starts_at, self.ends_at

    @property
    def sorts_by(self) -> tuple[date, str]:
        start = self.when[0]
        return (start.date() if isinstance(start, datetime) else start, self.workshop)


@dataclass(frozen=True, slots=True)
class SessionChange:
    """What became of one workshop's session: `before` or `after` is `None` when it is new or cancelled."""

    before: PlannedSession | None
    after: PlannedSession | None

    @property
    def session(self) -> PlannedSession:
        session = self.after or self.before
        assert session is not None  # noqa: S101 - a change has at least one side
        return session

    @property
    def kind(self) -> str:
        """'new', 'cancelled', 'moved' (day, hour or venue), 'people' (only those) ."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "cancelled"
        return "moved" if self.moved_in_time or self.moved_in_place else "people"

    @property
    def moved_in_time(self) -> bool:
        return self.before is not None and self.after is not None and self.before.when != self.after.when

    @property
    def moved_in_place(self) -> bool:
        return self.before is not None and self.after is not None and self.before.venue != self.after.venue

    @property
    def joined_team(self) -> list[str]:
        return _names(self.after, self.before, "team")

    @property
    def left_team(self) -> list[str]:
        return _names(self.before, self.after, "team")

    @property
    def took_seat(self) -> list[str]:
        return _names(self.after, self.before, "seats")

    @property
    def gave_up_seat(self) -> list[str]:
        return _names(self.before, self.after, "seats")

    @property
    def people_touched(self) -> frozenset[str]:
        """The codes of those who have to hear of it: everybody, or where only people changed, these."""
        before, after = _people(self.before), _people(self.after)
        return before | after if self.kind in {"new", "cancelled", "moved"} else before ^ after


def planned_sessions(round_document: Document, schedule_document: Document) -> dict[str, PlannedSession]:
    """The sessions of a schedule by their workshop's code, in order of time."""
    workshops = {workshop["id"]: workshop for workshop in round_document["workshops"]}
    venues = {venue["id"]: venue for venue in round_document["venues"]}
    places = {place["id"]: place["name"] for place in round_document["places"]}
    people = {person["id"]: person["name"] for person in round_document["people"]}
    found = []
    for session in schedule_document["sessions"]:
        workshop = workshops[session["workshop"]]
        venue = venues.get(session["venue"]) if session["venue"] else None
        first_day = last_day = starts_at = ends_at = None
        if workshop["mode"] == "online":
            starts_at = read_instant(session["start"])
            ends_at = starts_at + timedelta(minutes=workshop["minutes"])
        else:
            first_day = date.fromisoformat(session["start"])
            last_day = first_day + timedelta(days=workshop["days"] - 1)
        found.append(
            PlannedSession(
                workshop=workshop["id"],
                title=workshop["title"],
                venue=session["venue"],
                venue_name=venue["name"] if venue else "",
                place_name=places[venue["place"]] if venue else "",
                first_day=first_day,
                last_day=last_day,
                starts_at=starts_at,
                ends_at=ends_at,
                team={member["person"]: people[member["person"]] for member in session["team"]},
                roles={member["person"]: member["role"] for member in session["team"]},
                seats={person: people[person] for person in session["seats"]},
            )
        )
    return {session.workshop: session for session in sorted(found, key=lambda session: session.sorts_by)}


def changes_between(
    before: Mapping[str, PlannedSession], after: Mapping[str, PlannedSession]
) -> tuple[SessionChange, ...]:
    """Every session that is new, cancelled, moved or has other people, in order of time."""
    changes = [
        SessionChange(before.get(workshop), after.get(workshop))
        for workshop in {**before, **after}
        if not _same(before.get(workshop), after.get(workshop))
    ]
    return tuple(sorted(changes, key=lambda change: change.session.sorts_by))


def people_touched(changes: Iterable[SessionChange]) -> frozenset[str]:
    """The codes of everybody who has to hear of these changes."""
    return frozenset().union(*(change.people_touched for change in changes))


def read_instant(text: str) -> datetime:
    """'2027-03-08T08:00Z' as an aware instant."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)


def _same(before: PlannedSession | None, after: PlannedSession | None) -> bool:
    if before is None or after is None:
        return False
    return (before.when, before.venue, before.roles, set(before.seats)) == (
        after.when,
        after.venue,
        after.roles,
        set(after.seats),
    )


def _people(session: PlannedSession | None) -> frozenset[str]:
    return frozenset(session.team) | frozenset(session.seats) if session else frozenset()


def _names(there: PlannedSession | None, not_there: PlannedSession | None, which: str) -> list[str]:
    """Names of those in `there` and not in `not_there`; none where a whole session came or went."""
    if there is None or not_there is None:
        return []
    have, had = getattr(there, which), getattr(not_there, which)
    return [name for code, name in have.items() if code not in had]
