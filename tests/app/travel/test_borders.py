"""Closed borders: who writes them down, and what the planner makes of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, Forbidden, system
from app.accounts.models import Account
from app.errors import Invalid
from app.facts import AuditEntry
from app.planning.round_builder import build_round
from app.travel.models import BorderClosure
from app.travel.queries import closed_borders
from app.travel.services import close_border
from solver import read_round
from tests.app.planning.rounds import make_small_round
from tests.conftest import NOW
from tests.factories import make_account
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]
SECRETARIAT = system("test")
CLOSED = {"closed": "GH", "first_day": "2027-03-01", "last_day": "2027-03-14"}


def close(db: Session, country: str, first: str, last: str) -> BorderClosure:
    return close_border(
        db,
        actor=SECRETARIAT,
        country=country,
        first_day=date.fromisoformat(first),
        last_day=date.fromisoformat(last),
        now=NOW,
    )


def test_borders_are_kept_by_officers_and_coordinators(
    client: FlaskClient, db: Session, sign_in_as: SignIn
) -> None:
    for reader in (client, sign_in_as(make_account(db, role="focal_point"))):
        assert reader.post("/travel/borders", data=CLOSED).status_code in (302, 303, 403)
    assert db.scalars(select(BorderClosure)).all() == []
    officer = sign_in_as(make_account(db, role="officer"))
    officer.post("/travel/borders", data=CLOSED)
    officer.post("/travel/borders", data=CLOSED)  # the same again is the same
    (row,) = db.scalars(select(BorderClosure))
    page = Page(officer.get("/travel/visas").text)
    assert page.rows()[0][:2] == ["Ghana", "1–14 Mar 2027"]
    sign_in_as(make_account(db, role="coordinator")).post(f"/travel/borders/{row.id}/remove")
    assert "None that we know of." in Page(officer.get("/travel/visas").text).text
    facts = db.scalars(select(AuditEntry.fact).where(AuditEntry.subject_kind == "border_closure")).all()
    assert facts == ["BorderClosed", "BorderOpened"]
    with pytest.raises(Forbidden):
        close_border(
            db, actor=Actor(account_id=1), country="GH", first_day=NOW.date(), last_day=NOW.date(), now=NOW
        )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"last_day": "2027-02-01"}, "The last day is before the first."),
        ({"last_day": "soon"}, "Not a valid date value."),
        ({"first_day": ""}, "Give the first day."),
        ({"closed": ""}, "Choose one."),
    ],
)
def test_days_that_cannot_be_are_refused_and_what_was_typed_is_kept(
    db: Session, sign_in_as: SignIn, wrong: dict[str, str], said: str
) -> None:
    client = sign_in_as(make_account(db, role="coordinator"))
    answer = client.post("/travel/borders", data={**CLOSED, **wrong})
    page = Page(answer.text)
    assert (answer.status_code, page.errors()) == (422, [said])
    assert page.field("first_day") == {**CLOSED, **wrong}["first_day"]
    assert db.scalars(select(BorderClosure)).all() == []


def test_the_last_day_comes_after_the_first(db: Session) -> None:
    with pytest.raises(Invalid, match="days_not_in_order"):
        close(db, "GH", "2027-03-02", "2027-03-01")


def test_both_ends_are_closed(db: Session) -> None:
    close(db, "GH", "2027-03-01", "2027-03-14")
    asked = [("2027-02-01", "2027-02-28"), ("2027-03-14", "2027-03-20"), ("2027-03-15", "2027-03-20")]
    found = [len(closed_borders(db, *map(date.fromisoformat, days))) for days in asked]
    assert found == [0, 1, 0]


def test_nothing_is_held_behind_a_closed_border_and_nobody_leaves(db: Session) -> None:
    small = make_small_round(db)
    first, last = small.planning_round.first_day, small.planning_round.last_day
    close(db, "GH", first.isoformat(), "2027-03-14")
    close(db, "SN", "2027-03-20", "2027-03-25")
    close(db, "TG", "2020-01-01", "2020-12-31")
    built = build_round(db, small.planning_round, NOW.date())
    assert built.defects == ()
    round = read_round(built.document)
    assert round.people["sue"].entry == {"SN": date(2027, 3, 15)}, "she lives in Ghana"
    (span,) = round.venues["hall"].closed
    assert (span.first, span.last) == (date(2027, 3, 20), date(2027, 3, 25))
    (away,) = round.people["sam"].unavailable
    assert (away.first, away.last) == (date(2027, 3, 20), date(2027, 3, 25)), "he lives in Senegal"
    assert first < last


def test_what_is_over_binds_nobody(db: Session) -> None:
    small = make_small_round(db)
    before = build_round(db, small.planning_round, date(2027, 3, 15)).document
    close(db, "GH", "2027-01-01", "2027-03-14")
    assert build_round(db, small.planning_round, date(2027, 3, 15)).document == before
