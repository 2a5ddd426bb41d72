"""Invitations: what is due after each publication, and the letters that come of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import icalendar
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access import system
from app.accounts.models import Account
from app.calendars.due import due_after
from app.calendars.invitations import Post
from app.calendars.services import tell_how_to_join
from app.db import unit_of_work
from app.errors import Conflict
from app.jobs import services as jobs
from app.jobs.models import Job
from app.jobs.worker import run_job
from app.mail.models import OutboxLetter
from app.schedule.models import Version, WorkshopSession
from app.stages import JOBS
from tests.app.schedule.seasons import Season, make_season
from tests.conftest import NOW
from tests.factories import make_account
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]

LATER = NOW + timedelta(days=1)


@pytest.fixture
def season(db: Session) -> Season:
    return make_season(db)


def told(db: Session, version: Version, now: datetime = NOW) -> list[tuple[str, str, int]]:
    """Write and send what is due after a version; returns (method, name, sequence) of each letter added."""
    before = set(db.scalars(select(OutboxLetter.id)))
    due = due_after(db, version_id=version.id, now=now)
    post = Post(db, due)
    for message in due:
        post.write(message, now=now)
    db.commit()
    new = db.scalars(
        select(OutboxLetter).where(OutboxLetter.id.not_in(before)).order_by(OutboxLetter.id)
    ).all()
    for letter in new:
        letter.state, letter.attempts = "sent", 1
    db.commit()
    return [(str(letter.method), letter.to_name, event_of(letter)["SEQUENCE"]) for letter in new]


def event_of(letter: OutboxLetter) -> icalendar.Event:
    assert letter.calendar is not None
    return icalendar.Calendar.from_ical(letter.calendar).events[0]


def test_everybody_in_a_new_session_is_asked_once(season: Season, db: Session) -> None:
    version = season.publish(season.meets())
    assert told(db, version) == [("REQUEST", "Ama", 0), ("REQUEST", "Chidi", 0), ("REQUEST", "Dede", 0)]
    assert told(db, version) == []


def test_a_move_is_told_to_all_who_are_in_it(season: Season, db: Session) -> None:
    told(db, season.publish(season.meets()))
    moved = season.publish(season.meets("2027-03-16"), now=LATER)
    assert told(db, moved, LATER) == [("REQUEST", "Ama", 1), ("REQUEST", "Chidi", 1), ("REQUEST", "Dede", 1)]


def test_only_those_who_came_or_left_hear_of_it(season: Season, db: Session) -> None:
    told(db, season.publish(season.meets()))
    changed = season.publish(season.meets(seats=[season.chidi, season.esi]), now=LATER)
    assert told(db, changed, LATER) == [("CANCEL", "Dede", 1), ("REQUEST", "Esi", 0)]


def test_a_cancelled_session_is_cancelled_for_all(season: Season, db: Session) -> None:
    told(db, season.publish(season.meets(), season.webinar_at()))
    without = season.publish(season.meets(), now=LATER)
    assert told(db, without, LATER) == [("CANCEL", "Ama", 1), ("CANCEL", "Chidi", 1)]


def test_who_was_in_a_session_whose_request_was_withdrawn_is_told_that_it_is_off(
    season: Season, db: Session
) -> None:
    told(db, season.publish(season.meets(), season.webinar_at()))
    season.webinar.state = "withdrawn"
    without = season.publish(season.meets(), now=LATER)
    assert told(db, without, LATER) == [("CANCEL", "Ama", 1), ("CANCEL", "Chidi", 1)]


def test_who_comes_back_and_nobody_else_is_asked_again_above_what_they_were_told(
    season: Season, db: Session
) -> None:
    told(db, season.publish(season.meets()))
    told(db, season.publish(season.meets(seats=[season.chidi]), now=LATER), LATER)
    back = season.publish(season.meets(), now=LATER + timedelta(days=1))
    assert told(db, back, LATER + timedelta(days=1)) == [("REQUEST", "Dede", 2)]
    moved = season.publish(season.meets("2027-03-16"), now=LATER + timedelta(days=2))
    assert {name for _, name, _ in told(db, moved, LATER + timedelta(days=2))} == {"Ama", "Chidi", "Dede"}


def test_who_was_never_asked_is_not_told_that_it_is_off(season: Season, db: Session) -> None:
    season.publish(season.meets(), season.webinar_at())
    assert told(db, season.publish(season.meets(), now=LATER), LATER) == [
        ("REQUEST", name, 0) for name in ("Ama", "Chidi", "Dede")
    ]


def test_a_letter_that_has_not_left_yet_is_taken_back_instead_of_called_off(
    season: Season, db: Session
) -> None:
    version = season.publish(season.meets(), season.webinar_at())
    due = due_after(db, version_id=version.id, now=NOW)
    post = Post(db, due)
    assert all(post.write(message, now=NOW) for message in due)
    db.commit()
    thread = season.session_of(season.webinar).uid
    without = season.publish(season.meets(), now=LATER)
    assert told(db, without, LATER) == [], "nobody is told that something is off of which they never heard"
    letters = db.scalars(select(OutboxLetter).where(OutboxLetter.thread.startswith(thread))).all()
    assert {letter.method for letter in letters} == {"REQUEST"}
    assert {letter.state for letter in letters} == {"replaced"}, "and no request goes out any more"


def test_what_is_over_is_not_written_about(season: Season, db: Session) -> None:
    version = season.publish(season.meets("2027-03-09"))
    assert told(db, version, datetime.fromisoformat("2027-03-13T00:00:00+00:00")) == []


def test_who_has_no_address_gets_no_letter(season: Season, db: Session) -> None:
    season.dede.email = None
    assert [name for _, name, _ in told(db, season.publish(season.meets()))] == ["Ama", "Chidi"]


def test_a_letter_is_in_its_readers_language_and_zone(season: Season, db: Session) -> None:
    make_account(db, person=season.ama, language="fr", timezone="Pacific/Apia")
    told(db, season.publish(season.webinar_at("2027-04-06T14:00Z")))
    letter = db.scalars(select(OutboxLetter).where(OutboxLetter.to_name == "Ama")).one()
    assert letter.language == "fr"
    assert "mer. 7 avr. 2027, 03:00–04:30 (Apia)" in letter.text


def test_the_calendar_part_is_a_request_to_this_person_alone(season: Season, db: Session) -> None:
    told(db, season.publish(season.meets()))
    letter = db.scalars(select(OutboxLetter).where(OutboxLetter.to_name == "Ama")).one()
    event = event_of(letter)
    assert str(event["ATTENDEE"]).lower() == f"mailto:{season.ama.email}"
    assert str(event["ORGANIZER"]).lower() == "mailto:baraza@example.org"
    assert str(event["UID"]) == season.session_of(season.meeting).uid
    assert letter.method == "REQUEST"
    for other in ("Chidi", "Dede"):
        assert other not in letter.text + letter.html + (letter.calendar or b"").decode()


def test_changes_thread_under_the_first_invitation(season: Season, db: Session) -> None:
    make_account(db, person=season.ama, language="en")
    told(db, season.publish(season.meets()))
    told(db, season.publish(season.meets("2027-03-16"), now=LATER), LATER)
    first, second = db.scalars(
        select(OutboxLetter).where(OutboxLetter.to_name == "Ama").order_by(OutboxLetter.id)
    ).all()
    assert first.in_reply_to is None
    assert second.in_reply_to == first.message_id
    assert second.subject == "Changed: Meeting"


def tell(db: Session, season: Season, address: str, now: datetime) -> WorkshopSession:
    session = season.session_of(season.webinar)
    with unit_of_work() as writing:
        tell_how_to_join(
            writing,
            actor=system("test"),
            session=writing.get_one(WorkshopSession, session.id),
            address=address,
            now=now,
        )
    return session


def test_who_is_in_a_session_online_is_told_how_to_join_and_again_where_that_changes(
    season: Season, db: Session
) -> None:
    make_account(db, person=season.ama, language="en")
    version = season.publish(season.webinar_at())
    told(db, version)
    for sequence, room in enumerate(("https://meet.example.org/a", "https://meet.example.org/b"), start=1):
        now = LATER + timedelta(days=sequence)
        tell(db, season, room, now)
        assert told(db, version, now) == [("REQUEST", "Ama", sequence), ("REQUEST", "Chidi", sequence)]
        assert told(db, version, now) == []
        letter = db.scalars(select(OutboxLetter).order_by(OutboxLetter.id.desc())).all()[1]
        event = event_of(letter)
        assert (letter.to_name, letter.subject) == ("Ama", "Changed: Webinar")
        assert (str(event["LOCATION"]), str(event["CONFERENCE"])) == (room, room)
        assert f"Where: {room}" in letter.text
        assert f'<a href="{room}"' in letter.html
    tell(db, season, room, now + timedelta(days=1))
    assert told(db, version, now + timedelta(days=1)) == [], "it is the same room"


def test_who_left_a_session_is_not_told_how_to_join_it(season: Season, db: Session) -> None:
    told(db, season.publish(season.webinar_at(seats=[season.chidi, season.dede])))
    without = season.publish(season.webinar_at(), now=LATER)
    tell(db, season, "https://meet.example.org/a", LATER)
    assert ("CANCEL", "Dede", 1) in told(db, without, LATER)
    letter = db.scalars(select(OutboxLetter).where(OutboxLetter.method == "CANCEL")).one()
    assert "meet.example.org" not in letter.text + letter.html + str(letter.calendar)


def test_a_worker_is_asked_to_write_to_those_in_a_session_that_is_joined_elsewhere(
    season: Season, db: Session
) -> None:
    season.publish(season.webinar_at())
    before = set(db.scalars(select(Job.id).where(Job.kind == "send_invitations")))
    session = tell(db, season, "https://meet.example.org/a", LATER)
    job = db.scalars(select(Job).where(Job.kind == "send_invitations", Job.id.not_in(before))).one()
    assert (job.subject_id, job.parameters) == (session.version_id, {"session_id": session.id})


def test_a_session_that_is_off_is_joined_nowhere(season: Season, db: Session) -> None:
    season.publish(season.meets(), season.webinar_at())
    season.publish(season.meets(), now=LATER)
    with pytest.raises(Conflict, match="not_online"):
        tell(db, season, "https://meet.example.org/a", LATER)


def test_a_letter_that_cannot_be_written_keeps_none_of_the_others_back(season: Season, db: Session) -> None:
    season.chidi.email = "baraza@example.org"  # the sender's own: nobody can invite themselves
    version = season.publish(season.meets())
    job = jobs.enqueue(
        db,
        actor=system("test"),
        kind="send_invitations",
        subject_id=version.id,
        now=NOW,
        wake=lambda job_id: None,
    )
    db.commit()
    run_job(job.id, JOBS)
    db.refresh(job)
    assert (job.state, job.error) == ("failed", "letters_not_written")
    assert sorted(db.scalars(select(OutboxLetter.to_name))) == ["Ama", "Dede"]


def test_the_job_sends_what_is_due_and_when_run_again_nothing(season: Season, db: Session) -> None:
    version = season.publish(season.meets())
    for expected in (3, 3):
        job = jobs.enqueue(
            db,
            actor=system("test"),
            kind="send_invitations",
            subject_id=version.id,
            now=NOW,
            wake=lambda job_id: None,
        )
        db.commit()
        run_job(job.id, JOBS)
        db.refresh(job)
        assert job.state == "done"
        assert db.query(OutboxLetter).count() == expected


def test_letters_that_could_not_be_written_are_told_to_the_coordinator_until_they_are(
    season: Season, db: Session, sign_in_as: SignIn
) -> None:
    version = season.publish(season.meets())
    job = db.scalars(select(Job).where(Job.kind == "send_invitations")).one()
    job.state, job.error = "failed", "letters_not_written"
    coordinator = sign_in_as(make_account(db, role="coordinator"))
    said = "Some people have not been told of version 1."
    pages = {"round": f"/rounds/{season.round.id}", "version": f"/schedule/versions/{version.id}"}
    assert (
        "Some people have not been told of version 1 of “Season”" in Page(coordinator.get("/").text).links()
    )
    for address in pages.values():
        assert said in Page(coordinator.get(address).text).text
    answer = coordinator.post(f"/schedule/versions/{version.id}/invitations")
    assert (answer.status_code, answer.location) == (303, pages["version"])
    again = db.scalars(select(Job).where(Job.kind == "send_invitations", Job.state == "queued")).one()
    run_job(again.id, JOBS)
    for address in ("/", *pages.values()):
        assert "have not been told" not in coordinator.get(address).text
    assert db.scalar(select(func.count()).where(OutboxLetter.kind == "invitation")) == 3


def test_of_letters_that_could_not_be_written_nobody_else_hears(
    season: Season, db: Session, sign_in_as: SignIn
) -> None:
    version = season.publish(season.meets())
    db.scalars(select(Job).where(Job.kind == "send_invitations")).one().state = "failed"
    officer = sign_in_as(make_account(db, role="officer"))
    assert "have not been told" not in officer.get(f"/schedule/versions/{version.id}").text
    assert officer.post(f"/schedule/versions/{version.id}/invitations").status_code == 403
