"""Tokens: made and taken back by their owner, shown once, kept hashed, bound by scopes, roles and time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.access import Forbidden
from app.accounts import services
from app.accounts.identity import actor_of, hash_of
from app.accounts.models import Account, ApiToken
from app.errors import Conflict, Invalid
from app.facts import AuditEntry
from tests.app.api.conftest import MakeProgram
from tests.app.api.programs import Program
from tests.app.schedule.seasons import Season
from tests.conftest import NOW
from tests.factories import make_account, make_actor
from tests.pages import Page

SignInAs = Callable[[Account], FlaskClient]
FORM = {"name": "My notebook", "scopes": ["read", "plan"], "days": "30", "once": "a" * 32}


def make_token(db: Session, account: Account, **values: object) -> services.tokens.IssuedToken:
    given = {"name": "x", "scopes": ["read"], "valid_for": timedelta(days=1), "now": NOW, **values}
    return services.issue_token(db, actor=actor_of(db, account), account=account, **given)  # type: ignore[arg-type]


def test_a_token_is_shown_once_and_kept_hashed(db: Session, sign_in_as: SignInAs) -> None:
    account = make_account(db)
    client = sign_in_as(account)
    page = Page(client.post("/account/tokens", data=FORM).text)
    secret = page.root.one("input", readonly="").attributes["value"]
    assert secret.startswith("baraza_")
    token = db.scalars(select(ApiToken)).one()
    assert (token.token_hash, token.scopes) == (hash_of(secret), ["read", "plan"])
    listed = client.get("/account/tokens").text
    assert "My notebook" in Page(listed).text
    assert secret not in listed


def test_a_form_sent_twice_makes_one_token(db: Session, sign_in_as: SignInAs) -> None:
    client = sign_in_as(make_account(db))
    client.post("/account/tokens", data=FORM)
    again = client.post("/account/tokens", data=FORM)
    assert (again.status_code, again.location) == (303, "/account/tokens")
    assert len(db.scalars(select(ApiToken)).all()) == 1


def test_what_is_made_and_taken_back_is_on_record_without_the_secret(db: Session) -> None:
    account = make_account(db)
    issued = make_token(db, account)
    services.revoke_token(db, actor=actor_of(db, account), token=issued.token, now=NOW)
    entries = db.scalars(select(AuditEntry).where(AuditEntry.fact.like("Token%"))).all()
    assert [entry.fact for entry in entries] == ["TokenIssued", "TokenRevoked"]
    assert all(issued.secret not in str((entry.facts, entry.before, entry.after)) for entry in entries)


def test_nobody_makes_or_takes_back_a_token_of_another(db: Session) -> None:
    account, other = make_account(db), make_actor(db, "coordinator")
    token = make_token(db, account).token
    with pytest.raises(Forbidden):
        services.revoke_token(db, actor=other, token=token, now=NOW)
    with pytest.raises(Forbidden):
        services.issue_token(
            db, actor=other, account=account, name="x", scopes=["read"], valid_for=timedelta(1), now=NOW
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "  "},
        {"scopes": []},
        {"scopes": ["read", "everything"]},
        {"valid_for": timedelta(0)},
        {"valid_for": timedelta(days=400)},
    ],
    ids=str,
)
def test_a_token_needs_a_name_known_scopes_and_an_end(db: Session, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        make_token(db, make_account(db), **wrong)


def test_an_account_has_twenty_tokens_at_most(db: Session) -> None:
    account = make_account(db)
    for _ in range(20):
        make_token(db, account)
    with pytest.raises(Conflict, match="too_many_tokens"):
        make_token(db, account)


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer baraza_wrong", "Basic {secret}", "Token {secret}", "Bearer {secret}x"],
)
def test_without_a_right_token_there_is_no_answer(app: Flask, program: Program, header: str) -> None:
    answer = app.test_client().get(
        "/api/v1/me", headers={"Authorization": header.format(secret=program.secret)}
    )
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json["code"] == "no_token"  # type: ignore[index]


def test_a_token_ends_when_its_time_is_over_when_it_is_revoked_and_with_its_account(
    db: Session, program_of: MakeProgram
) -> None:
    ran_out, revoked, closed = (program_of(make_account(db)) for _ in range(3))
    assert {each("GET", "/me").status_code for each in (ran_out, revoked, closed)} == {200}
    db.get_one(ApiToken, ran_out.token.id).expires_at = clock.now() - timedelta(seconds=1)
    db.delete(db.get_one(ApiToken, revoked.token.id))
    db.get_one(Account, closed.token.account_id).is_active = False
    db.commit()
    assert {each("GET", "/me").status_code for each in (ran_out, revoked, closed)} == {401}


def test_scopes_narrow_what_roles_allow(
    db: Session, season: Season, coordinator: Account, program_of: MakeProgram
) -> None:
    draft = season.draft(season.meets())
    reader = program_of(coordinator, scopes=("read",))
    assert reader("GET", f"/drafts/{draft.id}").status_code == 200
    for path, scope in {
        f"/rounds/{season.round.id}/planning": "plan",
        f"/drafts/{draft.id}/publish": "publish",
    }.items():
        answer = reader("POST", path, {})
        assert answer.status_code == 403
        assert (answer.json["code"], answer.json["scope"]) == ("insufficient_scope", scope)  # type: ignore[index]


def test_scopes_give_nothing_that_roles_do_not(db: Session, season: Season, program_of: MakeProgram) -> None:
    draft = season.draft(season.meets())
    officer = program_of(make_account(db, role="officer"))
    assert officer("GET", "/rounds").status_code == 403
    assert officer("POST", f"/drafts/{draft.id}/publish", {}).status_code == 403
    assert officer("GET", "/sessions").status_code == 200


def test_the_last_use_is_noted_once_an_hour(
    db: Session, program_of: MakeProgram, counted_statements: list[str]
) -> None:
    program = program_of(make_account(db))
    program("GET", "/me")
    used = db.get_one(ApiToken, program.token.id).last_used_at
    assert used is not None
    counted_statements.clear()
    program("GET", "/me")
    assert not [statement for statement in counted_statements if statement.startswith("UPDATE")]


def test_whose_token_it_is(program: Program, coordinator: Account) -> None:
    told = program("GET", "/me").json
    assert (told["name"], told["scopes"]) == (coordinator.name, ["read", "plan", "publish"])  # type: ignore[index]
    assert [role["role"] for role in told["roles"]] == ["coordinator"]  # type: ignore[index]
