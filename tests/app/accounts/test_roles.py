"""The coordinator's care of accounts and roles, and the first coordinator."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Forbidden, system
from app.accounts import identity, services
from app.accounts.models import Account
from app.accounts.services.sign_in import state_of_link
from app.errors import Conflict, Invalid
from app.facts import AuditEntry
from app.network.models import Organisation
from tests.app.accounts.conftest import Letter
from tests.conftest import NOW
from tests.counting import queries_made
from tests.factories import make_account, make_actor, make_organisation, make_person
from tests.pages import Page

SignInAs = Callable[[Account], FlaskClient]


@pytest.fixture
def boss(db: Session) -> Account:
    return make_account(db, role="coordinator", name="Boss", language="en")


# -- Services


@pytest.mark.parametrize(
    ("role", "kind"), [("coordinator", "secretariat"), ("officer", "coalition"), ("focal_point", "platform")]
)
def test_a_role_is_held_at_its_kind_of_organisation_and_at_no_other(
    db: Session, role: str, kind: str
) -> None:
    actor, account = make_actor(db, "coordinator"), make_account(db)
    for other in {"secretariat", "coalition", "platform", "member"} - {kind}:
        with pytest.raises(Invalid, match="wrong_kind"):
            services.grant_role(
                db,
                actor=actor,
                account=account,
                role=role,
                organisation=make_organisation(db, kind=other),
                now=NOW,
            )
    organisation = make_organisation(db, kind=kind)
    services.grant_role(db, actor=actor, account=account, role=role, organisation=organisation, now=NOW)
    assert identity.actor_of(db, account).roles == {(role, organisation.id)}


def test_granting_and_revoking_are_recorded_once_with_role_and_organisation(db: Session) -> None:
    actor, account = make_actor(db, "coordinator"), make_account(db)
    coalition = make_organisation(db, kind="coalition")
    for _ in range(2):
        grant = services.grant_role(
            db, actor=actor, account=account, role="officer", organisation=coalition, now=NOW
        )
    services.revoke_role(db, actor=actor, grant=grant, now=NOW)
    assert identity.actor_of(db, account).roles == frozenset()
    entries = db.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(e.fact, e.subject_id, e.actor_account_id, e.facts) for e in entries] == [
        (fact, account.id, actor.account_id, {"role": "officer", "organisation_id": coalition.id})
        for fact in ("RoleGranted", "RoleRevoked")
    ]


@pytest.mark.parametrize("role", [None, "officer", "focal_point"])
def test_only_coordinators_care_for_accounts(db: Session, role: str | None) -> None:
    actor, account = make_actor(db, role), make_account(db, role="officer")
    coalition = make_organisation(db, kind="coalition")
    refused = [
        lambda: services.grant_role(
            db, actor=actor, account=account, role="officer", organisation=coalition, now=NOW
        ),
        lambda: services.revoke_role(db, actor=actor, grant=account.grants[0], now=NOW),
        lambda: services.open_account(
            db, actor=actor, email="a@example.org", name="A", language="en", now=NOW
        ),
        lambda: services.deactivate_account(db, actor=actor, account=account, now=NOW),
        lambda: services.reactivate_account(db, actor=actor, account=account, now=NOW),
    ]
    for attempt in refused:
        with pytest.raises(Forbidden):
            attempt()


def test_the_last_coordinator_stays(db: Session) -> None:
    last = make_account(db, role="coordinator")
    make_account(db, role="coordinator", is_active=False)
    actor = identity.actor_of(db, last)
    with pytest.raises(Conflict, match="last_coordinator"):
        services.revoke_role(db, actor=actor, grant=last.grants[0], now=NOW)
    with pytest.raises(Conflict, match="last_coordinator"):
        services.deactivate_account(db, actor=system("test"), account=last, now=NOW)
    with pytest.raises(Conflict, match="own_account"):
        services.deactivate_account(db, actor=actor, account=last, now=NOW)
    make_account(db, role="coordinator")
    services.revoke_role(db, actor=actor, grant=last.grants[0], now=NOW)
    assert last.grants == []


def test_an_account_is_opened_once_for_an_address_and_belongs_to_its_person(db: Session) -> None:
    actor, person = make_actor(db, "coordinator"), make_person(db, email="ama@example.org")
    opened = services.open_account(
        db, actor=actor, email=" Ama@example.org", name="Ama", language="fr", now=NOW
    )
    assert opened is not None
    assert (opened.email, opened.person, opened.timezone) == ("ama@example.org", person, "Africa/Dakar")
    assert (
        services.open_account(db, actor=actor, email="AMA@example.org", name="A", language="fr", now=NOW)
        is None
    )
    assert [entry.fact for entry in db.scalars(select(AuditEntry))] == ["AccountOpened"]


def test_closing_and_opening_again_are_recorded_once_each(db: Session) -> None:
    actor, account = make_actor(db, "coordinator"), make_account(db)
    for verb in (services.deactivate_account, services.reactivate_account):
        for _ in range(2):
            verb(db, actor=actor, account=account, now=NOW)
    entries = db.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(e.fact, e.before, e.after) for e in entries] == [
        ("AccountDeactivated", {"is_active": True}, {"is_active": False}),
        ("AccountReactivated", {"is_active": False}, {"is_active": True}),
    ]


# -- Pages


def test_a_coordinator_finds_accounts_by_name_address_and_organisation(
    db: Session, boss: Account, sign_in_as: SignInAs
) -> None:
    pacific = make_organisation(db, kind="coalition", name="Pacific coalition", acronym="PIANGO")
    make_account(db, role="officer", organisation=pacific, name="Sina", email="sina@example.ws")
    make_account(db, name="50% Ltd", email="z@example.org")
    browser = sign_in_as(boss)

    def found(search: str) -> list[str]:
        rows = Page(browser.get("/accounts", query_string={"q": search}).text).rows()
        return [" ".join(row) for row in rows]

    assert len(found("")) == 3
    for search in ("sin", "EXAMPLE.WS", "pacific", "piango"):
        [row] = found(search)
        assert "Sina" in row
        assert "Coalition officer at Pacific coalition" in row
    assert ["50% Ltd" in row for row in found("%")] == [True]
    assert found("nobody of this name") == []


def test_thirty_accounts_cost_as_many_queries_as_one(
    db: Session, boss: Account, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(boss)

    browser.get("/accounts")
    with queries_made() as with_one:
        browser.get("/accounts")
    for _ in range(29):
        make_account(db, role="officer")
    db.commit()
    with queries_made() as with_thirty:
        assert len(Page(browser.get("/accounts").text).rows()) == 30
    assert len(with_thirty) == len(with_one)


def test_the_fifty_first_account_is_on_the_second_page(
    db: Session, boss: Account, sign_in_as: SignInAs
) -> None:
    for n in range(50):
        make_account(db, name=f"Aaa {n:02}")
    page = Page(sign_in_as(boss).get("/accounts?page=2").text)
    assert [row[0].split()[-2:] for row in page.rows()] == [["Boss", boss.email]]


def test_a_coordinator_opens_an_account_and_grants_a_role_and_its_owner_is_told(
    app: Flask, db: Session, boss: Account, sign_in_as: SignInAs, letters: Callable[[str], list[Letter]]
) -> None:
    pacific = make_organisation(db, kind="coalition", name="Pacific coalition")
    browser = sign_in_as(boss)
    response = browser.post(
        "/accounts/new", data={"email": "sina@example.ws", "name": "Sina", "language": "es"}
    )
    page = Page(browser.get(response.location).text)
    assert page.heading == "Sina"
    [letter] = letters("sina@example.ws")
    assert (letter.row.kind, letter.row.language) == ("account_opened", "es")
    labels = [
        group.attributes["label"] for group in page.root.one("select", name="organisation").all("optgroup")
    ]
    assert labels == ["Coordinator", "Coalition officer"]
    assert (
        browser.post(f"{response.location}/roles", data={"organisation": str(pacific.id)}).status_code == 303
    )
    page = Page(browser.get(response.location).text)
    assert [row[0] for row in page.rows()] == ["Coalition officer at Pacific coalition"]
    [revoke] = [f for f in page.root.all("form") if f.attributes.get("action", "").endswith("/revoke")]
    browser.post(revoke.attributes["action"])
    sina = db.scalars(select(Account).where(Account.name == "Sina")).one()
    assert sina.grants == []


def test_an_address_that_has_an_account_is_refused_at_its_field(
    db: Session, boss: Account, sign_in_as: SignInAs
) -> None:
    form = {"email": boss.email, "name": "Again", "language": "en"}
    response = sign_in_as(boss).post("/accounts/new", data=form)
    page = Page(response.text)
    assert (response.status_code, page.errors()) == (422, ["There is an account with this address already."])
    assert page.field("name") == "Again"


@pytest.mark.parametrize("organisation", ["", "999", "abc", "member"])
def test_a_role_at_no_fitting_organisation_is_refused(
    db: Session, boss: Account, sign_in_as: SignInAs, organisation: str
) -> None:
    account, member = make_account(db), make_organisation(db, kind="member")
    value = str(member.id) if organisation == "member" else organisation
    response = sign_in_as(boss).post(f"/accounts/{account.id}/roles", data={"organisation": value})
    assert response.status_code == 303
    assert account.grants == []


def test_a_closed_account_is_out_at_once_and_its_old_cookie_never_works_again(
    db: Session, boss: Account, sign_in_as: SignInAs
) -> None:
    account = make_account(db)
    browser, browser_of_boss = sign_in_as(account), sign_in_as(boss)
    assert browser.get("/account").status_code == 200
    browser_of_boss.post(f"/accounts/{account.id}/deactivate")
    assert browser.get("/account").status_code == 302
    browser_of_boss.post(f"/accounts/{account.id}/reactivate")
    assert browser.get("/account").status_code == 302
    assert account.is_active


def test_the_last_coordinator_is_told_why_they_keep_the_role(
    db: Session, boss: Account, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(boss)
    response = browser.post(f"/accounts/{boss.id}/roles/{boss.grants[0].id}/revoke")
    page = Page(browser.get(response.location).text)
    assert "This is the last coordinator: make somebody else one first." in page.root.one(role="status").text
    assert len(boss.grants) == 1


def test_anothers_role_cannot_be_revoked_by_a_wrong_address(
    db: Session, boss: Account, sign_in_as: SignInAs
) -> None:
    officer = make_account(db, role="officer")
    path = f"/accounts/{boss.id}/roles/{officer.grants[0].id}/revoke"
    assert sign_in_as(boss).post(path).status_code == 404
    assert len(officer.grants) == 1


def test_others_do_not_see_accounts(client: FlaskClient, db: Session, sign_in_as: SignInAs) -> None:
    account = make_account(db)
    paths = ["/accounts", "/accounts/new", f"/accounts/{account.id}"]
    for role in (None, "officer", "focal_point"):
        browser = sign_in_as(make_account(db, role=role))
        assert {browser.get(path).status_code for path in paths} == {403}
        assert browser.post(f"/accounts/{account.id}/deactivate").status_code == 403
    assert {client.get(path).status_code for path in paths} == {302}


# -- The first coordinator


def test_create_admin_makes_a_coordinator_and_a_secretariat_and_prints_a_link_that_works_once(
    app: Flask, db: Session
) -> None:
    result = app.test_cli_runner().invoke(args=["create-admin", "Ama@Example.org", "--name", "Ama"])
    assert result.exit_code == 0, result.output
    account = db.scalars(select(Account)).one()
    assert (account.email, account.name) == ("ama@example.org", "Ama")
    assert identity.actor_of(db, account).is_coordinator
    secretariat = db.scalars(select(Organisation)).one()
    assert (secretariat.kind, secretariat.name) == ("secretariat", "Baraza")
    found = re.search(r"http://127\.0\.0\.1:8000(/sign-in/link/\S+)", result.output)
    assert found
    browser = app.test_client()
    assert browser.post(found[1]).status_code == 303
    assert browser.get("/accounts").status_code == 200
    assert app.test_client().post(found[1]).status_code == 410


def test_create_admin_run_again_only_makes_another_link(app: Flask, db: Session) -> None:
    run = app.test_cli_runner().invoke
    links = [run(args=["create-admin", "ama@example.org"]).output.rsplit("/", 1)[1].strip() for _ in range(2)]
    db.expire_all()
    account = db.scalars(select(Account)).one()
    assert len(account.grants) == len(db.scalars(select(Organisation)).all()) == 1
    now = account.created_at
    assert [state_of_link(db, token=token, now=now) for token in links] == ["valid", "valid"]
    facts = db.scalars(select(AuditEntry.fact).order_by(AuditEntry.id)).all()
    assert facts == ["SecretariatAdded", "AccountOpened", "RoleGranted", "LinkIssued", "LinkIssued"]


def test_create_admin_refuses_what_is_no_address(app: Flask, db: Session) -> None:
    result = app.test_cli_runner().invoke(args=["create-admin", "ama"])
    assert result.exit_code == 2
    assert "EMAIL" in result.output
    assert db.scalars(select(Account)).all() == []
