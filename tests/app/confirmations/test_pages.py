"""The pages of confirmations: one's own, by link or account, and those of the secretariat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account
from app.confirmations.letters import link_of
from app.confirmations.models import Asking, PlaceAnswer
from app.db import Base, unit_of_work
from app.schedule.services import publish_draft
from tests.app.confirmations.plans import SECRETARIAT, Asked, ask, draft_of, make_asked
from tests.app.schedule.seasons import make_season
from tests.app.seats.test_services import follow_up
from tests.conftest import NOW
from tests.factories import make_account, make_person, make_workshop
from tests.pages import Element, Page

SignIn = Callable[[Account], FlaskClient]
CLOSING = clock.today() + timedelta(days=20)
"""Pages ask what day it is: answers to them are waited for until then."""


@pytest.fixture
def asked(db: Session) -> Asked:
    asked = make_asked(db, closes_on=CLOSING)
    asked.season.ama.languages = ["en"]
    asked.write()
    db.commit()
    return asked


def main_of(client: FlaskClient, path: str) -> Element:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200
    return Page(answer.text).root.one("main")


def form_of(main: Element, button: str) -> dict[str, str]:
    """The hidden fields of the form with this button."""
    form = next(form for form in main.all("form") if any(button in each.text for each in form.all("button")))
    return {
        each.attributes["name"]: each.attributes.get("value", "") for each in form.all("input", type="hidden")
    }


def coordinator(db: Session, sign_in_as: SignIn) -> FlaskClient:
    return sign_in_as(make_account(db, role="coordinator"))


# -- One's own


def test_the_link_shows_each_session_and_reading_changes_nothing(
    asked: Asked, client: FlaskClient, db: Session
) -> None:
    path = link_of(asked.talk(asked.season.ama))
    before = {table.name: db.execute(select(table)).all() for table in Base.metadata.sorted_tables}
    answer = client.get(path)
    assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("no-referrer", "no-store")
    for query in ("", "?answer=accepted&place=1", "?answer=declined&place=1", "?answer=x&place=y"):
        client.get(path + query)
    client.head(path)
    assert {table.name: db.execute(select(table)).all() for table in Base.metadata.sorted_tables} == before
    main = Page(answer.text).root.one("main")
    assert [each.text for each in main.all("h2", class_="card-title")] == ["Meeting", "Webinar"]
    assert "2 sessions wait for your answer." in main.text
    assert "we take it as a no" in main.text


def test_a_session_is_answered_with_one_tap_and_can_be_answered_again(
    asked: Asked, client: FlaskClient, db: Session
) -> None:
    ama = asked.season.ama
    path = link_of(asked.talk(ama))
    fields = form_of(main_of(client, path), "Yes, I will be there")
    answer = client.post(path, data=fields)
    assert (answer.status_code, answer.location) == (303, f"{path}#w{asked.season.meeting.id}-team")
    assert asked.place(ama).answer == "accepted"
    main = main_of(client, path)
    assert "You said yes. Thank you!" in main.text
    fields = form_of(main, "I cannot come after all")
    client.post(path, data={**fields, "reason": "personal", "word": "A wedding", "could_if": "A week later"})
    said = db.scalars(select(PlaceAnswer).order_by(PlaceAnswer.id.desc())).first()
    assert said is not None
    assert (said.answer, said.reason, said.word, said.could_if, said.via) == (
        "declined", "personal", "A wedding", "A week later", "link",
    )  # fmt: skip
    assert "You said no. Thank you for telling us" in main_of(client, path).text


def test_a_button_of_the_mail_leads_to_one_session_with_one_button(asked: Asked, client: FlaskClient) -> None:
    path, place = link_of(asked.talk(asked.season.ama)), asked.place(asked.season.ama)
    main = main_of(client, f"{path}?place={place.id}&answer=accepted")
    assert [each.text for each in main.all("h2")] == ["Meeting"]
    assert [each.text for each in main.all("button")] == ["Yes, I will be there : Meeting"]
    main = main_of(client, f"{path}?place={place.id}&answer=declined")
    assert [each.text for each in main.all("button")] == ["No, I cannot : Meeting"]
    assert [each.text for each in main.all("option")][1] == "The dates do not suit me"


def test_not_sure_until_a_day_keeps_what_was_typed_when_it_is_refused(
    asked: Asked, client: FlaskClient
) -> None:
    ama = asked.season.ama
    path = link_of(asked.talk(ama))
    fields = form_of(main_of(client, path), "I am not sure yet")
    after = (CLOSING + timedelta(days=1)).isoformat()
    late = client.post(path, data={**fields, "until": after})
    assert late.status_code == 422
    main = Page(late.text).root
    assert "Choose a day before answers close." in main.text
    assert after in {each.attributes.get("value") for each in main.all("input", name="until")}
    assert client.post(path, data={**fields, "until": CLOSING.isoformat()}).status_code == 303
    assert "Not sure until" in main_of(client, path).text


def test_what_has_changed_is_said_and_an_answer_to_what_was_before_is_refused(
    asked: Asked, client: FlaskClient, db: Session
) -> None:
    from app.confirmations.asking import move_to_draft

    season = asked.season
    path = link_of(asked.talk(season.ama))
    fields = form_of(main_of(client, path), "Yes, I will be there")
    moved = draft_of(season, season.meets("2027-03-23", venue=season.lome))
    db.commit()
    with unit_of_work() as work:
        move_to_draft(work, actor=SECRETARIAT, asking=work.merge(asked.asking), draft=moved, now=NOW)
    refused = client.post(path, data=fields)
    assert refused.status_code == 422
    assert "This has changed since you opened the page." in Page(refused.text).text
    main = main_of(client, path)
    assert "The date: it was 16–17 Mar 2027." in main.text
    assert "The place." in main.text
    assert "Not in the plan any more" in main.text  # the webinar


def test_who_is_signed_in_sees_the_same_and_what_they_were_announced_in(
    asked: Asked, db: Session, sign_in_as: SignIn
) -> None:
    ama, binta = asked.season.ama, asked.season.binta
    client = sign_in_as(make_account(db, person=ama))
    fields = form_of(main_of(client, "/confirmations/mine"), "Yes, I will be there")
    assert client.post("/confirmations/mine", data=fields).status_code == 303
    assert asked.place(ama).answers[0].via == "account"
    other = sign_in_as(make_account(db, person=binta))
    main = main_of(other, "/confirmations/mine")
    assert "Nothing is planned with you." in main.text
    other.post("/confirmations/mine", data=fields)
    assert asked.place(ama).answers[0].answered_by != "Binta"
    asked.season.publish(asked.season.meets(team=[binta]))
    fields = form_of(main_of(other, "/confirmations/mine"), "I cannot come")
    other.post("/confirmations/mine", data=fields)
    assert asked.place(binta).answers[0].was_announced


def test_the_page_is_in_the_language_of_the_letter_where_its_reader_says_no_other(
    asked: Asked, client: FlaskClient, db: Session
) -> None:
    ama = asked.season.ama
    ama.languages = ["fr", "en"]
    db.commit()
    path, browser = link_of(asked.talk(ama)), {"Accept-Language": "de"}
    assert 'lang="fr"' in client.get(path, headers=browser).text
    make_account(db, person=ama, language="es")
    assert 'lang="es"' in client.get(path, headers=browser).text
    assert 'lang="en"' in client.get(path, headers={"Accept-Language": "en"}).text
    client.post("/language", data={"language": "pt", "next": path})
    assert 'lang="pt"' in client.get(path, headers={"Accept-Language": "fr"}).text


def test_a_link_that_is_over_or_made_up_says_so(asked: Asked, client: FlaskClient) -> None:
    assert client.get("/confirm/made-up").status_code == 404
    assert client.post("/confirm/made-up").status_code == 404


# -- The secretariat's


def test_asking_shows_whom_and_what_before_it_asks(db: Session, sign_in_as: SignIn) -> None:
    season = make_season(db)
    draft = draft_of(season)
    season.ama.languages = ["fr"]
    client = coordinator(db, sign_in_as)
    page = f"/confirmations/ask/{draft.id}"
    assert page in client.get(f"/rounds/drafts/{draft.id}").text
    main = main_of(client, page)
    assert "Ask 1 person" in [each.text for each in main.all("button")]
    letter = main_of(client, f"{page}/letter/{season.ama.id}?closes_on=2027-01-04&silence=accepted")
    assert "Bonjour Ama" in letter.text
    assert "4 janv. 2027" in letter.text
    sent = client.post(
        page,
        data={
            "closes_on": "2099-01-04", "remind_every": "3", "silence": "declined", "substitute_days": "5",
        },
    )  # fmt: skip
    assert sent.status_code == 422
    day = CLOSING.isoformat()
    data = {"closes_on": day, "remind_every": "3", "silence": "declined", "substitute_days": "5"}
    sent = client.post(page, data={**data, "once": "0" * 32})
    again = client.post(page, data={**data, "once": "0" * 32})
    assert sent.location == again.location
    assert len(db.scalars(select(Asking)).all()) == 1


def test_the_page_of_an_asking_says_who_what_since_when_and_how_often_reminded(
    asked: Asked, db: Session, sign_in_as: SignIn
) -> None:
    asked.says(asked.season.ama, "declined", reason="dates")
    client = coordinator(db, sign_in_as)
    main = main_of(client, f"/confirmations/{asked.asking.id}")
    table = main.one("table")
    rows = [[cell.text for cell in row.all("td")] for row in table.one("tbody").all("tr")]
    assert len(rows) == 2
    assert "1 was declined, and nobody else has been asked." in main.text
    assert "1 waits for an answer." in main.text
    declined = next(row for row in table.one("tbody").all("tr") if "Declined" in row.text)
    assert "The dates do not suit me" in declined.text
    assert "by the link in the letter" in declined.text
    assert "1 letter" in declined.text
    only = main_of(client, f"/confirmations/{asked.asking.id}?standing=open").one("tbody").all("tr")
    assert len(only) == 1


def test_an_answer_by_telephone_is_kept_as_theirs_with_who_wrote_it_down(
    asked: Asked, db: Session, sign_in_as: SignIn
) -> None:
    client = coordinator(db, sign_in_as)
    place = asked.place(asked.season.ama)
    fields = form_of(main_of(client, f"/confirmations/places/{place.id}"), "Save")
    client.post(
        f"/confirmations/places/{place.id}/answer", data={**fields, "answer": "accepted", "word": "Sure"}
    )
    said = asked.place(asked.season.ama).answers[0]
    assert (said.answer, said.via, said.word) == ("accepted", "telephone", "Sure")
    assert said.answered_by in main_of(client, f"/confirmations/places/{place.id}").text


def test_a_substitute_is_chosen_on_the_page_of_the_no(asked: Asked, db: Session, sign_in_as: SignIn) -> None:
    ama, binta = asked.season.ama, asked.season.binta
    asked.says(ama, "declined")
    follow_up(db)
    client = coordinator(db, sign_in_as)
    page = f"/confirmations/places/{asked.place(ama).id}"
    assert "The planner is looking." in main_of(client, page).text
    asked.search()
    main = main_of(client, page)
    row = next(row for row in main.all("tr") if "Binta" in row.text)
    assert "costs" in row.text
    answer = client.post(f"{page}/ask", data={"person": binta.code})
    assert answer.location == f"/confirmations/{asked.asking.id}"
    assert "Binta has been asked instead." in main_of(client, page).text
    assert asked.place(binta).answer == ""


def test_publishing_says_where_confirmations_stand_and_hides_no_decline(
    asked: Asked, db: Session, sign_in_as: SignIn
) -> None:
    client = coordinator(db, sign_in_as)
    page = f"/schedule/publish/{asked.asking.draft_id}"
    assert "0 of 2 places said yes." in main_of(client, page).text
    asked.says(asked.season.ama, "accepted", asked.season.webinar)
    asked.says(asked.season.ama, "declined")
    main = main_of(client, page)
    assert "1 of 2 places said yes." in main.text
    assert "Said no: Ama." in main.text
    assert "Publish and tell" in main.text  # allowed all the same


def test_a_late_withdrawal_stands_on_home_and_on_the_page_of_the_session(
    asked: Asked, db: Session, sign_in_as: SignIn
) -> None:
    with unit_of_work() as work:
        publish_draft(work, actor=SECRETARIAT, draft=work.merge(asked.asking.draft), note="", now=NOW)
    asked.says(asked.season.ama, "declined", now=NOW + timedelta(days=1), reason="personal")
    client = coordinator(db, sign_in_as)
    session = asked.season.session_of(asked.season.meeting)
    main = main_of(client, f"/schedule/sessions/{session.id}")
    assert "Ama cannot come." in main.text
    assert "114 days before it begins" in main.text
    assert "Somebody in the team of “Meeting” cannot come Ama" in main_of(client, "/").text
    assert "Ama" in main_of(client, "/confirmations").text
    main = main_of(client, f"/confirmations/places/{asked.place(asked.season.ama).id}")
    repair = next(each for each in main.all("a") if "the whole plan repaired" in each.text)
    form = main_of(client, repair.attributes["href"])
    assert {"2027-03-16", "2027-03-17"} <= {each.attributes.get("value") for each in form.all("input")}
    assert "Ama" in next(each.text for each in form.all("option") if "selected" in each.attributes)
    participant = sign_in_as(make_account(db, person=asked.season.chidi))
    assert "Ama cannot come." not in main_of(participant, f"/schedule/sessions/{session.id}").text


def test_home_tells_whoever_is_asked(asked: Asked, db: Session, sign_in_as: SignIn) -> None:
    client = sign_in_as(make_account(db, person=asked.season.ama))
    assert "2 sessions wait for your yes or no" in main_of(client, "/").text
    asked.says(asked.season.ama, "declined")
    secretariat = coordinator(db, sign_in_as)
    assert "somebody said no" in main_of(secretariat, "/").text


@pytest.mark.parametrize("page", ["asking", "own", "publish", "ask", "home"])
def test_pages_ask_the_database_as_often_for_thirty_sessions_as_for_one(
    db: Session, sign_in_as: SignIn, counted_statements: list[str], page: str
) -> None:
    counted = []
    for number in (1, 30):
        season = make_season(db)
        extra = [make_workshop(db, topic=season.meeting.topic, venues=[season.dakar]) for _ in range(number)]
        season.round.entries += [type(season.round.entries[0])(workshop=each) for each in extra]
        db.flush()
        db.expire(season.round)
        people = [make_person(db, teaches={season.meeting.topic: 3}) for _ in range(number)]
        planned = season.meets("2027-03-16")
        sessions = [
            type(planned)(workshop, "2027-03-16", [season.ama, person], [], season.dakar)
            for workshop, person in zip(extra, people, strict=True)
        ]
        asked = ask(season, draft_of(season, *sessions))
        asked.write()
        for person in people[: number // 2]:
            asked.says(person, "declined", next(s.workshop for s in sessions if person in s.team))
        other = draft_of(season, *sessions)
        path = {
            "asking": f"/confirmations/{asked.asking.id}",
            "own": link_of(asked.talk(season.ama)),
            "publish": f"/schedule/publish/{asked.asking.draft_id}",
            "ask": f"/confirmations/ask/{other.id}",
            "home": "/",
        }[page]
        client = coordinator(db, sign_in_as)
        client.get(path)
        counted_statements.clear()
        assert client.get(path).status_code == 200
        counted.append(len(counted_statements))
    assert counted[0] == counted[1]
