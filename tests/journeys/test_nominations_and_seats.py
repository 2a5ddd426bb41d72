"""On a phone of 360 pixels, in French, with scripts and without: naming three people; giving a seat up, and
the next in order being offered it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.journeys.conftest import Service, text_of, wait_for
from tests.journeys.network import BUDGET, USABLE_WITHIN, cutting_proxy, open_slowly

PHONE = {"viewport": {"width": 360, "height": 740}}
SCRIPTS = [pytest.param(True, id="with scripts"), pytest.param(False, id="without scripts")]


@pytest.fixture(scope="module")
def asked(door: Any) -> None:
    """Every organisation that a workshop invites is asked for names."""
    with door.opened("coordinator", language="fr") as page:
        page.goto("/nominations")
        page.locator("summary", has_text="personne n’a été sollicité").click()
        for box in page.get_by_role("group", name="Ateliers").get_by_role("checkbox").all():
            box.check()
        page.get_by_role("button", name="Ouvrir les candidatures").click()
        page.get_by_role("status").get_by_text(re.compile(r"pour \d+ ateliers sont ouvertes")).wait_for()


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("scripts", SCRIPTS)
def test_a_focal_point_names_three_people(visit: Any, scripts: bool) -> None:
    page = visit("focal_point", language="fr", java_script_enabled=scripts, **PHONE)
    page.goto("/nominations")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    _open_a_list(page)
    _name_three(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Enregistrer la liste").click()
    page.get_by_role("status").get_by_text("Votre liste est enregistrée").wait_for()
    assert _saved_rows(page) == 3
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("what", ["lose_answer", "lose_request"])
def test_a_line_that_breaks_while_a_list_is_saved_saves_it_once(
    browser: Any, door: Any, service: Service, what: str
) -> None:
    with door.opened("focal_point", language="fr"):
        pass  # signs everybody in, and reads French from now on
    before = _told(service, "PeopleNominated")
    with cutting_proxy(service.address) as proxy:
        context = browser.new_context(
            base_url=proxy.address,
            storage_state=door.cookies["focal_point"],
            java_script_enabled=False,
            **PHONE,
        )
        page = context.new_page()
        page.goto("/nominations")
        _open_a_list(page)
        _name_three(page)
        getattr(proxy, what)()
        page.get_by_role("button", name="Enregistrer la liste").click()
        wait_for("the line to break", lambda: proxy.cut == 1)
        page.get_by_role("status").get_by_text("Votre liste est enregistrée").wait_for()
        assert _saved_rows(page) == 3
        context.close()
    assert _told(service, "PeopleNominated") == before + 1


@pytest.mark.usefixtures("asked")
def test_over_slow_3g_the_pages_of_naming_are_usable_within_three_seconds(visit: Any) -> None:
    page = visit("focal_point", language="fr", **PHONE)
    page.goto("/nominations")
    _open_a_list(page)
    for path in ("/nominations", page.url):
        seconds, weight = open_slowly(page, path)
        assert (seconds < USABLE_WITHIN, weight < BUDGET) == (True, True), (path, seconds, weight)


def _open_a_list(page: Any) -> None:
    """The first of the lists of the platform in Togo that nobody has answered."""
    unanswered = page.locator("p").filter(has_text=re.compile(r"^FONGTO\s*:\s*pas encore de réponse$"))
    unanswered.get_by_role("link").first.click()
    page.get_by_role("heading", level=1, name="Qui envoyez-vous ?").wait_for()


def _name_three(page: Any) -> None:
    for number in (1, 2, 3):
        block = page.get_by_role("group", name=f"Personne {number}", exact=True)
        block.get_by_label("Personne", exact=True).select_option(index=number)
        block.get_by_role("radio", name=re.compile("^Important")).check()
        block.get_by_label("Pour quoi elle en a besoin").fill(f"Notre campagne, volet {number}")


def _saved_rows(page: Any) -> int:
    saved = page.get_by_role("table", name="Votre liste telle qu’elle est enregistrée")
    return int(saved.get_by_role("row").filter(has_text="Notre campagne").count())


def _told(service: Service, fact: str) -> int:
    with closing(sqlite3.connect(service.folder / "baraza.db", timeout=20)) as database:
        [[number]] = database.execute("SELECT count(*) FROM audit_entry WHERE fact = ?", [fact])
    return int(number)


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("scripts", SCRIPTS)
def test_a_seat_that_is_given_up_goes_to_the_next_who_declines_and_to_the_one_after(
    visit: Any, service: Service, scripts: bool
) -> None:
    held = _letter_with_a_seat(service, skipping=0 if scripts else 1)
    page = visit(java_script_enabled=scripts, locale="fr-FR", answers=(), **PHONE)
    page.goto(_seat_in(held))
    before = _offers(service)
    page.get_by_role("button", name="Rendre ma place").click()
    page.get_by_text("Vous avez rendu votre place.").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    first = _next_offer(service, before)
    page.goto(_seat_in(first))
    page.get_by_role("heading", level=1).wait_for()
    before = _offers(service)
    page.get_by_role("button", name="Non, merci").click()
    page.get_by_text("Vous n’avez pas pris cette place.").wait_for()
    second = _next_offer(service, before)
    assert str(second["To"]) != str(first["To"])
    page.goto(_seat_in(second))
    page.get_by_role("button", name="Oui, je prends la place").click()
    page.get_by_text("Vous avez une place.").wait_for()
    invited = wait_for(
        "the invitation of who took the seat",
        lambda: [letter for letter in service.mailbox.to(_address(second)) if _is_invitation(letter)],
    )
    assert _seat_in(invited[-1])


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("what", ["lose_answer", "lose_request"])
def test_over_a_poor_line_a_seat_is_given_up_once(browser: Any, service: Service, what: str) -> None:
    held = _letter_with_a_seat(service, skipping=2 if what == "lose_answer" else 3)
    path = urlsplit(_seat_in(held)).path
    before = _told(service, "SeatGivenUp")
    with cutting_proxy(service.address) as proxy:
        context = browser.new_context(
            base_url=proxy.address, java_script_enabled=False, locale="fr-FR", **PHONE
        )
        page = context.new_page()
        seconds, weight = open_slowly(page, path)
        assert (seconds < USABLE_WITHIN, weight < BUDGET) == (True, True), (seconds, weight)
        getattr(proxy, what)()
        page.get_by_role("button", name="Rendre ma place").click()
        wait_for("the line to break", lambda: proxy.cut == 1)
        page.get_by_text("Vous avez rendu votre place.").wait_for()
        context.close()
    assert _told(service, "SeatGivenUp") == before + 1


def _address(letter: Any) -> str:
    return str(letter["To"]).rpartition("<")[2].rstrip(">")


def _is_invitation(letter: Any) -> bool:
    return any(part.get_content_type() == "text/calendar" for part in letter.walk())


def _seat_in(letter: Any) -> str:
    [found] = re.findall(r"http\S+/seats/\S+", text_of(letter))
    return str(found)


def _letter_with_a_seat(service: Service, skipping: int) -> Any:
    def found() -> Any:
        letters = [
            letter
            for letter in service.mailbox.letters
            if _is_invitation(letter) and "/seats/" in text_of(letter)
        ]
        return letters[skipping * 3 :] or None

    return wait_for("an invitation to a seat", found)[0]


def _offers(service: Service) -> set[str]:
    return {
        str(letter["Message-ID"])
        for letter in service.mailbox.letters
        if "/seats/" in text_of(letter) and not _is_invitation(letter)
    }


def _next_offer(service: Service, before: set[str]) -> Any:
    def found() -> Any:
        return [
            letter
            for letter in service.mailbox.letters
            if str(letter["Message-ID"]) in _offers(service) - before
        ]

    return wait_for("the offer of a seat", found)[0]
