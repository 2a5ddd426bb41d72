"""Going back to an older version as a new one; who will be told what; the programme for the public."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.access import Forbidden, system
from app.accounts.models import Account
from app.db import unit_of_work
from app.errors import Conflict
from app.facts import AuditEntry
from app.jobs.models import Job
from app.jobs.worker import run_job
from app.mail.models import OutboxLetter
from app.planning import services as planning
from app.schedule import services
from app.schedule.models import Seat, Version
from app.schedule.programme import programme, slug
from app.schedule.queries import changes_by_publishing
from app.schedule.telling import telling
from app.stages import JOBS
from tests.app.schedule.seasons import Season, make_season
from tests.conftest import NOW
from tests.factories import make_account, make_actor
from tests.pages import Page

SignInAs = Callable[[Account], FlaskClient]
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def season(db: Session) -> Season:
    return make_season(db)


def go_back(version: Version, note: str = "") -> Version:
    with unit_of_work() as db:
        return services.publish_again(
            db, actor=system("test"), version=db.merge(version), note=note, now=LATER
        )


def test_an_older_version_becomes_a_new_one_with_uids_kept_and_sequences_risen(season: Season) -> None:
    first = season.publish(season.meets("2027-03-09"), season.webinar_at())
    before = season.session_of(season.meeting)
    uid, webinar = before.uid, season.session_of(season.webinar).sequence
    season.publish(season.meets("2027-03-16", venue=season.lome))
    moved = season.session_of(season.meeting).sequence
    again = go_back(first, "The hotel is closed")
    season.db.expire_all()
    session = season.session_of(season.meeting)
    assert (again.number, again.note) == (3, "The hotel is closed")
    assert (session.first_day, session.venue_id) == (date(2027, 3, 9), season.dakar.id)
    assert session.uid == uid
    assert session.sequence == moved + 1
    back = season.session_of(season.webinar)
    assert (back.state, back.sequence) == ("confirmed", webinar + 2), "called off, and held again"
    entry = season.db.scalars(
        select(AuditEntry).where(AuditEntry.fact == "SchedulePublished").order_by(AuditEntry.id.desc())
    ).first()
    assert entry is not None
    assert entry.after["again"] == 1


def test_going_back_to_what_is_in_force_or_in_a_closed_round_is_refused(season: Season) -> None:
    first = season.publish(season.meets())
    with pytest.raises(Conflict, match="nothing_changed"):
        go_back(first)
    season.publish(season.meets("2027-03-16"))
    season.round.state = "closed"
    season.db.commit()
    with pytest.raises(Conflict, match="round_closed"):
        go_back(first)


def test_only_coordinators_go_back(season: Season) -> None:
    first = season.publish(season.meets())
    with pytest.raises(Forbidden):
        services.publish_again(
            season.db, actor=make_actor(season.db, "officer"), version=first, note="", now=NOW
        )


def test_who_gave_up_a_seat_meanwhile_is_not_put_back_on_it(season: Season) -> None:
    first = season.publish(season.meets(seats=[season.chidi, season.dede]))
    season.publish(season.meets("2027-03-16", seats=[season.chidi, season.dede]))
    session = season.session_of(season.meeting)
    line = season.db.get_one(Seat, (session.id, season.dede.id))
    line.state, line.since = "given_up", NOW + timedelta(minutes=5)
    season.db.commit()
    go_back(first)
    season.db.expire_all()
    assert [seat.person_id for seat in season.session_of(season.meeting).seats] == [season.chidi.id]


def test_the_page_says_what_changes_and_goes_back(season: Season, sign_in_as: SignInAs) -> None:
    first = season.publish(season.meets("2027-03-09"))
    season.publish(season.meets("2027-03-16"))
    client = sign_in_as(make_account(season.db, role="coordinator"))
    older = Page(client.get(f"/schedule/versions/{first.id}").text)
    path = f"/schedule/versions/{first.id}/again"
    assert path in [link.attributes.get("href") for link in older.root.all("a")]
    page = Page(client.get(path).text)
    assert page.heading == "Back to version 1"
    assert "Letters that a session has moved 3" in page.text
    answer = client.post(path, data={"note": "As before"})
    assert answer.status_code == 303
    assert "Version 3" in Page(client.get(answer.location).text).heading
    refused = client.post(path, data={"note": ""}, follow_redirects=True)
    assert "says the same as what is published" in Page(refused.text).text


# -- Who will be told what


def test_each_letter_is_counted_by_what_it_says_and_whom_it_reaches(season: Season) -> None:
    season.publish(season.meets(seats=[season.chidi, season.dede]), season.webinar_at(seats=[season.chidi]))
    season.esi.email = None
    season.db.commit()
    draft = season.draft(season.meets("2027-03-16", seats=[season.chidi, season.esi]))
    found = telling(season.db, changes_by_publishing(season.db, draft=draft))
    assert found.changes == 2, "Ama and Chidi stay in the meeting that moves"
    assert found.invitations == 0, "Esi comes into it, but no letter reaches her"
    assert found.cancellations == 3, "Dede leaves it; Ama and Chidi had the webinar that is off"
    assert (found.people, found.letters, found.unreachable) == (3, 5, ("Esi",))


def test_the_letters_that_were_announced_are_those_that_are_written(season: Season) -> None:
    """Held against what the stage of calendars then writes."""

    def write() -> list[str]:
        waiting = select(Job.id).where(Job.kind == "send_invitations", Job.state == "queued")
        for job_id in season.db.scalars(waiting).all():
            run_job(job_id, {"send_invitations": JOBS["send_invitations"]})
        season.db.expire_all()
        return list(season.db.scalars(select(OutboxLetter.method).where(OutboxLetter.kind == "invitation")))

    first = season.draft(season.meets(), season.webinar_at())
    announced = telling(season.db, changes_by_publishing(season.db, draft=first))
    with unit_of_work() as db:
        services.publish_draft(db, actor=system("test"), draft=db.merge(first), note="", now=NOW)
    assert write().count("REQUEST") == announced.invitations == 5
    with unit_of_work() as db:  # what has not left the house is taken back instead of called off
        db.execute(update(OutboxLetter).values(state="sent", sent_at=NOW))
    second = season.draft(season.meets("2027-03-16", seats=[season.chidi, season.esi]))
    then = telling(season.db, changes_by_publishing(season.db, draft=second))
    with unit_of_work() as db:
        services.publish_draft(db, actor=system("test"), draft=db.merge(second), note="", now=LATER)
    written = write()
    assert written.count("REQUEST") == 5 + then.invitations + then.changes
    assert written.count("CANCEL") == then.cancellations == 3


# -- The programme for the public


def opened(season: Season) -> None:
    with unit_of_work() as db:
        planning.open_to_public(
            db, actor=system("test"), planning_round=db.merge(season.round), is_public=True, now=NOW
        )
        for workshop in (season.meeting, season.webinar):
            db.merge(workshop).visibility = "public"


def test_while_nothing_is_open_there_is_no_programme(season: Season, client: FlaskClient) -> None:
    season.publish(season.meets())
    for path in ("/programme", "/programme/west-africa", "/programme.pdf"):
        assert client.get(path).status_code == 404


def test_what_a_coordinator_opened_is_shown_to_whoever_asks_without_a_name(
    season: Season, client: FlaskClient, sign_in_as: SignInAs
) -> None:
    season.publish(season.meets(), season.webinar_at())
    coordinator = sign_in_as(make_account(season.db, role="coordinator"))
    opened(season)
    version = season.db.scalars(select(Version)).one()
    assert "See the programme" in coordinator.get(f"/schedule/versions/{version.id}").text
    shown = client.get("/programme").text
    assert "Meeting" in shown
    assert "Dakar" in shown
    for person in (season.ama, season.binta, season.chidi, season.dede):
        assert person.name not in shown
    assert season.dakar.name not in shown, "of a place the town alone"
    region = season.meeting.requested_by.region
    assert client.get(f"/programme/{slug(region)}").status_code == 200
    assert client.get("/programme/nowhere").status_code == 404
    coordinator.post(f"/rounds/{season.round.id}/public", data={"public": "no"})
    assert client.get("/programme").status_code == 404


def test_of_what_is_not_marked_as_public_time_and_country_are_shown_and_of_the_sensitive_nothing(
    season: Season, client: FlaskClient
) -> None:
    season.publish(season.meets(), season.webinar_at())
    opened(season)
    season.meeting.visibility, season.webinar.visibility = "network", "sensitive"
    season.db.commit()
    [listed] = programme(season.db, today=date(2027, 3, 1))
    assert (listed.titles, listed.topic, listed.town, listed.asked_by) == ({}, {}, "", "")
    assert listed.country == season.dakar.place.country
    shown = client.get("/programme").text
    assert "Dakar" not in shown
    assert "Civic space" not in shown


def test_another_round_stays_closed_and_what_is_over_or_called_off_is_left_out(
    db: Session, season: Season
) -> None:
    season.publish(season.meets("2027-03-09"), season.webinar_at("2027-04-06T14:00Z"))
    other = make_season(db)
    other.publish(other.meets())
    opened(season)
    listed = programme(db, today=date(2027, 3, 1))
    assert [each.session.workshop_id for each in listed] == [season.meeting.id, season.webinar.id]
    assert [each.town for each in programme(db, today=date(2027, 3, 11))] == [""]
    season.publish(season.meets("2027-03-09"))
    assert len(programme(db, today=date(2027, 3, 1))) == 1
    assert programme(db, region="Nowhere", today=date(2027, 3, 1)) == []


def test_the_programme_prints_in_each_language(season: Season, client: FlaskClient) -> None:
    season.dakar.place.name = "Hà Nội – Łódź – Tūranga"
    season.publish(season.meets(), season.webinar_at())
    opened(season)
    papers = {}
    for language in ("en", "fr", "es", "pt"):
        answer = client.get(f"/programme.pdf?lang={language}")
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert answer.data.startswith(b"%PDF-")
        assert f"/Lang ({language})".encode() in answer.data
        assert answer.data.count(b"/Type /Page\n") == 1
        papers[language] = answer.data
    assert len({len(paper) for paper in papers.values()}) > 1
    assert client.get("/programme.pdf?lang=xx").status_code == 200
    assert client.get("/programme.pdf?region=nowhere").status_code == 404
