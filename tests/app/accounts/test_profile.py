"""One's own account: language, time zone, name, devices, roles in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, Forbidden
from app.accounts import identity, services
from app.accounts.models import Account, Login
from app.errors import Invalid
from app.facts import AuditEntry
from app.network.services.people import say_gender
from tests.conftest import NOW
from tests.factories import make_account, make_actor, make_organisation, make_person
from tests.pages import Page

SignInAs = Callable[[Account], FlaskClient]
FORM = {"name": "Ama", "language": "en", "timezone": "UTC", "town": ""}


def language_of(client: FlaskClient, path: str = "/sign-in") -> str:
    return Page(client.get(path).text).root.one("html").attributes["lang"]


def test_a_visitors_language_is_the_browsers_until_they_choose_one(client: FlaskClient) -> None:
    german_then_french = {"Accept-Language": "de, fr;q=0.8, en;q=0.5"}
    page = Page(client.get("/sign-in", headers=german_then_french).text)
    assert page.root.one("html").attributes["lang"] == "fr"
    response = client.post("/language", data={"language": "pt", "next": "/sign-in?next=/account"})
    assert (response.status_code, response.location) == (303, "/sign-in?next=/account")
    assert language_of(client) == "pt"


def test_the_language_switch_stands_on_every_page_and_leads_back_to_it(client: FlaskClient) -> None:
    page = Page(client.get("/sign-in/password?next=/account").text)
    form = page.root.one("form", action="/language")
    assert [(button.attributes["value"], button.text) for button in form.all("button")] == [
        ("en", "English"),
        ("fr", "Français"),
        ("es", "Español"),
        ("pt", "Português"),
    ]
    assert form.one("input", name="next").attributes["value"] == "/sign-in/password?next=/account"


def test_the_language_of_an_account_is_kept_in_it(db: Session, sign_in_as: SignInAs) -> None:
    account = make_account(db, language="en")
    sign_in_as(account).post("/language", data={"language": "es"})
    assert account.language == "es"
    assert language_of(sign_in_as(account), "/account") == "es"


def test_a_name_is_one_line(db: Session, sign_in_as: SignInAs) -> None:
    account = make_account(db)
    assert (
        sign_in_as(account).post("/account", data={**FORM, "name": " Ama\tO.\r\nMensah\x07"}).status_code
        == 303
    )
    assert account.name == "Ama O. Mensah"
    assert sign_in_as(account).post("/account", data={**FORM, "name": " \t"}).status_code == 422


def test_the_time_zone_is_kept_likewise(client: FlaskClient, db: Session, sign_in_as: SignInAs) -> None:
    account = make_account(db)
    sign_in_as(account).post("/timezone", data={"timezone": "Pacific/Apia"})
    assert account.timezone == "Pacific/Apia"
    assert client.post("/timezone", data={"timezone": "Africa/Dakar"}).status_code == 303
    with client.session_transaction() as cookie:
        assert cookie["timezone"] == "Africa/Dakar"


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/language", {"language": "de"}),
        ("/language", {}),
        ("/timezone", {"timezone": "Mars/Base"}),
        ("/timezone", {"timezone": "../../etc/passwd"}),
        ("/timezone", {}),
    ],
)
def test_what_is_no_choice_is_refused(client: FlaskClient, path: str, form: dict[str, str]) -> None:
    assert client.post(path, data=form).status_code == 400
    with client.session_transaction() as cookie:
        assert not {"language", "timezone"} & set(cookie)


def test_the_account_page_shows_who_one_is(db: Session, sign_in_as: SignInAs) -> None:
    pacific = make_organisation(db, kind="coalition", name="Pacific coalition")
    account = make_account(
        db,
        role="officer",
        organisation=pacific,
        person=make_person(db, name="Ama Ndiaye"),
        name="Ama",
        language="en",
        timezone="Pacific/Apia",
    )
    page = Page(sign_in_as(account).get("/account").text)
    assert page.heading == "My account"
    assert account.email in page.text
    assert "Coalition officer at Pacific coalition" in page.text
    assert "In the network you are Ama Ndiaye." in page.text
    assert (page.field("name"), page.field("language"), page.field("timezone")) == (
        "Ama",
        "en",
        "Pacific/Apia",
    )
    groups = [group.attributes["label"] for group in page.root.one("select", name="timezone").all("optgroup")]
    assert groups == [
        "Everywhere", "Africa", "America", "Antarctica", "Arctic Ocean", "Asia", "Atlantic Ocean",
        "Australia", "Europe", "Indian Ocean", "Pacific Ocean",
    ]  # fmt: skip


def test_changing_the_account_changes_what_is_read(db: Session, sign_in_as: SignInAs) -> None:
    account = make_account(db, language="en")
    browser = sign_in_as(account)
    form = {"name": " Ama N. ", "language": "fr", "timezone": "Africa/Dakar", "town": ""}
    assert browser.post("/account", data=form).location == "/account"
    assert (account.name, account.language, account.timezone) == ("Ama N.", "fr", "Africa/Dakar")
    assert language_of(browser, "/account") == "fr"


def test_a_town_that_was_typed_goes_before_the_list(db: Session, sign_in_as: SignInAs) -> None:
    account = make_account(db)
    sign_in_as(account).post("/account", data={**FORM, "town": "apia (samoa)"})
    assert account.timezone == "Pacific/Apia"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"name": ""}, "Enter your name."),
        ({"name": "x" * 201}, "Use at most 200 characters."),
        ({"town": "Atlantis"}, "We do not know this town: choose one of the list."),
        ({"language": "de"}, "Not a valid choice."),
        ({"timezone": "Mars/Base"}, "Not a valid choice."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_changes(
    db: Session, sign_in_as: SignInAs, change: dict[str, str], error: str
) -> None:
    account = make_account(db, name="Before", language="en")
    response = sign_in_as(account).post("/account", data={**FORM, **change})
    assert (response.status_code, Page(response.text).errors()) == (422, [error])
    assert account.name == "Before"


def test_devices_are_listed_and_can_be_signed_out_one_by_one(db: Session, sign_in_as: SignInAs) -> None:
    account = make_account(db, language="en")
    here, there = sign_in_as(account), sign_in_as(account)
    page = Page(here.get("/account").text)
    assert len(page.rows()) == 2
    [form] = [
        f for f in page.root.all("form") if f.attributes.get("action", "").startswith("/account/devices/")
    ]
    assert here.post(form.attributes["action"]).status_code == 303
    assert there.get("/account").status_code == 302
    assert here.get("/account").status_code == 200


def test_anothers_device_does_not_exist(db: Session, sign_in_as: SignInAs) -> None:
    sign_in_as(make_account(db))
    [login] = db.scalars(select(Login))
    stranger = sign_in_as(make_account(db, role="coordinator"))
    assert stranger.post(f"/account/devices/{login.id}/sign-out").status_code == 404
    assert db.get(Login, login.id) is not None


def test_a_change_is_recorded_with_before_and_after_and_no_change_is_not(db: Session) -> None:
    account = make_account(db, name="Ama", language="en", timezone="UTC")
    actor = identity.actor_of(db, account)
    services.change_profile(db, actor=actor, account=account, now=NOW, name="Ama", language="fr")
    services.change_profile(
        db, actor=actor, account=account, now=NOW, name="Ama", language="fr", timezone="UTC"
    )
    [entry] = db.scalars(select(AuditEntry))
    assert (entry.fact, entry.before, entry.after) == (
        "ProfileChanged",
        {"language": "en"},
        {"language": "fr"},
    )


def test_only_the_owner_changes_an_account_and_only_to_what_there_is(db: Session) -> None:
    account = make_account(db)
    with pytest.raises(Forbidden):
        services.change_profile(db, actor=make_actor(db, "coordinator"), account=account, now=NOW, name="x")
    for change in ({"name": "  "}, {"language": "de"}, {"timezone": "Mars/Base"}):
        with pytest.raises(Invalid):
            services.change_profile(
                db, actor=identity.actor_of(db, account), account=account, now=NOW, **change
            )


def test_who_takes_part_says_as_whom_they_are_counted_or_takes_it_back(
    db: Session, sign_in_as: SignInAs
) -> None:
    person = make_person(db, name="Ama")
    client = sign_in_as(make_account(db, person=person))
    assert Page(client.get("/account").text).field("gender") == ""
    client.post("/account", data={**FORM, "gender": "woman"})
    assert person.gender == "woman"
    client.post("/account", data=FORM)
    assert person.gender == "woman", "a form without the field leaves it"
    assert client.post("/account", data={**FORM, "gender": "x"}).status_code == 422
    client.post("/account", data={**FORM, "gender": ""})
    assert person.gender == ""
    trail = db.scalars(select(AuditEntry).where(AuditEntry.fact == "GenderSaid")).all()
    assert len(trail) == 2
    assert "woman" not in str([(each.before, each.after) for each in trail]), "what was said stays out of it"


def test_an_account_of_nobody_in_the_network_is_not_asked(db: Session, sign_in_as: SignInAs) -> None:
    client = sign_in_as(make_account(db))
    assert 'name="gender"' not in client.get("/account").text
    assert client.post("/account", data={**FORM, "gender": "woman"}).status_code == 303


def test_nobody_says_it_for_another_but_those_who_look_after_them(db: Session) -> None:
    person = make_person(db)
    with pytest.raises(Forbidden):
        say_gender(db, actor=make_actor(db, "coordinator"), person=person, gender="man", now=NOW)
    with pytest.raises(Invalid, match="unknown_gender"):
        say_gender(db, actor=Actor(person_id=person.id), person=person, gender="x", now=NOW)
