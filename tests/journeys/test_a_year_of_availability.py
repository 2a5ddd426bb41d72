"""When people can, on a phone in French: a year painted by thumb and keys, by dates without JavaScript, by
letter without an account, on a slow line and over one that drops."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from tests.journeys.conftest import Door, Service, text_of, wait_for
from tests.journeys.network import cutting_proxy

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
SLOW_3G = {"latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000, "offline": False}
USABLE_SECONDS = 3


def cell(page: Any, day: str) -> Any:
    return page.locator(f'[data-d="{day}"]')


def painted(page: Any, day: str) -> str:
    """What counts of a day, as it is told to who does not see it."""
    return str(cell(page, day).get_attribute("aria-label"))


def year_of(page: Any) -> str:
    """The address of one's own year."""
    page.goto("/availability")
    return str(page.get_by_role("link", name="Peindre l’année").get_attribute("href"))


def save(page: Any) -> None:
    page.get_by_role("button", name=re.compile("^Enregistrer")).click()
    page.locator(".notice, [role=status]").get_by_text("enregistré").first.wait_for()


def test_a_year_is_painted_by_thumb_and_by_keys(visit: Any) -> None:
    page = visit("participant", language="fr", **PHONE)
    page.goto("/availability")
    page.get_by_role("link", name="Peindre l’année").click()
    page.get_by_role("radio", name="Je ne peux pas").check()
    assert page.evaluate("document.documentElement.scrollWidth") == 360

    # By thumb: one day, then from one day to another.
    cell(page, "2027-02-17").tap()
    assert painted(page, "2027-02-17") == "mercredi 17 février 2027, Je ne peux pas"
    page.get_by_role("radio", name="De préférence").check()
    page.get_by_role("checkbox", name="D’un jour à un autre").check()
    cell(page, "2027-04-06").tap()
    cell(page, "2027-04-09").tap()
    assert page.get_by_role("status").get_by_text("De préférence").is_visible()
    assert "De préférence" in painted(page, "2027-04-08")
    page.get_by_role("checkbox", name="D’un jour à un autre").uncheck()

    # By keys: a week, and one day too many, taken back.
    page.get_by_role("radio", name="S’il le faut").check()
    cell(page, "2027-05-03").focus()
    for _ in range(4):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("PageDown")
    page.keyboard.press("Space")
    assert "S’il le faut" in painted(page, "2027-06-07")
    page.keyboard.press("u")
    assert "Je peux" in painted(page, "2027-06-07")

    # What is not saved yet is still there when the page is opened again, and then it is saved.
    page.reload()
    assert "Je ne peux pas" in painted(page, "2027-02-17")
    save(page)
    assert page.get_by_text("10 jours sont enregistrés").is_visible()
    page.goto("/availability")
    rows = page.get_by_role("row")
    assert rows.filter(has_text="17 févr. 2027").get_by_text("Indisponible").is_visible()
    assert rows.filter(has_text=re.compile("6.9 avr")).get_by_text("Préféré").is_visible()
    assert rows.filter(has_text=re.compile("3.7 mai")).get_by_text("S’il le faut").is_visible()


def test_the_same_is_said_with_dates_where_no_script_runs(visit: Any) -> None:
    page = visit("facilitator", language="fr", java_script_enabled=False, **PHONE)
    page.goto("/availability")
    page.get_by_role("link", name="Peindre l’année").click()
    page.get_by_role("link", name="Ajouter des jours").click()
    page.get_by_role("radio", name="Disponible s’il le faut").first.check()
    page.get_by_label("Premier jour").first.fill("2027-09-06")
    page.get_by_label("Dernier jour").first.fill("2027-09-10")
    page.get_by_role("button", name="Ajouter", exact=True).first.click()
    row = page.get_by_role("row").filter(has_text=re.compile("6.10 sept"))
    assert "S’il le faut" in row.inner_text()

    # Never on Fridays, but on one.
    page.get_by_text("Jamais le vendredi").click()
    page.get_by_role("checkbox", name="vendredi").check()
    page.get_by_role("button", name="Ajouter", exact=True).last.click()
    assert page.get_by_role("row").filter(has_text="Chaque vendredi").is_visible()
    page.get_by_role("radio", name="Disponible malgré tout").check()
    page.get_by_label("Premier jour").first.fill("2027-10-15")
    page.get_by_role("button", name="Ajouter", exact=True).first.click()
    page.get_by_role("link", name="Peindre l’année").click()
    assert "Je ne peux pas" in cell(page, "2027-10-22").inner_text()
    assert cell(page, "2027-10-15").inner_text() == "15"


