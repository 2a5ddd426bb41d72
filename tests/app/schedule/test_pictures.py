"""A version in pictures: figures worked out by hand, each with its table, for coordinators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import combinations
from math import dist
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.access import system
from app.accounts.models import Account
from app.planning.drawing import drawn
from app.planning.pictures import CountryServed, FundOverTime, Pictures, PlaceShown, pictures_of
from app.schedule.services import publish_draft
from tests.app.planning.rounds import make_small_round
from tests.conftest import NOW
from tests.factories import Planned, make_account, make_draft
from tests.pages import Page

SVG = "{http://www.w3.org/2000/svg}"


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


@pytest.fixture(params=["draft", "version"])
def path(request: pytest.FixtureRequest, db: Session) -> str:
    """The address of the pictures of a draft, and of a version."""
    small = make_small_round(db)
    planned = Planned(small.workshop, "2027-03-02", [small.lena], [small.sam, small.sue], small.hall)
    draft = make_draft(db, small.planning_round, [planned])
    if request.param == "draft":
        db.commit()
        return f"/rounds/drafts/{draft.id}/pictures"
    version = publish_draft(db, actor=system("test"), draft=draft, note="", now=NOW)
    db.commit()
    return f"/schedule/versions/{version.id}/pictures"


def test_the_page_shows_each_picture_with_its_table(
    path: str, db: Session, sign_in_as: Callable[[Account], FlaskClient]
) -> None:
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


def test_each_picture_is_a_file_too(
    path: str, db: Session, sign_in_as: Callable[[Account], FlaskClient]
) -> None:
    client = sign_in_as(make_account(db, role="coordinator"))
    page = Page(client.get(path).text)
    files = [url for url in page.links().values() if url.endswith(".svg")]
    assert files == [f"{path}/{name}.svg" for name in ("map", "needs", "season", "fund-1")]
    texts = {}
    for address in files:
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="season-')
        drawing = ElementTree.fromstring(answer.data)
        texts[address.removeprefix(f"{path}/")] = [text.text or "" for text in drawing.iter(f"{SVG}text")]
        assert drawing.find(f"{SVG}title") is not None
        assert not list(drawing.iter(f"{SVG}style"))
    assert (
        "Dakar, Senegal: 1 session; 3 people travel 715 km on average, at most 2,144 km" in texts["map.svg"]
    )
    assert {"Senegal", "Ghana", "1 of 1"} <= set(texts["needs.svg"])
    assert "A course, 2–3 Mar 2027" in [text.replace(" ", "") for text in texts["season.svg"]]
    assert "2 Mar 2027 · A course" in texts["fund-1.svg"]
    for name in ("fund-2", "fund-0", "fund-x", "map-1", "nothing"):
        assert client.get(f"{path}/{name}.svg").status_code == 404
    assert sign_in_as(make_account(db)).get(files[0]).status_code == 403


def test_without_colours_the_map_says_the_same(app: Flask, db: Session) -> None:
    """Where it is tinted it is hatched, and each site has the number under which it is told below."""
    served = tuple(CountryServed(code, 8, n) for n, code in enumerate(("SN", "GH", "TG", "BJ", "NG")))
    near = [PlaceShown("Here", "SN", 14.7, -17.4, 1, 3, 10, 20)] * 3
    pictures = Pictures(date(2027, 3, 1), date(2027, 6, 30), "EUR", tuple(near), served, (), ())
    with app.test_request_context():
        text = drawn("map", pictures, subtitle="Season\x08 <1>")
    assert text is not None
    drawing = ElementTree.fromstring(text)
    fills = [path.get("fill") for path in drawing.iter(f"{SVG}path")]
    # 1, 2, 3 and 4 of 8: the first two of five shades, twice the second, then the third
    assert [fill for fill in fills if fill and fill.startswith("url")] == [
        "url(#hatch-1)", "url(#hatch-2)", "url(#hatch-2)", "url(#hatch-3)",
    ]  # fmt: skip
    spots = [
        (float(circle.get("cx", "")), float(circle.get("cy", ""))) for circle in drawing.iter(f"{SVG}circle")
        if circle.get("class") != "hatch-dot"
    ]  # fmt: skip
    assert len(spots) == 3
    for one, other in combinations(spots, 2):
        assert dist(one, other) > 16


def test_a_fund_that_is_overdrawn_goes_below_nothing(app: Flask) -> None:
    steps = ((date(2027, 4, 1), "One", 400), (date(2027, 5, 1), "Two", -300))
    pictures = Pictures(
        date(2027, 3, 1), date(2027, 6, 30), "EUR", (), (), (), (FundOverTime("A", 1000, steps),)
    )
    with app.test_request_context():
        drawing = ElementTree.fromstring(drawn("fund-1", pictures, subtitle="") or "")
    [zero] = [path for path in drawing.iter(f"{SVG}path") if path.get("stroke-width") == "1.5"]
    level = float(zero.get("d", "").partition(" ")[2].partition("H")[0])
    above, below = [float(circle.get("cy", "")) for circle in drawing.iter(f"{SVG}circle")]
    assert above < level < below
