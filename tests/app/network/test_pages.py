"""The pages of the network, as each role meets them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.network.models import Closure, Group, Organisation, Person, Place, Topic, Venue
from tests.counting import queries_made
from tests.factories import (
    make_account,
    make_group,
    make_organisation,
    make_person,
    make_place,
    make_topic,
    make_venue,
)
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]


@pytest.fixture
def coordinator(db: Session, sign_in_as: SignIn) -> FlaskClient:
    return sign_in_as(make_account(db, role="coordinator"))


def opened(client: FlaskClient, path: str, status: int = 200) -> Page:
    answer = client.get(f"/network{path}")
    assert answer.status_code == status
    return Page(answer.text)


# -- Looking


def test_the_overview_counts_and_shows_every_seat_on_the_map(db: Session, coordinator: FlaskClient) -> None:
    lome = make_place(db, name="Lomé", country="TG")
    for number in range(5):
        make_organisation(db, name=f"Platform {number}", acronym=f"P{number}", place=lome)
    db.commit()
    page = opened(coordinator, "")
    assert page.heading == "Network"
    assert ["Lomé, Togo", "P0, P1, P2 and 2 more"] in page.rows()


def test_a_name_is_found_without_its_accents(db: Session, coordinator: FlaskClient) -> None:
    make_organisation(db, code="repaoc", name="Réseau des Plateformes")
    db.commit()
    assert (
        opened(coordinator, "?q=reseau").links()["Réseau des Plateformes"] == "/network/organisations/repaoc"
    )
    assert "Nothing bears this name" in opened(coordinator, "?q=zzz").text


def test_an_organisation_says_how_it_is_known_and_that_this_may_be_out_of_date(
    db: Session, coordinator: FlaskClient
) -> None:
    body = make_organisation(db, code="body", name="Body", kind="coalition")
    make_organisation(
        db, code="one", name="One", bodies=[body], evidence="forus", source="https://example.org/list"
    )
    db.commit()
    page = opened(coordinator, "/organisations/one")
    assert "It may be out of date or wrong" in page.text
    assert page.links()["https://example.org/list"] == "https://example.org/list"
    assert page.links()["Body"] == "/network/organisations/body"
    assert "1 member" in opened(coordinator, "/organisations/body").text


def test_a_source_that_is_no_web_address_is_no_link(db: Session, coordinator: FlaskClient) -> None:
    make_organisation(db, code="one", source="javascript:alert(1)")
    db.commit()
    assert "javascript:alert(1)" not in opened(coordinator, "/organisations/one").links().values()


def test_an_address_is_shown_to_those_who_look_after_a_person_and_to_themselves(
    db: Session, sign_in_as: SignIn
) -> None:
    coalition = make_organisation(db, kind="coalition")
    ama = make_person(db, code="ama", name="Ama", email="ama@example.org", organisation=coalition)
    for account in (
        make_account(db, role="coordinator"),
        make_account(db, role="officer", organisation=coalition),
        make_account(db, person=ama),
    ):
        assert "ama@example.org" in opened(sign_in_as(account), "/people/ama").text


def test_who_looks_after_a_person_gets_from_their_page_to_their_availability(
    db: Session, sign_in_as: SignIn
) -> None:
    awa = make_person(db, code="awa")
    officer = make_account(db, role="officer", organisation=awa.organisation)
    db.commit()
    links = opened(sign_in_as(officer), "/people/awa").links()
    assert links["Availability"] == f"/people/{awa.id}/availability"


def test_a_person_out_of_sight_does_not_exist_and_is_in_no_list(db: Session, sign_in_as: SignIn) -> None:
    organisation = make_organisation(db, code="org")
    make_person(db, code="ama", name="Ama Mensah", organisation=organisation)
    officer = sign_in_as(make_account(db, role="officer"))
    opened(officer, "/people/ama", status=404)
    opened(officer, "/people/ama/edit", status=404)
    for path in ("/people", "/organisations/org", "?q=ama", "/people?organisation=org"):
        assert "Ama Mensah" not in opened(officer, path).text


def test_a_participant_reads_their_own_page_and_nothing_else(db: Session, sign_in_as: SignIn) -> None:
    topic = make_topic(db, titles={"en": "Advocacy"})
    ama = make_person(db, code="ama", name="Ama", wants={topic: 3})
    client = sign_in_as(make_account(db, person=ama))
    page = opened(client, "/people/ama")
    assert ["Advocacy", "Urgent"] in page.rows()
    assert "Edit" not in page.links()
    for path in ("", "/people", "/organisations", "/people/ama/edit", "/spreadsheets"):
        opened(client, path, status=403)


def test_what_only_a_coordinator_may_do_is_offered_to_nobody_else(db: Session, sign_in_as: SignIn) -> None:
    organisation = make_organisation(db, code="org", kind="coalition")
    make_venue(db, code="hall", place=make_place(db, code="lome"))
    officer = sign_in_as(make_account(db, role="officer", organisation=organisation))
    offers = {"Edit", "Add an organisation", "Add a place", "Add a venue", "Add a topic", "Keep days free"}
    for path in ("organisations", "organisations/org", "places", "places/lome", "venues/hall", "topics"):
        assert not offers & set(opened(officer, f"/{path}").links())
    for path in ("organisations/new", "organisations/org/edit", "places/new", "topics/new", "free-days/new"):
        opened(officer, f"/{path}", status=403)


def test_of_a_group_an_officer_sees_their_own_people_and_a_number(db: Session, sign_in_as: SignIn) -> None:
    coalition = make_organisation(db, kind="coalition")
    own = make_person(db, name="Ama", organisation=coalition)
    make_group(db, code="agenda", people=[own, make_person(db, name="Bea")])
    page = opened(sign_in_as(make_account(db, role="officer", organisation=coalition)), "/groups/agenda")
    assert "Ama" in page.text
    assert "Bea" not in page.text
    assert "and 1 person of other organisations" in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/organisations/none",
        "/organisations/none/edit",
        "/people/none",
        "/places/none",
        "/venues/none",
        "/topics/none/edit",
        "/groups/none",
        "/free-days/1/edit",
        "/free-days/99999999999999999999/edit",
        "/spreadsheets/none",
        "/spreadsheets/people/rows.exe",
        "/spreadsheets/uploads/none",
    ],
)
def test_what_is_not_there_is_not_found(coordinator: FlaskClient, path: str) -> None:
    opened(coordinator, path, status=404)


@pytest.mark.parametrize(
    "path",
    [
        "/organisations?page=-1&country=%00&name=%00%ff",
        "/people?page=99999999999999999999&part=x&country=zz",
        "/places?page=x&name=%25",
        "?q=%00",
    ],
)
def test_nonsense_in_an_address_is_answered_with_a_page(coordinator: FlaskClient, path: str) -> None:
    opened(coordinator, path)


@pytest.mark.parametrize(
    "path", ["", "/organisations", "/people", "/places", "/topics", "/groups", "/free-days", "?q=a"]
)
def test_a_list_takes_as_many_queries_for_thirty_rows_as_for_one(
    db: Session, coordinator: FlaskClient, path: str
) -> None:
    def queries_for(count: int) -> int:
        for number in range(count):
            area = make_topic(db)
            topic = make_topic(db, area=area)
            place = make_place(db)
            organisation = make_organisation(db, name=f"a {number}", place=place)
            person = make_person(db, organisation=organisation, teaches={topic: 2}, wants={area: 1})
            make_venue(db, place=place)
            make_group(db, organisation=organisation, people=[person])
            db.add(Closure(first_day=date(2027, 1, 1), last_day=date(2027, 1, 1), title={"en": "a"}))
        db.commit()
        db.expunge_all()
        with queries_made() as statements:
            opened(coordinator, path)
        return len(statements)

    assert queries_for(1) == queries_for(29)


# -- Writing

ORGANISATION = {
    "name": "PFNOSCV",
    "kind": "platform",
    "country": "TG",
    "place": "",
    "languages": "French, EN",
}


def test_an_organisation_is_added_and_then_changed(db: Session, coordinator: FlaskClient) -> None:
    coalition = make_organisation(db, code="repaoc", kind="coalition")
    db.commit()
    answer = coordinator.post("/network/organisations/new", data={**ORGANISATION, "bodies": ["repaoc"]})
    assert (answer.status_code, answer.location) == (303, "/network/organisations/pfnoscv")
    row = db.scalars(select(Organisation).where(Organisation.code == "pfnoscv")).one()
    assert (row.languages, row.bodies) == (["fr", "en"], [coalition])
    form = opened(coordinator, "/organisations/pfnoscv/edit")
    assert (form.field("name"), form.field("country"), form.field("languages")) == (
        "PFNOSCV",
        "TG",
        "French, English",
    )
    coordinator.post("/network/organisations/pfnoscv/edit", data={**ORGANISATION, "acronym": "P"})
    db.expire_all()
    assert (row.acronym, row.bodies) == ("P", [])


def test_a_form_that_is_refused_keeps_what_was_typed_and_says_why(coordinator: FlaskClient) -> None:
    answer = coordinator.post(
        "/network/organisations/new", data={**ORGANISATION, "name": " ", "languages": "French, Klingonese"}
    )
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.errors() == ["Fill this in.", "“Klingonese” is not a language."]
    assert page.field("languages") == "French, Klingonese"


def test_a_circle_is_refused_beside_its_field(db: Session, coordinator: FlaskClient) -> None:
    top = make_organisation(db, code="top", kind="coalition")
    make_organisation(db, code="below", kind="platform", bodies=[top])
    db.commit()
    answer = coordinator.post("/network/organisations/top/edit", data={**ORGANISATION, "bodies": ["below"]})
    assert answer.status_code == 422
    assert Page(answer.text).errors() == ["An organisation cannot belong to itself, also not through others."]


def test_an_officer_adds_and_changes_a_person_of_their_platform(db: Session, sign_in_as: SignIn) -> None:
    coalition = make_organisation(db, kind="coalition")
    platform = make_organisation(db, code="plat", bodies=[coalition])
    make_organisation(db, code="other")
    topic = make_topic(db)
    officer = sign_in_as(make_account(db, role="officer", organisation=coalition))
    person = {
        "name": "Ama Mensah",
        "email": "Ama@Example.org ",
        "organisation": "plat",
        "place": platform.place.code if platform.place else "",
        "languages": "fr",
        "fee_per_day": "120",
        "max_workshops": "3",
        "max_days_away": "20",
        "max_seats": "1",
        "gender": "woman",
        f"teaches_{topic.id}": "3",
    }
    answer = officer.post("/network/people/new", data=person)
    assert (answer.status_code, answer.location) == (303, "/network/people/ama-mensah")
    ama = db.scalars(select(Person).where(Person.code == "ama-mensah")).one()
    assert (ama.email, ama.fee_per_day, [skill.level for skill in ama.skills], ama.gender) == (
        "ama@example.org",
        120,
        [3],
        "woman",
    )
    form = opened(officer, "/people/ama-mensah/edit")
    assert (form.field(f"teaches_{topic.id}"), form.field("organisation")) == ("3", "plat")
    changed = {**person, f"teaches_{topic.id}": "", "left_on": "2027-05-01"}
    officer.post("/network/people/ama-mensah/edit", data=changed)
    db.expire_all()
    assert (ama.skills, ama.left_on) == ([], date(2027, 5, 1))
    refused = officer.post("/network/people/new", data={**person, "organisation": "other"})
    assert refused.status_code == 422
    again = officer.post("/network/people/new", data=person)
    assert Page(again.text).errors() == ["Somebody else has this e-mail address."]


def test_places_venues_and_their_closures_are_written(db: Session, coordinator: FlaskClient) -> None:
    place = {
        "name": "Lomé",
        "country": "TG",
        "latitude": "6.13",
        "longitude": "1.22",
        "timezone": "Africa/Lome",
        "airport": "lfw",
    }
    assert coordinator.post("/network/places/new", data=place).location == "/network/places/tg-lome"
    assert db.scalars(select(Place).where(Place.code == "tg-lome")).one().airport == "LFW"
    venue = {"name": "Sarakawa", "place": "tg-lome", "seats": "40", "cost_per_day": "350"}
    assert coordinator.post("/network/venues/new", data=venue).location == "/network/venues/tg-lome-sarakawa"
    path = "/network/venues/tg-lome-sarakawa"
    days = {"first_day": "2027-03-01", "last_day": "2027-03-05", "note": "Repairs"}
    assert coordinator.post(f"{path}/closures", data=days).status_code == 303
    page = opened(coordinator, "/venues/tg-lome-sarakawa")
    assert any("Repairs" in row for row in page.rows())
    wrong = coordinator.post(f"{path}/closures", data={**days, "last_day": "2027-02-01"})
    assert (wrong.status_code, Page(wrong.text).errors()) == (422, ["The last day is before the first."])
    closure = db.scalars(select(Venue)).one().closures[0]
    coordinator.post(f"{path}/closures/{closure.id}/remove")
    db.expire_all()
    assert db.scalars(select(Venue)).one().closures == []
    for wrong_place in (
        {"latitude": "96"},
        {"airport": "L1"},
        {"timezone": "Mars/Base"},
        {"latitude": "nan"},
    ):
        assert coordinator.post("/network/places/new", data={**place, **wrong_place}).status_code == 422


def test_topics_are_titled_in_four_languages(db: Session, coordinator: FlaskClient) -> None:
    make_topic(db, code="money", titles={"en": "Money"})
    db.commit()
    titles = {"title_en": "Raising funds", "title_fr": "Récolter des fonds", "title_pt": " "}
    coordinator.post("/network/topics/new", data={**titles, "area": "money"})
    topic = db.scalars(select(Topic).where(Topic.code == "raising-funds")).one()
    assert topic.titles == {"en": "Raising funds", "fr": "Récolter des fonds"}
    assert opened(coordinator, "/topics/raising-funds/edit").field("title_fr") == "Récolter des fonds"
    answer = coordinator.post("/network/topics/raising-funds/edit", data={"area": "money"})
    assert Page(answer.text).errors() == ["Write the title in at least one language."]


def test_a_group_is_made_and_filled(db: Session, coordinator: FlaskClient) -> None:
    make_organisation(db, code="repaoc", kind="coalition")
    make_person(db, code="ama", name="Áma")
    db.commit()
    answer = coordinator.post("/network/groups/new", data={"title_en": "Agenda", "organisation": "repaoc"})
    assert answer.location == "/network/groups/agenda"
    assert [cell.split()[0] for cell in opened(coordinator, "/groups/agenda?q=ama").rows()[-1][:2]] == [
        "Áma",
        "Platform",
    ]
    coordinator.post("/network/groups/agenda/people", data={"person": "ama", "chair": "1"})
    group = db.scalars(select(Group)).one()
    assert ([p.code for p in group.people], len(group.chairs)) == (["ama"], 1)
    coordinator.post("/network/groups/agenda/people/remove", data={"person": "ama"})
    db.expire_all()
    assert (group.people, group.chairs) == ([], [])
    missing = coordinator.post("/network/groups/agenda/people", data={"person": "no\0body"})
    assert missing.status_code == 404


def test_free_days_are_kept_and_released(db: Session, coordinator: FlaskClient) -> None:
    days = {"title_fr": "Trêve", "country": "SN", "first_day": "2027-12-24", "last_day": "2027-12-31"}
    coordinator.post("/network/free-days/new", data=days)
    row = opened(coordinator, "/free-days").rows()[0]
    assert row[1:3] == ["Trêve", "Senegal"]
    kept = db.scalars(select(Closure)).one()
    coordinator.post(f"/network/free-days/{kept.id}/edit", data={**days, "country": ""})
    assert opened(coordinator, "/free-days").rows()[0][2] == "Everywhere"
    coordinator.post(f"/network/free-days/{kept.id}/remove")
    db.expire_all()
    assert db.scalars(select(Closure)).all() == []
