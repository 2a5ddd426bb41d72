"""The pages of the schedule: what each reader finds there, and what not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.schedule.models import Version
from tests.app.schedule.seasons import Season, make_season
from tests.conftest import NOW
from tests.factories import make_account, make_person
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]


@pytest.fixture
def season(db: Session) -> Season:
    return make_season(db)


@pytest.fixture
def coordinator(db: Session, sign_in_as: SignIn) -> FlaskClient:
    return sign_in_as(make_account(db, role="coordinator"))


def page_of(client: FlaskClient, path: str, status: int = 200) -> Page:
    response = client.get(path)
    assert response.status_code == status
    return Page(response.text)


def test_the_list_shows_what_was_published(season: Season, coordinator: FlaskClient) -> None:
    season.publish(season.meets(), season.webinar_at())
    page = page_of(coordinator, "/schedule")
    assert {"Meeting", "Webinar"} <= set(page.links())


def test_the_list_can_be_mine_alone(season: Season, db: Session, sign_in_as: SignIn) -> None:
    season.publish(season.meets(), season.webinar_at())
    links = page_of(sign_in_as(make_account(db, person=season.dede)), "/schedule?mine=1").links()
    assert "Meeting" in links
    assert "Webinar" not in links


@pytest.mark.parametrize(
    ("who", "sees"),
    [("coordinator", {"Chidi", "Dede"}), ("ama", {"Chidi", "Dede"}), ("chidi", {"Chidi"}), ("esi", set())],
)
def test_who_sits_in_a_session_is_for_those_who_may_know(
    season: Season, db: Session, sign_in_as: SignIn, who: str, sees: set[str]
) -> None:
    season.publish(season.meets())
    account = make_account(db, role="coordinator") if who == "coordinator" else None
    account = account or make_account(db, person=getattr(season, who))
    page = page_of(sign_in_as(account), f"/schedule/sessions/{season.session_of(season.meeting).id}")
    assert {row[0] for row in page.rows()} == sees
    assert "@" not in page.root.one("main").text


def test_the_focal_point_sees_their_own_people(season: Season, db: Session, sign_in_as: SignIn) -> None:
    season.publish(season.meets())
    account = make_account(db, role="focal_point", organisation=season.chidi.organisation)
    page = page_of(sign_in_as(account), f"/schedule/sessions/{season.session_of(season.meeting).id}")
    assert {row[0] for row in page.rows()} == {"Chidi", "Dede"}


def test_publishing_says_first_what_it_will_do_and_then_does_it(
    season: Season, db: Session, coordinator: FlaskClient
) -> None:
    draft = season.draft(season.meets())
    db.commit()
    before = page_of(coordinator, f"/schedule/publish/{draft.id}")
    assert "Meeting is new." in before.text
    assert "Publish and tell 3 people" in [button.text for button in before.root.all("button")]
    response = coordinator.post(
        f"/schedule/publish/{draft.id}", data={"note": "First"}, follow_redirects=True
    )
    assert Page(response.text).heading == "Version 1"
    assert db.query(Version).one().note == "First"


def test_publishing_twice_says_so_and_publishes_once(
    season: Season, db: Session, coordinator: FlaskClient
) -> None:
    draft = season.draft(season.meets())
    db.commit()
    coordinator.post(f"/schedule/publish/{draft.id}")
    again = coordinator.post(f"/schedule/publish/{draft.id}")
    assert again.status_code == 303
    assert db.query(Version).count() == 1


def test_a_version_tells_what_it_changed_in_words(season: Season, coordinator: FlaskClient) -> None:
    season.publish(season.meets(), season.webinar_at())
    second = season.publish(season.meets("2027-03-16", seats=[season.chidi, season.esi]))
    text = page_of(coordinator, f"/schedule/versions/{second.id}").text
    assert "moved from 9–10 Mar 2027 to 16–17 Mar 2027" in text
    assert "new on a seat: Esi" in text
    assert "no longer on a seat: Dede" in text
    assert "Webinar is cancelled." in text


def test_the_titles_of_a_version_lead_to_its_sessions(
    season: Season, coordinator: FlaskClient, sign_in_as: SignIn, db: Session
) -> None:
    season.publish(season.meets(), season.webinar_at())
    second = season.publish(season.meets("2027-03-16"))
    page = page_of(coordinator, f"/schedule/versions/{second.id}")
    address = f"/schedule/sessions/{season.session_of(season.meeting).id}"
    assert [link.attributes["href"] for link in page.root.one("tbody").all("a")] == [address]
    changes = page.root.one("ul", class_="changes").all("a")
    assert [link.attributes["href"] for link in changes] == [
        address,
        f"/schedule/sessions/{season.session_of(season.webinar).id}",
    ]


def test_others_learn_how_many_seats_changed_but_not_whose(
    season: Season, db: Session, sign_in_as: SignIn
) -> None:
    season.publish(season.meets())
    second = season.publish(season.meets(seats=[season.chidi, season.esi]))
    text = page_of(sign_in_as(make_account(db, role="focal_point")), f"/schedule/versions/{second.id}").text
    assert "1 person more on a seat" in text
    assert "Esi" not in text


def test_an_older_version_says_that_it_is_one(season: Season, coordinator: FlaskClient) -> None:
    first = season.publish(season.meets())
    season.publish(season.meets("2027-03-16"))
    assert "This is an older version" in page_of(coordinator, f"/schedule/versions/{first.id}").text


def test_a_month_shows_each_day_of_a_session(season: Season, coordinator: FlaskClient) -> None:
    season.publish(season.meets())
    page = page_of(coordinator, "/schedule/month?month=2027-03")
    assert len([link for link in page.root.all("a") if link.text == "Meeting"]) == 2


@pytest.mark.parametrize(
    "path",
    ["/schedule/sessions/99", "/schedule/versions/99", "/schedule/publish/99", "/schedule/sessions/99.ics"],
)
def test_what_is_not_there_is_a_404(coordinator: FlaskClient, path: str) -> None:
    page_of(coordinator, path, status=404)


@pytest.mark.parametrize("month", ["", "2027-13", "nonsense", "0000-01", "0001-01", "9999-12"])
def test_a_month_that_is_none_shows_one_that_is(coordinator: FlaskClient, month: str) -> None:
    page_of(coordinator, f"/schedule/month?month={month}")


def test_publishing_warns_of_a_draft_that_was_planned_before_the_version_in_force(
    season: Season, coordinator: FlaskClient
) -> None:
    stale, fresh = season.draft(season.meets("2027-03-16")), season.draft(season.meets("2027-03-16"))
    stale.created_at, fresh.created_at = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
    season.publish(season.meets(), now=NOW)
    warning = "This draft does not know version 1."
    assert warning in page_of(coordinator, f"/schedule/publish/{stale.id}").text
    assert warning not in page_of(coordinator, f"/schedule/publish/{fresh.id}").text


def test_a_change_names_six_people_and_counts_the_rest(season: Season, coordinator: FlaskClient) -> None:
    season.publish(season.meets(seats=[season.chidi]))
    topic = season.meeting.topic
    more = [
        make_person(season.db, name=f"Guest {n}", organisation=season.chidi.organisation, wants={topic: 1})
        for n in range(1, 9)
    ]
    draft = season.draft(season.meets(seats=[season.chidi, *more]))
    season.db.commit()
    text = page_of(coordinator, f"/schedule/publish/{draft.id}").text
    assert "and 2 more" in text
    assert sum(person.name in text for person in more) == 6


@pytest.mark.parametrize(
    ("who", "sees"), [("coordinator", True), ("ama", True), ("chidi", True), ("esi", False)]
)
def test_a_sensitive_session_is_there_for_those_in_it_alone(
    season: Season, db: Session, sign_in_as: SignIn, who: str, sees: bool
) -> None:
    season.meeting.titles = {"en": "Something secret"}
    season.publish(season.meets(), season.webinar_at())
    season.meeting.visibility = "sensitive"
    db.commit()
    account = make_account(db, role="coordinator") if who == "coordinator" else None
    client = sign_in_as(account or make_account(db, person=getattr(season, who)))
    session_id, version_id = season.session_of(season.meeting).id, db.scalars(select(Version.id)).one()
    pages = ("/schedule", "/schedule/month?month=2027-03", f"/schedule/versions/{version_id}")
    assert ["Something secret" in client.get(page).text for page in pages] == [sees] * 3
    assert client.get(f"/schedule/sessions/{session_id}").status_code == (200 if sees else 404)
