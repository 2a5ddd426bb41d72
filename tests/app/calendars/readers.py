"""Programs of others that read what we write; each gives the events of a calendar in one common form.

Time zones are renamed before reading, so that no reader can look up what it knows of Europe/Paris: all that
it learns of a zone is the VTIMEZONE in the file.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import NamedTuple

import icalendar
import vobject

ROOT = Path(__file__).resolve().parents[3]
_SERIAL = count()


class Event(NamedTuple):
    uid: str
    start: date  # an instant in UTC where it is a datetime
    end: date
    sequence: int
    status: str
    summary: str
    description: str
    location: str
    categories: tuple[str, ...]


Reader = Callable[[bytes], list[Event]]


def with_python_icalendar(data: bytes) -> list[Event]:
    calendar = icalendar.Calendar.from_ical(data)
    zones = {str(zone["TZID"]): zone.to_tz(lookup_tzid=False) for zone in calendar.walk("VTIMEZONE")}

    def when(moment: icalendar.vDDDTypes) -> date:
        if isinstance(moment.dt, datetime) and "TZID" in moment.params:
            return moment.dt.replace(tzinfo=zones[moment.params["TZID"]]).astimezone(UTC)
        return moment.dt

    return [
        Event(
            uid=str(event["UID"]),
            start=when(event["DTSTART"]),
            end=when(event["DTEND"]),
            sequence=int(event["SEQUENCE"]),
            status=str(event["STATUS"]),
            summary=str(event.get("SUMMARY", "")),
            description=str(event.get("DESCRIPTION", "")),
            location=str(event.get("LOCATION", "")),
            categories=tuple(str(category) for category in event["CATEGORIES"].cats)
            if "CATEGORIES" in event
            else (),
        )
        for event in calendar.walk("VEVENT")
    ]


def with_vobject(data: bytes) -> list[Event]:
    calendar = vobject.readOne(_with_unheard_of_zones(data).decode())

    def when(moment: date) -> date:
        return moment.astimezone(UTC) if isinstance(moment, datetime) else moment

    def value(event: vobject.base.Component, name: str) -> str:
        return str(event.getChildValue(name, ""))

    return [
        Event(
            uid=value(event, "uid"),
            start=when(event.dtstart.value),
            end=when(event.dtend.value),
            sequence=int(value(event, "sequence")),
            status=value(event, "status"),
            summary=value(event, "summary"),
            description=value(event, "description"),
            location=value(event, "location"),
            categories=tuple(event.getChildValue("categories", ())),
        )
        for event in calendar.contents.get("vevent", [])
    ]


@contextmanager
def icaljs() -> Iterator[Reader]:
    """A reader that talks to a node process; see `missing_icaljs` for whether there can be one."""
    script = Path(__file__).with_name("icaljs_reader.mjs")
    with subprocess.Popen(
        ["node", str(script)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        pipe_in, pipe_out = process.stdin, process.stdout
        assert pipe_in
        assert pipe_out

        def read(data: bytes) -> list[Event]:
            pipe_in.write(json.dumps(_with_unheard_of_zones(data).decode()) + "\n")
            pipe_in.flush()
            return [
                Event(
                    **event
                    | {end: _moment(event[end]) for end in ("start", "end")}
                    | {"categories": tuple(event["categories"])}
                )
                for event in json.loads(pipe_out.readline())
            ]

        yield read


def missing_icaljs() -> str:
    """What keeps ical.js from being used here; nothing where it can be."""
    if not shutil.which("node"):
        return "node is not installed"
    if not (ROOT / "node_modules" / "ical.js").is_dir():
        return "ical.js is not installed (npm install --no-save ical.js@2.2.1)"
    return ""


def is_ci() -> bool:
    return os.environ.get("CI") == "true"


def _moment(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _with_unheard_of_zones(data: bytes) -> bytes:
    unheard_of = f"Test/{next(_SERIAL)}-".encode()
    return re.sub(rb"TZID([=:])", rb"TZID\1" + unheard_of, data)
