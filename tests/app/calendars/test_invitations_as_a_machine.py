"""Invitations as a machine: whatever happens in whatever order, calendars come to show what was published.

Everything is real: the services, the database, the jobs, an SMTP server that takes the letters or does not.
What people's calendars make of them is worked out by `tests.app.calendars.itip`, which knows the RFC and
not our code: once for programs that remember what was called off, once for such as do not.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from aiosmtpd.controller import Controller
from flask import Flask, current_app
from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

import config
from app import clock
from app.access import system
from app.calendars import invitations
from app.calendars.jobs import queue_waiting, send_invitations
from app.calendars.letters import services
from app.calendars.services import tell_how_to_join
from app.db import database, unit_of_work
from app.errors import Conflict, NotFound
from app.jobs import services as jobs
from app.jobs.models import Job
from app.jobs.worker import Work
from app.mail import services as outbox
from app.mail import transport
from app.mail.delivery import _as_letter, deliver_due
from app.mail.models import OutboxLetter
from app.mail.sender import sender
from app.mail.transport import SafeMail
from app.network.models import Person
from app.schedule.models import Seat, Version, WorkshopSession
from app.seats import queries as seats
from app.seats import services as seating
from tests.app.calendars.itip import Calendar, Told, read
from tests.app.mail.conftest import sends_to
from tests.app.schedule.seasons import Season, make_season

WAIT = timedelta(minutes=60)
SYSTEM = system("test")

starts = st.sampled_from(["2027-03-09", "2027-03-16", "2027-03-23"])
hours = st.sampled_from(["2027-04-06T14:00Z", "2027-04-07T14:00Z"])
teams = st.sampled_from([["ama"], ["binta"], ["ama", "binta"]])
learners = st.lists(st.sampled_from(["chidi", "dede", "esi"]), unique=True, min_size=1, max_size=3).map(
    sorted
)
names = st.sampled_from(["ama", "binta", "chidi", "dede", "esi"])
which = st.sampled_from(["meeting", "webinar"])


class Sink:
    """A mail server that takes everything, or says what `answers` holds next; it keeps the octets."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.taken: list[tuple[str, bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        # "250" is said when it was taken, "lost" when it was, and nobody learns of it
        if answer.startswith(("250", "lost")):
            self.taken.append((envelope.rcpt_tos[0], envelope.content))
        return "451 come again" if answer.startswith("lost") else answer


class Crash(Exception):
    """The worker dies."""


