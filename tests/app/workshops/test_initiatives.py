"""Initiatives: who sees and changes them, what is promised to them, the list, the page, there and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, Forbidden, system
from app.accounts.models import Account
from app.errors import Conflict, Invalid, NotFound
from app.facts import AuditEntry
from app.network.models import Organisation, Topic
from app.spreadsheets.csv_files import read_csv, write_csv
from app.spreadsheets.plan import Plan, make_plan
from app.workshops import queries as workshops
from app.workshops import services as requests
from app.workshops.answers import answers_of
from app.workshops.initiatives import queries, services
from app.workshops.initiatives.imports import INITIATIVES
from app.workshops.initiatives.queries import InitiativeFilter
from app.workshops.initiatives.services import Details
from app.workshops.models import Fund, Initiative
from tests.app.schedule.seasons import make_season
from tests.app.workshops.requests import make_coalition
from tests.conftest import NOW
from tests.counting import queries_made
from tests.factories import (
    make_account,
    make_actor,
    make_fund,
    make_initiative,
    make_organisation,
    make_topic,
    make_workshop,
)
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]


@pytest.fixture
def coalition(db: Session) -> Organisation:
    return make_coalition(db, code="coal")


@pytest.fixture
def officer(db: Session, coalition: Organisation) -> Actor:
    return make_actor(db, "officer", organisation=coalition)


@pytest.fixture
def area(db: Session) -> Topic:
    return make_topic(db, code="advocacy", titles={"en": "Advocacy"})


def details(lead: Organisation, area: Topic, **other: Any) -> Details:
    given = {
        "titles": {"en": "Heard"},
        "organisation_id": lead.id,
        "area_id": area.id,
        "first_day": date(2027, 1, 1),
        "last_day": date(2027, 12, 31),
    }
    return Details(**{**given, **other})


def titles(db: Session, actor: Actor, **wanted: Any) -> list[str]:
    found = queries.initiatives(db, actor=actor, wanted=InitiativeFilter(**wanted), now=NOW)
    return [row.initiative.titles["en"] for row in found.rows]


# -- Whose they are


def test_a_platform_sets_up_its_initiative_and_the_trail_tells_it(
    db: Session, coalition: Organisation, area: Topic
) -> None:
    platform, other = coalition.members[:2]
    focal_point = make_actor(db, "focal_point", organisation=platform)
    begun = services.begin_initiative(
        db,
        actor=focal_point,
        details=details(platform, area, partner_ids=frozenset({other.id})),
        now=NOW,
    )
    assert (begun.code, begun.partners, begun.state) == ("heard", [other], "proposed")
    running = details(platform, area, state="running")
    services.change_initiative(db, actor=focal_point, initiative=begun, details=running, now=NOW)
    services.change_initiative(db, actor=focal_point, initiative=begun, details=running, now=NOW)
    trail = db.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "initiative")).all()
    assert [entry.fact for entry in trail] == ["InitiativeBegun", "InitiativeChanged"]
    assert trail[1].after == {"partner_ids": [], "state": "running"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"titles": {}}, "title_en"),
        ({"last_day": date(2026, 1, 1)}, "last_day"),
        ({"state": "lost"}, "state"),
        ({"area_id": 99}, "area_id"),
        ({"partner_ids": frozenset({999})}, "partner_ids"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    db: Session, coalition: Organisation, officer: Actor, area: Topic, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        services.begin_initiative(
            db, actor=officer, details=details(coalition.members[0], area, **changed), now=NOW
        )
    assert refused.value.field == field


def test_a_topic_within_an_area_is_no_area(
    db: Session, coalition: Organisation, officer: Actor, area: Topic
) -> None:
    within = make_topic(db, area=area)
    with pytest.raises(Invalid):
        services.begin_initiative(db, actor=officer, details=details(coalition.members[0], within), now=NOW)


def test_each_sees_what_they_lead_join_or_pay_for_and_nothing_else(
    db: Session, coalition: Organisation, officer: Actor
) -> None:
    platform = coalition.members[0]
    own_fund = make_fund(db, organisation=coalition)
    make_initiative(db, organisation=platform, titles={"en": "Led"})
    make_initiative(db, partners=[platform], titles={"en": "Joined"})
    make_initiative(db, promises={own_fund: 5}, titles={"en": "Paid"})
    foreign = make_initiative(db, titles={"en": "Foreign"})
    assert sorted(titles(db, officer)) == ["Joined", "Led", "Paid"]
    assert len(titles(db, make_actor(db, "coordinator"))) == 4
    assert sorted(titles(db, make_actor(db, "focal_point", organisation=platform))) == ["Joined", "Led"]
    with pytest.raises(NotFound):
        queries.initiative_for(db, actor=officer, initiative_id=foreign.id)


def test_only_who_acts_for_the_lead_changes_it_and_gives_it_to_nobody_else(
    db: Session, coalition: Organisation, officer: Actor, area: Topic
) -> None:
    platform, stranger = coalition.members[0], make_organisation(db)
    joined = make_initiative(db, partners=[platform])
    led = make_initiative(db, organisation=platform)
    for initiative, lead in ((joined, platform), (led, stranger)):
        with pytest.raises(Forbidden):
            services.change_initiative(
                db, actor=officer, initiative=initiative, details=details(lead, area), now=NOW
            )


# -- Money


def test_a_part_of_a_fund_is_promised_changed_and_taken_back(
    db: Session, coalition: Organisation, officer: Actor
) -> None:
    fund = make_fund(db, organisation=coalition, amount=10_000)
    initiative = make_initiative(db, organisation=coalition.members[0])

    def promise(amount: int) -> int | None:
        pot = services.promise_part(
            db, actor=officer, initiative=initiative, fund=fund, amount=amount, now=NOW
        )
        return pot.promised if pot else None

    assert [promise(amount) for amount in (4_000, 10_000, 10_000, 500, 0)] == [
        4_000,
        10_000,
        10_000,
        500,
        None,
    ]
    trail = db.scalars(select(AuditEntry).where(AuditEntry.fact == "FundPromised")).all()
    assert [entry.after["amount"] for entry in trail] == [4_000, 10_000, 500, 0]
    assert trail[0].facts == {"fund_id": fund.id}


def test_no_more_is_promised_than_is_left_and_no_less_than_is_used(db: Session) -> None:
    season = make_season(db)
    fund = make_fund(db, amount=10_000)
    make_initiative(db, promises={fund: 7_000})
    initiative = make_initiative(db)
    actor = system("test")

    def promise(amount: int) -> None:
        services.promise_part(db, actor=actor, initiative=initiative, fund=fund, amount=amount, now=NOW)

    with pytest.raises(Invalid) as refused:
        promise(3_001)
    assert (refused.value.reason, refused.value.values["most"]) == ("more_than_left", 3_000)
    promise(3_000)
    season.meeting.funds, season.meeting.initiative = [fund], initiative
    season.publish(season.meets())
    used = season.session_of(season.meeting).cost
    with pytest.raises(Invalid) as refused:
        promise(used - 1)
    assert refused.value.reason == "less_than_used"
    promise(used)
    initiative.state = "ended"
    with pytest.raises(Conflict, match="initiative_over"):
        promise(used + 1)


def test_nobody_promises_the_money_of_others(db: Session, officer: Actor, coalition: Organisation) -> None:
    initiative = make_initiative(db, organisation=coalition.members[0])
    with pytest.raises(Forbidden):
        services.promise_part(db, actor=officer, initiative=initiative, fund=make_fund(db), amount=1, now=NOW)
    with pytest.raises(Forbidden):
        services.promise_part(
            db,
            actor=make_actor(db, "focal_point", organisation=coalition.members[0]),
            initiative=initiative,
            fund=make_fund(db, organisation=coalition.members[0]),
            amount=1,
            now=NOW,
        )


def test_a_request_of_an_initiative_may_be_charged_to_what_is_promised_to_it(
    db: Session, coalition: Organisation, officer: Actor
) -> None:
    fund: Fund = make_fund(db)  # of somebody else
    initiative = make_initiative(db, organisation=coalition.members[0], promises={fund: 100})
    request = make_workshop(db, requested_by=coalition, state="drafted")
    assert workshops.funds_to_charge(db, actor=officer, workshop=request) == []
    what = replace(answers_of(request).what, initiative_id=initiative.id)
    requests.answer_page(db, actor=officer, workshop=request, page=what, complete=True, now=NOW)
    assert (request.initiative, request.funds) == (initiative, [fund])
    assert workshops.funds_to_charge(db, actor=officer, workshop=request) == [fund]


def test_a_request_belongs_to_no_initiative_of_others_and_to_none_that_is_over(
    db: Session, coalition: Organisation, officer: Actor
) -> None:
    request = make_workshop(db, requested_by=coalition, state="drafted")
    what = answers_of(request).what
    for initiative in (make_initiative(db), make_initiative(db, organisation=coalition, state="ended")):
        page = replace(what, initiative_id=initiative.id)
        with pytest.raises(Invalid):
            requests.answer_page(db, actor=officer, workshop=request, page=page, complete=True, now=NOW)


def test_a_copy_leaves_behind_what_is_over(db: Session, coalition: Organisation, officer: Actor) -> None:
    old = make_fund(db, organisation=coalition, last_day=date(2025, 12, 31))
    lasting = make_fund(db, organisation=coalition)
    over = make_initiative(db, organisation=coalition, state="ended")
    request = make_workshop(
        db,
        requested_by=coalition,
        funds=[old, lasting],
        initiative=over,
        window_first=date(2025, 3, 1),
        window_last=date(2025, 4, 1),
    )
    copy = requests.copy_request(db, actor=officer, workshop=request, now=NOW)
    assert (copy.funds, copy.initiative) == ([lasting], None)


# -- Pages


def test_the_list_is_filtered_by_state_area_region_and_fund(
    db: Session, coalition: Organisation, area: Topic
) -> None:
    fund = make_fund(db)
    pacific = make_organisation(db, region="Pacific")
    make_initiative(db, titles={"en": "A"}, area=area, promises={fund: 10})
    make_initiative(db, titles={"en": "B"}, organisation=pacific, state="ended", promises={fund: 20})
    coordinator = make_actor(db, "coordinator")
    assert titles(db, coordinator, state="ended") == ["B"]
    assert titles(db, coordinator, area_id=area.id) == ["A"]
    assert titles(db, coordinator, region="Pacific") == ["B"]
    assert titles(db, coordinator, fund_id=fund.id) == ["A", "B"], "what runs comes first"
    found = queries.initiatives(db, actor=coordinator, wanted=InitiativeFilter(), now=NOW)
    assert found.promised == {"EUR": 30}


def test_the_list_takes_as_many_queries_with_thirty_as_with_one(db: Session, sign_in_as: SignIn) -> None:
    client = sign_in_as(make_account(db, role="coordinator"))
    counts = []
    for more in (1, 29):
        for _ in range(more):
            partner = make_organisation(db)
            initiative = make_initiative(db, partners=[partner], promises={make_fund(db): 5})
            make_workshop(db, initiative=initiative)
        db.commit()
        with queries_made() as statements:
            assert client.get("/workshops/initiatives").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_an_initiative_is_set_up_by_form_once_and_promised_a_part(
    db: Session, coalition: Organisation, area: Topic, sign_in_as: SignIn
) -> None:
    fund = make_fund(db, organisation=coalition, title="Voice", amount=1_000)
    officer = sign_in_as(make_account(db, role="officer", organisation=coalition))
    page = Page(officer.get("/workshops/initiatives/new").text)
    platform = coalition.members[0]
    sent = {
        "once": page.field("once"),
        "title_en": "Heard",
        "organisation_id": str(platform.id),
        "area_id": str(area.id),
        "first_day": "2027-01-01",
        "last_day": "2026-01-01",
        "state": "running",
    }
    refused = officer.post("/workshops/initiatives/new", data=sent)
    assert (refused.status_code, Page(refused.text).errors()) == (
        422,
        ["The last day is before the first day."],
    )
    answers = [
        officer.post("/workshops/initiatives/new", data=sent | {"last_day": "2027-12-31"}) for _ in "ab"
    ]
    made = db.scalars(select(Initiative)).one()
    assert [answer.location for answer in answers] == [f"/workshops/initiatives/{made.id}"] * 2
    address = f"/workshops/initiatives/{made.id}"
    too_much = officer.post(f"{address}/promise", data={"fund_id": fund.id, "amount": "1001"})
    assert too_much.status_code == 422
    assert Page(too_much.text).errors() == ["Of this fund €1,000 can be promised at most."]
    officer.post(f"{address}/promise", data={"fund_id": fund.id, "amount": "600"})
    shown = Page(officer.get(address).text)
    assert shown.rows()[0] == ["Voice " + coalition.short_name, "€600", "€0", "€0", "€600"]
    rows = Page(officer.get(f"/workshops/funds/{fund.id}").text).rows()
    assert ["Heard", "€600", "€0", "€0", "€600"] in rows


def test_of_a_joint_initiative_the_requests_of_another_coalition_stay_unnamed(
    db: Session, coalition: Organisation, sign_in_as: SignIn
) -> None:
    initiative = make_initiative(db, partners=[coalition.members[0]])
    make_workshop(db, requested_by=coalition, initiative=initiative, titles={"en": "Ours"})
    make_workshop(db, initiative=initiative, titles={"en": "Theirs"})
    officer = sign_in_as(make_account(db, role="officer", organisation=coalition))
    page = officer.get(f"/workshops/initiatives/{initiative.id}")
    assert "Ours" in page.text
    assert "Theirs" not in page.text
    assert "and 1 workshop that another coalition asks for" in page.text


def test_the_initiative_of_strangers_does_not_exist(
    db: Session, coalition: Organisation, sign_in_as: SignIn
) -> None:
    initiative = make_initiative(db)
    officer = sign_in_as(make_account(db, role="officer", organisation=coalition))
    address = f"/workshops/initiatives/{initiative.id}"
    assert officer.get(address).status_code == 404
    assert officer.get(f"{address}/edit").status_code == 404
    assert officer.post(f"{address}/promise", data={"fund_id": 1, "amount": 1}).status_code == 404


# -- As a spreadsheet


ROW = {
    "code": "heard",
    "title_en": "Heard",
    "organisation": "plat",
    "area": "advocacy",
    "first_day": "2027-01-01",
    "last_day": "2027-12-31",
    "promises": "fund: 300",
}


def plan(db: Session, actor: Actor, *changes: dict[str, str]) -> Plan:
    merged = [{**ROW, **change} for change in changes]
    names = list(dict.fromkeys(name for row in merged for name in row))
    file = write_csv([names, *([row.get(name, "") for name in names] for row in merged)])
    return make_plan(INITIATIVES, read_csv(file), INITIATIVES.open(db, actor))


@pytest.fixture
def named(db: Session, coalition: Organisation, area: Topic) -> Fund:
    coalition.members[0].code = "plat"
    return make_fund(db, code="fund", organisation=coalition, amount=500)


def test_initiatives_come_and_go_as_a_spreadsheet(db: Session, officer: Actor, named: Fund) -> None:
    ledger = INITIATIVES.open(db, officer)
    made = make_plan(INITIATIVES, read_csv(write_csv([list(ROW), list(ROW.values())])), ledger)
    ledger.write(made.to_write(), NOW)
    db.expire_all()
    initiative = db.scalars(select(Initiative)).one()
    assert [(each.fund.code, each.amount) for each in initiative.promises] == [("fund", 300)]
    assert plan(db, officer, {}).entries[0].state == "same"
    assert plan(db, officer, {"promises": "fund: 500"}).entries[0].state == "changed"


def test_everything_that_is_wrong_with_an_initiative_is_told_at_once(
    db: Session, officer: Actor, named: Fund
) -> None:
    wrong = {"title_en": "", "organisation": "coal2", "area": "nothing", "state": "lost", "last_day": "May"}
    problems = plan(db, officer, wrong).entries[0].problems
    assert sorted(problem.column or "" for problem in problems) == [
        "area",
        "last_day",
        "organisation",
        "state",
        "title_en",
    ]


def test_rows_together_promise_no_more_than_is_left(db: Session, officer: Actor, named: Fund) -> None:
    two = plan(db, officer, {}, {"code": "again", "title_en": "Again"})
    assert [entry.state for entry in two.entries] == ["new", "refused"]
    assert two.entries[1].problems[0].values["amount"] == 200
    make_fund(db, code="theirs")
    refused = plan(db, officer, {"promises": "theirs: 5"}, {"promises": "5 of fund"})
    assert [entry.problems[0].reason for entry in refused.entries] == ["unknown_code", "not_a_part"]


def test_the_initiatives_of_strangers_are_neither_taken_away_nor_overwritten(
    db: Session, officer: Actor, named: Fund
) -> None:
    make_initiative(db, code="heard")
    assert list(INITIATIVES.open(db, officer).in_reach()) == []
    assert plan(db, officer, {}).entries[0].problems[0].reason == "code_taken"
