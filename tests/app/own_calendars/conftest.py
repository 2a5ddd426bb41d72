"""Somebody with an account who lives in Dakar, and an installation that may read from this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.jobs.models import Job
from app.jobs.worker import run_job
from app.network.models import Person
from app.own_calendars.models import OwnCalendar
from app.stages import JOBS
from tests.factories import make_account, make_facilitator, make_topic

SignIn = Callable[[Account], FlaskClient]


@pytest.fixture
def ama(db: Session) -> Person:
    return make_facilitator(db, make_topic(db), name="Ama", email="ama@example.org")


@pytest.fixture
def account(db: Session, ama: Person) -> Account:
    return make_account(db, person=ama, email="ama@example.org", name="Ama")


@pytest.fixture
def client(account: Account, sign_in_as: SignIn) -> FlaskClient:
    return sign_in_as(account)


@pytest.fixture
def from_here(app: Flask) -> Iterator[None]:
    """Calendars may be read from this machine."""
    settings = app.extensions["baraza.settings"]
    app.extensions["baraza.settings"] = settings.model_copy(update={"calendars_from_loopback": True})
    yield
    app.extensions["baraza.settings"] = settings


def do_jobs(db: Session) -> int:
    """Have a worker do what is queued; returns how many jobs."""
    waiting = db.scalars(select(Job.id).where(Job.state == "queued").order_by(Job.id)).all()
    db.commit()
    for job_id in waiting:
        run_job(job_id, JOBS)
    db.expire_all()
    return len(waiting)


def only_calendar(db: Session) -> OwnCalendar:
    db.expire_all()
    return db.scalars(select(OwnCalendar)).one()
