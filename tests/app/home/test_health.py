"""The pages for machines: health, readiness, metrics; and the one about Baraza."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import schema
from app.jobs.models import Job
from tests.pages import Page

QUEUED = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def stamp(db: Session, number: str) -> None:
    """Say in the database at which migration it stands."""
    db.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))"))
    db.execute(text("DELETE FROM alembic_version"))
    db.execute(text("INSERT INTO alembic_version VALUES (:number)"), {"number": number})
    db.commit()


def test_health_answers_without_a_database(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_readiness_needs_the_newest_form_of_the_database(client: FlaskClient, db: Session) -> None:
    before = client.get("/readyz")
    stamp(db, "0000")
    older = client.get("/readyz")
    stamp(db, schema.newest())
    ready = client.get("/readyz")
    assert [before.status_code, older.status_code, ready.status_code] == [503, 503, 200]
    assert older.json == {"status": "not ready"}


def figures(page: str) -> dict[str, float]:
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in page.splitlines() if line[0] != "#")
    }


def test_metrics_count_jobs_by_state_and_tell_the_oldest_that_waits(client: FlaskClient, db: Session) -> None:
    empty = figures(client.get("/metrics").text)
    assert empty["baraza_oldest_job_timestamp"] == 0
    for state in ("queued", "queued", "done"):
        db.add(Job(kind="plan_round", subject_id=1, state=state, queued_at=QUEUED))
    helping = {"kind": "assist_planning", "subject_id": 1}  # for which nobody waits
    db.add(Job(**helping, state="queued", queued_at=QUEUED - timedelta(hours=1)))
    db.commit()
    found = figures(client.get("/metrics").text)
    assert found['baraza_jobs{state="queued"}'] == 3
    assert found['baraza_jobs{state="done"}'] == 1
    assert found["baraza_oldest_job_timestamp"] == QUEUED.timestamp()


def test_metrics_count_requests_by_pattern_never_by_address(client: FlaskClient) -> None:
    client.get("/calendar/7-secretsignature.ics")
    page = client.get("/metrics").text
    assert "secretsignature" not in page
    assert figures(page)[
        'baraza_requests_total{route="/calendar/<int:feed_id>-<string:signature>.ics",status="404"}'
    ]


@pytest.mark.parametrize(
    ("header", "status"),
    [(None, 404), ("Bearer wrong", 404), ("Bearer the-token", 200), ("Basic the-token", 404)],
)
def test_with_a_token_metrics_are_for_who_shows_it(
    app: Flask, client: FlaskClient, header: str | None, status: int
) -> None:
    app.config["METRICS_TOKEN"] = "the-token"
    try:
        answer = client.get("/metrics", headers={"Authorization": header} if header else {})
    finally:
        app.config["METRICS_TOKEN"] = ""
    assert answer.status_code == status


def test_about_names_the_version_and_the_sources(client: FlaskClient) -> None:
    from app import __version__

    page = Page(client.get("/about").text)
    assert __version__ in page.text
    assert page.heading


def test_help_is_open_to_all_and_every_page_leads_to_it(client: FlaskClient) -> None:
    assert Page(client.get("/sign-in").text).links()["Help"] == "/help"
    page = Page(client.get("/help").text)
    assert page.heading == "Help"
    for where in ("#participants", "#facilitators", "#focal-points", "#officers", "#coordinators"):
        assert where in page.links().values()
        assert page.root.one("h2", id=where[1:])
