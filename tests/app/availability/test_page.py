"""The availability page: one's own, and that of those one looks after, without any JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account
from app.availability.models import AvailabilitySpan, WorkedHoliday
from app.availability.queries import spans_of, worked_holidays_of
from app.network.models import Closure, Person
from tests.counting import queries_made
from tests.factories import make_account, make_facilitator, make_organisation, make_person, make_topic
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]

NEXT_YEAR = clock.today().year + 1
MARCH = date(NEXT_YEAR, 3, 1)


@pytest.fixture
def ama(db: Session) -> Person:
    return make_facilitator(db, make_topic(db), name="Ama")


@pytest.fixture
def client(db: Session, ama: Person, sign_in_as: SignIn) -> FlaskClient:
    return sign_in_as(make_account(db, person=ama))


def span(db: Session, person: Person, kind: str, first: date, days: int = 1) -> AvailabilitySpan:
    row = AvailabilitySpan(
        person_id=person.id, kind=kind, first_day=first, last_day=first + timedelta(days=days - 1)
    )
    db.add(row)
    db.commit()
    return row


def test_a_newcomer_reads_that_nothing_has_been_said(client: FlaskClient) -> None:
    page = Page(client.get("/availability").text)
    assert page.heading == "My availability"
    assert "you count as available on every working day" in page.text


def test_days_added_stand_in_the_list(client: FlaskClient, db: Session, ama: Person) -> None:
    answer = client.post(
        f"/people/{ama.id}/availability",
        data={"kind": "unavailable", "first_day": f"{NEXT_YEAR}-03-01", "last_day": "", "note": "school"},
    )
    assert (answer.status_code, answer.location) == (303, "/availability")
    page = Page(client.get("/availability").text)
    row = page.rows()[0]
    assert row[1:3] == ["Unavailable", "school"]
    assert f"Saved: {row[0]}." in page.text
    assert [(row.first_day, row.last_day) for row in spans_of(db, person=ama)] == [(MARCH, MARCH)]


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"first_day": ""}, "Give the first day."),
        ({"first_day": "tomorrow"}, "Not a valid date value."),
        ({"last_day": f"{NEXT_YEAR}-02-01"}, "The last day is before the first day."),
        (
            {"first_day": "2001-03-01", "last_day": "2001-03-02"},
            "These days are already over: is the year right?",
        ),
        (
            {"first_day": "2090-03-01", "last_day": "2090-03-01"},
            "That is more than five years ahead: is the year right?",
        ),
        ({"last_day": "2199-01-01"}, "That is more than three years: is the year right?"),
        ({"kind": "perhaps"}, "Not a valid choice."),
        ({"note": "x" * 201}, "Field cannot be longer than 200 characters."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_the_input_is_kept(
    client: FlaskClient, db: Session, ama: Person, typed: dict[str, str], error: str
) -> None:
    data = {
        "kind": "preferred",
        "first_day": f"{NEXT_YEAR}-03-01",
        "last_day": f"{NEXT_YEAR}-03-02",
        "note": "quiet weeks",
    } | typed
    answer = client.post(f"/people/{ama.id}/availability", data=data)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert error in page.errors()
    assert [page.field(name) for name in ("first_day", "last_day", "note")] == [
        data["first_day"],
        data["last_day"],
        data["note"],
    ]
    assert spans_of(db, person=ama) == []


def test_a_span_is_changed_on_the_same_page(client: FlaskClient, db: Session, ama: Person) -> None:
    row = span(db, ama, "unavailable", MARCH, days=3)
    page = Page(client.get(f"/availability?edit={row.id}").text)
    assert (page.field("first_day"), page.field("last_day")) == (f"{NEXT_YEAR}-03-01", f"{NEXT_YEAR}-03-03")
    refused = client.post(
        f"/people/{ama.id}/availability/{row.id}", data={"kind": "preferred", "first_day": "", "note": "n"}
    )
    assert refused.status_code == 422
    assert Page(refused.text).field("note") == "n"
    backwards = {"kind": "preferred", "first_day": f"{NEXT_YEAR}-03-02", "last_day": f"{NEXT_YEAR}-03-01"}
    refused = client.post(f"/people/{ama.id}/availability/{row.id}", data=backwards)
    assert Page(refused.text).errors() == ["The last day is before the first day."]
    client.post(
        f"/people/{ama.id}/availability/{row.id}",
        data={"kind": "preferred", "first_day": f"{NEXT_YEAR}-03-02", "last_day": f"{NEXT_YEAR}-03-05"},
    )
    db.expire_all()
    assert [(row.kind, row.first_day.day, row.last_day.day) for row in spans_of(db, person=ama)] == [
        ("preferred", 2, 5)
    ]


def test_a_span_is_removed(client: FlaskClient, db: Session, ama: Person) -> None:
    row = span(db, ama, "unavailable", MARCH)
    assert client.post(f"/people/{ama.id}/availability/{row.id}/remove").status_code == 303
    db.expire_all()
    assert spans_of(db, person=ama) == []


def test_contradictory_days_are_explained(client: FlaskClient, db: Session, ama: Person) -> None:
    span(db, ama, "unavailable", MARCH)
    data = {"kind": "preferred", "first_day": f"{NEXT_YEAR}-03-01", "last_day": f"{NEXT_YEAR}-03-02"}
    client.post(f"/people/{ama.id}/availability", data=data)
    page = Page(client.get("/availability").text)
    assert "unavailable counts." in page.text
    assert "Unavailable counts on" in page.rows()[0][1] + page.rows()[1][1]


def test_a_facilitator_ticks_the_holidays_they_work_on(client: FlaskClient, db: Session, ama: Person) -> None:
    independence = date(NEXT_YEAR, 4, 4)
    assert f"{NEXT_YEAR}-04-04" in {
        box.attributes["value"]
        for box in Page(client.get("/availability").text).root.all("input", name="worked")
    }
    client.post(f"/people/{ama.id}/availability/holidays", data={"worked": [independence.isoformat()]})
    assert worked_holidays_of(db, person=ama) == {independence}
    ticked = [
        box.attributes["value"]
        for box in Page(client.get("/availability").text).root.all("input", name="worked")
        if "checked" in box.attributes
    ]
    assert ticked == [independence.isoformat()]
    client.post(f"/people/{ama.id}/availability/holidays")
    db.expire_all()
    assert worked_holidays_of(db, person=ama) == frozenset()


def test_a_holiday_worked_in_the_past_is_left_alone(client: FlaskClient, db: Session, ama: Person) -> None:
    db.add(WorkedHoliday(person_id=ama.id, day=date(2020, 4, 4)))
    db.commit()
    client.post(f"/people/{ama.id}/availability/holidays")
    db.expire_all()
    assert worked_holidays_of(db, person=ama) == {date(2020, 4, 4)}


def test_who_does_not_facilitate_sees_the_holidays_without_boxes(db: Session, sign_in_as: SignIn) -> None:
    page = Page(sign_in_as(make_account(db, person=make_person(db))).get("/availability").text)
    assert page.root.all("input", name="worked") == []
    assert "Independence Day" in page.text


def test_the_closures_of_the_network_are_told_and_not_to_be_chosen(
    client: FlaskClient, db: Session, ama: Person
) -> None:
    db.add(Closure(country="", first_day=MARCH, last_day=MARCH, title={"en": "Network break"}))
    db.commit()
    page = Page(client.get("/availability").text)
    assert "Days that the network keeps free" in page.text
    assert f"{MARCH}" not in [box.attributes["value"] for box in page.root.all("input", name="worked")]


def test_estimated_holidays_and_missing_ones_are_told_apart(
    client: FlaskClient, db: Session, ama: Person
) -> None:
    labels = [label.text for label in Page(client.get("/availability").text).root.all("label")]
    korite = next(label for label in labels if "Eid al-Fitr" in label)
    independence = next(label for label in labels if "Independence Day" in label)
    assert korite.endswith(": Eid al-Fitr Estimated")
    assert independence.endswith(": Independence Day")
    ama.place.country = "QQ"
    db.commit()
    assert f"We have no holidays of QQ for {NEXT_YEAR}." in Page(client.get("/availability").text).text


def test_those_who_look_after_a_person_answer_on_the_persons_page(
    db: Session, ama: Person, sign_in_as: SignIn
) -> None:
    client = sign_in_as(make_account(db, role="focal_point", organisation=ama.organisation))
    address = f"/people/{ama.id}/availability"
    assert Page(client.get(address).text).heading == "Availability of Ama"
    answer = client.post(address, data={"kind": "unavailable", "first_day": f"{NEXT_YEAR}-03-01"})
    assert (answer.status_code, answer.location) == (303, address)


def test_a_strangers_availability_does_not_exist(db: Session, ama: Person, sign_in_as: SignIn) -> None:
    row = span(db, ama, "unavailable", MARCH)
    stranger = sign_in_as(make_account(db, role="focal_point", organisation=make_organisation(db)))
    address = f"/people/{ama.id}/availability"
    data = {"kind": "unavailable", "first_day": f"{NEXT_YEAR}-03-01"}
    assert stranger.get(address).status_code == 404
    for post in (address, f"{address}/{row.id}", f"{address}/{row.id}/remove", f"{address}/holidays"):
        assert stranger.post(post, data=data).status_code == 404
    assert stranger.get("/availability").status_code == 403  # an account that is nobody in the network


def test_a_span_of_somebody_else_is_not_found_under_ones_own_address(
    client: FlaskClient, db: Session, ama: Person
) -> None:
    foreign = span(db, make_person(db), "unavailable", MARCH)
    assert client.post(f"/people/{ama.id}/availability/{foreign.id}/remove").status_code == 404
    for span_id in (foreign.id, 10**30):
        assert client.get(f"/availability?edit={span_id}").status_code == 404


def test_the_page_takes_as_many_queries_with_thirty_spans_as_with_one(
    client: FlaskClient, db: Session, ama: Person
) -> None:
    counts = []
    for wanted in (1, 30):
        for n in range(len(spans_of(db, person=ama)), wanted):
            span(db, ama, "unavailable", MARCH + timedelta(days=3 * n))
        client.get("/availability")
        with queries_made() as statements:
            assert client.get("/availability").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_dates_and_holidays_are_in_the_readers_language(db: Session, ama: Person, sign_in_as: SignIn) -> None:
    span(db, ama, "unavailable", MARCH)
    page = Page(sign_in_as(make_account(db, person=ama, language="fr")).get("/availability").text)
    assert page.rows()[0][0].endswith(f"1 mars {NEXT_YEAR}")
    assert "Fête de l'Indépendance" in page.text
