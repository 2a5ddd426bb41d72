"""The optional password."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Forbidden
from app.accounts import identity, services
from app.accounts.models import Account, Login
from app.accounts.services.passwords import weakness_of
from app.accounts.services.sign_in import SignIn
from app.facts import AuditEntry
from app.web import limiter
from tests.app.accounts.conftest import Letter
from tests.conftest import NOW
from tests.factories import make_account, make_actor
from tests.pages import Page

GOOD = "trois pirogues à Saint-Louis"
CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""For what tests store beforehand; what the service itself hashes costs what it costs."""


def sign_in(db: Session, email: str, password: str) -> SignIn | None:
    return services.sign_in_with_password(db, email=email, password=password, device="", zone="", now=NOW)


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        (GOOD, None),
        ("tiny", "too_short"),
        ("elevenchars", "too_short"),
        ("twelve chars", None),
        ("x" * 201, "too_long"),
        ("abcdeabcdeab" * 16, None),
        ("aaaaaaaaaaaaaaa", "too_plain"),
        ("123412341234", "too_plain"),
        ("ama@example.org", "too_plain"),
        ("Ndiaye Ndiaye 1", "too_plain"),
    ],
)
def test_length_counts_and_ones_own_name_does_not(password: str, weakness: str | None) -> None:
    assert weakness_of(password, Account(email="ama@example.org", name="Ama Ndiaye")) == weakness


def test_a_password_signs_in_and_only_with_its_address(db: Session) -> None:
    account = make_account(db, email="ama@example.org")
    make_account(db, email="other@example.org")
    actor = identity.actor_of(db, account)
    assert (
        services.set_password(db, actor=actor, account=account, password=GOOD, this_login="", now=NOW) is None
    )
    assert GOOD not in account.password_hash
    assert account.password_hash.startswith("$argon2id$")
    outcome = sign_in(db, "AMA@example.org ", GOOD)
    assert isinstance(outcome, SignIn)
    assert outcome.account is account
    for email, password in [
        ("ama@example.org", GOOD + "."),
        ("other@example.org", GOOD),
        ("no@example.org", GOOD),
    ]:
        assert sign_in(db, email, password) is None


def test_the_same_letters_typed_on_another_keyboard_fit(db: Session) -> None:
    make_account(db, email="ama@example.org", password_hash=CHEAP.hash("caf\u00e9 caf\u00e9 caf\u00e9"))
    assert sign_in(db, "ama@example.org", "cafe\u0301 cafe\u0301 cafe\u0301") is not None


def test_a_hash_with_older_parameters_is_renewed_by_signing_in(db: Session) -> None:
    account = make_account(db, email="ama@example.org", password_hash=CHEAP.hash(GOOD))
    before = account.password_hash
    assert sign_in(db, "ama@example.org", "wrong " + GOOD) is None
    assert account.password_hash == before
    assert sign_in(db, "ama@example.org", GOOD) is not None
    assert account.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_closed_account_is_not_signed_in(db: Session) -> None:
    make_account(db, email="ama@example.org", password_hash=CHEAP.hash(GOOD), is_active=False)
    assert sign_in(db, "ama@example.org", GOOD) is None


def test_an_account_without_a_password_is_not_signed_in_by_any(db: Session) -> None:
    account = make_account(db, email="ama@example.org", password_hash=CHEAP.hash(GOOD))
    services.remove_password(db, actor=identity.actor_of(db, account), account=account, now=NOW)
    for password in (GOOD, "", "None"):
        assert sign_in(db, "ama@example.org", password) is None


def test_nobody_sets_or_removes_anothers_password(db: Session) -> None:
    account, actor = make_account(db), make_actor(db, "coordinator")
    with pytest.raises(Forbidden):
        services.set_password(db, actor=actor, account=account, password=GOOD, this_login="", now=NOW)
    with pytest.raises(Forbidden):
        services.remove_password(db, actor=actor, account=account, now=NOW)


def test_the_audit_trail_has_every_step_and_no_password(db: Session) -> None:
    account = make_account(db, email="ama@example.org")
    actor = identity.actor_of(db, account)
    services.set_password(db, actor=actor, account=account, password=GOOD, this_login="", now=NOW)
    sign_in(db, "ama@example.org", "wrong")
    sign_in(db, "ama@example.org", GOOD)
    services.remove_password(db, actor=actor, account=account, now=NOW)
    entries = db.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(e.fact, e.subject_id, e.facts, e.before, e.after) for e in entries] == [
        ("PasswordSet", account.id, {}, {}, {}),
        ("PasswordRefused", account.id, {}, {}, {}),
        ("SignedIn", account.id, {"by": "password"}, {}, {}),
        ("PasswordRemoved", account.id, {}, {}, {}),
    ]


def test_setting_a_password_on_the_account_page_signs_out_the_other_devices_and_tells_by_mail(
    app: Flask,
    db: Session,
    sign_in_as: Callable[[Account], FlaskClient],
    letters: Callable[[str], list[Letter]],
) -> None:
    account = make_account(db, email="ama@example.org", language="fr")
    here, there = sign_in_as(account), sign_in_as(account)
    assert here.post("/account/password", data={"password": GOOD}).location == "/account#password"
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    [letter] = letters("ama@example.org")
    assert (letter.row.kind, letter.row.language) == ("password", "fr")
    other = app.test_client()
    signed_in = other.post(
        "/sign-in/password", data={"email": "ama@example.org", "password": GOOD, "next": "/account"}
    )
    assert (signed_in.status_code, signed_in.location) == (303, "/account")
    assert other.post("/account/password/remove").status_code == 303
    assert len(letters("ama@example.org")) == 2


def test_a_weak_password_is_refused_at_its_field(
    db: Session, sign_in_as: Callable[[Account], FlaskClient]
) -> None:
    account = make_account(db)
    response = sign_in_as(account).post("/account/password", data={"password": "short"})
    page = Page(response.text)
    assert response.status_code == 422
    assert page.errors() == ["Use at least 12 characters. Several words are easier to remember."]
    assert page.field("password") == ""
    assert page.field("name") == account.name
    assert account.password_hash is None


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client: FlaskClient, db: Session) -> None:
    make_account(db, email="ama@example.org", password_hash=CHEAP.hash(GOOD))
    db.commit()
    answers = []
    for email in ("ama@example.org", "who@example.org"):
        response = client.post("/sign-in/password", data={"email": email, "password": "wrong"})
        page = Page(response.text)
        assert page.field("email") == email
        assert page.field("password") == ""
        answers.append((response.status_code, page.root.text.replace(email, ""), page.errors()))
    assert answers[0] == answers[1]
    assert answers[0][2] == ["Address and password do not fit together."]
    assert db.scalars(select(Login)).all() == []


@pytest.mark.usefixtures("limits")
def test_ten_wrong_passwords_in_an_hour_are_the_last_for_an_address_known_or_not(
    app: Flask, db: Session
) -> None:
    make_account(db, email="ama@example.org", password_hash=CHEAP.hash(GOOD))
    db.commit()
    for email in ("ama@example.org", "who@example.org"):
        browser = app.test_client()
        answers = [
            browser.post("/sign-in/password", data={"email": email, "password": "wrong"}).status_code
            for _ in range(11)
        ]
        assert answers == [422] * 10 + [429]
    right = app.test_client().post("/sign-in/password", data={"email": "Ama@example.org", "password": GOOD})
    assert right.status_code == 429
    limiter.reset()
    right = app.test_client().post("/sign-in/password", data={"email": "ama@example.org", "password": GOOD})
    assert right.status_code == 303
