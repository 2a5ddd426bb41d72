"""Five implementations of iCalendar by others: each gives every occurrence, and says what it objects to.

Time zones are renamed before reading, as in `readers`: all that an engine learns of a zone is in the file.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import icalendar
import recurring_ical_events
import vobject

from tests.app.calendars.readers import ROOT, _with_unheard_of_zones

Occurrence = tuple[str, date, date]
"""The UID, and from when to when: instants in UTC, or days with the exclusive end."""

Engine = Callable[[bytes], set[Occurrence]]

HERE = Path(__file__).parent


class Complaint(AssertionError):
    """What an engine objects to."""


def with_python(data: bytes) -> set[Occurrence]:
    calendar = icalendar.Calendar.from_ical(data)
    query = recurring_ical_events.of(calendar, keep_recurrence_attributes=True)
    return {
        (str(event["UID"]), _utc(event["DTSTART"].dt), _utc(event["DTEND"].dt))
        for event in query.between(date(2020, 1, 1), date(2040, 1, 1))
    }


def with_vobject(data: bytes) -> set[Occurrence]:
    calendar = vobject.readOne(_with_unheard_of_zones(data).decode())
    found = set()
    for event in calendar.contents.get("vevent", []):
        first, last = event.dtstart.value, event.dtend.value
        starts = list(event.rruleset) if event.rruleset else [first]
        for start in starts:
            begins = (
                start
                if isinstance(first, datetime)
                else start.date()
                if isinstance(start, datetime)
                else start
            )
            found.add((event.uid.value, _utc(begins), _utc(begins + (last - first))))
    return found


@contextmanager
def icaljs() -> Iterator[Engine]:
    with subprocess.Popen(
        ["node", str(HERE / "occurrences.mjs")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        given, told = process.stdin, process.stdout
        assert given
        assert told

        def read(data: bytes) -> set[Occurrence]:
            given.write(json.dumps(_with_unheard_of_zones(data).decode()) + "\n")
            given.flush()
            return {(uid, _moment(start), _moment(end)) for uid, start, end in json.loads(told.readline())}

        yield read


def compile_libical(folder: Path) -> Path:
    """The reader of `libical_reader.c` as a program."""
    program = folder / "libical_reader"
    subprocess.run(
        ["cc", "-O1", "-o", program, HERE / "libical_reader.c", "-lical"], check=True, capture_output=True
    )
    return program


def libical(program: Path) -> Engine:
    """libical; raises `Complaint` for what it, or `icalrestriction_check`, objects to."""

    def read(data: bytes) -> set[Occurrence]:
        told = subprocess.run(
            [program], input=_with_unheard_of_zones(data), check=True, capture_output=True
        ).stdout.decode()
        objections = [line for line in told.splitlines() if line.startswith("! ")]
        if objections:
            raise Complaint("\n".join(objections))
        return {
            (uid, _told(start), _told(end))
            for uid, start, end in (line.rsplit("|", 2) for line in told.splitlines())
        }

    return read


def khal(folder: Path) -> Engine:
    """khal, from a folder of files as vdirsyncer leaves them; raises `Complaint` for what it refuses."""

    def read(data: bytes) -> set[Occurrence]:
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "items").mkdir(parents=True)
        for number, item in enumerate(_one_by_one(data)):
            (folder / "items" / f"{number}.ics").write_bytes(item)
        (folder / "config").write_text(
            f"[calendars]\n[[feed]]\npath = {folder}/items\n[default]\ndefault_calendar = feed\n"
            "[locale]\nlocal_timezone = UTC\ndefault_timezone = UTC\n"
            "timeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
            "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
            f"[sqlite]\npath = {folder}/khal.db\n"
        )
        fields = "{uid}|{start-long-full}|{end-long-full}|{all-day}"
        listed = subprocess.run(
            ["khal", "--config", folder / "config", "list", "--day-format", "", "--format", fields,
             "2026-01-01", "1400d"],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        if "rror" in listed.stderr or "arning" in listed.stderr:
            raise Complaint(listed.stderr)
        return {_of_khal(line) for line in listed.stdout.splitlines() if line.count("|") == 3}

    return read


def _of_khal(line: str) -> Occurrence:
    uid, start, end, whole = line.split("|")
    if whole == "True":
        return uid, date.fromisoformat(start[:10]), date.fromisoformat(end[:10]) + timedelta(days=1)
    return uid, *(datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC) for text in (start, end))


def _one_by_one(data: bytes) -> Iterator[bytes]:
    """Each event as a calendar of its own, with the time zones of all."""
    text = data.decode()
    events = re.findall(r"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", text, re.DOTALL)
    zones = re.findall(r"BEGIN:VTIMEZONE\r\n.*?END:VTIMEZONE\r\n", text, re.DOTALL)
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"
    for event in events:
        yield (head + "".join(zones) + event + "END:VCALENDAR\r\n").encode()


def _told(text: str) -> date:
    return date.fromisoformat(text) if "-" in text[1:] else datetime.fromtimestamp(int(text), UTC)


def _moment(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _utc(moment: date) -> date:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment
