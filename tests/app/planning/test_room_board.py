"""The board of a draft, as a coordinator reads it and nobody else can."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.access import system
from app.accounts.models import Account
from app.availability.models import AvailabilitySpan
from app.facts import record
from app.planning.facts import RoundChanged
from app.planning.models import Draft
from tests.app.planning.rounds import SmallRound, make_small_round
from tests.app.planning.test_planning_pages import course, make_draft
from tests.conftest import NOW
from tests.factories import make_account
from tests.pages import Element, Page

SignIn = Callable[[Account], FlaskClient]


@pytest.fixture
def small(db: Session) -> SmallRound:
    return make_small_round(db, days=3)


@pytest.fixture
def draft(db: Session, small: SmallRound) -> Draft:
    return make_draft(db, small, course())


@pytest.fixture
def coordinator(db: Session, sign_in_as: SignIn) -> FlaskClient:
    return sign_in_as(make_account(db, role="coordinator"))


def board(client: FlaskClient, draft: Draft, query: str = "") -> Page:
    response = client.get(f"/rounds/drafts/{draft.id}/room{query}")
    assert response.status_code == 200
    return Page(response.text)


def bars(page: Page) -> list[Element]:
    return [each for each in page.root.all("a", class_="bar") if "data-session" in each.attributes]


def lanes(page: Page) -> list[str]:
    return [lane.one("h3").text for lane in page.root.all("li", class_="board-lane")]


def test_a_session_lies_in_its_lane_and_says_all_that_it_is(coordinator: FlaskClient, draft: Draft) -> None:
    page = board(coordinator, draft)
    assert lanes(page) == ["Coast"]
    [bar] = bars(page)
    assert bar.attributes["aria-label"] == "A course · 3–5 Mar 2027 · Dakar, The hall"
    assert bar.attributes["href"] == f"/rounds/drafts/{draft.id}/room/course"


@pytest.mark.parametrize(
    ("by", "lane"),
    [("place", "Dakar"), ("person", "Lena"), ("topic", "Law"), ("fund", "The fund"), ("colour", "Coast")],
)
def test_lanes_are_named_by_what_they_are(coordinator: FlaskClient, draft: Draft, by: str, lane: str) -> None:
    assert lanes(board(coordinator, draft, f"?by={by}")) == [lane]


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", "1 Mar – 30 Jun 2027"),
        ("?zoom=quarter&from=2027-05-02", "1 Apr – 30 Jun 2027"),
        ("?zoom=month&from=2027-03-20", "1–31 Mar 2027"),
        ("?zoom=week&from=2027-03-04", "1–7 Mar 2027"),
        ("?zoom=day&from=2027-03-04", "Thu 4 Mar 2027"),
        ("?zoom=month&from=2031-01-01", "1–30 Jun 2027"),
        ("?zoom=month&from=nonsense", "1–31 Mar 2027"),
    ],
)
def test_zoom_goes_from_the_whole_round_to_a_day(
    coordinator: FlaskClient, draft: Draft, query: str, days: str
) -> None:
    heading = board(coordinator, draft, query).root.one("h2", id="board-title").text
    assert heading.replace("\u2009", " ") == days


def test_what_is_not_in_view_is_not_on_the_board(coordinator: FlaskClient, draft: Draft) -> None:
    page = board(coordinator, draft, "?zoom=month&from=2027-05-01")
    assert bars(page) == []
    assert "No session lies in these days." in page.text


def test_the_same_is_there_as_a_table(coordinator: FlaskClient, draft: Draft) -> None:
    page = board(coordinator, draft, "?as=table&by=person")
    assert page.rows()[-1][:5] == ["Lena", "3–5 Mar 2027", "A course", "Dakar, The hall", "Lena"]


def test_who_fell_out_since_is_a_conflict_in_words(
    coordinator: FlaskClient, db: Session, small: SmallRound, draft: Draft
) -> None:
    assert "Conflict" not in bars(board(coordinator, draft))[0].attributes["aria-label"]
    span = AvailabilitySpan(
        person=small.lena, kind="unavailable", first_day=date(2027, 3, 4), last_day=date(2027, 3, 4)
    )
    db.add(span)
    record(db, actor=system("test"), fact=RoundChanged(small.planning_round.id), now=NOW)
    db.commit()
    page = board(coordinator, draft)
    [bar] = bars(page)
    assert bar.attributes["aria-label"].endswith("Conflict: Not available: Lena")
    assert "1 session with a conflict" in page.text
    assert "Not available: Lena" in Page(coordinator.get(bar.attributes["href"]).text).text


def test_a_request_that_was_taken_out_is_a_conflict(
    coordinator: FlaskClient, db: Session, small: SmallRound, draft: Draft
) -> None:
    db.delete(small.planning_round.entries[0])
    record(db, actor=system("test"), fact=RoundChanged(small.planning_round.id), now=NOW)
    db.commit()
    [bar] = bars(board(coordinator, draft))
    assert "not planned in this round any more" in bar.attributes["aria-label"]


def test_the_days_of_one_person_are_shaded(coordinator: FlaskClient, db: Session, small: SmallRound) -> None:
    span = AvailabilitySpan(
        person=small.lena, kind="unavailable", first_day=date(2027, 3, 11), last_day=date(2027, 3, 12)
    )
    db.add(span)
    db.commit()
    page = board(coordinator, make_draft(db, small, course()), "?zoom=month&from=2027-03-01&person=lena")
    cannot = page.root.one("symbol", id="selected").one("path", class_="cannot")
    assert "M10 0h2v1h-2z" in cannot.attributes["d"]


def test_lanes_come_as_a_fragment_too(coordinator: FlaskClient, draft: Draft) -> None:
    fragment = coordinator.get(f"/rounds/drafts/{draft.id}/room?fragment=lanes")
    assert "<html" not in fragment.text
    assert Page(fragment.text).root.all("li", class_="board-lane")


def test_there_is_no_such_session(coordinator: FlaskClient, draft: Draft) -> None:
    assert coordinator.get(f"/rounds/drafts/{draft.id}/room/other").status_code == 404


def test_only_coordinators_see_it(db: Session, sign_in_as: SignIn, small: SmallRound, draft: Draft) -> None:
    officer = sign_in_as(make_account(db, role="officer", organisation=small.union))
    assert officer.get(f"/rounds/drafts/{draft.id}/room").status_code == 403
