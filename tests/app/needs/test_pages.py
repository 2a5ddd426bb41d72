"""The pages of a call for the secretariat, and of an answer by link and signed in, as people read them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account
from app.facts import AuditEntry
from app.mail.models import OutboxLetter
from app.needs.jobs import look_after_calls
from app.needs.links import link_path
from app.needs.models import NeedsAnswer, NeedsCall
from app.needs.queries.calls import recipients_of
from app.network.models import Organisation, Topic
from tests.counting import queries_made
from tests.factories import (
    make_account,
    make_needs_answer,
    make_needs_call,
    make_organisation,
    make_person,
    make_topic,
)
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]


@dataclass
class Asked:
    """A platform with a focal point, asked about two topics of one area and one of another."""

    coalition: Organisation
    platform: Organisation
    focal_point: Account
    call: NeedsCall
    answer: NeedsAnswer
    topics: list[Topic]
    link: str

    @property
    def area(self) -> str:
        return f"{self.link}/area/{self.topics[0].area.code}"

    def form(self, **said: str) -> dict[str, str]:
        """A posted area: `how_much="3"` of the first topic."""
        first = self.topics[0].id
        given = {f"t{first}-{name}": value for name, value in said.items()}
        return {"version": "0", "page": "ab" * 16, **given}


@pytest.fixture
def asked(app: Flask, db: Session) -> Asked:
    coalition = make_organisation(db, kind="coalition")
    platform = make_organisation(db, bodies=[coalition], name="Plateforme du Togo")
    area, other = make_topic(db, code="a-governance"), make_topic(db, code="b-money")
    topics = [make_topic(db, area=area), make_topic(db, area=area), make_topic(db, area=other)]
    account = make_account(db, role="focal_point", organisation=platform, language="fr", name="Awa Diop")
    call = make_needs_call(db, topics=topics, asked=[platform], closes_on=clock.today() + timedelta(days=20))
    answer = call.answers[0]
    [recipient] = recipients_of(db, [answer])[answer.id]
    with app.test_request_context():
        link = link_path(answer, recipient)
    db.commit()
    return Asked(coalition, platform, account, call, answer, topics, link)


def reloaded(db: Session, asked: Asked) -> NeedsAnswer:
    db.expire_all()
    return db.get_one(NeedsAnswer, asked.answer.id)


# -- By the personal link


def test_a_link_opens_a_page_without_an_account_and_changes_nothing(
    client: FlaskClient, db: Session, asked: Asked
) -> None:
    answer = client.get(asked.link)
    page = Page(answer.text)
    assert answer.status_code == 200
    assert "Plateforme du Togo" in page.text
    assert "Begin" in page.links()
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert reloaded(db, asked).state == "not_begun"
    for path in ("/area/a-governance", "/area/b-money", "/check", "/paper", "/answer.csv", "/answer.xlsx"):
        assert client.get(asked.link + path).status_code == 200, path


def test_an_area_is_saved_and_the_next_one_follows(client: FlaskClient, db: Session, asked: Asked) -> None:
    form = asked.form(how_much="3", people="12", languages="fr", words="Le conseil", level="2")
    answer = client.post(asked.area, data=form)
    assert (answer.status_code, answer.location) == (303, f"{asked.link}/area/b-money")
    last = client.post(answer.location, data={"version": "1", "page": "cd" * 16})
    assert last.location == f"{asked.link}/check"
    again = Page(client.get(asked.area).text)
    assert again.field(f"t{asked.topics[0].id}-people") == "12"
    assert again.field(f"t{asked.topics[0].id}-words") == "Le conseil"
    saved = reloaded(db, asked)
    assert (saved.state, saved.answered_by, saved.way) == ("begun", "Awa Diop", "link")


def test_fields_left_empty_are_no_mistakes(client: FlaskClient, db: Session, asked: Asked) -> None:
    empty = dict.fromkeys(("people", "words", "offer_words"), "")
    answer = client.post(asked.area, data=asked.form(how_much="2", level="0", **empty))
    assert answer.status_code == 303
    [line] = reloaded(db, asked).lines
    assert (line.how_much, line.people, line.languages, line.words) == (2, None, [], "")


def test_sent_twice_it_is_saved_once(client: FlaskClient, db: Session, asked: Asked) -> None:
    form = asked.form(how_much="3", people="12")
    first, second = client.post(asked.area, data=form), client.post(asked.area, data=form)
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert db.scalar(select(func.count()).where(AuditEntry.fact == "AnswerSaved")) == 1
    assert reloaded(db, asked).version == 1


def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(
    client: FlaskClient, db: Session, asked: Asked
) -> None:
    second = asked.topics[1].id
    form = asked.form(how_much="3", people="many") | {f"t{second}-how_much": "1"}
    answer = client.post(asked.area, data=form)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.root.one("title").text.startswith("Error")
    assert len(page.errors()) == 1
    assert [line.topic_id for line in reloaded(db, asked).lines] == [second]
    assert 'value="many"' in answer.text


def test_a_script_gets_the_state_of_things(client: FlaskClient, db: Session, asked: Asked) -> None:
    quietly = {"Accept": "application/json"}
    saved = client.post(asked.area, data=asked.form(how_much="3"), headers=quietly)
    assert saved.json == {"state": "saved", "version": 1, "topics": []}
    wrong = client.post(asked.area, data=asked.form(how_much="3", people="-4"), headers=quietly)
    assert wrong.json["state"] == "wrong"
    other = {**asked.form(how_much="1"), "page": "ef" * 16}
    assert client.post(asked.area, data=other, headers=quietly).json["state"] == "overtaken"
    asked_call = db.get_one(NeedsCall, asked.call.id)
    asked_call.state = "closed"
    db.commit()
    closed = client.post(asked.area, data=asked.form(how_much="2"), headers=quietly)
    assert (closed.status_code, closed.json["state"]) == (409, "closed")


def test_two_who_write_at_once_see_both_and_lose_nothing(
    client: FlaskClient, db: Session, asked: Asked
) -> None:
    client.post(asked.area, data=asked.form(how_much="3", words="Mine"))
    late = {**asked.form(how_much="1", words="Theirs"), "page": "ef" * 16}
    answer = client.post(asked.area, data=late)
    page = Page(answer.text)
    assert answer.status_code == 409
    assert "Somebody else has changed answers here meanwhile" in page.text
    assert "Mine" in page.text
    assert page.field(f"t{asked.topics[0].id}-words") == "Theirs"
    client.post(asked.area, data={**late, "version": page.field("version")})
    assert reloaded(db, asked).lines[0].words == "Theirs"


def test_it_is_handed_in_once_and_thanked_for(client: FlaskClient, db: Session, asked: Asked) -> None:
    client.post(asked.area, data=asked.form(how_much="3"))
    page = Page(client.get(f"{asked.link}/check").text)
    assert page.field("name") == "Awa Diop"
    form = {"name": "Awa Diop", "remark": "Merci", "once": page.field("once")}
    for _ in range(2):
        assert client.post(f"{asked.link}/check", data=form).location == asked.link
    assert "The answer has been handed in" in Page(client.get(asked.link).text).text
    assert db.scalar(select(func.count()).where(AuditEntry.fact == "AnswerHandedIn")) == 1
    saved = reloaded(db, asked)
    assert (saved.state, saved.remark, saved.answered_for) == ("handed_in", "Merci", False)


def test_nothing_cannot_be_handed_in(client: FlaskClient, asked: Asked) -> None:
    answer = client.post(f"{asked.link}/check", data={"name": "Awa", "remark": "Hello"})
    assert answer.status_code == 422
    assert any("Nothing has been answered" in error for error in Page(answer.text).errors())


def test_after_the_end_the_link_says_so_kindly(client: FlaskClient, db: Session, asked: Asked) -> None:
    client.post(asked.area, data=asked.form(how_much="3"))
    call = db.get_one(NeedsCall, asked.call.id)
    call.closes_on = clock.today() - timedelta(days=2)
    db.commit()
    page = Page(client.get(asked.link).text)
    assert "This call is closed" in page.text
    assert client.get(asked.area).location == asked.link
    assert client.post(asked.area, data=asked.form(how_much="0")).location == asked.link
    assert reloaded(db, asked).lines[0].how_much == 3


def test_a_link_that_was_replaced_or_forged_opens_nothing(
    client: FlaskClient, db: Session, asked: Asked
) -> None:
    assert client.get(asked.link[:-4] + "abcd").status_code == 404
    reloaded(db, asked).link_number = 2
    db.commit()
    answer = client.get(asked.link)
    assert answer.status_code == 410
    assert Page(answer.text).heading == "This link no longer works"


def test_the_link_comes_by_mail_once_in_a_while(client: FlaskClient, db: Session, asked: Asked) -> None:
    for _ in range(2):
        client.post(f"{asked.link}/send-link")
    [letter] = db.scalars(select(OutboxLetter)).all()
    assert (letter.to_address, letter.language) == (asked.focal_point.email, "fr")
    assert asked.link in letter.text


def test_home_asks_the_focal_point_until_it_is_handed_in(
    client: FlaskClient, sign_in_as: SignIn, db: Session, asked: Asked
) -> None:
    own = sign_in_as(asked.focal_point)
    address = f"/needs/answers/{asked.answer.id}"
    assert address in Page(own.get("/").text).links().values()
    client.post(asked.area, data=asked.form(how_much="3"))
    client.post(f"{asked.link}/check", data={"name": "Awa", "remark": ""})
    assert address not in Page(own.get("/").text).links().values()


# -- Letters


def test_letters_go_out_in_their_rhythm_and_stop_by_themselves(
    app: Flask, client: FlaskClient, db: Session, asked: Asked
) -> None:
    def kinds() -> list[str]:
        db.expire_all()
        return list(db.scalars(select(OutboxLetter.kind).order_by(OutboxLetter.id)))

    start = clock.now()
    for hours in (0, 1, 24):
        look_after_calls(start + timedelta(hours=hours))
    assert kinds() == ["needs_invitation"]
    for days in (7, 8, 14, 15):
        look_after_calls(start + timedelta(days=days, hours=1))
    assert kinds() == ["needs_invitation", "needs_reminder", "needs_reminder"]
    look_after_calls(start + timedelta(days=19))
    assert kinds()[-1] == "needs_last_days"
    [letter] = db.scalars(select(OutboxLetter).where(OutboxLetter.kind == "needs_invitation"))
    assert asked.link in letter.text
    assert letter.language == "fr"


def test_who_has_handed_in_gets_no_reminder_and_a_call_closes_by_itself(
    app: Flask, client: FlaskClient, db: Session, asked: Asked
) -> None:
    client.post(asked.area, data=asked.form(how_much="3"))
    client.post(f"{asked.link}/check", data={"name": "Awa", "remark": ""})
    look_after_calls(clock.now() + timedelta(days=8))
    assert db.scalars(select(OutboxLetter)).all() == []
    look_after_calls(clock.now() + timedelta(days=30))
    db.expire_all()
    assert db.get_one(NeedsCall, asked.call.id).state == "closed"


def test_the_contact_chosen_gets_the_letters(
    app: Flask, sign_in_as: SignIn, db: Session, asked: Asked
) -> None:
    somebody = make_person(db, organisation=asked.platform, languages=["pt"], name="Ana")
    officer = sign_in_as(make_account(db, role="officer", organisation=asked.coalition))
    address = f"/needs/answers/{asked.answer.id}"
    assert "Ana" in Page(officer.get(address).text).text
    officer.post(f"{address}/contact", data={"person_id": str(somebody.id)})
    officer.post(f"{address}/send-link")
    look_after_calls(clock.now())
    letters = db.scalars(select(OutboxLetter)).all()
    assert {letter.to_address for letter in letters} == {somebody.email}
    assert {letter.language for letter in letters} == {"pt"}


# -- The secretariat and the coalition


def test_a_call_is_asked_page_by_page_and_opened_once(
    app: Flask, sign_in_as: SignIn, db: Session, asked: Asked
) -> None:
    client = sign_in_as(make_account(db, role="coordinator"))
    page = Page(client.get("/needs/calls/new").text)
    form = {"title_fr": "Nos besoins", "topic_ids": str(asked.topics[0].id), "once": page.field("once")}
    first, again = client.post("/needs/calls/new", data=form), client.post("/needs/calls/new", data=form)
    assert (first.status_code, first.location) == (303, again.location)
    whom = client.post(first.location, data={"region": "West Africa", "group_id": ""})
    assert whom.location.endswith("/ask/when")
    last = (clock.today() + timedelta(days=10)).isoformat()
    when = {"closes_on": last, "languages": ["fr", "en"], "remind_every": "7"}
    shown = client.post(whom.location, data=when).location
    page = Page(client.get(shown).text)
    assert "Open the call and ask 2 organisations" in page.text or "organisation" in page.text
    form = {"once": page.field("once")}
    for _ in range(2):
        assert client.post(f"{shown}/open", data=form).status_code == 303
    assert db.scalar(select(func.count()).where(AuditEntry.fact == "CallOpened")) == 1
    assert "Who has answered" in Page(client.get(shown).text).links()


def test_what_is_missing_in_a_call_is_said_and_what_was_typed_stays(
    sign_in_as: SignIn, db: Session, asked: Asked
) -> None:
    client = sign_in_as(make_account(db, role="coordinator"))
    answer = client.post("/needs/calls/new", data={"title_en": "Needs"})
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.errors() == ["Choose at least one topic."]
    assert page.field("title_en") == "Needs"
    draft = make_needs_call(db, state="draft", opened_at=None)
    db.commit()
    late = client.post(
        f"/needs/calls/{draft.id}/ask/when",
        data={"closes_on": "2020-01-01", "languages": "fr", "remind_every": "7"},
    )
    assert Page(late.text).errors() == ["This day is already over: is the year right?"]


def test_reminding_writes_to_each_once_a_day(
    app: Flask, sign_in_as: SignIn, db: Session, asked: Asked
) -> None:
    officer = sign_in_as(make_account(db, role="officer", organisation=asked.coalition))
    for _ in range(2):
        officer.post(f"/needs/calls/{asked.call.id}/remind")
    assert len(db.scalars(select(OutboxLetter)).all()) == 1


def test_of_two_focal_points_the_one_who_asks_for_the_link_gets_it(
    sign_in_as: SignIn, db: Session, asked: Asked
) -> None:
    one, _other = (make_account(db, role="focal_point", organisation=asked.platform) for _ in range(2))
    sign_in_as(one).post(f"/needs/answers/{asked.answer.id}/send-link")
    [letter] = db.scalars(select(OutboxLetter)).all()
    assert letter.to_address == one.email


def test_a_secretary_answers_and_the_focal_point_is_asked_to_confirm(
    client: FlaskClient, sign_in_as: SignIn, db: Session, asked: Asked
) -> None:
    officer = sign_in_as(make_account(db, role="officer", organisation=asked.coalition, name="Fatou Ba"))
    address = f"/needs/answers/{asked.answer.id}"
    assert "what you say is marked as yours" in Page(officer.get(address).text).text
    officer.post(f"{address}/area/a-governance", data=asked.form(how_much="2"))
    officer.post(f"{address}/check", data={"name": "Fatou Ba", "remark": ""})
    [letter] = db.scalars(select(OutboxLetter)).all()
    assert letter.kind == "needs_confirmation"
    assert asked.link in letter.text
    page = Page(client.get(asked.link).text)
    assert "Fatou Ba has answered for your organisation" in page.text
    for _ in range(2):
        assert client.post(f"{asked.link}/confirm").status_code == 303
    assert reloaded(db, asked).confirmed_by == "Awa Diop"
    assert "Confirmed by Awa Diop." in Page(client.get(asked.link).text).text


def test_another_coalition_sees_nothing_of_it(sign_in_as: SignIn, db: Session, asked: Asked) -> None:
    strangers = [make_account(db, role="officer"), make_account(db, role="focal_point")]
    call, answer = f"/needs/calls/{asked.call.id}", f"/needs/answers/{asked.answer.id}"
    for client in [sign_in_as(account) for account in strangers]:
        assert asked.call.titles["en"] not in client.get("/needs").text
        for address in (
            call,
            f"{call}/shared",
            f"{call}/shared/{asked.topics[0].id}",
            f"{call}/paper",
            f"{call}/answers.csv",
            answer,
            f"{answer}/check",
            f"{answer}/area/a-governance",
            f"{answer}/paper",
            f"{answer}/answer.csv",
        ):
            assert client.get(address).status_code == 404, address
        assert asked.platform.code not in client.get("/needs/spreadsheets/answers/rows.csv").text
        assert client.post(f"{answer}/area/a-governance", data=asked.form(how_much="1")).status_code == 404
    assert reloaded(db, asked).version == 0


def test_within_one_call_an_officer_sees_the_own_platforms_alone(
    sign_in_as: SignIn, db: Session, asked: Asked
) -> None:
    elsewhere = make_organisation(db, name="Somewhere else", region="Pacific")
    make_needs_answer(db, asked.call, organisation=elsewhere, needs={asked.topics[0]: 3})
    officer = sign_in_as(make_account(db, role="officer", organisation=asked.coalition))
    call = f"/needs/calls/{asked.call.id}"
    for address in (call, f"{call}/shared", f"{call}/shared?by=platform", f"{call}/answers.csv"):
        shown = officer.get(address)
        assert shown.status_code == 200
        assert "Somewhere else" not in shown.text, address


def test_the_list_of_answers_asks_as_much_of_the_database_for_one_as_for_thirty(
    sign_in_as: SignIn, db: Session, asked: Asked
) -> None:
    client = sign_in_as(make_account(db, role="coordinator"))
    pages = (f"/needs/calls/{asked.call.id}", f"/needs/calls/{asked.call.id}/shared?by=platform")
    for page in pages:
        client.get(page)
    few, many = [], []
    for page in pages:
        with queries_made() as made:
            client.get(page)
        few.append(len(made))
    for _ in range(30):
        make_needs_answer(db, asked.call, needs={asked.topics[0]: 2}, offers={asked.topics[1]: 1})
    db.commit()
    for page in pages:
        with queries_made() as made:
            client.get(page)
        many.append(len(made))
    assert few == many


# -- Paper and spreadsheets


def test_a_form_comes_back_filled_in_and_good_rows_are_not_lost(
    sign_in_as: SignIn, db: Session, asked: Asked
) -> None:
    client = sign_in_as(make_account(db, role="coordinator"))
    rows = client.get(f"/needs/answers/{asked.answer.id}/answer.csv").data.decode("utf-8-sig")
    _head, *lines = rows.strip().splitlines()
    assert len(lines) == 3
    first, second, third = (topic.code for topic in asked.topics)
    back = [
        "call,organisation,topic,how_much,people,languages,words,teach,answered_by",
        f"{asked.call.code},{asked.platform.code},{first},Urgent,12,fr,Le conseil,2,Awa",
        f"{asked.call.code},{asked.platform.code},{second},enormously,,,,,Awa",
        f"{asked.call.code},{asked.platform.code},{third},,,,,,Awa",
        f"{asked.call.code},nobody,{third},1,,,,,Awa",
    ]
    upload = client.post(
        "/needs/spreadsheets/answers",
        data={"file": (io.BytesIO("\n".join(back).encode()), "back.csv")},
        content_type="multipart/form-data",
    )
    preview = Page(client.get(upload.location).text)
    assert "enormously" in preview.text
    fingerprint = preview.field("fingerprint")
    client.post(upload.location, data={"fingerprint": fingerprint})
    saved = reloaded(db, asked)
    [line], [offer] = saved.lines, saved.offers
    assert (line.how_much, line.people, line.languages, line.words) == (3, 12, ["fr"], "Le conseil")
    assert offer.level == 2
    assert (saved.state, saved.way, saved.answered_by, saved.answered_for) == (
        "handed_in",
        "sheet",
        "Awa",
        True,
    )


def test_what_goes_out_comes_back_as_nothing_to_do(sign_in_as: SignIn, db: Session, asked: Asked) -> None:
    make_needs_answer(db, asked.call, needs={asked.topics[0]: 3}, offers={asked.topics[1]: 1})
    client = sign_in_as(make_account(db, role="coordinator"))
    for extension in ("csv", "xlsx"):
        rows = client.get(f"/needs/calls/{asked.call.id}/answers.{extension}").data
        upload = client.post(
            "/needs/spreadsheets/answers",
            data={"file": (io.BytesIO(rows), f"rows.{extension}")},
            content_type="multipart/form-data",
        )
        preview = Page(client.get(upload.location).text)
        assert re.search(r"Unchanged\D*6", preview.text), extension


def test_a_file_that_was_long_under_way_does_not_undo_what_was_said_meanwhile(
    client: FlaskClient, sign_in_as: SignIn, db: Session, asked: Asked
) -> None:
    coordinator = sign_in_as(make_account(db, role="coordinator"))
    taken_away = coordinator.get(f"/needs/calls/{asked.call.id}/answers.csv").data.decode("utf-8-sig")
    head, first, *others = taken_away.splitlines()
    where, what = head.split(","), asked.topics[0].code
    assert what in first
    client.post(asked.area, data=asked.form(how_much="3", people="12"))

    def bring(*rows: str) -> Page:
        upload = coordinator.post(
            "/needs/spreadsheets/answers",
            data={"file": (io.BytesIO("\n".join(rows).encode()), "back.csv")},
            content_type="multipart/form-data",
        )
        return Page(coordinator.get(upload.location).text)

    # As it went: nothing to do. Filled in, and answered otherwise since: refused, with the reason.
    assert re.search(r"Unchanged\D*3", bring(head, first, *others).text)
    cells = first.split(",")
    cells[where.index("How much it is needed")] = "1"
    conflicting = bring(head, ",".join(cells), *others)
    assert re.search(r"Refused\D*1", conflicting.text)
    assert "has been answered otherwise since the file was taken away" in conflicting.text
    # The same answer as was given by link is no conflict; neither is a blank line typed from paper.
    cells[where.index("How much it is needed")] = "3"
    cells[where.index("For how many people")] = "12"
    assert re.search(r"Unchanged\D*1", bring(head, ",".join(cells)).text)
    assert re.search(
        r"Unchanged\D*1",
        bring(
            "call,organisation,topic,how_much,people,words,teach,answered_by",
            f"{asked.call.code},{asked.platform.code},{what},,,,,Awa",
        ).text,
    )


def test_the_paper_form_has_a_box_for_each_grade_of_each_topic(
    client: FlaskClient, sign_in_as: SignIn, db: Session, asked: Asked
) -> None:
    client.post(asked.area, data=asked.form(how_much="3"))
    page = Page(client.get(f"{asked.link}/paper").text)
    boxes = page.root.all("td", class_="box")
    assert len(boxes) == 4 * 3
    assert sum(box.text.startswith("☒") for box in boxes) == 1
    blank = sign_in_as(make_account(db, role="coordinator")).get(f"/needs/calls/{asked.call.id}/paper")
    assert not any(box.text.startswith("☒") for box in Page(blank.text).root.all("td", class_="box"))


# -- Shared needs


def test_shared_needs_count_in_words_and_lead_to_the_list_behind(
    sign_in_as: SignIn, db: Session, asked: Asked
) -> None:
    wanted, other = asked.topics[0], asked.topics[1]
    for weight in (3, 2, 1, 0):
        platform = make_organisation(db, languages=["fr"])
        make_needs_answer(db, asked.call, organisation=platform, needs={wanted: weight}, offers={other: 3})
    make_needs_answer(
        db,
        asked.call,
        organisation=make_organisation(db, region="Pacific", languages=["en"], name="Suva"),
        needs={wanted: 3},
    )
    client = sign_in_as(make_account(db, role="coordinator"))
    address = f"/needs/calls/{asked.call.id}/shared"
    page = Page(client.get(address).text)
    row = next(row for row in page.rows() if row[0] == wanted.titles["en"])
    assert row[1:] == ["1 of 1", "2 of 4"]
    assert "Plateforme du Togo" in page.text  # has not answered
    assert Page(client.get(f"{address}?least=1").text).rows()[0][2] == "3 of 4"
    french = Page(client.get(f"{address}?by=language").text)
    assert next(row for row in french.rows() if row[0] == wanted.titles["en"])[1] == "2 of 4"
    platforms = Page(client.get(f"{address}?by=platform&region=Pacific").text)
    assert next(row for row in platforms.rows() if row[0] == wanted.titles["en"])[1:] == ["3 Urgent"]
    behind = Page(client.get(f"{address}/{wanted.id}?region=Pacific").text)
    assert [cells[0] for cells in behind.rows()] == ["Suva Pacific · Senegal"]
    unknown = Page(client.get(f"{address}/{wanted.id}?region=Atlantis&language=xx").text)
    assert "3 organisations need it" in unknown.text  # as if nothing had been asked for
    teachers = Page(client.get(f"{address}/{other.id}").text)
    assert "4 organisations could teach it" in teachers.text
