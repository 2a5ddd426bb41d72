"""The pages of planning, as a coordinator reads and uses them, and as nobody else can."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import Account
from app.i18n import format_span
from app.jobs.models import Job
from app.planning import words
from app.planning.models import DEFAULT_WEIGHTS, Draft, PlanningRound, RoundEntry
from app.planning.round_builder import build_round
from solver import Schedule, read_round, write_schedule
from solver.derived import total_cost
from solver.objective import objective
from solver.schedule import Reason, TeamMember, Unscheduled
from solver.schedule import Session as HeldSession
from tests.app.planning.rounds import SmallRound, make_small_round
from tests.conftest import NOW
from tests.counting import queries_made
from tests.factories import make_account, make_round, make_workshop
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]


def page_of(response: TestResponse, status: int = 200) -> Page:
    assert response.status_code == status
    return Page(response.text)


@pytest.fixture
def coordinator(db: Session, sign_in_as: SignIn) -> FlaskClient:
    return sign_in_as(make_account(db, role="coordinator"))


def make_draft(
    db: Session, small: SmallRound, *sessions: HeldSession, unscheduled: tuple[Unscheduled, ...] = ()
) -> Draft:
    """A draft of the small round as it stands now, with these sessions and true figures."""
    document = build_round(db, small.planning_round).document
    planned = read_round(document)
    schedule = Schedule("season", tuple(sessions), unscheduled)
    reached = objective(planned, schedule)
    schedule = Schedule(
        "season", tuple(sessions), unscheduled, reached, reached + 1000, total_cost(planned, schedule)
    )
    draft = Draft(
        round_id=small.planning_round.id,
        created_at=NOW,
        objective=schedule.objective,
        bound=schedule.bound,
        cost=schedule.cost,
        held=len(sessions),
        seconds=12.0,
        round_document=json.loads(document),
        schedule_document=json.loads(write_schedule(schedule)),
    )
    db.add(draft)
    db.commit()
    return draft


def course(start: str = "2027-03-03", seats: tuple[str, ...] = ("sam", "sue")) -> HeldSession:
    return HeldSession("course", "hall", date.fromisoformat(start), (TeamMember("lena", "lead"),), seats)


LEFT_OUT = (Unscheduled("course", (Reason("competence", ("lena",)), Reason("not_worth_it", text="by 12"))),)


# -- Opening and changing a round

FORM: dict[str, Any] = {
    "title": "Season 2027",
    "first_day": "2027-01-01",
    "last_day": "2027-12-31",
    "currency": "eur",
    "base_fare": 60,
    "fare_per_100_km": 9,
    "per_diem": 65,
    **{f"weights-{name}": value for name, value in DEFAULT_WEIGHTS.items()},
}


def test_a_coordinator_opens_a_round(db: Session, coordinator: FlaskClient) -> None:
    page = page_of(coordinator.get("/rounds"))
    assert "There is no round yet." in page.text
    assert page.links()["Open a round"] == "/rounds/open"
    page = page_of(coordinator.get("/rounds/open"))
    assert (page.field("currency"), page.field("weights-held")) == ("EUR", "50")
    response = coordinator.post("/rounds/open", data=FORM)
    assert response.status_code == 303
    opened = db.scalars(select(PlanningRound)).one()
    assert (opened.code, opened.currency, opened.weights) == ("season-2027", "EUR", DEFAULT_WEIGHTS)
    assert response.location == f"/rounds/{opened.id}/requests"
    (row,) = page_of(coordinator.get("/rounds")).rows()
    assert [row[0], row[2], row[3], row[4]] == ["Season 2027", "0", "0", "Open"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"last_day": "2026-12-31"}, "The last day must not be before the first."),
        ({"title": "   "}, "Enter something here."),
        ({"first_day": "0001-01-01"}, "Enter a year between 1900 and 2190."),
        ({"last_day": "2029-01-02"}, "A round lasts two years at most."),
        ({"currency": "e1o"}, "Enter a currency as three capital letters, such as EUR."),
        ({"weights-reach": "-1"}, "Number must be between 0 and 1000000."),
        ({"per_diem": "much"}, "Not a valid integer value."),
    ],
)
def test_a_form_with_a_mistake_comes_back_with_what_was_typed(
    db: Session, coordinator: FlaskClient, change: dict[str, str], error: str
) -> None:
    page = page_of(coordinator.post("/rounds/open", data={**FORM, **change}), 422)
    assert error in page.errors()
    assert page.field("base_fare") == "60"
    assert db.scalars(select(PlanningRound)).all() == []


def test_weights_and_prices_are_shown_in_words_and_can_be_changed(
    db: Session, coordinator: FlaskClient
) -> None:
    planning_round = make_round(db, title="The season")
    db.commit()
    address = f"/rounds/{planning_round.id}"
    rows = {row[0]: row[1:] for row in page_of(coordinator.get(f"{address}/terms")).rows()}
    assert rows["Workshops held"] == [
        "50",
        "For each session, times its priority from 1 to 5",
        "as much as €5,000",
    ]
    assert page_of(coordinator.get(f"{address}/change")).field("title") == "The season"
    response = coordinator.post(f"{address}/change", data={**FORM, "weights-held": 80})
    assert response.status_code == 303
    rows = {row[0]: row[1:] for row in page_of(coordinator.get(f"{address}/terms")).rows()}
    assert rows["Workshops held"][2] == "as much as €8,000"


def test_a_round_is_closed_and_opened_again(db: Session, coordinator: FlaskClient) -> None:
    small = make_small_round(db)
    db.commit()
    address = f"/rounds/{small.planning_round.id}"
    assert coordinator.post(f"{address}/close").status_code == 303
    page = page_of(coordinator.get(address))
    assert "The round is closed." in page.text
    assert page.root.all("button", class_="primary") == []
    page = page_of(coordinator.post(f"{address}/close", follow_redirects=True))
    assert "This round is closed. Open it again first." in page.text
    page = page_of(coordinator.post(f"{address}/reopen", follow_redirects=True))
    assert "The round is open again." in page.text


# -- Requests


def test_waiting_requests_are_taken_in_and_out(db: Session, coordinator: FlaskClient) -> None:
    planning_round = make_round(db)
    waiting = make_workshop(db, titles={"en": "Budget law"})
    make_workshop(db, titles={"en": "Not yet"}, state="submitted")
    db.commit()
    address = f"/rounds/{planning_round.id}/requests"
    page = page_of(coordinator.get(address))
    assert [box.attributes["value"] for box in page.root.all("input", name="workshops")] == [str(waiting.id)]
    page = page_of(coordinator.post(address, data={}), 422)
    assert page.errors() == ["Choose at least one request."]
    page = page_of(coordinator.post(address, data={"workshops": [waiting.id]}, follow_redirects=True))
    assert "1 request has been taken in." in page.text
    (row,) = page.rows()
    assert row[0] == "Budget law"
    page = page_of(coordinator.post(f"{address}/{waiting.id}/out", follow_redirects=True))
    assert page.root.all("input", name="workshops") != []
    page = page_of(coordinator.post(f"{address}/{waiting.id}/out", follow_redirects=True))
    assert "This request is not in the round any more." in page.text


# -- Before planning, and the planner at work


def test_a_round_says_what_is_missing_and_where_to_mend_it(db: Session, coordinator: FlaskClient) -> None:
    small = make_small_round(db, languages=["fr", "es"], organisations_min=3)
    db.commit()
    page = page_of(coordinator.get(f"/rounds/{small.planning_round.id}"))
    (reasons,) = page.root.all("div", class_="reasons")
    assert reasons.one("p").text == "A course · The union"
    assert [item.text for item in reasons.all("li")] == [
        "Nobody who teaches Law speaks Spanish. See who teaches",
        "It wants participants of 3 organisations; its candidates come from 2. Open the request",
    ]
    assert [link.attributes["href"] for link in reasons.all("a")] == [
        "/network/people?part=teaches",
        f"/workshops/{small.workshop.id}",
    ]


def test_what_can_be_planned_all_the_same_is_told_apart_from_what_cannot(
    db: Session, coordinator: FlaskClient
) -> None:
    small = make_small_round(db, budget=None)
    small.planning_round.currency = "XOF"
    db.commit()
    page = page_of(coordinator.get(f"/rounds/{small.planning_round.id}"))
    assert "Nothing is missing" in page.text
    assert "Its fund The fund is kept in EUR" in page.root.one("details", id="warnings").text
    assert "Venues and fees are priced in EUR, this round in XOF" in page.text


def test_a_round_that_lacks_nothing_says_so(db: Session, coordinator: FlaskClient) -> None:
    small = make_small_round(db)
    db.commit()
    page = page_of(coordinator.get(f"/rounds/{small.planning_round.id}"))
    assert page.heading == "The season"
    assert "Nothing is missing" in page.text
    assert page.root.all("div", class_="reasons") == []


def test_a_round_that_breaks_the_format_shows_the_place_and_offers_no_planning(
    db: Session, coordinator: FlaskClient
) -> None:
    small = make_small_round(db)
    child = make_workshop(
        db,
        code="child",
        titles={"en": "The child"},
        follows=small.workshop,
        topic=small.topic,
        follows_graduates=9,
    )
    db.add(RoundEntry(round_id=small.planning_round.id, workshop_id=child.id))
    db.commit()
    address = f"/rounds/{small.planning_round.id}"
    page = page_of(coordinator.get(address))
    assert "The child: workshops[0].follows.graduates: 9 is too many: team.max is 2" in page.text
    assert page.root.all("input", name="seconds") == []
    page = page_of(coordinator.post(f"{address}/plan", data={"seconds": 60}, follow_redirects=True))
    assert "The planner cannot read this round." in page.text
    assert db.scalars(select(Job)).all() == []


def test_planning_is_started_followed_and_stopped(db: Session, coordinator: FlaskClient) -> None:
    small = make_small_round(db)
    db.commit()
    address = f"/rounds/{small.planning_round.id}"
    page = page_of(coordinator.post(f"{address}/plan", data={"seconds": 77}), 422)
    assert page.errors() == ["Not a valid choice."]
    assert coordinator.post(f"{address}/plan", data={"seconds": 300}).status_code == 303
    job = db.scalars(select(Job)).one()
    assert job.parameters["seconds"] == 300
    job.state = "running"
    job.progress = {
        "elapsed": 65.0,
        "time_limit": 300,
        "phase": "improving",
        "objective": 1_592_400,
        "bound": 1_600_000,
        "gap": 0.0048,
        "held": 1,
        "total": 1,
        "history": [[1.0, 1_500_000, None], [60.0, 1_592_400, 1_600_000]],
    }
    db.commit()
    page = page_of(coordinator.get(address))
    (fragment,) = page.root.all("section", class_="planner")
    assert fragment.attributes["hx-get"] == f"{address}/progress"
    assert page.root.one("noscript").one("meta", http_equiv="refresh")
    for said in ("1:05 / 5:00", "15,924", "16,000", "0.5 %", "1 of 1", "Making the plan better"):
        assert said in fragment.text
    response = coordinator.get(f"{address}/progress")
    assert "HX-Refresh" not in response.headers
    assert Page(response.text).root.one("section", class_="planner").text == fragment.text
    stop = fragment.one("form")
    assert stop.attributes["action"] == f"{address}/stop"
    page = page_of(coordinator.post(f"{address}/stop", follow_redirects=True))
    assert "The planner has been asked to stop." in page.text
    db.refresh(job)
    assert job.stop_requested
    job.state, job.error = "failed", "nothing_found"
    db.commit()
    assert coordinator.get(f"{address}/progress").headers["HX-Refresh"] == "true"
    page = page_of(coordinator.get(address))
    assert "The planner found no plan in the time it had. Give it more." in page.text
    assert page.root.all("section", class_="planner") == []


def test_stopping_nothing_is_said(db: Session, coordinator: FlaskClient) -> None:
    small = make_small_round(db)
    db.commit()
    page = page_of(coordinator.post(f"/rounds/{small.planning_round.id}/stop", follow_redirects=True))
    assert "The planner is not at work on this round." in page.text


def test_the_round_is_downloaded_as_the_planner_would_get_it(db: Session, coordinator: FlaskClient) -> None:
    small = make_small_round(db)
    db.commit()
    response = coordinator.get(f"/rounds/{small.planning_round.id}/round.json")
    assert response.mimetype == "application/json"
    assert "season.json" in response.headers["Content-Disposition"]
    assert read_round(response.data).id == "season"


# -- Drafts


def test_a_draft_is_listed_with_its_figures(db: Session, coordinator: FlaskClient) -> None:
    small = make_small_round(db)
    draft = make_draft(db, small, course())
    page = page_of(coordinator.get(f"/rounds/{small.planning_round.id}"))
    (row,) = page.rows()
    # objective 15,924 and bound 16,924 hundredths: a gap of 1,000 / 16,924 = 5.9 %
    assert row[1:] == ["1", "159.24", "169.24", "5.9 %", "€1,076"]
    assert page.links()[f"Draft {draft.id}"] == f"/rounds/drafts/{draft.id}"
    page = page_of(coordinator.get(f"/rounds/drafts/{draft.id}"))
    assert page.heading == f"Draft {draft.id}"
    (row,) = page.rows()
    assert row[1:6] == ["A course The union", "The hall , Dakar (Senegal)", "Lena (lead)", "2", "€1,076"]
    assert page.links()["Publish…"] == f"/schedule/publish/{draft.id}"
    assert page.links()["A course"] == f"/rounds/drafts/{draft.id}/room/course"
    assert page_of(coordinator.get("/rounds")).links()["Confirmations"] == "/confirmations"


def test_a_draft_by_month_shows_each_day_of_a_session(db: Session, coordinator: FlaskClient) -> None:
    draft = make_draft(db, make_small_round(db), course())
    page = page_of(coordinator.get(f"/rounds/drafts/{draft.id}/month"))
    days = {
        cell.one("time").attributes["datetime"]
        for cell in page.root.one("table", class_="month").all("td")
        if "A course" in cell.text
    }
    assert days == {"2027-03-03", "2027-03-04"}
    page = page_of(coordinator.get(f"/rounds/drafts/{draft.id}/month?month=2027-06"))
    assert "A course" not in page.root.one("table", class_="month").text
    assert page.root.all("a", rel="next") == []
    assert page.root.one("a", rel="prev").attributes["href"].endswith("month=2027-05")
    for elsewhere in ("nonsense", "0001-01", "9999-12", "2027-07"):
        page = page_of(coordinator.get(f"/rounds/drafts/{draft.id}/month?month={elsewhere}"))
        assert "A course" in page.root.one("table", class_="month").text


def test_a_draft_by_person_and_by_place(db: Session, coordinator: FlaskClient) -> None:
    draft = make_draft(db, make_small_round(db), course())
    rows = page_of(coordinator.get(f"/rounds/drafts/{draft.id}/people")).rows()
    assert [(row[0].split()[-2], row[2], row[3]) for row in rows] == [
        ("Lena", "1 of 4", "0 of 40"),
        ("Sam", "–", "–"),
        ("Sue", "–", "–"),
    ]
    page = page_of(coordinator.get(f"/rounds/drafts/{draft.id}/places"))
    assert [heading.text for heading in page.root.one("main").all("h2") if "Dakar" in heading.text] == [
        "Dakar, Senegal"
    ]
    (row,) = page.rows()
    assert row[1:] == ["A course The union", "The hall", "Lena (lead)", "2"]


def test_the_money_of_a_draft_by_fund_and_by_workshop(db: Session, coordinator: FlaskClient) -> None:
    draft = make_draft(db, make_small_round(db), course())
    page = page_of(coordinator.get(f"/rounds/drafts/{draft.id}/money"))
    assert page.rows() == [
        ["The fund", "1", "€9,000", "€1,076", "€7,924"],
        ["A course The union", "€1,076", "€5,000", "€3,924"],
    ]
    assert "Together: €1,076" in page.text


def test_what_is_left_out_has_its_reasons_in_words(db: Session, coordinator: FlaskClient) -> None:
    small = make_small_round(db)
    draft = make_draft(db, small, unscheduled=LEFT_OUT)
    later = make_workshop(db, titles={"en": "Came later"})
    db.add(RoundEntry(round_id=small.planning_round.id, workshop_id=later.id))
    db.commit()
    page = page_of(coordinator.get(f"/rounds/drafts/{draft.id}/left-out"))
    (reasons,) = page.root.all("div", class_="reasons")
    assert reasons.one("p").text == "A course · The union"
    assert [item.text for item in reasons.all("li")] == [
        (
            "Too few people may lead its topic; there are only Lena. Competence"
            " Ask for a smaller team or fewer seats, or invite more"
        ),
        f"{words.RULES['not_worth_it'].plain} Not worth it",
    ]
    assert page.links()["Came later"] == f"/workshops/{later.id}"
    assert page.links()["A course · The union"] == f"/workshops/{small.workshop.id}"
    way_in = page.links()["Ask for a smaller team or fewer seats, or invite more"]
    assert way_in == f"/workshops/{small.workshop.id}/request/who?then=check"
    assert page_of(coordinator.get(way_in)).heading == "Who"


def test_every_rule_that_more_room_would_satisfy_says_on_which_page_it_is_given() -> None:
    beyond_a_request = {"start_grid", "pins", "once", "not_worth_it", "not_found"}
    assert set(words.RULES) - set(words.MENDED_ON) == beyond_a_request
    assert all(words.mend(step) for step in words.MENDED_ON.values())


def test_the_list_of_drafts_says_which_is_published(db: Session, coordinator: FlaskClient) -> None:
    small = make_small_round(db)
    first, second = make_draft(db, small, course()), make_draft(db, small, course("2027-03-04"))
    for draft in (first, second):
        coordinator.post(f"/schedule/publish/{draft.id}", data={"note": ""})
    unpublished = make_draft(db, small, course())
    page = page_of(coordinator.get(f"/rounds/{small.planning_round.id}"))
    said = [row[0].partition("2026")[2] for row in page.rows()]
    assert [line.rpartition("Version")[2] for line in said[1:]] == [" 2, in force", " 1"]
    assert "Version" not in said[0]
    # The draft itself says so too, and nobody is to be asked before what is announced already.
    links = page_of(coordinator.get(f"/rounds/drafts/{second.id}")).links()
    assert "Version 2, in force" in links
    assert "Ask before announcing" not in links
    assert "Ask before announcing" in page_of(coordinator.get(f"/rounds/drafts/{unpublished.id}")).links()


def test_two_drafts_are_compared_in_words(db: Session, coordinator: FlaskClient) -> None:
    small = make_small_round(db)
    first = make_draft(db, small, course())
    address = f"/rounds/drafts/{first.id}/compare"
    assert "There is no other draft of this round." in page_of(coordinator.get(address)).text
    same = make_draft(db, small, course())
    assert "Nothing differs." in page_of(coordinator.get(f"{address}?with={same.id}")).text
    moved = make_draft(db, small, course("2027-03-10", seats=("sam",)))
    page = page_of(coordinator.get(f"/rounds/drafts/{moved.id}/compare?with={first.id}"))
    (change,) = page.root.one("ul", class_="changes").all("li")
    assert change.text.startswith("Moved A course")
    assert format_span(date(2027, 3, 3), date(2027, 3, 4)) in change.text
    assert format_span(date(2027, 3, 10), date(2027, 3, 11)) in change.text
    assert "seats: 0 only here, 1 only there" in change.text
    without = make_draft(db, small, unscheduled=LEFT_OUT)
    page = page_of(coordinator.get(f"/rounds/drafts/{without.id}/compare?with={first.id}"))
    assert page.root.one("ul", class_="changes").one("li").text.startswith("Removed A course")
    page = page_of(coordinator.get(f"/rounds/drafts/{first.id}/compare?with={without.id}"))
    assert page.root.one("ul", class_="changes").one("li").text.startswith("Added A course")


def test_a_draft_is_not_compared_with_one_of_another_round(db: Session, coordinator: FlaskClient) -> None:
    small = make_small_round(db)
    draft, other = make_draft(db, small, course()), make_draft(db, small, course())
    other.planning_round = make_round(db)
    db.commit()
    page_of(coordinator.get(f"/rounds/drafts/{draft.id}/compare?with={other.id}"), 404)
    page_of(coordinator.get(f"/rounds/drafts/{draft.id}/compare?with=999"), 404)
    page_of(coordinator.get(f"/rounds/drafts/{draft.id}/compare?with={10**30}"), 404)


def test_both_documents_of_a_draft_are_downloaded(db: Session, coordinator: FlaskClient) -> None:
    draft = make_draft(db, make_small_round(db), course())
    for name, document in (("round", draft.round_document), ("schedule", draft.schedule_document)):
        response = coordinator.get(f"/rounds/drafts/{draft.id}/{name}.json")
        assert json.loads(response.data) == document
        assert f"season-draft-{draft.id}-{name}.json" in response.headers["Content-Disposition"]


def test_a_draft_is_discarded(db: Session, coordinator: FlaskClient) -> None:
    small = make_small_round(db)
    address = f"/rounds/drafts/{make_draft(db, small, course()).id}"
    response = coordinator.post(f"{address}/discard")
    assert response.location == f"/rounds/{small.planning_round.id}"
    page_of(coordinator.get(address), 404)


def test_titles_and_reasons_come_in_the_readers_language(db: Session, sign_in_as: SignIn) -> None:
    reader = sign_in_as(make_account(db, role="coordinator", language="fr"))
    draft = make_draft(db, make_small_round(db), course())
    page = page_of(reader.get(f"/rounds/drafts/{draft.id}"))
    assert page.rows()[0][1] == "Un cours The union"


# -- Who sees it

ADDRESSES = [
    "",
    "/open",
    "/{round}",
    "/{round}/terms",
    "/{round}/change",
    "/{round}/requests",
    "/{round}/progress",
    "/{round}/round.json",
    "/drafts/{draft}",
    "/drafts/{draft}/month",
    "/drafts/{draft}/people",
    "/drafts/{draft}/places",
    "/drafts/{draft}/money",
    "/drafts/{draft}/left-out",
    "/drafts/{draft}/compare",
    "/drafts/{draft}/round.json",
    "/drafts/{draft}/schedule.json",
]


@pytest.mark.parametrize("role", ["officer", "focal_point", None])
def test_drafts_and_rounds_are_for_coordinators_alone(db: Session, sign_in_as: SignIn, role: Any) -> None:
    small = make_small_round(db)
    draft = make_draft(db, small, course())
    reader = sign_in_as(make_account(db, role=role))
    for address in ADDRESSES:
        path = "/rounds" + address.format(round=small.planning_round.id, draft=draft.id)
        assert reader.get(path).status_code == 403, path
    for path in ("plan", "stop", "close", "reopen", "requests"):
        assert reader.post(f"/rounds/{small.planning_round.id}/{path}").status_code == 403, path
    assert reader.post(f"/rounds/drafts/{draft.id}/discard").status_code == 403


def test_what_is_not_there_is_not_found(coordinator: FlaskClient) -> None:
    for path in ("/rounds/9", "/rounds/9/requests", "/rounds/drafts/9", "/rounds/drafts/9/round.json"):
        assert coordinator.get(path).status_code == 404, path
    for path in ("/rounds/9/plan", "/rounds/9/close", "/rounds/drafts/9/discard"):
        assert coordinator.post(path).status_code == 404, path


@pytest.mark.parametrize("address", ["/rounds", "/rounds/{round}/requests"])
def test_a_list_takes_the_same_queries_with_1_and_30_rows(
    db: Session, coordinator: FlaskClient, address: str
) -> None:
    first = make_round(db, workshops=[make_workshop(db)])
    make_workshop(db)
    db.commit()
    path = address.format(round=first.id)
    with queries_made() as few:
        page_of(coordinator.get(path))
    for _ in range(30):
        make_round(db, workshops=[make_workshop(db)])
        make_workshop(db)
        db.add(RoundEntry(round_id=first.id, workshop_id=make_workshop(db).id))
    db.commit()
    with queries_made() as many:
        page_of(coordinator.get(path))
    assert len(many) == len(few)


def test_the_page_of_a_round_takes_the_same_queries_with_1_and_30_drafts(
    db: Session, coordinator: FlaskClient
) -> None:
    small = make_small_round(db)
    path = f"/rounds/{small.planning_round.id}"
    make_draft(db, small, course())
    with queries_made() as few:
        page_of(coordinator.get(path))
    for _ in range(29):
        make_draft(db, small, course())
    with queries_made() as many:
        assert len(page_of(coordinator.get(path)).rows()) == 30
    assert len(many) == len(few)
