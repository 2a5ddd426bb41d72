"""Deny by default: the rules, what a role reaches, and the gate that every request passes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import config
from app import access, clock, create_app
from app.access import NOBODY, Actor, Forbidden, allow, require, rule_of, system
from app.accounts.identity import actor_of, cookieless, sign_in
from app.accounts.models import RoleGrant
from app.db import Base, database
from tests.conftest import NOW
from tests.factories import make_account, make_actor, make_organisation
from tests.pages import Page

ACTORS = {
    "nobody": NOBODY,
    "member": Actor(account_id=1),
    "focal point": Actor(account_id=1, roles=frozenset({("focal_point", 7)})),
    "officer": Actor(account_id=1, roles=frozenset({("officer", 7)})),
    "coordinator": Actor(account_id=1, roles=frozenset({("coordinator", 7)})),
}


@pytest.mark.parametrize(
    ("rule", "let_in"),
    [
        (access.anybody, {"nobody", "member", "focal point", "officer", "coordinator"}),
        (access.signed_in, {"member", "focal point", "officer", "coordinator"}),
        (access.staff, {"focal point", "officer", "coordinator"}),
        (access.requester, {"officer", "coordinator"}),
        (access.coordinator, {"coordinator"}),
    ],
)
def test_each_rule_lets_in_whom_it_names(rule: access.Rule, let_in: set[str]) -> None:
    assert {name for name, actor in ACTORS.items() if rule(actor)} == let_in


def test_the_service_itself_may_do_all_and_is_nobody_signed_in() -> None:
    service = system("worker")
    assert service.is_coordinator
    assert service.acts_for(99)
    assert not access.signed_in(service)
    assert not access.coordinator(service)  # routes are for people


def test_require_lets_pass_or_raises() -> None:
    require(True)
    with pytest.raises(Forbidden):
        require(False)


def test_a_role_reaches_its_organisation_and_everything_below_and_nothing_beside(db: Session) -> None:
    coalition, other = (make_organisation(db, kind="coalition") for _ in range(2))
    platform, beside = (make_organisation(db) for _ in range(2))
    member = make_organisation(db, kind="member")
    coalition.members, other.members, platform.members = [platform], [beside], [member]
    db.flush()
    officer = actor_of(db, make_account(db, role="officer", organisation=coalition))
    focal_point = actor_of(db, make_account(db, role="focal_point", organisation=platform))
    assert officer.organisation_ids == {coalition.id, platform.id, member.id}
    assert focal_point.organisation_ids == {platform.id, member.id}
    assert [officer.acts_for(o.id) for o in (coalition, member, other, beside)] == [True, True, False, False]
    assert not officer.acts_for(None)


def test_organisations_in_a_ring_do_not_hang(db: Session) -> None:
    one, two = make_organisation(db), make_organisation(db)
    one.members, two.members = [two], [one]
    db.flush()
    actor = actor_of(db, make_account(db, role="focal_point", organisation=one))
    assert actor.organisation_ids == {one.id, two.id}


def test_roles_at_two_organisations_add_up(db: Session) -> None:
    account, platform = make_account(db, role="officer"), make_organisation(db)
    account.grants.append(RoleGrant(role="focal_point", organisation=platform, granted_at=NOW))
    db.flush()
    actor = actor_of(db, account)
    assert actor.has_role("officer")
    assert actor.organisations_as("focal_point") == {platform.id}
    assert len(actor.organisation_ids) == 2


def test_a_coordinator_acts_for_all_and_an_account_without_a_role_for_none(db: Session) -> None:
    organisation = make_organisation(db)
    assert make_actor(db, "coordinator").acts_for(organisation.id)
    assert not make_actor(db).acts_for(organisation.id)


# -- The gate


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application of its own, with a route of each kind beside the usual ones."""
    app = create_app(
        config.load(
            {}, environment="testing", secret_key="k" * 40, instance_path=tmp_path_factory.mktemp("gate")
        )
    )
    app.config["WTF_CSRF_ENABLED"] = False
    views: dict[str, Callable[[], str]] = {
        "forgotten": lambda: "in",
        "open": allow(access.anybody)(lambda: "in"),
        "members": allow(access.signed_in)(lambda: "in"),
        "coordinators": allow(access.coordinator)(lambda: "in"),
        "cookieless": cookieless(allow(access.signed_in)(lambda: "in")),
    }
    for name, view in views.items():
        app.add_url_rule(f"/{name}", name, view, methods=["GET", "POST"])
    with app.app_context():
        Base.metadata.create_all(database.engine)
    return app


@pytest.fixture
def visitor(gated: Flask) -> FlaskClient:
    return gated.test_client()


def signed_in_to(gated: Flask, role: access.RoleName | None) -> FlaskClient:
    with gated.app_context():
        db = database.session()
        token = sign_in(db, account=make_account(db, role=role), device="", now=clock.now())
        db.commit()
    client = gated.test_client()
    with client.session_transaction() as cookie:
        cookie["login"] = token
    return client


def test_a_route_without_a_rule_is_closed_to_everybody(gated: Flask, visitor: FlaskClient) -> None:
    for browser in (visitor, signed_in_to(gated, "coordinator")):
        assert browser.get("/forgotten").status_code == 403
        assert browser.post("/forgotten").status_code == 403


def test_the_gate_asks_visitors_to_sign_in_and_refuses_those_who_may_not(
    gated: Flask, visitor: FlaskClient
) -> None:
    browsers = [visitor, signed_in_to(gated, None), signed_in_to(gated, "coordinator")]
    answers = [
        [browser.get(path).status_code for path in ("/open", "/members", "/coordinators")]
        for browser in browsers
    ]
    assert answers == [[200, 302, 302], [200, 200, 403], [200, 200, 200]]
    assert visitor.get("/members?a=1").location == "/sign-in?next=/members?a%3D1"
    assert visitor.post("/members").status_code == 403


def test_a_cookieless_route_takes_nobody_for_signed_in(gated: Flask) -> None:
    browser = signed_in_to(gated, "coordinator")
    assert browser.get("/members").status_code == 200
    assert browser.get("/cookieless").status_code == 302


def test_a_made_up_or_foreign_cookie_signs_nobody_in(gated: Flask, visitor: FlaskClient) -> None:
    signed_in_to(gated, "coordinator")
    with visitor.session_transaction() as cookie:
        cookie["login"] = "made-up"
    assert visitor.get("/members").status_code == 302
    visitor.set_cookie("baraza", "eyJsb2dpbiI6IngifQ.made.up")
    assert visitor.get("/members").status_code == 302


def test_what_is_not_there_is_not_found_and_not_forbidden(client: FlaskClient) -> None:
    response = client.get("/no/such/page")
    assert response.status_code == 404
    assert Page(response.text).heading


def test_every_route_of_the_service_has_a_rule(app: Flask) -> None:
    without = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and rule_of(app.view_functions.get(rule.endpoint)) is None
    ]
    assert without == []
