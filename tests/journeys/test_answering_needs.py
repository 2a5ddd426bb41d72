"""A focal point answers a needs call on a phone, in French, over the line that they have."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.journeys.conftest import Door, Service, wait_for
from tests.journeys.network import BUDGET, USABLE_WITHIN, cutting_proxy, open_slowly

PHONE = {"viewport": {"width": 360, "height": 740}, "locale": "fr-FR"}
SCRIPTS = [
    pytest.param(True, id="with JavaScript"),
    pytest.param(False, id="without JavaScript"),
]


@pytest.fixture
def link(door: Door, service: Service) -> str:
    """The path of the platform in Togo's personal link, as the secretariat copies it; nothing is answered."""
    with closing(sqlite3.connect(service.folder / "baraza.db", timeout=20)) as database, database:
        [[answer]] = database.execute(
            "SELECT a.id FROM needs_answer a JOIN organisation o ON o.id = a.organisation_id"
            " WHERE o.code = 'fongto-tg'"
        )
        for table in ("needs_line", "needs_offer"):
            database.execute(f"DELETE FROM {table} WHERE answer_id = ?", [answer])
        database.execute(
            "UPDATE needs_answer SET state = 'not_begun', handed_in_at = NULL, version = 0 WHERE id = ?",
            [answer],
        )
        database.execute("DELETE FROM audit_entry WHERE subject_kind = 'needs_answer'")
    with door.opened("coordinator") as page:
        page.goto(f"/needs/answers/{answer}")
        address = page.get_by_label("Personal link, to send by another way").input_value()
    return urlsplit(address).path


def told(service: Service, fact: str) -> int:
    """How often this is in the audit trail of answers."""
    with closing(sqlite3.connect(service.folder / "baraza.db", timeout=20)) as database:
        [[number]] = database.execute("SELECT count(*) FROM audit_entry WHERE fact = ?", [fact])
        return int(number)


@contextmanager
def phone(browser: Any, address: str, **options: Any) -> Iterator[Any]:
    """A page on a phone that speaks French, at this address of the service."""
    context = browser.new_context(base_url=address, reduced_motion="reduce", **{**PHONE, **options})
    yield context.new_page()
    context.close()


def topic(page: Any, number: int = 0) -> Any:
    return page.locator("fieldset.need").nth(number)


def is_opened(page: Any, path: str) -> bool:
    """Open a page by its link again, while the browser may still be busy with the line that broke."""
    with suppress(Exception):
        page.goto(path)
        return True
    return False


def is_wider_than_the_screen(page: Any) -> bool:
    """Whether the page scrolls sideways (asked of the browser itself, which answers without scripts too)."""
    tools = page.context.new_cdp_session(page)
    size = tools.send("Page.getLayoutMetrics")
    tools.detach()
    return bool(size["cssContentSize"]["width"] > size["cssLayoutViewport"]["clientWidth"])


@pytest.mark.parametrize("java_script", SCRIPTS)
def test_a_call_is_answered_in_french_on_a_phone(
    visit: Any, service: Service, link: str, java_script: bool
) -> None:
    page = visit(None, java_script_enabled=java_script, **PHONE)
    page.goto(link)
    assert page.locator("html").get_attribute("lang") == "fr"
    assert not is_wider_than_the_screen(page)
    page.get_by_role("link", name="Commencer").click()

    # The first area: urgent, for twelve people, in one's own words; something to teach.
    first = topic(page)
    first.get_by_role("radio", name="Urgent").check()
    first.get_by_label("Pour combien de personnes ?").fill("12")
    first.get_by_label("Dans vos mots").fill("Deux bailleurs sont partis.")
    first.get_by_label("Pourriez-vous l’enseigner à d’autres ?").select_option("2")
    assert not is_wider_than_the_screen(page)
    if java_script:
        wait_for(
            "the quiet saving", lambda: page.locator("[data-save-state=saved], [data-state=saved]").count()
        )
    page.get_by_role("button", name="Enregistrer et continuer", exact=True).click()
    page.get_by_text("Domaine 2 sur").wait_for()

    # Closed here, opened again: all is there, and one goes on.
    page.goto(link)
    page.get_by_role("link", name="Continuer").wait_for()
    page.get_by_role("main").locator(".areas a").first.click()
    assert topic(page).get_by_label("Pour combien de personnes ?").input_value() == "12"
    assert topic(page).get_by_role("radio", name="Urgent").is_checked()
    topic(page).get_by_role("radio", name="Important").check()
    page.get_by_role("button", name="Enregistrer et continuer plus tard").click()
    page.get_by_role("link", name="Toutes les réponses").click()

    # All answers; handed in.
    assert "Deux bailleurs sont partis." in page.get_by_role("main").inner_text()
    page.get_by_role("button", name="Soumettre").click()
    page.get_by_text("La réponse a été soumise", exact=True).wait_for()
    assert told(service, "AnswerHandedIn") == 1


