"""Asking people for a season: who is asked, what is an answer, and reminders that stop by themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor, Forbidden
from app.accounts.identity import actor_of
from app.accounts.models import Account
from app.availability import asked as queries
from app.availability import asks as services
from app.availability.answers import answer_ask, open_asks_of
from app.availability.asked import AskedFilter
from app.availability.asks import AskDetails
from app.availability.jobs import write_due_letters
from app.availability.models import AvailabilityAsk, AvailabilityAsked
from app.availability.services import add_span
from app.errors import Conflict, Invalid, NotFound
from app.mail.models import OutboxLetter
from app.network.models import Organisation, Person
from tests.app.mail.stopping import stop_letters
from tests.counting import queries_made
from tests.factories import (
    make_account,
    make_actor,
    make_facilitator,
    make_group,
    make_organisation,
    make_person,
    make_topic,
)
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]

NOW = clock.now()
TODAY = clock.today()
FIRST, LAST = TODAY + timedelta(days=30), TODAY + timedelta(days=390)


def details(**values: object) -> AskDetails:
    return AskDetails(
        **{  # type: ignore[arg-type]
            "title": "Season 2027",
            "first_day": FIRST,
            "last_day": LAST,
            "closes_on": TODAY + timedelta(days=14),
            "who": "everybody",
            **values,
        }
    )


def ask_for_season(db: Session, now: datetime = NOW, **values: object) -> AvailabilityAsk:
    found = services.open_ask(db, actor=make_actor(db, "coordinator"), details=details(**values), now=now)
    db.commit()
    return found


def asked_of(db: Session, person: Person) -> AvailabilityAsked:
    db.expire_all()
    return db.scalars(select(AvailabilityAsked).where(AvailabilityAsked.person_id == person.id)).one()


def letters_to(db: Session, person: Person) -> list[OutboxLetter]:
    db.expire_all()
    return list(
        db.scalars(
            select(OutboxLetter)
            .where(OutboxLetter.to_address == person.email, OutboxLetter.kind.startswith("availability"))
            .order_by(OutboxLetter.id)
        )
    )


def link_in(letter: OutboxLetter) -> str:
    found = re.search(r"(/when/\S+)", letter.text)
    assert found is not None
    return found[1]


@pytest.fixture
def ama(db: Session) -> Person:
    return make_facilitator(db, make_topic(db), name="Ama")


# -- Who is asked


def test_those_are_asked_whom_it_is_for(db: Session, ama: Person) -> None:
    learner = make_person(db, wants={make_topic(db): 2})
    make_person(db)
    gone = make_facilitator(db, make_topic(db), left_on=TODAY)
    for who, expected in (("teaching", {ama.id}), ("learning", {learner.id})):
        ask = ask_for_season(db, who=who)
        rows = db.scalars(select(AvailabilityAsked.person_id).where(AvailabilityAsked.ask_id == ask.id))
        assert set(rows) == expected
    assert gone.id not in set(db.scalars(select(AvailabilityAsked.person_id)))


def test_an_ask_can_be_for_an_organisation_with_all_below_it_or_for_a_group(db: Session) -> None:
    body = make_organisation(db, kind="coalition")
    platform = make_organisation(db, bodies=[body])
    inside, outside = make_person(db, organisation=platform), make_person(db)
    group = make_group(db, people=[outside])
    ask = ask_for_season(db, organisation_id=body.id)
    assert set(db.scalars(select(AvailabilityAsked.person_id).where(AvailabilityAsked.ask_id == ask.id))) == {
        inside.id
    }
    ask = ask_for_season(db, group_id=group.id)
    assert set(db.scalars(select(AvailabilityAsked.person_id).where(AvailabilityAsked.ask_id == ask.id))) == {
        outside.id
    }


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"last_day": FIRST - timedelta(days=1)}, "last_day"),
        ({"first_day": date(2020, 1, 1), "last_day": date(2020, 2, 1)}, "last_day"),
        ({"closes_on": TODAY - timedelta(days=1)}, "closes_on"),
        ({"closes_on": LAST + timedelta(days=1)}, "closes_on"),
        ({"who": "teaching"}, "who"),
    ],
)
def test_an_ask_that_makes_no_sense_is_refused_at_its_field(
    db: Session, values: dict[str, object], field: str
) -> None:
    make_person(db)
    with pytest.raises(Invalid) as refused:
        ask_for_season(db, **values)
    assert refused.value.field == field


def test_who_joins_later_can_be_asked_too(db: Session, ama: Person) -> None:
    ask = ask_for_season(db)
    late = make_person(db)
    assert queries.newcomers(db, ask=ask) == 1
    assert services.widen_ask(db, actor=make_actor(db, "coordinator"), ask=ask, now=NOW) == 1
    assert asked_of(db, late).due_at == NOW
    assert queries.newcomers(db, ask=ask) == 0


# -- Letters


def test_everybody_gets_one_letter_with_a_link_and_is_reminded_until_the_answer_is_there(
    db: Session, ama: Person
) -> None:
    ask_for_season(db, remind_every=5)
    write_due_letters(NOW)
    write_due_letters(NOW)
    [first] = letters_to(db, ama)
    assert first.language == "fr"
    assert link_in(first)
    write_due_letters(NOW + timedelta(days=4))
    assert len(letters_to(db, ama)) == 1
    write_due_letters(NOW + timedelta(days=5, minutes=1))
    assert [letter.subject.startswith("Rappel") for letter in letters_to(db, ama)] == [False, True]

    add_span(
        db,
        actor=make_actor(db, person=ama),
        person=ama,
        kind="unavailable",
        first_day=FIRST,
        last_day=FIRST,
        now=NOW,
    )
    db.commit()
    write_due_letters(NOW + timedelta(days=12))
    assert len(letters_to(db, ama)) == 2


def test_nobody_is_reminded_after_the_closing_date_nor_of_a_closed_ask(db: Session, ama: Person) -> None:
    ask = ask_for_season(db, remind_every=5)
    for days in (0, 6, 12, 18, 24):
        write_due_letters(NOW + timedelta(days=days))
    assert len(letters_to(db, ama)) == 3  # at once, after 5 days and after 10; the 15th day is too late
    other = make_person(db)
    again = ask_for_season(db)
    services.close_ask(db, actor=make_actor(db, "coordinator"), ask=again, now=NOW)
    db.commit()
    write_due_letters(NOW)
    assert letters_to(db, other) == []
    with pytest.raises(Conflict, match="ask_is_closed"):
        services.close_ask(db, actor=make_actor(db, "coordinator"), ask=again, now=NOW)
    assert not ask.is_open(TODAY + timedelta(days=15))


def test_who_has_no_address_is_asked_without_a_letter(db: Session) -> None:
    silent = make_person(db, email=None)
    ask = ask_for_season(db)
    write_due_letters(NOW)
    assert asked_of(db, silent).letters == 0
    coordinator = make_actor(db, "coordinator")
    assert services.remind(db, actor=coordinator, ask=ask, now=NOW) == 0
    found = queries.people_asked(db, actor=coordinator, ask=ask, wanted=AskedFilter(state="no_address"))
    assert [row.person_id for row in found.rows] == [silent.id]


def test_a_reminder_by_hand_is_sent_once_in_half_a_day(db: Session, ama: Person) -> None:
    ask = ask_for_season(db)
    coordinator = make_actor(db, "coordinator")
    write_due_letters(NOW)
    assert services.remind(db, actor=coordinator, ask=ask, now=NOW + timedelta(hours=1)) == 0
    later = NOW + timedelta(hours=13)
    assert services.remind(db, actor=coordinator, ask=ask, now=later) == 1
    db.commit()
    write_due_letters(later)
    assert len(letters_to(db, ama)) == 2


def test_who_does_not_want_reminders_gets_none_and_the_page_says_so(
    db: Session, ama: Person, sign_in_as: SignIn
) -> None:
    other = make_facilitator(db, make_topic(db), name="Chidi")
    ask = ask_for_season(db, remind_every=5)
    account = make_account(db, role="coordinator")
    write_due_letters(NOW)
    stop_letters(db, str(ama.email), "availability_reminder")
    later = NOW + timedelta(days=1)
    coordinator = actor_of(db, account)
    assert services.remind(db, actor=coordinator, ask=ask, now=later) == 1
    assert services.remind(db, actor=coordinator, ask=ask, now=later, asked_ids={asked_of(db, ama).id}) == 0
    db.commit()
    write_due_letters(later)
    write_due_letters(NOW + timedelta(days=5, minutes=1))
    assert [letter.state for letter in letters_to(db, ama)] == ["queued", "unwanted"]
    assert (asked_of(db, ama).letters, asked_of(db, other).letters) == (1, 2)
    rows = Page(sign_in_as(account).get(f"/availability/asks/{ask.id}").text).root.one("table").all("tr")
    said = {row.all("th")[0].text: row.text for row in rows[1:]}
    [of_ama] = [text for name, text in said.items() if "Ama" in name]
    [of_chidi] = [text for name, text in said.items() if "Chidi" in name]
    assert "Does not want reminders" in of_ama
    assert "Remind " not in of_ama
    assert "Does not want reminders" not in of_chidi


# -- Answers


def test_nothing_to_add_is_an_answer_too(db: Session, ama: Person) -> None:
    ask_for_season(db)
    answer_ask(db, actor=make_actor(db, person=ama), person=ama, now=NOW)
    asked = asked_of(db, ama)
    assert (asked.answer, asked.on_behalf, asked.due_at) == ("always", False, None)


def test_what_was_said_before_can_be_left_as_it_stands(db: Session, ama: Person) -> None:
    actor = make_actor(db, person=ama)
    add_span(db, actor=actor, person=ama, kind="preferred", first_day=FIRST, last_day=FIRST, now=NOW)
    ask_for_season(db)
    answer_ask(db, actor=actor, person=ama, now=NOW)
    assert asked_of(db, ama).answer == "as_it_stands"


def test_an_answer_for_somebody_else_says_who_gave_it_and_when(db: Session, ama: Person) -> None:
    ask_for_season(db)
    officer = make_actor(db, "officer", organisation=ama.organisation)
    answer_ask(db, actor=officer, person=ama, now=NOW)
    asked = asked_of(db, ama)
    assert (asked.on_behalf, asked.answered_by, asked.answered_at) == (True, officer.name, NOW)


def test_a_second_answer_leaves_the_first_as_it_was(db: Session, ama: Person) -> None:
    ask_for_season(db)
    answer_ask(db, actor=make_actor(db, person=ama), person=ama, now=NOW)
    later = NOW + timedelta(days=1)
    assert answer_ask(db, actor=make_actor(db, "coordinator"), person=ama, now=later) == []
    assert asked_of(db, ama).answered_at == NOW


def test_a_stranger_answers_for_nobody(db: Session, ama: Person) -> None:
    with pytest.raises(Forbidden):
        answer_ask(db, actor=make_actor(db, "officer"), person=ama, now=NOW)
    assert open_asks_of(db, person=ama, now=NOW) == []


# -- Who sees what


@pytest.fixture
def two_coalitions(db: Session) -> dict[str, tuple[Organisation, Person, Actor]]:
    found = {}
    for name in ("here", "there"):
        body = make_organisation(db, kind="coalition")
        platform = make_organisation(db, bodies=[body])
        found[name] = (
            body,
            make_person(db, organisation=platform),
            make_actor(db, "officer", organisation=body),
        )
    return found


def test_an_officer_sees_counts_reminds_and_lists_their_own_people_alone(
    db: Session, two_coalitions: dict[str, tuple[Organisation, Person, Actor]]
) -> None:
    _, mine, officer = two_coalitions["here"]
    ask = ask_for_season(db)
    assert queries.ask_for(db, actor=officer, ask_id=ask.id)[1].asked == 1
    rows = queries.people_asked(db, actor=officer, ask=ask, wanted=AskedFilter()).rows
    assert [row.person_id for row in rows] == [mine.id]
    theirs = asked_of(db, two_coalitions["there"][1])
    assert services.remind(db, actor=officer, ask=ask, now=NOW, asked_ids={theirs.id}) == 0
    assert services.remind(db, actor=officer, ask=ask, now=NOW) == 1


def test_an_ask_that_reaches_none_of_ones_people_does_not_exist(
    db: Session, two_coalitions: dict[str, tuple[Organisation, Person, Actor]]
) -> None:
    body, _, _ = two_coalitions["there"]
    ask = ask_for_season(db, organisation_id=body.id)
    with pytest.raises(NotFound):
        queries.ask_for(db, actor=two_coalitions["here"][2], ask_id=ask.id)


# -- Pages


def test_the_coordinator_opens_an_ask_once_however_often_the_form_is_sent(
    db: Session, ama: Person, sign_in_as: SignIn
) -> None:
    client = sign_in_as(make_account(db, role="coordinator"))
    data = {
        "title": "Season 2027",
        "first_day": FIRST.isoformat(),
        "last_day": LAST.isoformat(),
        "closes_on": TODAY.isoformat(),
        "who": "teaching",
        "organisation": "",
        "group": "",
        "remind_every": "5",
        "message": "",
        "once": "c" * 32,
    }
    answers = [client.post("/availability/asks/new", data=data) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    assert db.query(AvailabilityAsk).count() == 1
    page = Page(client.get(answers[0].location).text)
    assert page.heading == "Season 2027"
    assert page.rows()[0][2] == "Awaiting an answer"


def test_a_form_that_is_refused_keeps_what_was_typed(db: Session, sign_in_as: SignIn) -> None:
    client = sign_in_as(make_account(db, role="coordinator"))
    answer = client.post("/availability/asks/new", data={"title": "Season", "remind_every": "5"})
    page = Page(answer.text)
    assert (answer.status_code, page.field("title")) == (422, "Season")
    assert "Give the last day." in page.errors()


def test_who_was_asked_takes_as_many_queries_with_thirty_as_with_one(db: Session, sign_in_as: SignIn) -> None:
    client = sign_in_as(make_account(db, role="coordinator"))
    counts = []
    for wanted in (1, 30):
        for _ in range(wanted):
            make_person(db)
        ask = ask_for_season(db)
        client.get(f"/availability/asks/{ask.id}")
        with queries_made() as statements:
            assert client.get(f"/availability/asks/{ask.id}").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_by_link_a_person_without_an_account_answers_and_gets_a_link_to_come_back(
    db: Session, ama: Person, client: FlaskClient
) -> None:
    ask_for_season(db)
    write_due_letters(NOW)
    link = link_in(letters_to(db, ama)[0])
    page = client.get(link, headers={"Accept-Language": "en"})
    assert Page(page.text).heading == "My availability"
    assert asked_of(db, ama).answer == ""  # opening a link changes nothing
    answer = client.post(
        link, data={"kind": "if_need_be", "first_day": FIRST.isoformat(), "last_day": "", "note": ""}
    )
    assert (answer.status_code, answer.location) == (303, link)
    asked = asked_of(db, ama)
    assert (asked.answer, asked.on_behalf, asked.answered_by) == ("told", False, "Ama")
    assert link_in(letters_to(db, ama)[1]) == link
    client.post(f"{link}/year", data={"strokes": f"{FIRST + timedelta(days=9)}*3:nu", "once": "d" * 32})
    client.post(f"{link}/answer")
    client.post(
        f"{link}/patterns", data={"again-kind": "weekly", "again-weekdays": "5", "again-grade": "unavailable"}
    )
    assert len(letters_to(db, ama)) == 2
    rows = Page(client.get(link, headers={"Accept-Language": "en"}).text).rows()
    assert [row[1] for row in rows[:3]] == ["If need be", "Unavailable", "Unavailable"]


def test_a_link_is_good_for_its_person_alone_and_not_after_the_season(
    db: Session, ama: Person, client: FlaskClient
) -> None:
    ask_for_season(db)
    write_due_letters(NOW)
    link = link_in(letters_to(db, ama)[0])
    assert client.get("/availability").status_code == 302
    assert client.get(f"/people/{ama.id}/availability").status_code == 302
    assert client.get(link[:-2]).status_code == 404
    ama.left_on = TODAY
    db.commit()
    assert client.get(link).status_code == 404


def test_a_link_of_a_past_season_says_so_kindly(db: Session, ama: Person, client: FlaskClient) -> None:
    ask_for_season(db)
    asked = asked_of(db, ama)
    asked.ask.first_day = asked.ask.last_day = asked.ask.closes_on = TODAY - timedelta(days=5)
    from app.availability.letters import personal_link

    answer = client.get(personal_link(asked), headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert Page(answer.text).heading == "This link is over"


def test_home_tells_who_is_asked_and_who_chases(db: Session, ama: Person, sign_in_as: SignIn) -> None:
    ask_for_season(db)
    links = Page(sign_in_as(make_account(db, person=ama)).get("/").text).links()
    assert links["Say when you can: Season 2027"] == "/availability"
    officer = make_account(db, role="focal_point", organisation=ama.organisation)
    links = Page(sign_in_as(officer).get("/").text).links()
    assert any(text.startswith("1 person has not said when they can") for text in links)
