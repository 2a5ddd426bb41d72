"""Everything that is stored about one person, and nothing about another."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Forbidden
from app.accounts import identity, services
from app.accounts.models import Account, Login, SignInCode
from app.accounts.personal_data import personal_data
from app.availability.models import AvailabilitySpan
from app.db import Base
from app.facts import AuditEntry
from app.mail.services import queue_letter
from app.network.models import Group, Person
from tests.conftest import NOW
from tests.counting import queries_made
from tests.factories import make_account, make_actor, make_organisation, make_person, make_topic


@pytest.fixture
def ama(db: Session) -> Account:
    """Somebody with a row in every corner, beside somebody else with as many."""
    topic = make_topic(db, code="advocacy")
    for name in ("other", "ama"):
        organisation = make_organisation(db, code=f"org-of-{name}")
        person = make_person(
            db, code=name, name=name, email=f"{name}@example.org", organisation=organisation,
            teaches={topic: 3}, wants={topic: 2},
        )  # fmt: skip
        account = make_account(
            db, email=f"{name}@example.org", name=name, person=person, password_hash="$argon2id$x"
        )
        identity.sign_in(db, account=account, device="Firefox", now=NOW)
        services.issue_link(db, account=account, now=NOW, valid_for=timedelta(hours=1))
        db.add(
            AvailabilitySpan(
                person=person, kind="unavailable", first_day=date(2027, 1, 4), last_day=date(2027, 1, 8)
            )
        )
        db.add(
            Group(
                code=f"group-{name}",
                titles={"en": name},
                organisation=organisation,
                created_at=NOW,
                people=[person],
            )
        )
        queue_letter(
            db, key=name, kind="test", to_name=name, to_address=f"{name}@example.org", language="en",
            subject="Hello", text=f"for {name}", html="", now=NOW, calendar=b"BEGIN:VCALENDAR",
            method="REQUEST",
        )  # fmt: skip
    db.commit()
    return account


def export(db: Session, account: Account) -> dict[str, list[dict[str, object]]]:
    return personal_data(db, actor=identity.actor_of(db, account), account=account)


def test_the_export_has_a_part_for_everything_stored(db: Session, ama: Account) -> None:
    stored = export(db, ama)
    assert set(stored) == {
        "account", "audit_entry", "availability_span", "group_person", "login", "outbox_letter", "person",
        "sign_in_code", "skill", "want",
    }  # fmt: skip
    assert {len(rows) for rows in stored.values()} == {1}
    assert stored["person"][0]["email"] == "ama@example.org"
    assert stored["person"][0]["organisation_id"] == "org-of-ama"
    assert stored["skill"][0]["topic_id"] == "advocacy"
    assert stored["group_person"] == [{"group_id": "group-ama", "person_id": "ama"}]
    assert (stored["availability_span"][0]["first_day"], stored["login"][0]["created_at"]) == (
        "2027-01-04",
        "2026-11-21T09:00:00+00:00",
    )
    assert stored["outbox_letter"][0]["calendar"] == "BEGIN:VCALENDAR"
    assert stored["audit_entry"][0]["fact"] == "LinkIssued"


def test_the_export_holds_no_secret_and_nothing_of_anybody_else(db: Session, ama: Account) -> None:
    written = json.dumps(export(db, ama))
    secrets = [
        ama.password_hash,
        *db.scalars(select(Login.token_hash)),
        *db.scalars(select(SignInCode.link_hash)),
    ]
    assert not [secret for secret in secrets if secret in written]
    assert "other" not in written


def test_somebody_without_a_person_gets_their_account_and_no_strangers_rows(
    db: Session, ama: Account
) -> None:
    alone = make_account(db)
    assert set(export(db, alone)) == {"account"}


def test_every_table_that_points_to_a_person_or_account_is_looked_into(db: Session, ama: Account) -> None:
    """A new table is either found by its foreign keys, or whoever adds it has to think of this export."""
    speaks_of_people = {"email", "to_address", "actor_account_id", "account_id", "person_id"}
    for table in Base.metadata.sorted_tables:
        if speaks_of_people & set(table.columns.keys()):
            points = {key.column.table.name for key in table.foreign_keys} & {"account", "person"}
            named = {"account", "person", "audit_entry", "outbox_letter", "sign_in_code"}
            assert points or table.name in named, table.name


def test_nobody_exports_anothers_data(db: Session, ama: Account) -> None:
    actor = make_actor(db, "coordinator")
    with pytest.raises(Forbidden):
        personal_data(db, actor=actor, account=ama)
    with pytest.raises(Forbidden):
        services.note_export(db, actor=actor, account=ama, now=NOW)


def test_the_download_is_a_file_and_is_put_on_record(
    db: Session, ama: Account, sign_in_as: Callable[[Account], FlaskClient]
) -> None:
    browser = sign_in_as(ama)
    assert browser.get("/account/data").status_code == 405
    response = browser.post("/account/data")
    assert response.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json["person"][0]["name"] == "ama"
    last = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (last.fact, last.subject_id, last.actor_account_id) == ("PersonalDataExported", ama.id, ama.id)


def test_the_query_count_does_not_grow_with_the_rows(db: Session, ama: Account) -> None:
    export(db, ama)
    with queries_made() as before:
        export(db, ama)
    person = db.get(Person, ama.person_id)
    for n in range(1, 21):
        day = date(2027, 2, n)
        db.add(AvailabilitySpan(person=person, kind="preferred", first_day=day, last_day=day))
    db.commit()
    with queries_made() as after:
        assert len(export(db, ama)["availability_span"]) == 21
    assert len(after) == len(before)