class Invitations(RuleBasedStateMachine):
    """Publishing, people coming and going, and mail that goes wrong."""

    app: ClassVar[Flask]
    empty: ClassVar[Path]
    live: ClassVar[Path]
    sink: ClassVar[Sink]

    def __init__(self) -> None:
        super().__init__()
        database.session.remove()
        database.engine.dispose()
        for leftover in self.live.parent.glob("baraza.db*"):
            leftover.unlink()
        shutil.copy(self.empty, self.live)
        self.sink.answers, self.sink.taken = [], []
        self.season: Season = make_season(database.session())
        for person in database.session.scalars(select(Person)):
            person.languages = ["en"]  # so that all places have one name
        database.session().commit()
        self.now = clock.now()
        self.seen = 0
        self.calendars: dict[str, tuple[Calendar, Calendar]] = {}
        self.doubled: set[str] = set()  # Message-IDs of which a copy may have gone out before a crash
        self.asked_again: set[tuple[str, str]] = set()
        self.sequences: dict[tuple[str, str], int] = defaultdict(lambda: -1)
        self.heard: Counter[str] = Counter()

    # -- What people do

    @rule(
        meeting=st.none() | st.tuples(starts, st.sampled_from(["dakar", "lome"]), teams, learners),
        webinar=st.none() | st.tuples(hours, teams, learners),
    )
    def publish(self, meeting: Any, webinar: Any) -> None:
        if meeting is None and webinar is None:
            return
        season, planned = self.season, []
        if meeting:
            start, venue, team, learn = meeting
            people = {"team": self.people(team), "seats": self.people(learn)}
            planned.append(season.meets(start, venue=getattr(season, venue), **people))
        if webinar:
            start, team, learn = webinar
            planned.append(season.webinar_at(start, team=self.people(team), seats=self.people(learn)))
        self.pass_time(minutes=1)
        with suppress(Conflict):
            season.publish(*planned, now=self.now)

    @rule(name=names, workshop=which)
    def give_up_a_seat(self, name: str, workshop: str) -> None:
        self.pass_time(minutes=1)
        with suppress(Conflict, NotFound), unit_of_work() as db:
            seating.give_up(db, actor=SYSTEM, line=self.line(name, workshop), now=self.now)

    @rule(workshop=which, accepts=st.booleans())
    def answer_an_offer(self, workshop: str, accepts: bool) -> None:
        self.pass_time(minutes=1)
        session = self.session_of(workshop)
        if session is None:
            return
        with unit_of_work() as db:
            seating.offer_next(db, session_id=session.id, now=self.now)
        offered = database.session.scalars(
            select(Seat).where(Seat.session_id == session.id, Seat.state == "offered")
        ).first()
        if offered is None:
            return
        link = system("link")
        actor = type(link)(person_id=offered.person_id, link=(seats.LINK, session.id))
        answer = seating.accept if accepts else seating.decline
        with suppress(Conflict), unit_of_work() as db:
            line = seats.line_of(db, session_id=session.id, person_id=offered.person_id)
            answer(db, actor=actor, line=line, now=self.now)

    @rule(name=names)
    def change_the_address(self, name: str) -> None:
        person = self.person(name)
        with unit_of_work() as db:
            one, _, rest = str(person.email).partition("@")
            db.get_one(Person, person.id).email = f"{one}x@{rest}"

    @rule(name=names, workshop=which)
    def send_again(self, name: str, workshop: str) -> None:
        session, person = self.session_of(workshop), self.person(name)
        if session is None:
            return
        with suppress(NotFound), unit_of_work() as db:
            invitations.write_again(
                db, actor=SYSTEM, session_id=session.id, person_id=person.id, now=self.now
            )
            self.asked_again.add((session.uid, str(person.email)))

    @rule(room=st.sampled_from(["", "https://meet.example.org/a", "https://meet.example.org/b"]))
    def say_how_to_join(self, room: str) -> None:
        session = self.session_of("webinar")
        if session is None:
            return
        self.pass_time(minutes=1)
        with suppress(Conflict), unit_of_work() as db:
            tell_how_to_join(
                db,
                actor=SYSTEM,
                session=db.get_one(WorkshopSession, session.id),
                address=room,
                now=self.now,
            )

    @rule()
    def hold(self) -> None:
        if version := self.version():
            with unit_of_work() as db:
                services.hold_letters(db, actor=SYSTEM, version=db.get_one(Version, version), now=self.now)

    # -- What goes wrong

    @rule(survives=st.integers(0, 12), at_once=st.sampled_from([1, 3]))
    def a_worker_dies_while_it_writes(self, survives: int, at_once: int) -> None:
        left = [survives]

        def dying() -> datetime:
            left[0] -= 1
            if left[0] < 0:
                raise Crash
            return self.now

        with suppress(Crash):
            self.run_jobs(dying, at_once=at_once)

    @rule(has_sent=st.booleans())
    def a_worker_dies_while_it_sends(self, has_sent: bool) -> None:
        with unit_of_work() as db:
            letter = outbox.claim_next(db, now=self.now, per_minute=1000)
        if letter is not None and has_sent:
            transport.send(SafeMail(current_app), _as_letter(letter), sender(letter.reply_tag))
            self.doubled.add(letter.message_id)

    @rule(lost=st.booleans(), times=st.integers(1, 4))
    def the_mail_server_refuses(self, lost: bool, times: int) -> None:
        self.sink.answers = ["lost" if lost else "451 come again"] * times
        self.deliver()
        self.sink.answers = []
        if lost:
            tried = select(OutboxLetter.message_id).where(OutboxLetter.attempts > 0)
            self.doubled |= set(database.session.scalars(tried))

    # -- Time

    @rule(minutes=st.sampled_from([1, 20, 61]))
    def time_passes(self, minutes: int) -> None:
        self.pass_time(minutes=minutes)
        self.run_jobs(lambda: self.now)
        self.deliver()

    @rule()
    def all_is_delivered(self) -> None:
        if version := self.version():
            with unit_of_work() as db:
                services.let_letters_go(
                    db,
                    actor=SYSTEM,
                    version=db.get_one(Version, version),
                    now=self.now,
                    wake=lambda job: None,
                )
        self.run_jobs(lambda: self.now)
        for _ in range(12):  # until the leases of the dead have run out, and what was refused is tried again
            self.deliver()
            self.pass_time(minutes=31)
        assert not database.session.scalars(
            select(OutboxLetter.id).where(OutboxLetter.state.in_(("queued", "sending")))
        ).all()
        self.calendars_show_what_is_published()
        taken = len(self.sink.taken)
        with unit_of_work() as db:
            queue_waiting(self.now)
        self.run_jobs(lambda: self.now)
        self.deliver()
        assert len(self.sink.taken) == taken, "what had been said was said again"

    def teardown(self) -> None:
        self.all_is_delivered()

    # -- What must be so

    @invariant()
    def what_arrives_is_in_order(self) -> None:
        for address, octets in self.sink.taken[self.seen :]:
            told = read(octets)
            if told is None:
                continue  # an offer of a seat
            assert told.attendee.casefold() == address.casefold()
            self.arrives(address, told)
        self.seen = len(self.sink.taken)

    def arrives(self, address: str, told: Told) -> None:
        known = self.sequences[address, told.uid]
        self.heard[told.message_id] += 1
        if self.heard[told.message_id] > 1:
            assert told.message_id in self.doubled, f"{told} arrived twice"
        elif known >= told.sequence:
            assert (told.uid, address) in self.asked_again, f"{told} after SEQUENCE {known}"
        assert told.sequence >= known, f"SEQUENCE fell to {told.sequence} from {known}"
        self.sequences[address, told.uid] = told.sequence
        if address not in self.calendars:
            self.calendars[address] = Calendar(address, forgets=True), Calendar(address, forgets=False)
        for calendar in self.calendars[address]:
            calendar.take(told)

    def calendars_show_what_is_published(self) -> None:
        self.what_arrives_is_in_order()
        published = self.published()
        for person in database.session.scalars(select(Person).execution_options(populate_existing=True)):
            expected = published.get(person.code, {})
            for calendar in self.calendars.get(str(person.email), ()):
                assert calendar.shows() == expected, f"{person.name}'s calendar"
            assert not expected or str(person.email) in self.calendars, f"{person.name} heard of nothing"

    def published(self) -> dict[str, dict[str, tuple[str, str, str]]]:
        """Person's code -> UID -> when and where, from the latest version and the seats since."""
        found: dict[str, dict[str, tuple[str, str, str]]] = defaultdict(dict)
        version = database.session.get(Version, self.version() or 0)
        if version is None:
            return {}
        for planned in version.schedule_document["sessions"]:
            workshop = next(
                each
                for each in (self.season.meeting, self.season.webinar)
                if each.code == planned["workshop"]
            )
            session = self.session_of("meeting" if workshop is self.season.meeting else "webinar")
            assert session is not None
            if planned["venue"]:
                first = datetime.fromisoformat(planned["start"])
                start, end = (f"{day:%Y%m%d}" for day in (first, first + timedelta(days=2)))
                where = (
                    "Centre, Dakar, Senegal"
                    if planned["venue"] == self.season.dakar.code
                    else "Hotel, Lomé, Togo"
                )
            else:
                first = datetime.strptime(planned["start"], "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
                start, end = (f"{at:%Y%m%dT%H%M%S}" for at in (first, first + timedelta(minutes=90)))
                where = session.join_url or "Online"
            held = database.session.scalars(
                select(Person.code).join(Seat).where(Seat.session_id == session.id, Seat.state == "held")
            )
            for code in {*held, *(each["person"] for each in planned["team"])}:
                found[code][session.uid] = (start, end, where)
        return found

    # -- Parts

    def pass_time(self, *, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def people(self, chosen: list[str]) -> list[Person]:
        return [self.person(name) for name in chosen]

    def person(self, name: str) -> Person:
        return database.session.get(Person, getattr(self.season, name).id, populate_existing=True)

    def line(self, name: str, workshop: str) -> Seat:
        session = self.session_of(workshop)
        return seats.line_of(
            database.session(), session_id=session.id if session else 0, person_id=self.person(name).id
        )

    def session_of(self, workshop: str) -> WorkshopSession | None:
        wanted = getattr(self.season, workshop).id
        return database.session.scalars(
            select(WorkshopSession).where(WorkshopSession.workshop_id == wanted)
        ).first()

    def version(self) -> int | None:
        return database.session.scalars(select(Version.id).order_by(Version.id.desc())).first()

    def run_jobs(self, now: Any, *, at_once: int = 50) -> None:
        """What a worker does: the chore, then every job that waits; one that dies is given to the next."""
        queue_waiting(self.now)
        with unit_of_work() as db:  # as if the leases of dead workers had run out
            waiting = list(db.scalars(select(Job).where(Job.kind == "send_invitations", Job.state != "done")))
            for job in waiting:
                job.state, job.attempts = "queued", 0
        for job in waiting:
            with unit_of_work() as db:
                claimed = jobs.claim(db, job_id=job.id, now=self.now)
            assert claimed is not None
            work = Work(claimed.id, claimed.subject_id, claimed.attempts, dict(claimed.parameters), {})
            send_invitations(work, now=now, at_once=at_once)
            with unit_of_work() as db:
                jobs.finish(db, job_id=job.id, attempt=work.attempt, now=self.now)

    def deliver(self) -> None:
        deliver_due(self.now)
        database.session.expire_all()


@pytest.fixture
def sink() -> Iterator[Controller]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Sink(), hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


def test_calendars_show_what_is_published_whatever_happens(
    app: Flask, empty_database: Path, settings: config.Settings, sink: Controller
) -> None:
    Invitations.app, Invitations.sink = app, sink.handler
    Invitations.empty, Invitations.live = empty_database, settings.instance_path / "baraza.db"
    with sends_to(app, sink.port, mail_per_minute=100_000, letters_wait_minutes=60):
        run_state_machine_as_test(
            Invitations,
            settings=examples(
                max_examples=int(os.environ.get("MACHINE_EXAMPLES", "30")),
                stateful_step_count=14,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                print_blob=True,
                phases=(Phase.explicit, Phase.reuse, Phase.generate),  # making it smaller takes minutes
            ),
        )
