"""A version in pictures: figures worked out by hand, each with its table, for coordinators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.access import system
from app.accounts.models import Account
from app.planning.pictures import CountryServed, pictures_of
from app.schedule.services import publish_draft
from tests.app.planning.rounds import make_small_round
from tests.conftest import NOW
from tests.factories import Planned, make_account, make_draft
from tests.pages import Page


def test_figures_are_those_of_the_schedule(db: Session) -> None:
    """Lena and Sam live in Dakar, where the course is; Sue comes some 2,145 km from Accra."""
    small = make_small_round(db)
    planned = Planned(small.workshop, "2027-03-02", [small.lena], [small.sam, small.sue], small.hall)
    draft = make_draft(db, small.planning_round, [planned])
    found = pictures_of(draft.round_document, draft.schedule_document, {"course": "Un cours"})
    [place] = found.places
    assert (place.name, place.sessions, place.people) == ("Dakar", 1, 3)
    assert 2140 < place.farthest_km < 2150
    assert abs(place.mean_km - place.farthest_km / 3) <= 1
    assert set(found.countries) == {CountryServed("SN", 1, 1), CountryServed("GH", 1, 1)}
    [(region, [span])] = found.regions
    assert (region, span.label, span.first, span.last) == (
        "Coast",
        "Un cours",
        date(2027, 3, 2),
        date(2027, 3, 3),
    )
    [fund] = found.funds
    [(day, title, left)] = fund.left
    assert (fund.amount, day, title) == (9000, date(2027, 3, 2), "Un cours")
    # the hall 2 x 100, Lena's fee 2 x 50; Sue there and back 2 x 258, and away from home for 4 days at 65
    assert 9000 - left == 200 + 100 + 516 + 260


def test_whom_nobody_seats_is_not_served(db: Session) -> None:
    small = make_small_round(db)
    planned = Planned(small.workshop, "2027-03-02", [small.lena], [small.sam], small.hall)
    draft = make_draft(db, small.planning_round, [planned])
    found = pictures_of(draft.round_document, draft.schedule_document, {})
    assert set(found.countries) == {CountryServed("SN", 1, 1), CountryServed("GH", 1, 0)}


def test_the_page_shows_each_picture_with_its_table(
    db: Session, sign_in_as: Callable[[Account], FlaskClient]
) -> None:
    small = make_small_round(db)
    planned = Planned(small.workshop, "2027-03-02", [small.lena], [small.sam, small.sue], small.hall)
    draft = make_draft(db, small.planning_round, [planned])
    version = publish_draft(db, actor=system("test"), draft=draft, note="", now=NOW)
    path = f"/schedule/versions/{version.id}/pictures"
    client = sign_in_as(make_account(db, role="coordinator"))
    page = Page(client.get(path).text)
    headings = [heading.text for heading in page.root.all("h2")]
    for heading in (
        "Where sessions are, and who travels how far",
        "Needs served by country",
        "The season",
        "What is left of the funds",
    ):
        assert heading in headings
    assert len(page.root.one("main").all("figure")) == 4
    assert len(page.root.one("main").all("table")) >= 4
    assert "1 session; 3 people travel 715 km on average, at most 2,144 km" in page.text
    assert sign_in_as(make_account(db)).get(path).status_code == 403
