"""Something happened after people were told: repairs by the real planner, from form to publication."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, Forbidden, system
from app.availability.models import AvailabilitySpan
from app.availability.services import add_span
from app.errors import Conflict
from app.facts import AuditEntry
from app.jobs.models import Job
from app.jobs.worker import run_job
from app.network.models import MAY_LEAD
from app.network.services.places import close_venue
from app.planning.draft_writer import document_bytes
from app.planning.happenings import Happening
from app.planning.models import Draft, Question
from app.planning.repairing import ask_for_repair, in_force, take_repair
from app.schedule.models import Version, WorkshopSession
from app.schedule.services import publish_draft
from app.stages import JOBS
from app.travel.models import BorderClosure
from solver import check, read_round, read_schedule
from tests.app.planning.rounds import SmallRound, make_small_round
from tests.conftest import NOW
from tests.factories import Planned, make_account, make_draft, make_person, make_workshop
from tests.pages import Page

TESTER = system("test")
SignIn = Callable[[Any], FlaskClient]


def announced(db: Session) -> SmallRound:
    """The small round, published: Lena leads the course on 3 and 4 March; Ada could as well."""
    small = make_small_round(db, days=2)
    make_person(
        db, code="ada", name="Ada", organisation=small.north, teaches={small.topic: MAY_LEAD}, fee_per_day=60
    )
    # A second request that nobody has been told of: the fewest changes do not plan it.
    other = make_workshop(
        db,
        code="other",
        titles={"en": "Another"},
        requested_by=small.union,
        topic=small.topic,
        venues=[small.hall],
        invited=[small.north],
        window_first=date(2027, 4, 1),
        window_last=date(2027, 4, 30),
    )
    other.priority = 5
    small.planning_round.entries.append(type(small.planning_round.entries[0])(workshop=other))
    db.flush()
    meets = Planned(small.workshop, "2027-03-03", [small.lena], [small.sam, small.sue], small.hall)
    publish_draft(
        db, actor=TESTER, draft=make_draft(db, small.planning_round, [meets]), note="First", now=NOW
    )
    db.commit()
    return small


def run_open_job(db: Session) -> None:
    job_id = db.scalars(select(Job.id).where(Job.state == "queued", Job.kind == "answer_question")).one()
    db.commit()
    run_job(job_id, JOBS)
    db.expire_all()


def repaired(db: Session, small: SmallRound, happening: Happening) -> Question:
    question = ask_for_repair(
        db,
        actor=TESTER,
        planning_round=small.planning_round,
        happening=happening,
        now=NOW,
        wake=lambda job_id: None,
    )
    run_open_job(db)
    return question


ILL = Happening("person", "lena", date(2027, 3, 1), date(2027, 3, 31))


def test_somebody_ill_is_replaced_and_only_those_touched_hear_of_it(db: Session, sign_in_as: SignIn) -> None:
    small = announced(db)
    client = sign_in_as(make_account(db, role="coordinator"))
    address = f"/rounds/{small.planning_round.id}/repair"
    assert address in client.get(f"/rounds/{small.planning_round.id}").text
    form = Page(client.get(f"{address}?person={small.lena.id}&from=2027-03-01&to=2027-03-31").text)
    assert (form.field("first"), form.field("last")) == ("2027-03-01", "2027-03-31")
    data = {"what": "person:lena", "first": "2027-03-01", "last": "2027-03-31"}
    answer = client.post(address, data=data).location
    assert "The planner looks for the fewest changes" in Page(client.get(answer).text).text
    run_open_job(db)
    page = Page(client.get(answer).text)
    assert page.heading == "Lena is not available: 1–31 Mar 2027."
    assert "At least 1 change is needed" in page.text
    assert "proven: none changes less" in page.text
    assert "A course: Ada in place of Lena" in page.text
    question = db.scalars(select(Question)).one()
    fewest = question.answer["variants"][0]
    assert (fewest["name"], fewest["changes"], fewest["touched"], fewest["new"]) == ("fewest", 1, 2, 0)
    assert question.answer["done"]
    curve = [(each["changes"], each["value"]) for each in question.answer["variants"]]
    assert curve == sorted(curve), "who accepts more changes is offered more"
    assert len({value for _, value in curve}) == len(curve), "and nothing that another beats"
    response = client.post(f"/rounds/repairs/{question.id}/take", data={"variant": "fewest"})
    draft = db.scalars(select(Draft).order_by(Draft.id.desc()).limit(1)).one()
    assert response.location == f"/rounds/drafts/{draft.id}"
    assert "repair: Fewest changes" in Page(client.get(response.location).text).text
    span = db.scalars(select(AvailabilitySpan)).one()
    assert (span.person_id, span.kind, span.first_day) == (small.lena.id, "unavailable", date(2027, 3, 1))
    publish_draft(db, actor=TESTER, draft=draft, note="", now=NOW)
    session = db.scalars(select(WorkshopSession)).one()
    assert [place.person_id for place in session.team] != [small.lena.id]
    assert session.sequence == 0, "nothing that those who stay have in their calendars has changed"
    assert db.query(Version).count() == 2


@pytest.mark.parametrize(
    ("happening", "changes"),
    [
        (Happening("venue", "hall", date(2027, 3, 1), date(2027, 3, 5)), 1),
        (Happening("elections", "SN", date(2027, 3, 1), date(2027, 3, 5)), 1),
        (Happening("request", "course"), 4),
        (Happening("fund", "fund", amount=9000), 4),
    ],
)
def test_whatever_happens_the_fewest_changes_are_found_and_every_plan_is_right(
    db: Session, happening: Happening, changes: int
) -> None:
    """Moved once where there are days left; called off for the one who leads it and two seats where not."""
    question = repaired(db, announced(db), happening)
    assert question.answer["variants"][0]["changes"] == changes
    assert question.answer["variants"][0]["proven"] or happening.kind == "fund"
    round = read_round(document_bytes(question.asked["round"]))
    for each in question.answer["variants"]:
        schedule = read_schedule(document_bytes(each["schedule"]), round)
        assert check(round, schedule) == ()
        assert each["changes"] >= question.answer["must"]


@pytest.mark.parametrize(
    "happening",
    [
        Happening("person", "lena", date(2027, 3, 2), date(2027, 3, 5)),
        Happening("venue", "hall", date(2027, 3, 2), date(2027, 3, 5)),
        Happening("border", "SN", date(2027, 3, 2), date(2027, 3, 5)),
    ],
)
def test_what_is_known_already_is_repaired_like_what_is_news(db: Session, happening: Happening) -> None:
    """Who has declined is away on those very days before the coordinator says so."""
    small = announced(db)
    first, last = happening.days.first, happening.days.last
    add_span(db, actor=TESTER, person=small.lena, kind="unavailable", first_day=first, last_day=last, now=NOW)
    close_venue(db, actor=TESTER, venue=small.hall, first_day=first, last_day=last, note="", now=NOW)
    db.commit()
    question = repaired(db, small, happening)
    round = read_round(document_bytes(question.asked["round"]))
    for each in question.answer["variants"]:
        assert check(round, read_schedule(document_bytes(each["schedule"]), round)) == ()
    assert question.answer["variants"]


def test_a_closed_border_keeps_people_where_they_live(db: Session) -> None:
    """Sue comes from Accra: with the border of Ghana closed she cannot, but the course stays with Sam."""
    question = repaired(db, announced(db), Happening("border", "GH", date(2027, 2, 1), date(2027, 3, 31)))
    fewest = question.answer["variants"][0]
    (session,) = fewest["schedule"]["sessions"]
    assert (session["start"], session["seats"], fewest["changes"]) == ("2027-03-03", ["sam"], 1)


def test_a_closed_border_is_known_to_the_next_plan_once_a_repair_is_taken(db: Session) -> None:
    small = announced(db)
    question = repaired(db, small, Happening("border", "GH", date(2027, 2, 1), date(2027, 3, 31)))
    assert db.scalars(select(BorderClosure)).all() == [], "nothing is noted before somebody decides"
    take_repair(db, actor=TESTER, question=question, variant="fewest", now=NOW)
    (closed,) = db.scalars(select(BorderClosure))
    assert (closed.country, closed.first_day, closed.last_day) == (
        "GH",
        max(date(2027, 2, 1), NOW.date()),
        date(2027, 3, 31),
    )
    assert in_force(db, small.planning_round, NOW.date()).round.people["sue"].entry == {
        "SN": date(2027, 4, 1)
    }


def test_sessions_that_are_over_stay_as_they_were(db: Session) -> None:
    small = announced(db)
    standing = in_force(db, small.planning_round, date(2027, 3, 10))
    (pin,) = standing.round.pins
    assert (pin.workshop, pin.venue, pin.team, pin.seats) == ("course", "hall", ("lena",), ("sam", "sue"))
    assert in_force(db, small.planning_round, date(2027, 3, 4)).round.pins == ()


def test_only_coordinators_say_what_happened_and_only_where_something_was_announced(db: Session) -> None:
    small = make_small_round(db)
    wanted: dict[str, Any] = {
        "planning_round": small.planning_round,
        "happening": ILL,
        "now": NOW,
        "wake": lambda job_id: None,
    }
    with pytest.raises(Forbidden):
        ask_for_repair(db, actor=Actor(account_id=1), **wanted)
    with pytest.raises(Conflict, match="nothing_published"):
        ask_for_repair(db, actor=TESTER, **wanted)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"what": "person:lena", "last": "2027-03-31"}, "Say from which day."),
        ({"what": "person:lena", "first": "2027-03-31"}, "Say until which day."),
        ({"what": "venue:hall", "first": "2027-03-31", "last": "2027-03-01"}, "must not be before the first"),
        ({"what": "fund:fund"}, "Say by how much."),
        ({"what": "person:nobody", "first": "2027-03-01", "last": "2027-03-01"}, "Not a valid choice."),
        ({}, "Choose what happened."),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    db: Session, sign_in_as: SignIn, data: dict[str, str], error: str
) -> None:
    small = announced(db)
    client = sign_in_as(make_account(db, role="coordinator"))
    response = client.post(f"/rounds/{small.planning_round.id}/repair", data=data)
    assert response.status_code == 422
    assert any(error in each for each in Page(response.text).errors())
    assert db.query(AuditEntry).filter_by(fact="RepairAsked").count() == 0


def test_a_repair_that_is_taken_twice_is_noted_down_once(db: Session, sign_in_as: SignIn) -> None:
    small = announced(db)
    question = repaired(db, small, Happening("fund", "fund", amount=1000))
    assert question.answer["must"] == 0
    assert question.answer["variants"][0]["changes"] == 0, "there is enough money left"
    client = sign_in_as(make_account(db, role="coordinator"))
    address = f"/rounds/repairs/{question.id}/take"
    first, second = (client.post(address, data={"variant": "fewest"}).location for _ in range(2))
    assert first == second
    db.expire_all()
    assert small.fund.amount == 8000
    refused = client.post(address, data={"variant": "nothing"})
    assert refused.location == f"/rounds/repairs/{question.id}"
