"""Organisations, people, places and venues as spreadsheets: rules, reach, and the way there and back."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor
from app.network.models import FACILITATES, MAY_LEAD, Organisation, Person, Venue
from app.network.sheets import ORGANISATIONS, PEOPLE, PLACES, SHEETS, VENUES
from app.spreadsheets import queries, services
from app.spreadsheets.csv_files import read_csv, write_csv
from app.spreadsheets.plan import Plan, headings_of, make_plan
from app.spreadsheets.problems import say
from app.spreadsheets.reading import read_table
from app.spreadsheets.sheet import Sheet
from app.spreadsheets.xlsx_files import write_xlsx
from app.workshops.imports import REQUESTS
from tests.conftest import NOW
from tests.counting import queries_made
from tests.factories import make_actor, make_organisation, make_person, make_place, make_topic, make_venue


@pytest.fixture
def coordinator(db: Session) -> Actor:
    return make_actor(db, "coordinator")


def plan(db: Session, actor: Actor, sheet: Sheet, text: str) -> Plan:
    return make_plan(sheet, read_csv(text.encode()), sheet.open(db, actor))


def brought(db: Session, actor: Actor, sheet: Sheet, text: str) -> Plan:
    """A file uploaded and applied."""
    upload = services.keep_upload(
        db, actor=actor, sheet=sheet, filename="x.csv", table=read_csv(text.encode()), now=NOW
    )
    seen = queries.plan_of(db, actor=actor, upload=upload, sheet=sheet)
    outcome = services.apply_upload(
        db, actor=actor, upload=upload, sheet=sheet, fingerprint=seen.fingerprint(), now=NOW
    )
    assert isinstance(outcome, services.Applied)
    db.expire_all()
    return outcome.plan


def refusals(made: Plan, row: int = 0) -> list[tuple[str | None, str]]:
    return [(problem.column, problem.reason) for problem in made.entries[row].problems]


# -- Sheets as such


@pytest.mark.parametrize("sheet", [*SHEETS, REQUESTS], ids=lambda sheet: sheet.name)
@pytest.mark.parametrize("language", ["en", "fr", "es", "pt"])
def test_no_heading_stands_for_two_columns_in_any_language(app: Any, sheet: Sheet, language: str) -> None:
    known = headings_of(sheet)
    with force_locale(language):
        titles = [str(column.title) for column in sheet.columns]
        assert len(set(titles)) == len(titles)
        for column in sheet.columns:
            headings = [heading for heading, found in known.items() if found is column]
            assert headings


# -- Organisations


def test_a_file_brings_bodies_and_their_members_in_any_order(db: Session, coordinator: Actor) -> None:
    make_place(db, code="sn-dakar")
    brought(
        db,
        coordinator,
        ORGANISATIONS,
        "code;name;kind;country;place;languages;bodies\n"
        "congad;CONGAD;platform;sn;sn-dakar;fr;repaoc\n"
        "repaoc;REPAOC;coalition;;;fr;\n",
    )
    row = db.scalars(select(Organisation).where(Organisation.code == "congad")).one()
    assert (row.country, row.place.code if row.place else "", row.languages) == ("SN", "sn-dakar", ["fr"])
    assert [body.code for body in row.bodies] == ["repaoc"]


def test_an_organisation_is_refused_for_a_place_a_kind_or_a_body_that_is_not_there(
    db: Session, coordinator: Actor
) -> None:
    made = plan(db, coordinator, ORGANISATIONS, "code,name,kind,place,bodies\na,A,club,nowhere,nobody\n")
    assert refusals(made) == [("kind", "not_one_of")]
    made = plan(db, coordinator, ORGANISATIONS, "code,name,kind,place,bodies\na,A,member,nowhere,nobody\n")
    assert refusals(made) == [("place", "unknown_code")]
    made = plan(db, coordinator, ORGANISATIONS, "code,name,kind,bodies\na,A,member,nobody\n")
    assert refusals(made) == [("bodies", "unknown_code")]


# -- People

HEADINGS = "code,name,email,organisation,place,languages,facilitates,may_lead,needs_urgent\n"


@pytest.fixture
def scene(db: Session) -> Organisation:
    """A coalition 'coal' with the platform 'plat', the place 'sn-dakar' and the topics 'a' and 'b'."""
    make_place(db, code="sn-dakar")
    coalition = make_organisation(db, code="coal", kind="coalition")
    make_organisation(db, code="plat", bodies=[coalition])
    make_organisation(db, code="other")
    make_topic(db, code="a")
    make_topic(db, code="b")
    return coalition


def test_people_come_with_what_they_teach_and_need(
    db: Session, coordinator: Actor, scene: Organisation
) -> None:
    brought(db, coordinator, PEOPLE, HEADINGS + ",Ama Mensah,Ama@Example.org,plat,sn-dakar,fr;en,a,b,\n")
    ama = db.scalars(select(Person).where(Person.code == "ama-mensah")).one()
    assert (ama.email, ama.languages, ama.max_workshops) == ("ama@example.org", ["fr", "en"], 4)
    assert {skill.topic.code: skill.level for skill in ama.skills} == {"a": FACILITATES, "b": MAY_LEAD}
    made = brought(db, coordinator, PEOPLE, HEADINGS + "ama-mensah,Ama Mensah,,plat,sn-dakar,fr,b,,a\n")
    db.refresh(ama)
    assert made.counts()["changed"] == 1
    assert (ama.email, ama.languages) == (None, ["fr"])
    assert {skill.topic.code: skill.level for skill in ama.skills} == {"b": FACILITATES}
    assert {want.topic.code: want.weight for want in ama.wants} == {"a": 3}


@pytest.mark.parametrize(
    ("row", "refused"),
    [
        ("x,,,plat,sn-dakar,fr,,,", [("name", "required")]),
        ("x,X,,nobody,sn-dakar,fr,,,", [("organisation", "unknown_code")]),
        ("x,X,,plat,nowhere,fr,,,", [("place", "unknown_code")]),
        ("x,X,,plat,sn-dakar,,,,", [("languages", "required")]),
        ("x,X,,plat,sn-dakar,fr,c,,", [("facilitates", "unknown_code")]),
        ("x,X,,plat,sn-dakar,fr,a,a,", [("may_lead", "topic_twice")]),
        ("x,X,known@example.org,plat,sn-dakar,fr,,,", [("email", "email_taken")]),
        (",Known,,plat,sn-dakar,fr,,,", [("code", "like_existing")]),
    ],
)
def test_a_person_is_refused_with_the_column_and_the_reason(
    db: Session, coordinator: Actor, scene: Organisation, row: str, refused: list[tuple[str, str]]
) -> None:
    make_person(db, name="Known", email="known@example.org", organisation=scene.members[0])
    made = plan(db, coordinator, PEOPLE, HEADINGS + row + "\n")
    assert refusals(made) == refused
    assert all(say(problem, PEOPLE.sentences) for problem in made.entries[0].problems)


def test_two_rows_of_a_file_cannot_share_an_address(
    db: Session, coordinator: Actor, scene: Organisation
) -> None:
    rows = "x,X,a@example.org,plat,sn-dakar,fr,,,\ny,Y,a@example.org,plat,sn-dakar,fr,,,\n"
    made = plan(db, coordinator, PEOPLE, HEADINGS + rows)
    assert [entry.state for entry in made.entries] == ["new", "refused"]


def test_an_officer_brings_and_takes_away_people_of_their_organisations_only(
    db: Session, scene: Organisation
) -> None:
    other = db.scalars(select(Organisation).where(Organisation.code == "other")).one()
    make_person(db, code="mine", name="Mine", email="mine@example.org", organisation=scene.members[0])
    make_person(db, code="theirs", name="Theirs", email="theirs@example.org", organisation=other)
    officer = make_actor(db, "officer", organisation=scene)
    made = plan(
        db,
        officer,
        PEOPLE,
        HEADINGS
        + "mine,Mine again,,plat,sn-dakar,fr,,,\n"
        + "new,New,,other,sn-dakar,fr,,,\n"
        + "mine2,Moved,,other,sn-dakar,fr,,,\n"
        + "theirs,Theirs,,plat,sn-dakar,fr,,,\n",
    )
    assert [entry.state for entry in made.entries] == ["changed", "refused", "refused", "refused"]
    assert refusals(made, 1) == [("organisation", "not_yours")]
    assert refusals(made, 3) == [("code", "code_taken")]
    exported = queries.exported(db, actor=officer, sheet=PEOPLE)
    assert [row[0] for row in exported[1:]] == ["mine"]


def test_a_refused_row_tells_nothing_of_a_person_out_of_sight(db: Session, scene: Organisation) -> None:
    other = db.scalars(select(Organisation).where(Organisation.code == "other")).one()
    make_person(db, code="theirs", name="Secret", email="secret@example.org", organisation=other)
    officer = make_actor(db, "officer", organisation=scene)
    entry = plan(db, officer, PEOPLE, "code,name\ntheirs,X\n").entries[0]
    assert entry.current is None
    assert "secret" not in repr(entry).casefold()


# -- Places and venues


def test_places_and_then_venues_in_them(db: Session, coordinator: Actor) -> None:
    brought(
        db,
        coordinator,
        PLACES,
        "name,country,latitude,longitude,timezone,languages,airport\n"
        'Lomé,TG,"6,13",1.22,Africa/Lome,fr,lfw\n',
    )
    brought(db, coordinator, VENUES, "name,place,seats,cost_per_day\nHôtel Sarakawa,lome,40,350\n")
    venue = db.scalars(select(Venue)).one()
    assert (venue.code, venue.place.latitude, venue.place.airport) == ("hotel-sarakawa", 6.13, "LFW")


@pytest.mark.parametrize(
    ("sheet", "text", "refused"),
    [
        (PLACES, "name,country,latitude,longitude,timezone\nX,TG,95,1,Africa/Lome\n", "latitude"),
        (PLACES, "name,country,latitude,longitude,timezone\nX,Togo,6,1,Africa/Lome\n", "country"),
        (PLACES, "name,country,latitude,longitude,timezone\nX,TG,6,1,Lome\n", "timezone"),
        (PLACES, "name,country,latitude,longitude,timezone,airport\nX,TG,6,1,Africa/Lome,L1\n", "airport"),
        (VENUES, "name,place,seats,cost_per_day\nX,nowhere,1,1\n", "place"),
        (VENUES, "name,place,seats,cost_per_day\nX,nowhere,-1,1\n", "seats"),
    ],
)
def test_places_and_venues_are_refused_for_what_does_not_exist(
    db: Session, coordinator: Actor, sheet: Sheet, text: str, refused: str
) -> None:
    assert [column for column, _ in refusals(plan(db, coordinator, sheet, text))] == [refused]


# -- There and back


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_taken_away_comes_back_as_the_same(
    db: Session, coordinator: Actor, scene: Organisation, language: str
) -> None:
    make_venue(db, name="=HYPERLINK(1)")
    scene.note = "two\nlines; with, signs"
    topic = make_topic(db)
    make_person(db, name="-Ama, « la » Grande", organisation=scene, teaches={topic: 3}, wants={topic: 1})
    for sheet in SHEETS:
        with force_locale(language):
            rows = queries.exported(db, actor=coordinator, sheet=sheet)
        assert len(rows) > 1
        for content in (write_csv(rows), write_xlsx([("x", rows)])):
            made = make_plan(sheet, read_table(content), sheet.open(db, coordinator))
            assert made.counts() == {"new": 0, "changed": 0, "same": len(rows) - 1, "refused": 0}


def test_the_headings_of_a_file_are_in_the_readers_language(db: Session, coordinator: Actor) -> None:
    with force_locale("fr"):
        written = write_csv(queries.exported(db, actor=coordinator, sheet=PEOPLE)).decode("utf-8-sig")
        titles = [str(column.title) for column in PEOPLE.columns]
    assert next(csv.reader(io.StringIO(written))) == titles


# -- Many rows


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_the_number_of_queries_does_not_grow_with_the_rows(
    db: Session, coordinator: Actor, sheet: Sheet
) -> None:
    def sent(count: int) -> int:
        place, topic = make_place(db), make_topic(db)
        for _ in range(count):
            make_person(db, place=place, organisation=make_organisation(db, place=place), teaches={topic: 2})
            make_venue(db, place=place)
        db.commit()
        db.expunge_all()
        rows = queries.exported(db, actor=coordinator, sheet=sheet)
        content = write_csv(rows)
        db.expunge_all()
        with queries_made() as statements:
            make_plan(sheet, read_csv(content), sheet.open(db, coordinator))
        return len(statements)

    assert sent(1) == sent(30)


@pytest.mark.postgres
def test_people_are_written_in_bulk_on_postgresql_too(postgresql: Session) -> None:
    db = postgresql
    coordinator = make_actor(db, "coordinator")
    make_place(db, code="sn-dakar")
    make_organisation(db, code="plat")
    make_topic(db, code="a")
    rows = "".join(f"p{n},P {n},p{n}@example.org,plat,sn-dakar,fr,a,,\n" for n in range(1200))
    brought(db, coordinator, PEOPLE, HEADINGS + rows)
    made = brought(db, coordinator, PEOPLE, HEADINGS + rows.replace(",a,,", ",,a,"))
    assert made.counts()["changed"] == 1200
    levels = db.scalars(select(Person).where(Person.code == "p7")).one().skills
    assert [skill.level for skill in levels] == [MAY_LEAD]
