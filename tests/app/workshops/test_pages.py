"""Pages of requests: who sees what, the form from first page to hand-in, and what it refuses."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.network.models import Group, Organisation
from app.workshops import services
from app.workshops.answers import answers_of
from app.workshops.models import STATES, Workshop
from tests.app.workshops.pages import filled, shown
from tests.app.workshops.requests import make_coalition, make_request
from tests.conftest import NOW
from tests.counting import queries_made
from tests.factories import (
    make_account,
    make_actor,
    make_fund,
    make_organisation,
    make_topic,
    make_venue,
    make_workshop,
)
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]

STEPS = ("what", "when", "where", "who", "money")


# -- The list


def test_the_list_shows_each_reader_their_part(
    db: Session, coalition: Organisation, sign_in_as: SignIn
) -> None:
    own = make_request(db, coalition, titles={"en": "Own draft"})
    other_coalition = make_coalition(db)
    make_request(db, other_coalition, titles={"en": "Foreign draft"})
    make_request(
        db, other_coalition, titles={"en": "Inviting"}, state="approved", invited=[coalition.members[0]]
    )
    make_request(
        db,
        other_coalition,
        titles={"en": "Perhaps inviting"},
        state="submitted",
        invited=[coalition.members[0]],
    )
    readers = {
        make_account(db, role="coordinator"): {"Own draft", "Foreign draft", "Inviting", "Perhaps inviting"},
        make_account(db, role="officer", organisation=coalition): {"Own draft"},
        make_account(db, role="focal_point", organisation=coalition.members[0]): {"Inviting"},
        make_account(db, role="focal_point", organisation=own.invited[1]): set(),
    }
    for account, titles in readers.items():
        links = shown(sign_in_as(account), "/workshops").links()
        assert {text for text, address in links.items() if re.fullmatch(r"/workshops/\d+", address)} == titles


def test_the_list_is_filtered_by_state_coalition_kind_and_topic(
    db: Session, secretariat: FlaskClient, coalition: Organisation
) -> None:
    topic = make_topic(db)
    wanted = make_request(
        db, coalition, titles={"en": "Wanted"}, state="submitted", kind="replication", topic=topic
    )
    make_workshop(db, titles={"en": "Other"})
    db.commit()
    for query in (
        "state=submitted",
        f"coalition={coalition.id}",
        "kind=replication",
        f"topic={topic.id}",
        f"state=submitted&coalition={coalition.id}&kind=replication&topic={topic.id}",
    ):
        page = shown(secretariat, f"/workshops?{query}")
        assert page.links().get("Wanted") == f"/workshops/{wanted.id}"
        assert "Other" not in page.links()
    assert "No request fits" in shown(secretariat, "/workshops?kind=webinar").text


@pytest.mark.parametrize(
    "query", ["page=99", "page=-1", "page=x", "state=<b>", "coalition=x", "topic=-3", f"topic={10**30}"]
)
def test_a_crooked_address_of_the_list_is_answered_with_a_list(secretariat: FlaskClient, query: str) -> None:
    assert shown(secretariat, f"/workshops?{query}").heading == "Workshops"


def test_the_list_takes_as_many_queries_with_thirty_requests_as_with_one(
    db: Session, secretariat: FlaskClient
) -> None:
    counts = []
    for more in (1, 29):
        for _number in range(more):
            make_workshop(db)
        db.commit()
        with queries_made() as statements:
            shown(secretariat, "/workshops")
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_requests_can_be_taken_away_as_a_spreadsheet(officer: FlaskClient, request_: Workshop) -> None:
    address = shown(officer, "/workshops").links()["Spreadsheets"]
    assert "Requests" in shown(officer, address).links()
    rows = officer.get("/workshops/spreadsheets/requests/rows.csv")
    assert request_.code in rows.text


def test_a_long_list_has_pages(db: Session, secretariat: FlaskClient) -> None:
    for number in range(31):
        make_workshop(db, titles={"en": f"Number {number}"})
    db.commit()
    assert len(shown(secretariat, "/workshops").rows()) == 30
    assert len(shown(secretariat, "/workshops?page=2").rows()) == 1


# -- One request


def test_a_request_shows_its_facts_in_words_and_what_comes_next(
    officer: FlaskClient, db: Session, request_: Workshop
) -> None:
    request_.about, request_.budget = "For beginners.", 9000
    later = make_request(db, request_.requested_by, titles={"en": "Replication"}, follows=request_)
    db.commit()
    page = shown(officer, f"/workshops/{request_.id}")
    assert page.heading == "Storytelling"
    facts = {row.one("dt").text: row.one("dd").text for row in page.root.one("dl").all("div")}
    assert facts["Asked for by"] == "Coalition of the West"
    assert facts["Length"] == "2 days"
    assert facts["Working languages"] == "French"
    assert facts["The most it may cost"] == "€9,000"
    assert facts["Team"] == "1 to 2 people, of whom at least 1 may lead"
    assert facts["Seats"] == "1 to 12 seats, at most 3 for one organisation"
    assert facts["Followed by"] == "Replication"
    assert page.links()["Replication"] == f"/workshops/{later.id}"
    assert "Asked of you now: Complete the request and hand it in." in page.text


def test_a_request_tells_its_story(db: Session, officer: FlaskClient, request_: Workshop) -> None:
    request_.state = "submitted"
    nia = make_actor(db, "coordinator", name="Nia")
    services.return_request(db, actor=nia, workshop=request_, word="Which venue?", now=NOW)
    db.commit()
    page = shown(officer, f"/workshops/{request_.id}")
    (told,) = page.root.one(class_="timeline").all("li")
    assert "Returned with a word" in told.text
    assert "Sat 21 Nov 2026, 09:00 (UTC)" in told.text
    assert "Nia" in told.text
    assert "Which venue?" in told.text
    assert "The secretariat returned this request" in page.text


def test_the_story_tells_a_copy_and_the_changes_of_one_person_once(
    db: Session, coalition: Organisation, officer: FlaskClient, request_: Workshop
) -> None:
    ama = make_actor(db, "officer", organisation=coalition)
    copy = services.copy_request(db, actor=ama, workshop=request_, now=NOW)
    for priority in (1, 2, 4):
        page = replace(answers_of(copy).money, priority=priority)
        services.answer_page(db, actor=ama, workshop=copy, page=page, complete=True, now=NOW)
    db.commit()
    story = shown(officer, f"/workshops/{copy.id}").root.one(class_="timeline").all("li")
    assert [told.one("p", class_="timeline-title").text for told in story] == ["Changed", "Drafted"]
    assert "As a copy of an earlier request." in story[1].text


def test_what_it_follows_is_told_with_the_days_between(
    db: Session, coalition: Organisation, officer: FlaskClient, request_: Workshop
) -> None:
    later = make_request(db, coalition, follows=request_, follows_min_days=21, follows_graduates=2)
    db.commit()
    told = ": 21 to 120 days after it, with at least 2 of its participants in the team"
    assert told in shown(officer, f"/workshops/{later.id}").text
    assert told in shown(officer, f"/workshops/{later.id}/request").text


def test_what_it_follows_is_not_named_to_who_may_not_see_it(
    db: Session, coalition: Organisation, officer: FlaskClient
) -> None:
    secret = make_workshop(db, titles={"en": "Secret of others"}, state="drafted")
    own = make_request(db, coalition, follows=secret)
    db.commit()
    assert "Secret of others" not in shown(officer, f"/workshops/{own.id}").text


def test_a_focal_point_reads_an_approved_request_and_has_nothing_to_press(
    db: Session, request_: Workshop, sign_in_as: SignIn
) -> None:
    request_.state = "approved"
    guest = make_organisation(db)
    request_.invited = [guest]
    client = sign_in_as(make_account(db, role="focal_point", organisation=guest))
    page = shown(client, f"/workshops/{request_.id}")
    assert page.heading == "Storytelling"
    assert [button.text for button in page.root.one("main").all("button")] == []


@pytest.mark.parametrize("path", ["", "/request", *(f"/request/{step}" for step in STEPS)])
def test_the_request_of_another_coalition_does_not_exist(
    db: Session, request_: Workshop, sign_in_as: SignIn, path: str
) -> None:
    stranger = sign_in_as(make_account(db, role="officer"))
    assert stranger.get(f"/workshops/{request_.id}{path}").status_code == 404


@pytest.mark.parametrize("verb", ["submit", "withdraw", "copy", "request/money"])
def test_nothing_is_done_to_the_request_of_another_coalition(
    db: Session, request_: Workshop, sign_in_as: SignIn, verb: str
) -> None:
    stranger = sign_in_as(make_account(db, role="officer"))
    assert stranger.post(f"/workshops/{request_.id}/{verb}").status_code == 404
    db.expire_all()
    assert request_.state == "drafted"


@pytest.mark.parametrize("verb", ["approve", "return"])
def test_an_officer_does_not_decide(officer: FlaskClient, request_: Workshop, verb: str) -> None:
    assert officer.post(f"/workshops/{request_.id}/{verb}").status_code == 403


# -- The form


def test_a_request_is_begun_filled_page_by_page_and_handed_in(
    db: Session, coalition: Organisation, officer: FlaskClient
) -> None:
    topic, venue = make_topic(db), make_venue(db)
    fund = make_fund(db, organisation=coalition)
    db.add(Group(code="g", titles={"en": "Agenda 2030"}, organisation=coalition, created_at=NOW))
    db.commit()
    data = filled(shown(officer, "/workshops/new?key=0123abcd"))
    data |= {"title_en": ["Storytelling"], "topic_id": [str(topic.id)], "kind": ["peer_exchange"]}
    answer = officer.post("/workshops/new", data=data)
    assert answer.status_code == 303
    request_ = db.scalars(select(Workshop)).one()
    given: dict[str, dict[str, list[str]]] = {
        "when": {"days": ["3"]},
        "where": {"venue_ids": [str(venue.id)]},
        "who": {"whole_coalition": ["y"], "seats_min": ["2"]},
        "money": {"fund_ids": [str(fund.id)], "budget": ["9000"]},
    }
    for step, more in given.items():
        assert answer.location == f"/workshops/{request_.id}/request/{step}"
        answer = officer.post(answer.location, data=filled(shown(officer, answer.location)) | more)
        assert answer.status_code == 303, Page(answer.text).errors()
    assert answer.location == f"/workshops/{request_.id}/request"
    check = shown(officer, answer.location)
    answers = {row.one("dt").text: row.all("dd")[0].text for row in check.root.one("dl").all("div")}
    assert answers["Length"] == "In person, 3 days"
    assert answers["Possible venues"] == f"{venue.name} ({venue.place.name})"
    assert answers["Invited"] == " and ".join(platform.name for platform in coalition.members)
    assert answers["Funds"] == fund.title
    answer = officer.post(f"/workshops/{request_.id}/submit")
    assert (answer.status_code, answer.location) == (303, f"/workshops/{request_.id}")
    assert "The request has been handed in." in shown(officer, answer.location).text
    db.expire_all()
    assert (request_.state, request_.days, request_.budget) == ("submitted", 3, 9000)


def test_the_first_page_sent_twice_begins_one_request(db: Session, officer: FlaskClient) -> None:
    topic = make_topic(db)
    db.commit()
    data = filled(shown(officer, "/workshops/new?key=0123abcd"))
    data |= {"title_en": ["Storytelling"], "topic_id": [str(topic.id)], "kind": ["webinar"]}
    addresses = {officer.post("/workshops/new", data=data).location for _twice in range(2)}
    assert len(addresses) == 1
    assert len(db.scalars(select(Workshop)).all()) == 1


def test_what_is_wrong_with_the_first_page_is_said_and_the_input_kept(
    db: Session, officer: FlaskClient
) -> None:
    make_topic(db)
    db.commit()
    data = filled(shown(officer, "/workshops/new?key=0123abcd")) | {"about": ["For beginners"]}
    answer = officer.post("/workshops/new", data=data)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.errors() == ["Choose a topic.", "Choose a kind."]
    assert page.field("about") == "For beginners"
    assert page.field("key") == data["key"][0]
    assert page.root.one("title").text.startswith("Error:")
    assert db.scalars(select(Workshop)).all() == []


@pytest.mark.parametrize(
    ("step", "typed", "error"),
    [
        ("what", {"title_en": "", "title_fr": ""}, "Give a title in at least one language."),
        ("when", {"days": "11"}, "Give from 1 to 10 days."),
        ("when", {"days": "two"}, "Not a valid integer value."),
        ("when", {"mode": "online", "minutes": "100"}, "Give a multiple of 30 minutes."),
        ("when", {"window_last": "2027-01-01"}, "The last day is before the first day."),
        ("when", {"window_first": "soon"}, "Not a valid date value."),
        ("when", {"follows_min_days": ""}, "Give a whole number."),
        ("where", {"languages": "tlh"}, "'tlh' is not a valid choice for this field."),
        ("who", {"team_min": "5"}, "The most cannot be below the least, which is 5."),
        ("who", {"seats_max": "0"}, "The most cannot be below the least, which is 1."),
        ("money", {"budget": "-1"}, "Give a number from 0 to 2000000000."),
        ("money", {"budget": "plenty"}, "Not a valid integer value."),
    ],
)
def test_a_refused_page_says_why_and_keeps_what_was_typed(
    db: Session,
    officer: FlaskClient,
    request_: Workshop,
    step: str,
    typed: dict[str, str],
    error: str,
) -> None:
    address = f"/workshops/{request_.id}/request/{step}"
    data = filled(shown(officer, address)) | {name: [value] for name, value in typed.items()}
    answer = officer.post(address, data=data)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert error in page.errors()
    for name, value in typed.items():
        if name not in ("mode", "languages"):
            assert page.field(name) == value


def test_a_ticked_box_stays_ticked_on_a_refused_page(
    db: Session, officer: FlaskClient, request_: Workshop
) -> None:
    address = f"/workshops/{request_.id}/request/who"
    platform = str(request_.invited[0].id)
    data = filled(shown(officer, address)) | {"invited_ids": [platform], "team_min": ["5"]}
    page = Page(officer.post(address, data=data).text)
    ticked = [box for box in page.root.all("input", name="invited_ids") if "checked" in box.attributes]
    assert [box.attributes["value"] for box in ticked] == [platform]


def test_what_is_missing_holds_up_who_goes_on_but_not_who_leaves(
    db: Session, officer: FlaskClient, request_: Workshop
) -> None:
    address = f"/workshops/{request_.id}/request/where"
    data = filled(shown(officer, address))
    data.pop("venue_ids")
    answer = officer.post(address, data=data)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.errors() == ["Choose at least one venue where it could be held."]
    (link,) = page.root.one(class_="error-summary").all("a")
    assert len(page.root.all("input", id=link.attributes["href"][1:])) == 1
    answer = officer.post(address, data=data | {"go": ["leave"]})
    assert (answer.status_code, answer.location) == (303, f"/workshops/{request_.id}")
    db.expire_all()
    assert request_.venues == []


def test_a_change_from_the_check_page_leads_back_to_it(officer: FlaskClient, request_: Workshop) -> None:
    check = shown(officer, f"/workshops/{request_.id}/request")
    address = check.links()["Change Length"]
    data = filled(shown(officer, address)) | {"days": ["4"]}
    assert officer.post(address, data=data).location == f"/workshops/{request_.id}/request"


def test_an_incomplete_request_cannot_be_handed_in_and_the_page_says_what_is_missing(
    db: Session, officer: FlaskClient, request_: Workshop
) -> None:
    request_.venues = []
    db.commit()
    page = shown(officer, f"/workshops/{request_.id}/request")
    assert "Choose at least one venue where it could be held." in page.text
    assert "Hand it in" not in page.text
    answer = officer.post(f"/workshops/{request_.id}/submit")
    assert answer.status_code == 422
    assert "Choose at least one venue where it could be held." in Page(answer.text).text


def test_a_request_sent_in_twice_is_told_so(officer: FlaskClient, request_: Workshop) -> None:
    assert officer.post(f"/workshops/{request_.id}/submit").status_code == 303
    assert officer.post(f"/workshops/{request_.id}/submit").status_code == 409


def test_online_the_page_of_places_offers_languages_only(
    db: Session, officer: FlaskClient, coalition: Organisation
) -> None:
    online = make_request(db, coalition, mode="online")
    make_venue(db)
    db.commit()
    page = shown(officer, f"/workshops/{online.id}/request/where")
    assert page.root.all("input", name="venue_ids") == []
    assert page.root.all("input", name="languages") != []


def test_the_languages_of_the_coalition_are_at_hand_and_the_others_folded_away(
    db: Session, officer: FlaskClient, request_: Workshop
) -> None:
    make_organisation(db, languages=["sm"])
    request_.requested_by.members[0].languages = ["wo"]
    db.commit()
    page = shown(officer, f"/workshops/{request_.id}/request/where")
    folded = [
        box.attributes["value"]
        for details in page.root.all("details")
        for box in details.all("input", name="languages")
    ]
    offered = [box.attributes["value"] for box in page.root.all("input", name="languages")]
    assert folded == ["sm"]
    assert set(offered) == {"en", "fr", "es", "pt", "wo", "sm"}


def test_the_venues_of_ones_own_countries_come_first(
    db: Session, officer: FlaskClient, request_: Workshop
) -> None:
    abroad = make_venue(db)
    abroad.place.country = "GH"
    db.commit()
    boxes = shown(officer, f"/workshops/{request_.id}/request/where").root.all("input", name="venue_ids")
    assert [box.attributes["value"] for box in boxes] == [str(request_.venues[0].id), str(abroad.id)]


@pytest.mark.parametrize("state", ["submitted", "approved", "withdrawn"])
def test_the_form_is_closed_once_the_request_is_out_of_ones_hands(
    db: Session, officer: FlaskClient, request_: Workshop, state: str
) -> None:
    request_.state = state
    db.commit()
    for path in ("/request", "/request/money"):
        assert officer.get(f"/workshops/{request_.id}{path}").status_code == 409
    assert officer.post(f"/workshops/{request_.id}/request/money").status_code == 409


def test_a_correction_that_breaks_another_page_of_an_approved_request_says_which(
    db: Session, secretariat: FlaskClient, request_: Workshop
) -> None:
    request_.state, request_.follows = "approved", make_request(db, request_.requested_by)
    db.commit()
    address = f"/workshops/{request_.id}/request/when"
    answer = secretariat.post(
        address, data=filled(shown(secretariat, address)) | {"follows_graduates": ["5"]}
    )
    assert answer.status_code == 422
    told = "Who: 5 people of the workshop that it follows are to be in the team: allow as many."
    assert told in Page(answer.text).root.one(class_="error-summary").text
    db.expire_all()
    assert request_.follows_graduates == 1


def test_an_unknown_page_does_not_exist(officer: FlaskClient, request_: Workshop) -> None:
    assert officer.get(f"/workshops/{request_.id}/request/why").status_code == 404
    assert officer.post(f"/workshops/{request_.id}/request/why").status_code == 404


@pytest.mark.parametrize("step", STEPS)
def test_a_page_takes_as_many_queries_with_thirty_choices_as_with_one(
    db: Session, officer: FlaskClient, request_: Workshop, step: str
) -> None:
    counts = []
    for more in (1, 29):
        for _number in range(more):
            coalition = request_.requested_by
            make_topic(db, area=make_topic(db))
            request_.venues.append(make_venue(db))
            request_.invited.append(make_coalition(db, platforms=1).members[0])
            request_.funds.append(make_fund(db, organisation=coalition))
            make_request(db, coalition)
        db.commit()
        db.expire_all()
        with queries_made() as statements:
            shown(officer, f"/workshops/{request_.id}/request/{step}")
        counts.append(len(statements))
    assert counts[0] == counts[1]


# -- Deciding


def test_the_secretariat_approves(db: Session, secretariat: FlaskClient, request_: Workshop) -> None:
    request_.state = "submitted"
    db.commit()
    assert "Approve" in shown(secretariat, f"/workshops/{request_.id}").text
    assert secretariat.post(f"/workshops/{request_.id}/approve").status_code == 303
    db.expire_all()
    assert request_.state == "approved"


def test_the_secretariat_returns_with_a_word_and_not_without(
    db: Session, secretariat: FlaskClient, officer: FlaskClient, request_: Workshop
) -> None:
    request_.state = "submitted"
    db.commit()
    answer = secretariat.post(f"/workshops/{request_.id}/return", data={"word": " "})
    assert answer.status_code == 422
    assert Page(answer.text).errors() == ["Say what should be different."]
    secretariat.post(f"/workshops/{request_.id}/return", data={"word": "Which venue?"})
    assert "Which venue?" in shown(officer, f"/workshops/{request_.id}").text
    assert "Which venue?" in shown(officer, f"/workshops/{request_.id}/request").text


def test_a_request_is_withdrawn_and_can_still_be_copied(
    db: Session, officer: FlaskClient, request_: Workshop
) -> None:
    assert officer.post(f"/workshops/{request_.id}/withdraw").status_code == 303
    for _ in range(2):  # the first answer was lost on its way
        answer = officer.post(f"/workshops/{request_.id}/copy", data={"once": "a" * 32})
    copy = db.scalars(select(Workshop).where(Workshop.id != request_.id)).one()
    assert answer.location == f"/workshops/{copy.id}/request"
    assert shown(officer, answer.location).heading == "Check the request"


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_told_with_what_comes_next(
    db: Session, secretariat: FlaskClient, request_: Workshop, state: str
) -> None:
    request_.state = state
    db.commit()
    page = shown(secretariat, f"/workshops/{request_.id}")
    buttons = {button.text for button in page.root.one("main").all("button")}
    assert ("Approve" in buttons) == (state == "submitted")
    assert ("Withdraw the request" in buttons) == (state != "withdrawn")
    assert len(page.root.one("section", aria_labelledby="next").all("p")[0].text) > 10


# -- In another language


def test_the_form_is_readable_in_french(db: Session, coalition: Organisation, sign_in_as: SignIn) -> None:
    client = sign_in_as(make_account(db, role="officer", organisation=coalition, language="fr"))
    area = make_topic(db, titles={"en": "Advocacy", "fr": "Plaidoyer"})
    make_topic(db, area=area, titles={"en": "Campaigns", "fr": "Campagnes"})
    request_ = make_request(
        db,
        coalition,
        titles={"en": "Storytelling", "fr": "Récits"},
        window_first=date(2027, 3, 1),
        window_last=date(2027, 4, 30),
    )
    db.commit()
    page = shown(client, f"/workshops/{request_.id}/request/what")
    assert page.root.one("html").attributes["lang"] == "fr"
    assert "Plaidoyer" in [group.attributes["label"] for group in page.root.all("optgroup")]
    assert "Campagnes" in [option.text for option in page.root.one("select", name="topic_id").all("option")]
    assert shown(client, f"/workshops/{request_.id}").heading == "Récits"
    assert "1 mars – 30 avr. 2027" in shown(client, f"/workshops/{request_.id}").text
    labels = [
        label.text for label in shown(client, f"/workshops/{request_.id}/request/where").root.all("label")
    ]
    assert "français" in labels
    answer = client.post(
        f"/workshops/{request_.id}/request/when",
        data=filled(shown(client, f"/workshops/{request_.id}/request/when")) | {"days": ["deux"]},
    )
    assert "N'est pas un entier valide." in Page(answer.text).errors()
