"""Publishing: what becomes of sessions from version to version."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Forbidden, system
from app.errors import Conflict
from app.facts import AuditEntry
from app.schedule.models import FormerPlace
from app.schedule.services import publish_draft
from tests.app.schedule.seasons import Season, make_season
from tests.conftest import NOW
from tests.factories import Planned, make_actor, make_draft, make_round, make_workshop

LATER = NOW + timedelta(days=1)


@pytest.fixture
def season(db: Session) -> Season:
    return make_season(db)


def test_the_first_version_brings_its_sessions_into_force(season: Season) -> None:
    version = season.publish(season.meets(), season.webinar_at())
    meeting, webinar = season.session_of(season.meeting), season.session_of(season.webinar)
    assert version.number == 1
    assert (meeting.first_day, meeting.last_day) == (date(2027, 3, 9), date(2027, 3, 10))
    assert (meeting.state, meeting.sequence, meeting.venue) == ("confirmed", 0, season.dakar)
    assert webinar.starts_at is not None
    assert webinar.ends_at == webinar.starts_at + timedelta(minutes=90)
    assert [(place.person.name, place.role) for place in meeting.team] == [("Ama", "lead")]
    assert {seat.person.name for seat in meeting.seats} == {"Chidi", "Dede"}


def test_a_session_that_stays_as_it_is_is_not_touched(season: Season) -> None:
    season.publish(season.meets(), season.webinar_at())
    uid, changed_at = season.session_of(season.meeting).uid, season.session_of(season.meeting).changed_at
    season.publish(season.meets(), season.webinar_at("2027-04-07T14:00Z"), now=LATER)
    meeting = season.session_of(season.meeting)
    assert (meeting.uid, meeting.sequence, meeting.changed_at) == (uid, 0, changed_at)


@pytest.mark.parametrize(("start", "to_lome"), [("2027-03-16", False), ("2027-03-09", True)])
def test_a_moved_session_keeps_its_uid_and_its_sequence_rises(
    season: Season, start: str, to_lome: bool
) -> None:
    season.publish(season.meets())
    uid = season.session_of(season.meeting).uid
    season.publish(season.meets(start, venue=season.lome if to_lome else None), now=LATER)
    meeting = season.session_of(season.meeting)
    assert (meeting.uid, meeting.sequence, meeting.changed_at) == (uid, 1, LATER)


def test_a_dropped_session_is_cancelled_and_may_come_back_under_its_uid(season: Season) -> None:
    season.publish(season.meets(), season.webinar_at())
    uid = season.session_of(season.webinar).uid
    season.publish(season.meets(), now=LATER)
    assert (season.session_of(season.webinar).state, season.session_of(season.webinar).sequence) == (
        "cancelled",
        1,
    )
    season.publish(season.meets(), season.webinar_at(), now=LATER + timedelta(days=1))
    webinar = season.session_of(season.webinar)
    assert (webinar.uid, webinar.state, webinar.sequence) == (uid, "confirmed", 2)


@pytest.mark.parametrize("leaves_the_round", ["withdrawn", "taken out of the horizon"])
def test_a_session_whose_request_is_in_the_round_no_more_is_cancelled(
    season: Season, leaves_the_round: str
) -> None:
    season.publish(season.meets(), season.webinar_at())
    if leaves_the_round == "withdrawn":
        season.webinar.state = "withdrawn"
    else:
        season.round.last_day = date(2027, 3, 31)
        season.webinar.window_first = date(2027, 4, 1)
    season.publish(season.meets(), now=LATER)
    assert season.session_of(season.webinar).state == "cancelled"
    assert season.session_of(season.meeting).state == "confirmed"


def test_a_session_that_is_over_is_not_cancelled_afterwards(season: Season) -> None:
    season.publish(season.meets("2027-03-09"), season.webinar_at())
    season.publish(season.webinar_at(), now=datetime(2027, 3, 11, tzinfo=UTC))
    meeting = season.session_of(season.meeting)
    assert (meeting.state, meeting.sequence) == ("confirmed", 0)


def test_a_session_of_another_round_stays_when_this_one_publishes(season: Season, db: Session) -> None:
    season.publish(season.meets())
    other = make_workshop(db, topic=season.meeting.topic, venues=[season.lome])
    round_of_it = make_round(db, workshops=[other])
    draft = make_draft(db, round_of_it, [Planned(other, "2027-04-12", [season.binta], [], season.lome)])
    publish_draft(db, actor=system("test"), draft=draft, note="", now=LATER)
    assert season.session_of(season.meeting).state == "confirmed"


def test_what_has_been_withdrawn_since_it_was_planned_is_not_published(season: Season) -> None:
    draft = season.draft(season.meets(), season.webinar_at())
    season.webinar.state = "withdrawn"
    with pytest.raises(Conflict, match="request_not_approved"):
        publish_draft(season.db, actor=system("test"), draft=draft, note="", now=NOW)


def test_other_people_are_no_change_for_those_who_stay(season: Season) -> None:
    season.publish(season.meets())
    season.publish(season.meets(team=[season.binta], seats=[season.chidi, season.esi]), now=LATER)
    meeting = season.session_of(season.meeting)
    assert meeting.sequence == 0
    assert [place.person.name for place in meeting.team] == ["Binta"]
    assert {seat.person.name for seat in meeting.seats} == {"Chidi", "Esi"}


def test_who_leaves_is_remembered_until_they_are_back(season: Season, db: Session) -> None:
    season.publish(season.meets())
    season.publish(season.meets(seats=[season.chidi]), now=LATER)
    [gone] = db.scalars(select(FormerPlace)).all()
    assert (gone.person.name, gone.sequence, gone.left_at) == ("Dede", 1, LATER)
    season.publish(season.meets(), now=LATER + timedelta(days=1))
    assert db.scalars(select(FormerPlace)).all() == []
    meeting = season.session_of(season.meeting)
    assert meeting.sequence == 2  # above what Dede was told when leaving
    assert meeting.changed_at == LATER + timedelta(days=1)  # calendars take no older instant


def test_publishing_the_same_again_is_refused(season: Season) -> None:
    season.publish(season.meets())
    with pytest.raises(Conflict, match="nothing_changed"):
        season.publish(season.meets())


def test_nothing_is_published_in_a_closed_round(season: Season) -> None:
    season.round.state = "closed"
    with pytest.raises(Conflict, match="round_closed"):
        season.publish(season.meets())


@pytest.mark.parametrize("role", ["officer", "focal_point", None])
def test_only_coordinators_publish(season: Season, db: Session, role: str | None) -> None:
    with pytest.raises(Forbidden):
        publish_draft(db, actor=make_actor(db, role), draft=season.draft(season.meets()), note="", now=NOW)


def test_publishing_leaves_one_entry_in_the_trail(season: Season, db: Session) -> None:
    version = season.publish(season.meets(), note=" First ")
    [entry] = db.scalars(select(AuditEntry).where(AuditEntry.fact == "SchedulePublished"))
    assert (entry.subject_id, entry.actor_name) == (version.id, system("test").name)
    assert entry.after == {"round": "Season", "number": 1, "note": "First"}
