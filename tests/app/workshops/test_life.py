"""Where a request stands, from the first word to the report, and what is asked of whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import system
from app.accounts.models import Account
from app.errors import Conflict, Invalid
from app.facts import AuditEntry
from app.home import queries as home
from app.planning import services as planning
from app.workshops import life, queries, services, words
from app.workshops.models import STATES, Workshop
from app.workshops.services import Told
from tests.app.schedule.seasons import Season, make_season
from tests.conftest import NOW
from tests.counting import queries_made
from tests.factories import make_account, make_actor, make_organisation, make_round, make_workshop
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]
AFTER = datetime(2027, 3, 11, 0, 0, tzinfo=UTC)
"""The moment at which a session of 9 and 10 March is over."""

TOLD = Told(first_day=date(2027, 3, 9), last_day=date(2027, 3, 10), came=11, spent=900, words="It went well.")


@pytest.fixture
def season(db: Session) -> Season:
    return make_season(db)


def stand(db: Session, workshop: Workshop, now: datetime = NOW) -> str:
    return life.stands(db, [workshop], now=now)[workshop.id]


def reported(db: Session, workshop: Workshop, now: datetime = AFTER, told: Told = TOLD) -> Workshop:
    return services.report_workshop(
        db, actor=system("test"), workshop=workshop, told=told, currency="EUR", now=now
    )


def test_a_request_goes_its_way_and_stands_somewhere_at_every_moment(season: Season, db: Session) -> None:
    alone = make_workshop(db, state="drafted")
    passed = [stand(db, alone)]
    for state in ("submitted", "returned", "approved"):
        alone.state = state
        passed.append(stand(db, alone))
    passed.append(stand(db, season.meeting))
    season.publish(season.meets())
    passed += [stand(db, season.meeting), stand(db, season.meeting, AFTER)]
    reported(db, season.meeting)
    passed.append(stand(db, season.meeting, AFTER))
    alone.state = "withdrawn"
    passed.append(stand(db, alone))
    assert tuple(passed) == life.LIFE


def test_a_session_is_over_when_its_last_day_is(season: Season, db: Session) -> None:
    season.publish(season.meets(), season.webinar_at("2027-04-06T14:00Z"))
    assert stand(db, season.meeting, AFTER - timedelta(seconds=1)) == "planned"
    assert stand(db, season.meeting, AFTER) == "held"
    webinar_ends = datetime(2027, 4, 6, 15, 30, tzinfo=UTC)
    assert stand(db, season.webinar, webinar_ends - timedelta(seconds=1)) == "planned"
    assert stand(db, season.webinar, webinar_ends) == "held"


def test_what_was_called_off_is_back_in_its_round(season: Season, db: Session) -> None:
    season.publish(season.meets(), season.webinar_at())
    season.publish(season.webinar_at())
    assert stand(db, season.meeting) == "in_round"


@pytest.mark.parametrize("now", [NOW, AFTER, AFTER + timedelta(days=60)])
def test_the_condition_finds_exactly_those_who_stand_there(
    season: Season, db: Session, now: datetime
) -> None:
    season.publish(season.meets(), season.webinar_at())
    for state in STATES:
        make_workshop(db, state=state)
    make_round(db, workshops=[make_workshop(db)])
    done = make_workshop(db)
    reported(db, done, AFTER)
    everything = db.scalars(select(Workshop)).all()
    told = life.stands(db, everything, now=now)
    for name in life.LIFE:
        found = set(db.scalars(select(Workshop.id).where(life.standing(name, now=now))))
        assert found == {number for number, where in told.items() if where == name}, name
    counts = queries.counts_by_stand(db, wanted=[], now=now)
    assert sum(counts.values()) == len(everything)
    assert set(db.scalars(select(Workshop.id).where(life.standing("nowhere", now=now)))) == set()


def test_every_stand_has_its_words() -> None:
    for table in (words.STATES, words.NEXT, words.ASKED_OF_WHO_ASKS, words.ASKED_OF_WHO_DECIDES):
        assert tuple(table) == life.LIFE


# -- The report


def test_a_report_closes_a_request_and_can_be_said_better(season: Season, db: Session) -> None:
    season.publish(season.meets())
    reported(db, season.meeting)
    better = Told(first_day=TOLD.first_day, last_day=TOLD.last_day, came=12)
    reported(db, season.meeting, AFTER + timedelta(days=1), better)
    assert season.meeting.report is not None
    assert (season.meeting.report.came, season.meeting.report.spent) == (12, None)
    trail = db.scalars(select(AuditEntry).where(AuditEntry.fact == "WorkshopReported")).all()
    assert [entry.after.get("came") for entry in trail] == [11, 12]
    assert trail[1].before == {"came": 11, "spent": 900, "words": "It went well."}


def test_nothing_is_reported_before_it_is_over_nor_of_what_was_not_approved(
    season: Season, db: Session
) -> None:
    season.publish(season.meets())
    with pytest.raises(Conflict, match="not_over"):
        reported(db, season.meeting, AFTER - timedelta(seconds=1))
    with pytest.raises(Conflict, match="not_approved"):
        reported(db, make_workshop(db, state="submitted"))


def test_what_was_held_without_having_been_planned_here_can_be_reported(db: Session) -> None:
    workshop = make_workshop(db)
    reported(db, workshop)
    assert stand(db, workshop, AFTER) == "reported"


@pytest.mark.parametrize(
    ("changed", "field", "reason"),
    [
        ({"last_day": date(2027, 3, 8)}, "last_day", "window_ends_before_it_starts"),
        ({"last_day": date(2027, 3, 12)}, "last_day", "not_over_yet"),
        ({"came": -1}, "came", "out_of_range"),
        ({"spent": -1}, "spent", "out_of_range"),
    ],
)
def test_what_cannot_have_been_is_refused(
    db: Session, changed: dict[str, object], field: str, reason: str
) -> None:
    said = {name: getattr(TOLD, name) for name in Told.__dataclass_fields__} | changed
    with pytest.raises(Invalid) as refused:
        reported(db, make_workshop(db), told=Told(**said))
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_a_reported_request_is_not_withdrawn(db: Session) -> None:
    workshop = make_workshop(db)
    reported(db, workshop)
    with pytest.raises(Conflict, match="reported"):
        services.withdraw_request(db, actor=system("test"), workshop=workshop, now=AFTER)


def test_the_form_of_a_report_keeps_what_was_typed_and_acts_once(
    season: Season, db: Session, sign_in_as: SignIn
) -> None:
    asked_by = season.meeting.requested_by
    season.meeting.window_first = date(2026, 1, 5)
    officer = sign_in_as(make_account(db, role="officer", organisation=asked_by))
    address = f"/workshops/{season.meeting.id}/report"
    page = Page(officer.get(address).text)
    sent = {"once": page.field("once"), "first_day": "2026-03-02", "last_day": "2026-03-01", "came": "9"}
    refused = officer.post(address, data={**sent, "words": "Good"})
    assert refused.status_code == 422
    assert Page(refused.text).errors() == ["The last day is before the first day."]
    assert Page(refused.text).field("words") == "Good"
    right = {**sent, "last_day": "2026-03-03", "words": "Good"}
    answers = [officer.post(address, data=right) for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [
        (303, f"/workshops/{season.meeting.id}")
    ] * 2
    assert len(db.scalars(select(AuditEntry).where(AuditEntry.fact == "WorkshopReported")).all()) == 1
    shown = Page(officer.get(f"/workshops/{season.meeting.id}").text)
    assert "Participants who came 9" in shown.text
    assert "Not counted yet" in shown.text


def test_nobody_reports_on_the_request_of_another_coalition(db: Session, sign_in_as: SignIn) -> None:
    workshop = make_workshop(db)
    stranger = sign_in_as(make_account(db, role="officer"))
    assert stranger.get(f"/workshops/{workshop.id}/report").status_code == 404
    assert stranger.post(f"/workshops/{workshop.id}/report").status_code == 404


# -- What everybody sees


def test_the_story_tells_what_came_after_the_approval(season: Season, db: Session) -> None:
    apart = make_workshop(db)
    year = make_round(db, title="The year")
    coordinator = make_actor(db, "coordinator")
    planning.take_in(db, actor=coordinator, planning_round=year, workshops=[apart], now=NOW)
    planning.take_out(db, actor=coordinator, planning_round=year, workshop_id=apart.id, now=NOW)
    season.publish(season.meets())
    season.publish(season.meets("2027-03-16"), now=NOW + timedelta(days=2))

    def story(workshop: Workshop, now: datetime) -> list[tuple[str, str]]:
        told = words.story_of((), life.events_of(db, workshop), now=now)
        return [(moment.title, moment.text) for moment in told]

    assert sorted(story(apart, NOW)) == [
        ("Taken into a round", "The year"),
        ("Taken out of the round", "The year"),
    ]
    so_far = [("Changed in the schedule", "Version 2"), ("Planned: people have been told", "Version 1")]
    assert story(season.meeting, NOW + timedelta(days=3)) == so_far
    assert story(season.meeting, AFTER + timedelta(days=9))[0] == ("Held", "Dakar")


def test_a_request_says_what_is_asked_of_each_reader(season: Season, db: Session, sign_in_as: SignIn) -> None:
    officer = sign_in_as(make_account(db, role="officer", organisation=season.meeting.requested_by))
    coordinator = sign_in_as(make_account(db, role="coordinator"))
    season.meeting.state = "submitted"
    db.commit()

    def asked(client: FlaskClient) -> str:
        page = Page(client.get(f"/workshops/{season.meeting.id}").text)
        return page.root.one("section", aria_labelledby="next").text

    assert "Asked of you now: Nothing for now: the secretariat decides on it." in asked(officer)
    assert "Asked of you now: Approve it, or return it with a word." in asked(coordinator)
    assert "Withdraw" in asked(officer)


def test_the_list_is_filtered_by_where_requests_stand(
    season: Season, db: Session, sign_in_as: SignIn
) -> None:
    season.publish(season.meets())
    make_workshop(db, titles={"en": "Waits"})
    coordinator = sign_in_as(make_account(db, role="coordinator"))

    def titles(state: str) -> list[str]:
        rows = Page(coordinator.get(f"/workshops?state={state}").text).rows()
        return [row[0].split()[0] + " " + row[4] for row in rows]

    assert titles("planned") == ["Meeting Planned"]
    assert titles("in_round") == ["Webinar In a round"]
    assert titles("approved") == ["Waits Approved"]
    assert len(titles("rubbish")) == 3


def test_the_list_takes_as_many_queries_with_thirty_planned_as_with_one(
    season: Season, db: Session, sign_in_as: SignIn
) -> None:
    coordinator = sign_in_as(make_account(db, role="coordinator"))
    season.publish(season.meets())
    with queries_made() as with_one:
        coordinator.get("/workshops?state=in_round")
    make_round(db, workshops=[make_workshop(db) for _ in range(29)])
    db.commit()
    with queries_made() as with_thirty:
        coordinator.get("/workshops?state=in_round")
    assert len(with_thirty) == len(with_one)


def test_home_says_what_is_asked_of_an_officer_and_where_the_requests_stand(
    db: Session, sign_in_as: SignIn
) -> None:
    mine = make_organisation(db, kind="coalition")
    make_workshop(db, requested_by=mine, state="returned", word="Name two hosts.", titles={"en": "First"})
    make_workshop(db, requested_by=mine, state="submitted")
    make_workshop(db, state="returned")
    page = Page(sign_in_as(make_account(db, role="officer", organisation=mine)).get("/").text)
    assert "“First” was returned with a word Name two hosts." in page.text
    assert page.links()["Submitted"] == "/workshops?state=submitted"
    assert page.links()["Copy an earlier request"] == "/workshops/earlier"


def test_home_asks_for_the_report_of_what_was_held(season: Season, db: Session) -> None:
    season.publish(season.meets())
    officer = make_actor(db, "officer", organisation=season.meeting.requested_by)
    coordinator = make_actor(db, "coordinator")
    assert [task.kind for task in home.tasks(db, actor=officer, now=NOW)] == []
    assert [task.kind for task in home.tasks(db, actor=officer, now=AFTER)] == ["request_to_report"]
    assert "requests_to_report" in [task.kind for task in home.tasks(db, actor=coordinator, now=AFTER)]
    reported(db, season.meeting)
    assert [task.kind for task in home.tasks(db, actor=officer, now=AFTER)] == []


def test_last_years_requests_are_found_and_copied(db: Session, sign_in_as: SignIn) -> None:
    mine = make_organisation(db, kind="coalition")
    old = make_workshop(
        db,
        requested_by=mine,
        titles={"en": "Old"},
        window_first=date(2025, 3, 1),
        window_last=date(2025, 4, 1),
    )
    make_workshop(db, requested_by=mine, titles={"en": "New"})
    make_workshop(db, titles={"en": "Theirs"})
    officer = sign_in_as(make_account(db, role="officer", organisation=mine))
    assert officer.get("/workshops/new", follow_redirects=True).text.count("/workshops/earlier")
    page = Page(officer.get("/workshops/earlier").text)
    assert [row[0].split()[0] for row in page.rows()] == ["New", "Old"]
    copied = officer.post(f"/workshops/{old.id}/copy", follow_redirects=True)
    assert "This is a copy" in copied.text
