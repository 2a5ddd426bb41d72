"""The pages about travelling: one's own, that of those one looks after, what one needs, and visas."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.facts import AuditEntry
from app.network.models import Person
from app.travel.models import AccessNeeds, TravelCountry, TravelFacts, VisaTime
from tests.counting import queries_made
from tests.factories import make_account, make_organisation, make_person
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]

ALL = {
    "notice_days": "21",
    "passports": "Togo; fr",
    "never": "Kenya, South Sudan",
    "rather_not": "Nigeria",
    "interpreter": "French sign language",
}


@pytest.fixture
def ama(db: Session) -> Person:
    return make_person(db, name="Ama")


@pytest.fixture
def account(db: Session, ama: Person) -> Account:
    return make_account(db, person=ama)


@pytest.fixture
def client(account: Account, sign_in_as: SignIn) -> FlaskClient:
    return sign_in_as(account)


@pytest.fixture
def focal_point(db: Session, ama: Person) -> Account:
    return make_account(db, role="focal_point", organisation=ama.organisation)


@pytest.fixture
def coordinator(db: Session) -> Account:
    return make_account(db, role="coordinator", name="Nadia")


def address(person: Person) -> str:
    return f"/travel/people/{person.id}"


def countries(db: Session, person: Person) -> dict[str, str]:
    db.expire_all()
    rows = db.scalars(select(TravelCountry).where(TravelCountry.person_id == person.id))
    return {row.country: row.answer for row in rows}


def test_what_is_said_stands_on_the_page_and_nothing_of_it_in_the_trail(
    client: FlaskClient, db: Session, ama: Person
) -> None:
    assert client.get("/travel/mine").location == address(ama)
    answer = client.post(address(ama), data=ALL)
    assert (answer.status_code, answer.location) == (303, address(ama))
    page = Page(client.get(address(ama)).text)
    assert page.heading == "My travelling"
    assert page.field("notice_days") == "21"
    assert page.field("passports") == "France; Togo"
    assert page.field("never") == "Kenya; South Sudan"
    assert countries(db, ama) == {"KE": "never", "SS": "never", "NG": "rather_not"}
    row = db.get(TravelFacts, ama.id)
    assert row is not None
    assert row.passports == ["FR", "TG"]
    [entry] = db.scalars(select(AuditEntry).where(AuditEntry.fact == "TravelFactsChanged"))
    assert "KE" not in json.dumps([entry.facts, entry.before, entry.after])
    client.post(address(ama), data={**ALL, "never": "", "rather_not": "Kenya"})
    assert countries(db, ama) == {"KE": "rather_not"}


@pytest.mark.parametrize("reader", ["fr", "es", "pt"])
def test_countries_are_read_in_the_readers_language(
    client: FlaskClient, db: Session, ama: Person, account: Account, reader: str
) -> None:
    account.language = reader
    db.commit()
    names = {"fr": "Égypte; cameroun", "es": "Egipto; camerún", "pt": "egito; Camarões"}
    client.post(address(ama), data={**ALL, "never": names[reader], "rather_not": ""})
    assert countries(db, ama) == {"EG": "never", "CM": "never"}


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("passports", "Atlantis", "“Atlantis” is not a country."),
        ("never", "Kenya; nowhere", "“nowhere” is not a country."),
        ("notice_days", "many", "Not a valid integer value."),
        ("notice_days", "900", "A number from 0 to 365."),
        ("interpreter", "x" * 201, "At most 200 characters."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_kept(
    client: FlaskClient, db: Session, ama: Person, field: str, typed: str, said: str
) -> None:
    answer = client.post(address(ama), data={**ALL, field: typed})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert said in page.errors()
    assert page.field("rather_not") == "Nigeria"
    assert countries(db, ama) == {}


def test_those_who_look_after_a_person_see_and_say_it_and_nobody_else(
    client: FlaskClient,
    db: Session,
    ama: Person,
    focal_point: Account,
    coordinator: Account,
    sign_in_as: SignIn,
) -> None:
    db.commit()
    client.post(address(ama), data=ALL)
    for looking_after in (focal_point, coordinator):
        assert Page(sign_in_as(looking_after).get(address(ama)).text).field("never") == "Kenya; South Sudan"
    elsewhere = make_organisation(db)
    for stranger in (
        make_account(db, role="focal_point", organisation=elsewhere),
        make_account(db, role="officer", organisation=elsewhere),
        make_account(db, person=make_person(db, organisation=ama.organisation)),
    ):
        visitor = sign_in_as(stranger)
        assert visitor.get(address(ama)).status_code == 404
        assert visitor.post(address(ama), data=ALL).status_code == 404
    sign_in_as(focal_point).post(address(ama), data={**ALL, "notice_days": "3"})
    db.expire_all()
    row = db.get(TravelFacts, ama.id)
    assert row is not None
    assert row.notice_days == 3


def test_what_one_needs_is_kept_by_consent_alone_and_read_by_coordinators_alone(
    client: FlaskClient,
    db: Session,
    ama: Person,
    focal_point: Account,
    coordinator: Account,
    sign_in_as: SignIn,
) -> None:
    needs = "a room without steps"
    db.commit()
    refused = client.post("/travel/mine/needs", data={"needs": needs})
    assert refused.status_code == 422
    assert Page(refused.text).errors() == ["Without your consent nothing of this is kept."]
    assert Page(refused.text).field("needs") == needs
    client.post("/travel/mine/needs", data={"needs": needs, "consents": "y"})
    assert Page(client.get(address(ama)).text).field("needs") == needs

    looking_after = sign_in_as(focal_point)
    assert needs not in looking_after.get(address(ama)).text
    assert "needs in order" not in looking_after.get(address(ama)).text
    assert looking_after.post(f"{address(ama)}/needs/look").status_code == 403

    arranging = sign_in_as(coordinator)
    assert needs not in arranging.get(address(ama)).text
    assert arranging.post(f"{address(ama)}/needs/look").status_code == 303
    assert needs in arranging.get(address(ama)).text
    assert needs not in sign_in_as(make_account(db, role="coordinator")).get(address(ama)).text
    assert "Nadia" in Page(client.get(address(ama)).text).root.one("section", id="needs").text

    client.post("/travel/mine/needs", data={"needs": ""})
    assert db.scalars(select(AccessNeeds)).all() == []
    trail = db.scalars(select(AuditEntry)).all()
    assert not any(needs in json.dumps([each.facts, each.before, each.after]) for each in trail)


def test_one_can_take_all_of_it_along_and_it_goes_with_the_person(
    client: FlaskClient, db: Session, ama: Person
) -> None:
    client.post(address(ama), data=ALL)
    client.post("/travel/mine/needs", data={"needs": "large print", "consents": "y"})
    taken = json.loads(client.post("/account/data").text)
    assert taken["travel_facts"][0]["passports"] == ["FR", "TG"]
    assert {row["country"] for row in taken["travel_country"]} == {"KE", "SS", "NG"}
    assert taken["access_needs"][0]["needs"] == "large print"
    nobody = make_person(db)
    db.add(TravelCountry(person_id=nobody.id, country="KE", answer="never"))
    db.flush()
    db.delete(nobody)
    db.flush()
    assert countries(db, nobody) == {}


def test_visa_times_are_kept_by_officers_and_coordinators(
    client: FlaskClient, db: Session, coordinator: Account, focal_point: Account, sign_in_as: SignIn
) -> None:
    for reader in (client, sign_in_as(focal_point)):
        assert reader.get("/travel/visas").status_code == 403
    officer = sign_in_as(make_account(db, role="officer"))
    visa = {"passport": "TG", "destination": "KE", "entry": "visa", "days": "30"}
    assert officer.post("/travel/visas", data=visa).status_code == 303
    officer.post("/travel/visas", data={**visa, "destination": "SN", "entry": "free", "days": ""})
    officer.post("/travel/visas", data={**visa, "destination": "US", "entry": "closed", "days": ""})
    rows = Page(officer.get("/travel/visas?country=TG").text).rows()
    assert [row[:3] for row in rows] == [
        ["Togo", "Kenya", "30 days"],
        ["Togo", "Senegal", "Without a visa, or with one on arrival"],
        ["Togo", "United States", "Cannot be entered"],
    ]
    officer.post("/travel/visas", data={**visa, "days": "45"})
    assert db.scalars(select(VisaTime.days).where(VisaTime.destination == "KE")).all() == [45]
    visa_id = db.scalars(select(VisaTime.id).where(VisaTime.destination == "KE")).one()
    sign_in_as(coordinator).post(f"/travel/visas/{visa_id}/remove")
    assert len(db.scalars(select(VisaTime)).all()) == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"days": ""}, "Write a number."),
        ({"days": "0"}, "A number from 1 to 730."),
        ({"destination": "TG"}, "Passport and destination are of the same country."),
        ({"passport": ""}, "Choose one."),
    ],
)
def test_a_visa_time_that_cannot_be_is_refused(
    db: Session, coordinator: Account, sign_in_as: SignIn, wrong: dict[str, str], said: str
) -> None:
    visa = {"passport": "TG", "destination": "KE", "entry": "visa", "days": "30"}
    answer = sign_in_as(coordinator).post("/travel/visas", data={**visa, **wrong})
    assert answer.status_code == 422
    assert said in Page(answer.text).errors()[0]


def test_visa_times_come_and_go_as_a_spreadsheet(
    db: Session, coordinator: Account, sign_in_as: SignIn
) -> None:
    client = sign_in_as(coordinator)
    client.post("/travel/visas", data={"passport": "TG", "destination": "KE", "entry": "visa", "days": "30"})
    rows = (
        "code,passport,destination,days,is_closed",
        "tg-ke,TG,KE,20,no",
        ",TG,US,,yes",
        ",TG,SN,0,",
        ",TG,TG,5,no",
    )
    file = "\n".join((*rows, ",TG,ML,,no"))
    answer = client.post(
        "/travel/spreadsheets/visas", data={"file": (io.BytesIO(file.encode()), "visas.csv")}
    )
    page = Page(client.get(answer.location).text)
    assert "Passport and destination are of the same country" in page.text
    assert "Say how many days it takes, or that one cannot enter" in page.text
    client.post(answer.location, data={"fingerprint": page.field("fingerprint")})
    db.expire_all()
    found = {row.destination: (row.days, row.is_closed) for row in db.scalars(select(VisaTime))}
    assert found == {"KE": (20, False), "US": (None, True), "SN": (0, False)}
    exported = client.get("/travel/spreadsheets/visas/rows.csv").text
    assert "tg-ke,TG,KE,20,no" in exported


def test_the_table_of_visas_takes_the_same_queries_however_long_it_is(
    db: Session, coordinator: Account, sign_in_as: SignIn
) -> None:
    client = sign_in_as(coordinator)

    def add(destinations: str) -> None:
        for destination in destinations.split():
            client.post("/travel/visas", data={"passport": "TG", "destination": destination, "entry": "free"})

    add("KE")
    with queries_made() as one:
        client.get("/travel/visas")
    add("SN ML NE BF CI GH NG CM GA")
    with queries_made() as ten:
        client.get("/travel/visas")
    assert len(ten) == len(one)
