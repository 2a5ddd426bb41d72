"""What several people do in the same instant: done once, and nobody meets an error, on both databases.

Threads meet at a barrier and then send the same request. Without the locks of services and of
`unit_of_work` each looks before any has written, and all but one run into a unique key.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

import config
from app import clock, create_app
from app.access import system
from app.accounts.identity import sign_in
from app.calendars import services as calendars
from app.calendars.addresses import feed_path
from app.calendars.jobs import send_invitations
from app.calendars.models import Feed, Invitation
from app.confirmations.letters import link_of as confirmation_link_of
from app.confirmations.models import Asking, PlaceAnswer, ProposedPlace
from app.db import Base, database, unit_of_work
from app.facts import AuditEntry
from app.jobs.models import Job
from app.jobs.worker import Work
from app.mail.models import OutboxLetter
from app.nominations.models import Nomination
from app.planning.models import Draft
from app.planning.room.models import DraftEdit
from app.planning.room.opened import forget as forget_open_drafts
from app.schedule.models import Seat, Version, WorkshopSession
from app.schedule.services import publish_draft
from app.seats.letters import link_of
from app.seats.services import offer_next
from app.web import limiter
from tests.app.confirmations.plans import ask
from tests.app.nominations.halls import make_hall
from tests.app.schedule.seasons import Season, make_season
from tests.app.seats.arenas import make_arena
from tests.app.seats.test_services import follow_up
from tests.architecture.databases import scratch_database
from tests.factories import make_account, make_workshop

AT_ONCE = 5


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The service on a database of its own, as several threads of a web server see it."""
    with scratch_database(request.param, tmp_path) as url:
        settings = config.load(
            {}, environment="testing", secret_key="s" * 40, instance_path=tmp_path, database_url=url
        )
        made = create_app(settings)
        made.config["WTF_CSRF_ENABLED"] = False
        limiter.enabled = False
        forget_open_drafts()
        with made.app_context():
            Base.metadata.create_all(database.engine)
        yield made
        with made.app_context():
            database.engine.dispose()


@pytest.fixture
def cookies(service: Flask) -> list[str]:
    """As many sign-ins of one coordinator as there are threads."""
    with service.app_context(), unit_of_work() as db:
        account = make_account(db, role="coordinator")
        return [sign_in(db, account=account, device="", now=clock.now()) for _ in range(AT_ONCE)]