def test_who_has_no_account_answers_by_letter_and_comes_back(visit: Any, service: Service) -> None:
    desk = visit("coordinator")
    desk.goto("/availability/asks")
    desk.get_by_role("main").get_by_role("link", name="Season 2027").click()
    desk.get_by_label("Who").select_option("waiting")
    desk.get_by_role("button", name="Apply").click()
    row = desk.get_by_role("row").filter(has=desk.get_by_role("button", name="Remind")).first
    asked = desk.url
    name = row.get_by_role("rowheader").get_by_role("link").inner_text()
    row.get_by_role("button", name="Remind").click()
    assert desk.get_by_text("1 person is reminded").is_visible()
    code = re.search(r"Facilitator (\d+)", name)
    assert code is not None
    address = f"facilitator-{int(code[1]):02}@example.org"
    letter = service.mailbox.wait_for_letter(address, having="/when/")
    [path] = re.findall(r"(/when/\S+)", text_of(letter))

    page = visit(None, locale="fr-FR", java_script_enabled=False, **PHONE)
    page.goto(path)
    page.get_by_role("button", name=re.compile("Rien à ajouter|reste en l’état")).click()
    assert page.get_by_text("Votre réponse est là, merci").is_visible()
    back = service.mailbox.wait_for_letter(address, having=path)
    assert text_of(back).count(path) == 1

    desk.goto(asked)
    assert desk.get_by_role("row").filter(has_text=name).count() == 0  # nobody waits for them any more


def test_on_slow_3g_the_year_can_be_painted_within_three_seconds(visit: Any) -> None:
    page = visit("participant", language="fr", **PHONE)
    year = year_of(page)
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW_3G)
    for address, usable in (("/availability", "h1"), (year, "[data-year-form]:not([hidden])")):
        page.goto("about:blank")
        began = time.monotonic()
        page.goto(address, wait_until="commit")
        page.locator(usable).wait_for()
        assert time.monotonic() - began < USABLE_SECONDS, address


def test_what_was_painted_when_the_line_dropped_is_saved_once(door: Door) -> None:
    with door.opened("facilitator", language="fr"):
        pass
    context = door.browser.new_context(
        base_url=door.service.address, storage_state=door.cookies["facilitator"], **PHONE
    )
    page = context.new_page()
    page.goto(f"{year_of(page)}?from=2027-07")
    cell(page, "2027-07-20").tap()
    cell(page, "2027-07-21").tap()

    def swallow(route: Any) -> None:
        """The form arrives, its answer does not."""
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    page.route("**/availability/year*", swallow)
    page.get_by_role("button", name=re.compile("^Enregistrer")).click()
    page.get_by_text("La connexion est tombée, rien n’est perdu").wait_for()
    page.unroute("**/availability/year*")
    save(page)
    page.goto("/availability")
    assert page.get_by_role("row").filter(has_text=re.compile("20.21 juil")).count() == 1
    context.close()


@pytest.mark.parametrize("what", ["lose_answer", "lose_request"])
def test_days_given_by_dates_when_the_line_dropped_are_there_once(door: Door, what: str) -> None:
    with door.opened("facilitator", language="fr"):
        pass
    day = {"lose_answer": 9, "lose_request": 16}[what]
    with cutting_proxy(door.service.address) as proxy:
        context = door.browser.new_context(
            base_url=proxy.address,
            storage_state=door.cookies["facilitator"],
            java_script_enabled=False,
            **PHONE,
        )
        page = context.new_page()
        page.goto("/availability")
        page.get_by_label("Premier jour").first.fill(f"2027-11-{day:02}")
        page.get_by_label("Dernier jour").first.fill(f"2027-11-{day + 1:02}")
        getattr(proxy, what)()
        page.get_by_role("button", name="Ajouter", exact=True).first.click()
        wait_for("the line to break", lambda: proxy.cut == 1)
        rows = page.get_by_role("row").filter(has_text=re.compile(rf"{day}.{day + 1} nov"))
        rows.first.wait_for()
        assert rows.count() == 1
        context.close()