@pytest.mark.parametrize("java_script", SCRIPTS)
def test_each_page_is_light_and_usable_over_slow_3g(
    browser: Any, service: Service, link: str, java_script: bool
) -> None:
    measured = {}
    with phone(browser, service.address, java_script_enabled=java_script) as page:
        page.goto(link)
        areas = [str(a.get_attribute("href")) for a in page.locator(".areas a").all()]
        for path in (link, *areas, f"{link}/check"):
            measured[path] = open_slowly(page, path)
            assert page.get_by_role("heading", level=1).is_visible()
    print({path.rpartition("/")[2][:24]: (round(s, 2), b) for path, (s, b) in measured.items()})  # noqa: T201
    assert max(seconds for seconds, _bytes in measured.values()) < USABLE_WITHIN
    assert max(bytes_ for _seconds, bytes_ in measured.values()) < BUDGET


@pytest.mark.parametrize("times", [pytest.param(1, id="once"), pytest.param(2, id="twice")])
@pytest.mark.parametrize("what", ["lose_answer", "lose_request"])
def test_a_line_that_breaks_in_mid_post_loses_nothing_and_saves_once_without_javascript(
    browser: Any, service: Service, link: str, what: str, times: int
) -> None:
    with (
        cutting_proxy(service.address) as proxy,
        phone(browser, proxy.address, java_script_enabled=False) as page,
    ):
        page.goto(f"{link}/area/advocacy-partnerships")
        topic(page).get_by_role("radio", name="Important").check()
        getattr(proxy, what)(times=times)
        page.get_by_role("button", name="Enregistrer et continuer", exact=True).click()
        wait_for("the line to break", lambda: proxy.cut == times)
        if times > 1:
            wait_for("the page again", lambda: is_opened(page, f"{link}/area/advocacy-partnerships"))
            topic(page).get_by_role("radio", name="Important").check()
            page.get_by_role("button", name="Enregistrer et continuer", exact=True).click()
        page.get_by_text("Domaine 2 sur").wait_for()
        page.goto(f"{link}/area/advocacy-partnerships")
        assert topic(page).get_by_role("radio", name="Important").is_checked()
    assert told(service, "AnswerSaved") == 1


@pytest.mark.parametrize("what", ["lose_answer", "lose_request"])
def test_a_line_that_breaks_while_saving_quietly_is_tried_again_by_itself(
    browser: Any, service: Service, link: str, what: str
) -> None:
    with cutting_proxy(service.address) as proxy, phone(browser, proxy.address) as page:
        page.goto(f"{link}/area/advocacy-partnerships")
        getattr(proxy, what)()
        topic(page).get_by_role("radio", name="Important").check()
        wait_for("the line to break", lambda: proxy.cut == 1)
        page.locator("[data-state=saved]").wait_for()
        assert told(service, "AnswerSaved") == 1

        # Another thought in the same moment as the line breaks: the last word counts, nobody is overtaken.
        getattr(proxy, what)()
        topic(page).get_by_role("radio", name="Urgent").check()
        wait_for("the line to break", lambda: proxy.cut == 1)
        topic(page).get_by_role("radio", name="Utile").check()
        page.locator("[data-state=saved]").wait_for()
        page.reload()
        assert topic(page).get_by_role("radio", name="Utile").is_checked()


def test_what_was_written_without_a_line_is_there_when_the_page_is_opened_again(
    browser: Any, service: Service, link: str
) -> None:
    with phone(browser, service.address) as page:
        area = f"{link}/area/advocacy-partnerships"
        page.goto(area)
        page.context.set_offline(True)
        topic(page).get_by_role("radio", name="Urgent").check()
        topic(page).get_by_label("Dans vos mots").fill("Sans réseau")
        page.locator("[data-state=offline]").wait_for()
        page.close()
        page.context.set_offline(False)
        again = page.context.new_page()
        again.goto(area)
        assert topic(again).get_by_label("Dans vos mots").input_value() == "Sans réseau"
        again.locator("[data-state=saved]").wait_for()
    assert told(service, "AnswerSaved") == 1


@pytest.mark.parametrize("java_script", SCRIPTS)
def test_handing_in_over_a_line_that_breaks_is_done_once(
    browser: Any, service: Service, link: str, java_script: bool
) -> None:
    with (
        cutting_proxy(service.address) as proxy,
        phone(browser, proxy.address, java_script_enabled=java_script) as page,
    ):
        page.goto(f"{link}/area/advocacy-partnerships")
        topic(page).get_by_role("radio", name="Important").check()
        page.get_by_role("button", name="Enregistrer et continuer", exact=True).click()
        page.get_by_text("Domaine 2 sur").wait_for()
        page.goto(f"{link}/check")
        page.get_by_label("Votre nom").fill("Awa Diop")
        proxy.lose_answer()
        page.get_by_role("button", name=re.compile("Soumettre")).click()
        wait_for("the line to break", lambda: proxy.cut == 1)
        page.get_by_text("La réponse a été soumise", exact=True).wait_for()
    assert told(service, "AnswerHandedIn") == 1