def together(service: Flask, send: Callable[[FlaskClient, int], int]) -> Counter[int]:
    """The status codes of the same request sent by all threads at once."""
    barrier, statuses = threading.Barrier(AT_ONCE), list[int]()

    def go(number: int) -> None:
        client = service.test_client()
        barrier.wait(timeout=30)
        statuses.append(send(client, number))

    threads = [threading.Thread(target=go, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return Counter(statuses)


def posted(service: Flask, cookies: list[str], path: str, **values: str) -> Counter[int]:
    def send(client: FlaskClient, number: int) -> int:
        with client.session_transaction() as cookie:
            cookie["login"] = cookies[number]
        return client.post(path, data=values).status_code

    return together(service, send)


def count(model: type[Base], *conditions: object) -> int:
    return database.session().scalar(select(func.count()).select_from(model).where(*conditions)) or 0  # type: ignore[arg-type]


def test_a_feed_that_all_read_for_the_first_time_is_written_once(service: Flask) -> None:
    with service.app_context(), unit_of_work() as db:
        season = make_season(db)
        feed = calendars.feed_of_person(db, account=make_account(db, person=season.ama), now=clock.now())
        path = feed_path(feed)
    assert together(service, lambda client, _: client.get(path).status_code) == {200: AT_ONCE}


def test_a_feed_opened_by_several_clicks_is_one(service: Flask, cookies: list[str]) -> None:
    with service.app_context(), unit_of_work() as db:
        topic_id = make_season(db).meeting.topic_id
    assert posted(service, cookies, "/calendars", subject=f"topic:{topic_id}") == {303: AT_ONCE}
    with service.app_context():
        assert count(Feed) == count(AuditEntry, AuditEntry.fact == "FeedOpened") == 1


def test_a_draft_published_by_several_clicks_is_one_version(service: Flask, cookies: list[str]) -> None:
    with service.app_context(), unit_of_work() as db:
        season: Season = make_season(db)
        draft_id = season.draft(season.meets()).id
    assert posted(service, cookies, f"/schedule/publish/{draft_id}", note="") == {303: AT_ONCE}
    with service.app_context():
        assert count(Version) == 1
        assert count(Job, Job.kind == "send_invitations") == 1


def test_a_round_planned_by_several_clicks_is_one_job(service: Flask, cookies: list[str]) -> None:
    with service.app_context(), unit_of_work() as db:
        round_id = make_season(db).round.id
    assert posted(service, cookies, f"/rounds/{round_id}/plan", seconds="60") == {303: AT_ONCE}
    with service.app_context():
        assert count(Job, Job.kind == "plan_round") == 1
        assert count(AuditEntry, AuditEntry.fact == "PlanningStarted") == 1


def test_a_request_approved_by_several_clicks_is_approved_once(service: Flask, cookies: list[str]) -> None:
    with service.app_context(), unit_of_work() as db:
        workshop_id = make_workshop(db, state="submitted").id
    assert posted(service, cookies, f"/workshops/{workshop_id}/approve") == {303: 1, 409: AT_ONCE - 1}
    with service.app_context():
        assert count(AuditEntry, AuditEntry.fact == "RequestApproved") == 1


def test_a_seat_that_is_free_is_offered_to_one_person_however_many_workers_look(service: Flask) -> None:
    with service.app_context(), unit_of_work() as db:
        arena = make_arena(db)
        session_id = arena.session.id
        arena.line(arena.season.chidi).state = "given_up"

    def offer(client: FlaskClient, number: int) -> int:
        with service.app_context(), unit_of_work() as db:
            return 200 + len(offer_next(db, session_id=session_id, now=clock.now()))

    assert together(service, offer) == {200: AT_ONCE - 1, 201: 1}
    with service.app_context():
        assert count(Seat, Seat.state == "offered") == 1
        assert count(AuditEntry, AuditEntry.fact == "SeatOffered") == 1


def test_an_offer_accepted_and_declined_at_once_is_one_of_the_two(service: Flask) -> None:
    """And however it ends, nobody else has got the same seat."""
    with service.app_context(), unit_of_work() as db:
        arena = make_arena(db)
        arena.line(arena.season.chidi).state = "given_up"
        [offered] = offer_next(db, session_id=arena.session.id, now=clock.now())
        session_id, person_id = offered.session_id, offered.person_id
        path = link_of(offered.session, person_id)
    answers = ("accept", "decline")

    def send(client: FlaskClient, number: int) -> int:
        return client.post(path, data={"answer": answers[number % 2]}).status_code

    assert together(service, send) == {303: AT_ONCE}
    with service.app_context():
        assert count(AuditEntry, AuditEntry.fact.in_(("SeatAccepted", "SeatDeclined"))) == 1
        taken = count(Seat, Seat.session_id == session_id, Seat.state.in_(("held", "offered")))
        assert taken == 2
        own = database.session().get(Seat, (session_id, person_id))
        assert own is not None
        assert own.state in ("held", "declined")


def test_a_list_sent_in_several_times_at_once_is_saved_once(service: Flask) -> None:
    with service.app_context(), unit_of_work() as db:
        hall = make_hall(db)
        call = hall.opened()
        call.closes_on = clock.today() + timedelta(days=9)
        tokens = [sign_in(db, account=hall.focal_point, device="", now=clock.now()) for _ in range(AT_ONCE)]
        path = f"/nominations/{hall.workshop.id}/organisations/{hall.togo.id}"
        form = {"once": "b" * 32, "seen": "", "n1-person_id": str(hall.people["Ama"].id), "n1-need": "2"}
    assert posted(service, tokens, path, **form, **{"n1-place": "1"}) == {303: AT_ONCE}
    with service.app_context():
        assert count(Nomination) == count(AuditEntry, AuditEntry.fact == "PeopleNominated") == 1


# -- Confirmations


def asked_on(service: Flask) -> tuple[int, int, str, str]:
    """A draft that is asked about, with Ama's no: ids of the asking and her place, her link, a substitute."""
    with service.app_context():
        asked = ask(make_season(database.session()), closes_on=clock.today() + timedelta(days=20))
        asked.write()
        asked.says(asked.season.ama, "declined")
        follow_up(asked.db)
        asked.search()
        ama = asked.season.ama
        link = confirmation_link_of(asked.talk(ama))
        return asked.asking.id, asked.place(ama).id, link, asked.season.binta.code


def test_a_draft_put_to_people_by_several_clicks_is_one_asking(service: Flask, cookies: list[str]) -> None:
    with service.app_context(), unit_of_work() as db:
        season = make_season(db)
        draft_id = season.draft(season.meets()).id
    day = (clock.today() + timedelta(days=20)).isoformat()
    form = {"closes_on": day, "remind_every": "3", "silence": "declined", "substitute_days": "5"}
    assert posted(service, cookies, f"/confirmations/ask/{draft_id}", **form) == {303: AT_ONCE}
    with service.app_context():
        assert count(Asking) == count(AuditEntry, AuditEntry.fact == "AskingOpened") == 1
        assert count(ProposedPlace) == 1


def test_an_answer_tapped_several_times_is_one_answer(service: Flask) -> None:
    _, place_id, path, _ = asked_on(service)
    with service.app_context():
        webinar = count(PlaceAnswer)
        place = database.session().get_one(ProposedPlace, place_id)
        form = {"workshop": str(place.workshop_id), "part": "team", "answer": "accepted"}
    assert together(service, lambda client, _: client.post(path, data=form).status_code) == {303: AT_ONCE}
    with service.app_context():
        assert count(PlaceAnswer) == webinar + 1
        assert count(AuditEntry, AuditEntry.fact == "PlaceAccepted") == 1


def test_a_substitute_asked_by_several_clicks_makes_one_draft(service: Flask, cookies: list[str]) -> None:
    _, place_id, _, code = asked_on(service)
    with service.app_context():
        drafts = count(Draft)
    path = f"/confirmations/places/{place_id}/ask"
    assert posted(service, cookies, path, person=code) == {303: AT_ONCE}
    with service.app_context():
        assert count(Draft) == drafts + 1
        assert count(AuditEntry, AuditEntry.fact == "SubstituteAsked") == 1


# -- The planning room


def test_a_session_is_moved_by_one_and_the_others_are_told(service: Flask, cookies: list[str]) -> None:
    with service.app_context(), unit_of_work() as db:
        season = make_season(db)
        draft = season.draft(season.meets("2027-03-09")).id
        code, venue = season.meeting.code, season.dakar.code
    url = f"/rounds/drafts/{draft}"

    def move(client: FlaskClient, number: int) -> int:
        with client.session_transaction() as cookie:
            cookie["login"] = cookies[number]
        slot = {"venue": venue, "start": "2027-03-16", "revision": 0}
        return client.post(f"{url}/room/{code}/move", data=slot).status_code

    assert together(service, move) == {303: 1, 409: AT_ONCE - 1}
    with service.app_context():
        [edit] = database.session().scalars(select(DraftEdit))
        changed = database.session().get_one(Draft, draft)
        assert (changed.revision, changed.schedule_document["sessions"][0]) == (1, edit.after["session"])


def test_letters_that_several_workers_write_at_once_are_each_written_once(service: Flask) -> None:
    now = clock.now()
    with service.app_context(), unit_of_work() as db:
        season = make_season(db)
        version = season.publish(season.meets(), season.webinar_at(), now=now - timedelta(hours=3))
        jobs = [
            Job(kind="test", subject_id=version.id, state="running", attempts=1, queued_at=now)
            for _ in range(AT_ONCE)
        ]
        db.add_all(jobs)
        db.flush()
        version_id, job_ids = version.id, [job.id for job in jobs]

    def write(client: FlaskClient, number: int) -> int:
        with service.app_context():
            send_invitations(Work(job_ids[number], version_id, 1, {}, {}), at_once=1)
        return 200

    assert together(service, write) == {200: AT_ONCE}
    with service.app_context():
        assert count(OutboxLetter) == count(Invitation) > 4
        assert count(AuditEntry, AuditEntry.fact == "InvitationsQueued") == AT_ONCE


def test_each_of_several_changes_at_once_raises_the_sequence(service: Flask) -> None:
    """Publishing and saying how to join: SEQUENCE never stands for two different things (RFC 5546, 2.1.4)."""
    with service.app_context(), unit_of_work() as db:
        season = make_season(db)
        season.publish(season.webinar_at(), now=clock.now())
        session_id = season.session_of(season.webinar).id
        draft_id = season.draft(season.webinar_at("2027-04-07T14:00Z")).id

    def change(client: FlaskClient, number: int) -> int:
        with service.app_context(), unit_of_work() as db:
            if number == 0:
                draft = db.get_one(Draft, draft_id)
                publish_draft(db, actor=system("test"), draft=draft, note="", now=clock.now())
            else:
                session = db.get_one(WorkshopSession, session_id)
                address = f"https://meet.example.org/{number}"
                calendars.tell_how_to_join(
                    db, actor=system("test"), session=session, address=address, now=clock.now()
                )
        return 200

    assert together(service, change) == {200: AT_ONCE}
    with service.app_context():
        assert database.session().get_one(WorkshopSession, session_id).sequence == AT_ONCE
