"""The pages of propositions, as the secretariat, a platform and whoever has a link see them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account
from app.mail.models import OutboxLetter
from app.propositions.letters import write_are_you_in
from app.propositions.models import Proposition, PropositionMember, PropositionSet
from app.propositions.services import ask_platforms
from app.propositions.views.sets import TERMS
from app.workshops.models import Workshop
from tests.app.propositions.season import Season, make_season
from tests.factories import make_account
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]


@pytest.fixture
def season(db: Session) -> Season:
    return make_season(db)


@pytest.fixture
def proposition(season: Season) -> Proposition:
    return season.proposition()


def test_a_coordinator_types_a_budget_and_sees_the_set(season: Season, sign_in_as: SignIn) -> None:
    client = sign_in_as(season.secretariat)
    page = Page(client.get(f"/propositions/calls/{season.call.id}").text)
    assert "Nothing has been worked out yet" in page.text
    form = {name: page.field(name) for name in TERMS}
    answer = client.post(
        f"/propositions/calls/{season.call.id}/work-out",
        data={**form, "budget": "90000", "platforms_min": "2"},
    )
    assert answer.status_code == 303
    found = season.db.scalars(select(PropositionSet)).one()
    assert (found.budget, found.terms["platforms_min"]) == (90_000, 2)
    season.work_out(budget=90_000)
    text = Page(client.get(f"/propositions/calls/{season.call.id}").text).text
    assert "Together these answer 3 of 5 needs" in text
    assert "this is proven" in text


def test_a_set_that_is_not_proven_best_says_how_much_better_another_could_be(
    season: Season, sign_in_as: SignIn
) -> None:
    season.work_out(budget=90_000)
    found = season.db.scalars(select(PropositionSet)).one()
    found.points, found.bound = 90, 100
    season.db.commit()
    page = Page(sign_in_as(season.secretariat).get(f"/propositions/calls/{season.call.id}").text)
    assert "another set could answer at most 10.0 % more" in page.text


def test_the_list_leads_to_each_call(season: Season, sign_in_as: SignIn) -> None:
    page = Page(sign_in_as(season.secretariat).get("/propositions").text)
    assert page.links()["Needs of 2027"] == f"/propositions/calls/{season.call.id}"
    season.work_out()
    assert page_row(sign_in_as(season.secretariat).get("/propositions").text) == ["5", "1"]


def page_row(html: str) -> list[str]:
    return Page(html).rows()[-1][-2:]


def test_a_budget_that_is_no_number_is_shown_where_it_stands(season: Season, sign_in_as: SignIn) -> None:
    client = sign_in_as(season.secretariat)
    answer = client.post(f"/propositions/calls/{season.call.id}/work-out", data={"budget": "much"})
    assert answer.status_code == 422
    assert Page(answer.text).field("budget") == "much"


def test_a_proposition_says_why_it_is_there(
    season: Season, proposition: Proposition, sign_in_as: SignIn
) -> None:
    page = Page(sign_in_as(season.secretariat).get(f"/propositions/{proposition.id}").text)
    assert "3 of 4 platforms of West Africa that answered ask for" in page.text
    assert "national replications reach 57 people" in page.text
    assert "1 facilitator is still to be found" in page.text
    assert "Our own words" not in page.text


def test_a_coordinator_edits_splits_and_drops(
    season: Season, proposition: Proposition, sign_in_as: SignIn
) -> None:
    client = sign_in_as(season.secretariat)
    here, lines = f"/propositions/{proposition.id}", season.lines()
    assert client.get(f"{here}/edit").status_code == 200
    form = {
        "kind": "peer_exchange",
        "language": "fr",
        "venue_id": proposition.venue_id,
        "days": "3",
        "line_ids": [lines["sn"], lines["tg"]],
        "giver_ids": [season.platforms["ml"].id],
    }
    assert client.post(f"{here}/edit", data=form).status_code == 303
    assert "can teach it to" in Page(client.get(here).text).text
    assert client.post(f"{here}/split", data={}).status_code == 422
    halves = [
        client.post(f"{here}/split", data={"line_ids": [lines["tg"]], "once": "a" * 32}) for _ in range(2)
    ]
    assert {answer.status_code for answer in halves} == {303}
    assert halves[0].location == halves[1].location
    assert client.post(f"{here}/drop").status_code == 303
    assert "Bring it back" in client.get(here).text
    season.db.expire_all()
    assert season.db.get_one(Proposition, proposition.id).state == "dropped"


def test_platforms_are_asked_by_letter_and_answer_by_its_link_without_an_account(
    season: Season, proposition: Proposition, db: Session, sign_in_as: SignIn, client: FlaskClient
) -> None:
    focal = make_account(db, role="focal_point", organisation=season.platforms["tg"], language="fr")
    assert sign_in_as(season.secretariat).post(f"/propositions/{proposition.id}/ask").status_code == 303
    letter = db.scalars(select(OutboxLetter).where(OutboxLetter.to_address == focal.email)).one()
    path = next(word for word in letter.text.split() if "/propositions/by-link/" in word)
    path = "/propositions" + path.split("/propositions", 1)[1]
    page = client.get(path)
    assert page.status_code == 200
    assert "Platform of SN" in page.text
    sent = {"once": "b" * 32, "said": "in"}
    assert client.post(path, data={"once": "b" * 32}).status_code == 422
    assert client.post(path, data=sent).status_code == 303
    assert client.post(path, data=sent).status_code == 303
    db.expire_all()
    togo = db.scalars(
        select(PropositionMember).where(PropositionMember.organisation_id == season.platforms["tg"].id)
    ).one()
    assert (togo.answer, togo.answered_by) == ("in", focal.name)
    sign_in_as(season.secretariat).post(
        f"/propositions/{proposition.id}/requests",
        data={"once": "d" * 32, "requested_by_id": season.coalition.id},
    )
    late = client.post(path, data={"once": "e" * 32, "said": "out"}, follow_redirects=True)
    assert "This has become a request." in late.text
    db.expire_all()
    assert togo.answer == "in"
    assert client.get(path + "x").status_code == 404


def test_a_link_still_leads_there_after_a_split(
    season: Season, proposition: Proposition, db: Session, sign_in_as: SignIn, client: FlaskClient
) -> None:
    make_account(db, role="focal_point", organisation=season.platforms["tg"])
    secretariat = sign_in_as(season.secretariat)
    secretariat.post(f"/propositions/{proposition.id}/ask")
    letter = db.scalars(select(OutboxLetter)).one()
    path = "/propositions" + letter.text.split("/propositions", 1)[1].split()[0]
    secretariat.post(f"/propositions/{proposition.id}/split", data={"line_ids": [season.lines()["tg"]]})
    assert client.post(path, data={"said": "in"}).status_code == 303
    db.expire_all()
    members = db.scalars(
        select(PropositionMember).where(PropositionMember.organisation_id == season.platforms["tg"].id)
    ).all()
    assert [(m.proposition_id != proposition.id, m.answer) for m in members] == [(True, "in")]


def test_a_platform_answers_signed_in(
    season: Season, proposition: Proposition, db: Session, sign_in_as: SignIn
) -> None:
    ask_platforms(db, actor=season.coordinator, proposition=proposition, now=clock.now())
    client = sign_in_as(season.focal_point("tg"))
    page = client.get(f"/propositions/{proposition.id}")
    assert "Yes, we are in" in page.text
    assert "Turn it into requests" not in page.text
    togo = next(m.id for m in proposition.members if m.organisation.code == "tg")
    other = next(m.id for m in proposition.members if m.organisation.code == "sn")
    here = f"/propositions/{proposition.id}/answers"
    assert client.post(f"{here}/{togo}", data={"said": "in"}).status_code == 303
    assert client.post(f"{here}/{other}", data={"said": "in"}).status_code == 404
    assert client.post(f"/propositions/{proposition.id}/drop").status_code == 403


def test_a_proposition_becomes_requests_once(
    season: Season, proposition: Proposition, db: Session, sign_in_as: SignIn
) -> None:
    client = sign_in_as(season.secretariat)
    form = {"once": "c" * 32, "requested_by_id": season.coalition.id}
    first = client.post(f"/propositions/{proposition.id}/requests", data=form)
    again = client.post(f"/propositions/{proposition.id}/requests", data=form)
    assert (first.status_code, first.location) == (again.status_code, again.location)
    assert len(db.scalars(select(Workshop)).all()) == 4
    report = Page(client.get(f"/propositions/calls/{season.call.id}/report").text)
    assert "5 needs were handed in. 3 of them are in a request, 0 have been served so far." in report.text
    assert "ask for it; a group needs 2." in report.text
    assert ["Too few of the region ask for it", "2"] in report.rows()
    request = Page(client.get(first.location).text)
    assert "It answers what 3 platforms said they need, in “Needs of 2027”." in request.text
    assert re.search(r"Platform of TG ?: Urgent, for 25 people", request.text)
    assert request.links()["The proposition that it came from"] == f"/propositions/{proposition.id}"


def test_the_silent_are_written_to_again_but_not_on_the_same_day(
    season: Season, proposition: Proposition, db: Session, sign_in_as: SignIn
) -> None:
    for code in ("sn", "tg"):
        season.focal_point(code)
    client, here = sign_in_as(season.secretariat), f"/propositions/{proposition.id}"
    client.post(f"{here}/ask")
    assert "Write again to those who have not answered" in client.get(here).text
    again = client.post(f"{here}/ask", follow_redirects=True)
    assert "letters go out" not in again.text
    assert len(db.scalars(select(OutboxLetter)).all()) == 2
    togo = next(m.id for m in proposition.members if m.organisation.code == "tg")
    noted = client.post(f"{here}/answers/{togo}", data={"said": "in"}, follow_redirects=True)
    assert "Noted, in your name." in noted.text
    db.expire_all()
    tomorrow = clock.now() + timedelta(days=1)
    silent = ask_platforms(db, actor=season.coordinator, proposition=proposition, now=tomorrow)
    number, _ = write_are_you_in(db, proposition=proposition, members=silent, now=tomorrow)
    assert number == 1
    last = db.scalars(select(OutboxLetter).order_by(OutboxLetter.id.desc())).first()
    assert last is not None
    assert last.subject.startswith("Is Platform of SN in?")


def test_where_nobody_can_be_written_to_no_letter_is_announced(
    season: Season, proposition: Proposition, sign_in_as: SignIn
) -> None:
    client = sign_in_as(season.secretariat)
    told = client.post(f"/propositions/{proposition.id}/ask", follow_redirects=True).text
    assert "Nobody to write to at" in told
    assert "letters go out" not in told


def test_while_it_is_worked_out_nothing_is_shown_that_is_not_known(
    season: Season, sign_in_as: SignIn
) -> None:
    client = sign_in_as(season.secretariat)
    page = Page(client.get(f"/propositions/calls/{season.call.id}").text)
    form = {name: page.field(name) for name in TERMS}
    client.post(f"/propositions/calls/{season.call.id}/work-out", data=form)
    waiting = Page(client.get(f"/propositions/calls/{season.call.id}").text).text
    assert "Working out propositions" in waiting
    assert "Proven limit" not in waiting


def test_the_form_of_a_change_says_which_needs_another_proposition_answers(
    season: Season, proposition: Proposition, sign_in_as: SignIn
) -> None:
    client, lines = sign_in_as(season.secretariat), season.lines()
    here = f"/propositions/{proposition.id}"
    client.post(f"{here}/split", data={"line_ids": [lines["tg"]]})
    page = Page(client.get(f"{here}/edit").text)
    assert "Platform of TG (French), in another proposition" in page.text
    refused = client.post(
        f"{here}/edit",
        data={
            "kind": proposition.kind,
            "language": "fr",
            "venue_id": proposition.venue_id,
            "days": 4,
            "line_ids": list(lines.values()),
        },
    )
    assert refused.status_code == 422
    assert Page(refused.text).errors() == ["Another proposition answers these needs by now."]


def test_the_list_of_a_set_costs_the_same_for_many_platforms(
    season: Season, proposition: Proposition, sign_in_as: SignIn, counted_statements: list[str]
) -> None:
    client = sign_in_as(season.secretariat)
    client.get(f"/propositions/calls/{season.call.id}")
    counted_statements.clear()
    client.get(f"/propositions/calls/{season.call.id}")
    assert len(counted_statements) <= 20
