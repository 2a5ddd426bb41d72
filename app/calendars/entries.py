"""What a calendar shows, before it is written in anybody's format.

An `Entry` is one session as one reader may see it: language, level of detail and choice of all-day or timed
are settled before it is made. `app.calendars.ical` writes entries as iCalendar, `app.calendars.links` as
addresses.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum, StrEnum

# No character that needs escaping anywhere, and no more octets than Outlook compares (MS-STANOICAL 2.1.10).
_UID = re.compile(r"[A-Za-z0-9@._+-]{1,202}")

MAX_SEQUENCE = 2**31 - 1  # RFC 5545 3.3.8


class Status(StrEnum):
    """Where an entry stands (RFC 5545 3.8.1.11)."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


class Colour(Enum):
    """Colours a feed may ask for: each name is a CSS3 colour (RFC 7986 5.9), each value its number."""

    CRIMSON = "#DC143C"
    CHOCOLATE = "#D2691E"
    GOLDENROD = "#DAA520"
    SEAGREEN = "#2E8B57"
    TEAL = "#008080"
    STEELBLUE = "#4682B4"
    ROYALBLUE = "#4169E1"
    REBECCAPURPLE = "#663399"
    SLATEGRAY = "#708090"

    @property
    def css_name(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class AllDay:
    """Whole days, both ends included, the same dates wherever the reader is.

    Raises:
        ValueError: the last day lies before the first.
    """

    first_day: date
    last_day: date

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise ValueError(f"the last day {self.last_day} lies before the first {self.first_day}")

    @property
    def day_after(self) -> date:
        """The exclusive end that calendar formats ask for."""
        return self.last_day + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Timed:
    """A span of time between two instants, shown in `zone` (an IANA name) by calendars that keep one.

    Both instants are kept in UTC and cut to whole seconds, the finest that iCalendar can say.

    Attributes:
        days: on so many days, one after the other, at the same hours as clocks show them in `zone`.

    Raises:
        ValueError: an instant without offset, an end that is not after the start, or no days.
    """

    start: datetime
    end: datetime
    zone: str
    days: int = 1

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            object.__setattr__(self, name, _utc(getattr(self, name)))
        if self.end <= self.start:
            raise ValueError(f"the end {self.end} is not after the start {self.start}")
        if self.days < 1:
            raise ValueError(f"nothing lasts {self.days} days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One session as one reader may see it.

    Attributes:
        uid: the same for the whole life of the session; 1 to 202 ASCII letters, digits and @ . _ + -.
        sequence: rises by one with every change of time, place or status (RFC 5546 2.1.4).
        when: whole days or instants.
        description: plain text of one or more lines, with all there is to say: clients ignore richer forms.
        position: latitude and longitude in degrees, WGS 84.
        url: the page about the session.
        conference: where to join online; stands in for the location when there is none.
        categories: words to sort by; commas and backslashes in them are replaced.
        transparent: leaves the reader free at that time.
        confidential: not to be shown to others as it is (CLASS, RFC 5545 3.8.1.3); nothing relies on it.
        alarm: how long before the beginning a device is to ring; none where nobody asked for it.
        created_at, modified_at: instants; `modified_at` moves only when what the reader sees has changed.

    Raises:
        ValueError: a field outside of what is said above.
    """

    uid: str
    sequence: int
    summary: str
    when: AllDay | Timed
    created_at: datetime
    modified_at: datetime
    status: Status = Status.CONFIRMED
    description: str = ""
    location: str = ""
    position: tuple[float, float] | None = None
    url: str = ""
    conference: str = ""
    categories: tuple[str, ...] = ()
    transparent: bool = False
    confidential: bool = False
    alarm: timedelta | None = None

    def __post_init__(self) -> None:
        for fault in self._faults():
            raise ValueError(f"entry {self.uid!r}: {fault}")
        object.__setattr__(self, "created_at", _utc(self.created_at))
        object.__setattr__(self, "modified_at", _utc(self.modified_at))

    def _faults(self) -> Iterator[str]:
        if not _UID.fullmatch(self.uid):
            yield "a uid is 1 to 202 letters, digits and @ . _ + -"
        if not 0 <= self.sequence <= MAX_SEQUENCE:
            yield f"sequence {self.sequence} is not between 0 and {MAX_SEQUENCE}"
        if self.position and not (abs(self.position[0]) <= 90 and abs(self.position[1]) <= 180):
            yield f"no place on Earth at {self.position}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A calendar that people subscribe to.

    Attributes:
        source: the address it is read from; empty for a file that is not read again.
        page: the page that shows the same to a person.
        refresh: how long clients may wait before they read again, in whole seconds, at least one.
        entries: in any order; the writer sorts them.
    """

    name: str
    description: str = ""
    source: str = ""
    page: str = ""
    colour: Colour = Colour.TEAL
    refresh: timedelta = timedelta(hours=6)
    entries: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        if self.refresh < timedelta(seconds=1):
            raise ValueError(f"a feed cannot be read again every {self.refresh}")


def _utc(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError(f"{instant} says no offset from UTC")
    return instant.astimezone(UTC).replace(microsecond=0)
