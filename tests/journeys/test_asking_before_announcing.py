"""On a phone of 360 pixels, in French, with scripts and without: from being asked to one tap, a no, and the
substitute who is asked instead."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import (
    PATIENCE_SECONDS,
    Door,
    Service,
    in_seconds,
    serving,
    text_of,
    wait_for,
)

PHONE = {"viewport": {"width": 360, "height": 740}, "locale": "fr-FR", "answers": ()}
PICTURES = os.environ.get("PICTURES")
"""Where to keep a picture of each page, for whoever wants to look."""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service of its own, in which nothing has been planned."""
    (tmp_path / "service").mkdir()
    with serving(tmp_path / "service") as running:
        yield running


def test_a_facilitator_is_asked_says_no_and_a_substitute_is_asked(browser: Any, service: Service) -> None:
    door = Door(browser, service)
    with door.opened("coordinator") as page:
        # The coordinator asks before announcing.
        page.goto("/rounds")
        page.get_by_role("link", name="Opening of 2027", exact=True).click()
        page.get_by_role("radio", name="10 seconds").check()
        page.get_by_role("button", name="Plan", exact=True).click()
        page.get_by_role("heading", name="The planner").wait_for()
        with in_seconds(page, PATIENCE_SECONDS):
            page.get_by_role("main").get_by_role("link", name=re.compile(r"^Draft \d+$")).first.click()
            page.get_by_role("link", name="Ask before announcing").click()
        page.get_by_role("heading", level=1, name="Ask before announcing").wait_for()
        look_at(page, "ask", width=1280)
        page.get_by_role("radio", name="No; I choose the substitute").check()
        page.get_by_role("button", name=re.compile(r"^Ask \d+ p")).click()
        page.get_by_role("heading", level=1, name="Who has answered").wait_for()
        asking = page.url

    letters = wait_for("letters in French", lambda: in_french(service))
    decliner = letters[0]

    # Without scripts: the link of the letter leads to one session, and one tap says yes.
    with door.opened(None, java_script_enabled=False, **PHONE) as phone:
        page = phone
        page.goto(links(decliner, "accepted")[0])
        fits(page)
        look_at(page, "one-tap")
        page.get_by_role("button", name=re.compile("^Oui, ")).click()
        page.get_by_text("Vous avez dit oui. Merci !").wait_for()
        fits(page)
        look_at(page, "own")

    # With scripts: they come back and decline after all, with a reason and what would make it possible.
    declines(door, decliner)

    # The coordinator sees it, and asks a substitute whom the planner has found meanwhile.
    with door.opened("coordinator") as page:
        page.goto(f"{asking}?standing=declined")
        look_at(page, "asking", width=1280)
        for other in [*letters[1:], None]:  # whose place somebody else could take depends on the plan
            if leads_to_substitutes(page, asking):
                break
            assert other is not None, "nobody's place could be taken by somebody else"
            declines(door, other)
        page.locator("p", has_text="The dates do not suit me").wait_for()
        look_at(page, "place", width=1280)
        row = page.get_by_role("row").filter(has=page.get_by_role("button", name="Ask", exact=True)).first
        assert re.search("costs", row.inner_text())
        before = len(service.mailbox.letters)
        row.get_by_role("button", name="Ask", exact=True).click()
        page.get_by_role("status").get_by_text("is asked. The plan with them is a new draft.").wait_for()
        look_at(page, "asked-instead", width=1280)
    new = wait_for("the letter to the substitute", lambda: service.mailbox.letters[before:])
    assert "/confirm/" in text_of(new[0])
    assert str(new[0]["To"]) != str(decliner["To"])


def declines(door: Door, letter: Any) -> None:
    with door.opened(None, **PHONE) as page:
        page.goto(links(letter, "declined")[0])
        look_at(page, "decline")
        page.get_by_label("Pourquoi ?").select_option(label="Les dates ne me conviennent pas")
        page.get_by_label("Je pourrais si").fill("Une semaine plus tard")
        page.get_by_role("button", name=re.compile("^Non, je ne peux pas")).click()
        page.get_by_text("Merci de nous l’avoir dit : nous cherchons quelqu’un d’autre.").wait_for()
        fits(page)


def leads_to_substitutes(page: Any, asking: str) -> bool:
    """Whether a place that was declined can be taken by somebody; the page is then that of the place."""

    def looked() -> bool:
        page.reload()
        return bool(page.get_by_text("Nobody else could take this place").count() or ask.count())

    ask = page.get_by_role("button", name="Ask", exact=True)
    page.goto(f"{asking}?standing=declined")
    places = page.get_by_role("main").get_by_role("link", name=re.compile("^Find a substitute")).all()
    for address in [place.get_attribute("href") for place in places]:
        page.goto(str(address))
        wait_for("the planner's word", looked)
        if ask.count():
            return True
    return False


def in_french(service: Service) -> list[Any]:
    """The letters that ask in French for a place in a team."""
    found = [each for each in service.mailbox.letters if "/confirm/" in text_of(each)]
    return [
        each for each in found if "Bonjour" in text_of(each) and "Vous avez la salle" not in text_of(each)
    ]


def links(letter: Any, answer: str) -> list[str]:
    return re.findall(rf"http\S+/confirm/\S+answer={answer}", text_of(letter))


def fits(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def look_at(page: Any, name: str, width: int = 360) -> None:
    if PICTURES:
        page.set_viewport_size({"width": width, "height": 740})
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)
