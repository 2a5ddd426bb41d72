"""Orders to the reader of calendars, and small calendars to be read."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.own_calendars.reading import Order, Outcome, read_calendar

FIRST, LAST = date(2027, 1, 1), date(2028, 12, 31)


def order(address: str | None = None, **values: Any) -> Order:
    usual = {
        "zone": "Africa/Dakar",
        "rule": "long",
        "hours": 4,
        "first": FIRST,
        "last": LAST,
        "agent": "Baraza (+https://baraza.example.org)",
        "loopback": True,
    }
    return Order(address=address, **{**usual, **values})


def ask(address: str, **values: Any) -> Outcome:
    """Have the calendar at an address of this machine read."""
    return read_calendar(order(address, **values))


def read_file(file: bytes | str, **values: Any) -> Outcome:
    """Have a file read."""
    return read_calendar(order(**values), file if isinstance(file, bytes) else file.encode())


def spans(outcome: Any) -> list[tuple[str, str]]:
    """The days that were read."""
    return [(span.first.isoformat(), span.last.isoformat()) for span in outcome.spans]


def calendar(*events: str, head: str = "") -> bytes:
    """A calendar of events, each given by its lines."""
    whole = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n" + head
    for number, event in enumerate(events):
        uid = "" if "UID:" in event else f"UID:{number}@example.org\n"
        whole += f"BEGIN:VEVENT\n{uid}{event.strip()}\nEND:VEVENT\n"
    return (whole + "END:VCALENDAR\n").replace("\n", "\r\n").encode()


A_WEEK_AWAY = "SUMMARY:Beach\nLOCATION:Saly\nDTSTART;VALUE=DATE:20270301\nDTEND;VALUE=DATE:20270306"
SMALL = calendar(A_WEEK_AWAY)
