"""A request's page after approval: its round, its session, why it was left out; and withdrawing it then."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import system
from app.accounts.models import Account
from app.db import unit_of_work
from app.facts import AuditEntry
from app.planning.models import RoundEntry
from app.schedule.services import publish_draft
from app.workshops.models import Workshop
from tests.app.schedule.seasons import Season, make_season
from tests.conftest import NOW
from tests.factories import make_account
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]


@pytest.fixture
def season(db: Session) -> Season:
    return make_season(db)


@pytest.fixture
def officer(db: Session, season: Season, sign_in_as: SignIn) -> FlaskClient:
    """Acts for the coalition that asks for the meeting."""
    return sign_in_as(make_account(db, role="officer", organisation=season.meeting.requested_by))


@pytest.fixture
def coordinator(db: Session, sign_in_as: SignIn) -> FlaskClient:
    return sign_in_as(make_account(db, role="coordinator"))


def next_step(client: FlaskClient, workshop: Workshop) -> str:
    answer = client.get(f"/workshops/{workshop.id}")
    assert answer.status_code == 200
    return str(Page(answer.text).root.one("section", aria_labelledby="next").text)


def gathered(db: Session, workshop: Workshop) -> bool:
    db.rollback()
    return db.scalar(select(RoundEntry.id).where(RoundEntry.workshop_id == workshop.id)) is not None


def test_a_request_in_a_round_says_in_which(season: Season, officer: FlaskClient) -> None:
    season.db.commit()
    text = next_step(officer, season.meeting)
    assert "It is in the round Season, of which nothing has been published yet." in text


def test_a_request_that_was_planned_shows_its_session(season: Season, officer: FlaskClient) -> None:
    season.publish(season.meets())
    text = next_step(officer, season.meeting)
    assert "It is in the published schedule." in text
    assert "9–10 Mar 2027" in text
    assert "Centre, Dakar" in text


def test_a_request_that_was_left_out_says_why_without_naming_anybody(
    season: Season, officer: FlaskClient
) -> None:
    draft = season.draft(season.webinar_at())
    draft.schedule_document = {
        **draft.schedule_document,
        "unscheduled": [
            {
                "workshop": season.meeting.code,
                "reasons": [{"rule": "competence", "people": [season.ama.code], "workshops": [], "text": ""}],
            }
        ],
    }
    with unit_of_work() as work:
        publish_draft(work, actor=system("test"), draft=draft, note="", now=NOW)
    text = next_step(officer, season.meeting)
    assert "Version 1 of the round Season leaves it out." in text
    assert "Too few people teach its topic at the level that it needs." in text
    assert "Ama" not in text


def test_a_withdrawn_request_leaves_the_round_that_gathered_it(
    db: Session, season: Season, officer: FlaskClient
) -> None:
    db.commit()
    assert gathered(db, season.meeting)
    officer.post(f"/workshops/{season.meeting.id}/withdraw")
    assert not gathered(db, season.meeting)
    assert gathered(db, season.webinar)
    taken_out = db.scalars(select(AuditEntry).where(AuditEntry.fact == "RequestTakenOut")).one()
    assert taken_out.facts == {"workshop_id": season.meeting.id}


def test_a_closed_round_keeps_what_it_gathered(db: Session, season: Season, officer: FlaskClient) -> None:
    season.round.state = "closed"
    db.commit()
    officer.post(f"/workshops/{season.meeting.id}/withdraw")
    assert gathered(db, season.meeting)


def test_who_asked_cannot_withdraw_what_people_have_been_told_of(
    db: Session, season: Season, officer: FlaskClient
) -> None:
    season.publish(season.meets())
    assert "write to the secretariat, which can call it off" in next_step(officer, season.meeting)
    answer = officer.post(f"/workshops/{season.meeting.id}/withdraw", follow_redirects=True)
    assert "only the secretariat can call it off" in answer.text
    db.expire_all()
    assert season.meeting.state == "approved"


def test_the_secretariat_withdraws_it_and_the_next_version_calls_it_off(
    db: Session, season: Season, coordinator: FlaskClient
) -> None:
    season.publish(season.meets(), season.webinar_at())
    coordinator.post(f"/workshops/{season.meeting.id}/withdraw")
    db.expire_all()
    assert season.meeting.state == "withdrawn"
    assert "the next version of the round calls it off" in next_step(coordinator, season.meeting)
    season.publish(season.webinar_at())
    assert season.session_of(season.meeting).is_cancelled
