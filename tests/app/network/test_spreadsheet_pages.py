"""Import and export as people do it: a template, an upload, a look, a yes; and files that cannot be used."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import Account
from app.network.models import Place
from tests.factories import make_account, make_organisation, make_person, make_place
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]

HEADINGS = "Code,Name,Country,Latitude,Longitude,Time zone\n"
LOME = "tg-lome,Lomé,TG,6.13,1.22,Africa/Lome\n"
NOWHERE = "xx,Nowhere,XX,6,1,Africa/Lome\n"


@pytest.fixture
def coordinator(db: Session, sign_in_as: SignIn) -> FlaskClient:
    return sign_in_as(make_account(db, role="coordinator"))


def upload(client: FlaskClient, content: bytes, name: str = "places", sheet: str = "places") -> TestResponse:
    return client.post(f"/network/spreadsheets/{sheet}", data={"file": (io.BytesIO(content), name)})


def looked_at(client: FlaskClient, text: str) -> tuple[str, Page]:
    """An upload that is shown: its address and page."""
    answer = upload(client, text.encode())
    assert answer.status_code == 303
    return answer.location, Page(client.get(answer.location).text)


def names_of(db: Session, *codes: str) -> list[str]:
    return list(db.scalars(select(Place.name).where(Place.code.in_(codes)).order_by(Place.code)))


def test_a_file_is_shown_row_by_row_then_applied_once(db: Session, coordinator: FlaskClient) -> None:
    make_place(db, code="sn-dakar", name="Ndakaaru", country="SN")
    db.commit()
    dakar = "sn-dakar,Dakar,SN,14.7167,-17.4677,Africa/Dakar\n"
    address, page = looked_at(coordinator, HEADINGS + LOME + dakar + NOWHERE)
    assert page.rows() == [
        ["2", "New", "tg-lome", "Lomé"],
        ["3", "Changed", "sn-dakar", "Name: Ndakaaru → Dakar"],
        ["4", "Refused", "xx", "Country: “XX” is not a country code such as SN"],
    ]
    assert names_of(db, "sn-dakar", "tg-lome") == ["Ndakaaru"]
    agreed = coordinator.post(address, data={"fingerprint": page.field("fingerprint")})
    assert (agreed.status_code, agreed.location) == (303, address)
    assert Page(coordinator.get(address).text).heading == "Applied"
    assert names_of(db, "sn-dakar", "tg-lome") == ["Dakar", "Lomé"]
    again = coordinator.post(address, data={"fingerprint": "x"}, follow_redirects=True)
    assert "had already been applied" in Page(again.text).text


def test_what_was_agreed_to_is_not_done_when_it_has_become_something_else(
    db: Session, coordinator: FlaskClient
) -> None:
    address, page = looked_at(coordinator, HEADINGS + LOME)
    make_place(db, code="tg-lome", name="Lome")
    db.commit()
    answer = coordinator.post(address, data={"fingerprint": page.field("fingerprint")})
    shown = Page(answer.text)
    assert answer.status_code == 409
    assert "Somebody was quicker" in shown.text
    assert shown.rows()[0][1] == "Changed"
    coordinator.post(address, data={"fingerprint": shown.field("fingerprint")})
    assert names_of(db, "tg-lome") == ["Lomé"]


def test_rows_can_be_looked_at_by_state_and_by_page(coordinator: FlaskClient) -> None:
    rows = "".join(f"p{n},Place {n},TG,6,1,Africa/Lome\n" for n in range(101))
    address, page = looked_at(coordinator, HEADINGS + rows + NOWHERE)
    assert len(page.rows()) == 100
    assert len(Page(coordinator.get(f"{address}?page=2").text).rows()) == 2
    refused = Page(coordinator.get(f"{address}?state=refused").text)
    assert [row[0] for row in refused.rows()] == ["103"]


def test_an_upload_is_its_owners_alone(db: Session, coordinator: FlaskClient, sign_in_as: SignIn) -> None:
    address, page = looked_at(coordinator, HEADINGS + LOME)
    other = sign_in_as(make_account(db, role="coordinator"))
    assert other.get(address).status_code == 404
    assert other.post(address, data={"fingerprint": page.field("fingerprint")}).status_code == 404


def test_the_reading_of_an_old_encoding_is_announced(coordinator: FlaskClient) -> None:
    answer = upload(coordinator, (HEADINGS + LOME).encode("cp1252"))
    page = Page(coordinator.get(answer.location).text)
    assert "Windows-1252" in page.text
    assert page.rows()[0][3] == "Lomé"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (b"Code,Name\n", "The file has headings but no rows."),
        (b'Code,Name\na,"b\n', "A quotation mark is out of place, or never closed, near line 2."),
        (b"colour,shape\nred,round\n", "No heading of the first row is known. Start from the template."),
        (
            b"PK\x03\x04 broken",
            "The workbook is damaged and cannot be read. Open it, save it again and retry.",
        ),
        (b"%PDF-1.7", "This is neither a CSV file nor an Excel workbook (.xlsx)."),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(
    coordinator: FlaskClient, content: bytes, message: str
) -> None:
    answer = upload(coordinator, content)
    assert (answer.status_code, Page(answer.text).errors()) == (422, [message])


def test_no_file_at_all_is_said_too(coordinator: FlaskClient) -> None:
    answer = coordinator.post("/network/spreadsheets/places", data={})
    assert Page(answer.text).errors() == ["Choose a file first."]


def test_twenty_megabytes_are_too_many(coordinator: FlaskClient) -> None:
    answer = coordinator.post(
        "/network/spreadsheets/places",
        input_stream=io.BytesIO(b"x" * 20 * 1024 * 1024),
        content_type="multipart/form-data; boundary=b",
    )
    assert answer.status_code == 413
    assert Page(answer.text).heading


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
@pytest.mark.parametrize("sheet", ["organisations", "people", "places", "venues"])
def test_a_template_has_headings_and_hints_and_brings_nothing_by_itself(
    coordinator: FlaskClient, sheet: str, extension: str
) -> None:
    template = coordinator.get(f"/network/spreadsheets/{sheet}/template.{extension}")
    assert f'filename="{sheet}-template.{extension}"' in template.headers["Content-Disposition"]
    answer = upload(coordinator, template.data, sheet=sheet)
    assert Page(answer.text).errors() == ["The file has headings but no rows."]


def test_people_are_taken_away_with_addresses_by_those_who_look_after_them(
    db: Session, sign_in_as: SignIn
) -> None:
    coalition = make_organisation(db, kind="coalition")
    make_person(db, name="Ama", email="ama@example.org", organisation=coalition)
    make_person(db, name="Bea", email="bea@example.org")
    officer = sign_in_as(make_account(db, role="officer", organisation=coalition))
    taken = officer.get("/network/spreadsheets/people/rows.csv").data.decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(taken))
    assert [(row["Name"], row["E-mail"]) for row in rows] == [("Ama", "ama@example.org")]


def test_an_officer_takes_places_away_and_brings_none(db: Session, sign_in_as: SignIn) -> None:
    officer = sign_in_as(make_account(db, role="officer"))
    assert officer.get("/network/spreadsheets/places/rows.xlsx").status_code == 200
    assert officer.get("/network/spreadsheets/places/template.csv").status_code == 404
    assert "Bring back" not in Page(officer.get("/network/spreadsheets/places").text).text
    assert upload(officer, (HEADINGS + LOME).encode()).status_code == 403
