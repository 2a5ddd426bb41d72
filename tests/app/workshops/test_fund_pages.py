"""Pages of funds: who sees them, what is promised and left of each, and what their form refuses."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.network.models import Organisation
from app.workshops.models import Fund
from tests.app.workshops.pages import filled, shown
from tests.app.workshops.requests import make_request
from tests.counting import queries_made
from tests.factories import make_account, make_fund, make_initiative, make_organisation, make_workshop
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]


def test_a_fund_is_added_and_changed(db: Session, officer: FlaskClient, coalition: Organisation) -> None:
    data = {"title": "Voice", "organisation_id": str(coalition.id), "amount": "5000", "currency": "xof"}
    for _ in range(2):  # the first answer was lost on its way
        answer = officer.post("/workshops/funds/new", data=data | {"once": "a" * 32})
    fund = db.scalars(select(Fund)).one()
    assert (answer.status_code, answer.location) == (303, f"/workshops/funds/{fund.id}")
    assert (fund.amount, fund.currency) == (5000, "XOF")
    page = shown(officer, f"/workshops/funds/{fund.id}/edit")
    assert [page.field(name) for name in ("title", "amount", "currency")] == ["Voice", "5000", "XOF"]
    officer.post(f"/workshops/funds/{fund.id}/edit", data=data | {"amount": "6000"})
    db.expire_all()
    assert fund.amount == 6000


def test_what_is_wrong_with_a_fund_is_said_and_the_input_kept(
    officer: FlaskClient, coalition: Organisation
) -> None:
    data = {"title": "", "organisation_id": str(coalition.id), "amount": "-1", "currency": "euro"}
    answer = officer.post("/workshops/funds/new", data=data)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.errors() == [
        "Give a title.",
        "Give an amount from 0 up.",
        "Give the three letters of a currency.",
    ]
    assert (page.field("amount"), page.field("currency")) == ("-1", "EURO")


def test_the_list_of_funds_shows_what_is_promised_and_what_is_left(
    db: Session, officer: FlaskClient, coalition: Organisation
) -> None:
    fund = make_fund(db, organisation=coalition, title="Voice", amount=10_000)
    make_initiative(db, promises={fund: 11_000})
    own = make_request(db, coalition, state="approved", budget=4_000, funds=[fund])
    foreign = make_workshop(db, titles={"en": "Of others"}, budget=7_000, funds=[fund])
    db.commit()
    assert shown(officer, "/workshops/funds").rows() == [
        ["Voice", coalition.short_name, "€10,000", "€11,000", "€0", "€0", "-€1,000 More than there is"]
    ]
    page = shown(officer, f"/workshops/funds/{fund.id}")
    assert page.links()[own.titles["en"]] == f"/workshops/{own.id}"
    assert foreign.titles["en"] in page.text
    assert foreign.titles["en"] not in page.links()


def test_the_list_of_funds_takes_as_many_queries_with_thirty_as_with_one(
    db: Session, officer: FlaskClient, coalition: Organisation
) -> None:
    counts = []
    for more in (1, 29):
        for _number in range(more):
            make_request(db, coalition, state="approved", funds=[make_fund(db, organisation=coalition)])
        db.commit()
        with queries_made() as statements:
            shown(officer, "/workshops/funds")
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_the_secretariat_keeps_the_fund_of_any_owner(db: Session, secretariat: FlaskClient) -> None:
    owner = make_organisation(db, kind="platform")
    fund = make_fund(db, organisation=owner, title="Small grants")
    db.commit()
    address = f"/workshops/funds/{fund.id}/edit"
    data = filled(shown(secretariat, address))
    assert data["organisation_id"] == [str(owner.id)]
    secretariat.post(address, data=data | {"title": ["Grants"]})
    db.expire_all()
    assert (fund.title, fund.organisation_id) == ("Grants", owner.id)


def test_a_focal_point_reads_the_fund_of_no_one(db: Session, sign_in_as: SignIn) -> None:
    assert sign_in_as(make_account(db, role="focal_point")).get("/workshops/funds").status_code == 403


def test_the_fund_of_another_coalition_does_not_exist(db: Session, officer: FlaskClient) -> None:
    foreign = make_fund(db)
    db.commit()
    assert officer.get(f"/workshops/funds/{foreign.id}").status_code == 404
    assert officer.get(f"/workshops/funds/{foreign.id}/edit").status_code == 404
    assert officer.post(f"/workshops/funds/{foreign.id}/edit").status_code == 404
