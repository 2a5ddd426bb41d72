"""A day in the planning room: by keyboard, a refusal explained, a move, undo, and two browsers at once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.journeys.test_every_page import DESK, faults_of

PHONE = {"width": 390, "height": 780}
FAR = 60
"""So many days on or back a test looks for one of a kind."""


def status_of(page: Any) -> str:
    return str(page.locator("#room-status").inner_text())


def pick_up(page: Any) -> str:
    """Take the session that has the focus up; returns its code."""
    code = page.evaluate("document.activeElement.dataset.session")
    page.keyboard.press("m")
    page.locator(".ghost").wait_for(state="attached")
    assert "Escape leaves it where it is" in status_of(page)
    return str(code)


def go_until(page: Any, wanted: str, *keys: str) -> str:
    """Press the keys in turn until what is said of a place and day has these words (a pattern)."""
    for key in keys:
        for _step in range(FAR):
            page.keyboard.press(key)
            if re.search(wanted, status_of(page)):
                return status_of(page)
    raise AssertionError(f"nowhere {wanted!r}: {status_of(page)}")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "390"])
def test_a_session_is_moved_by_keyboard_and_brought_back(
    visit: Any, planned: dict[str, str], size: dict[str, int]
) -> None:
    page = visit("coordinator", bypass_csp=True, viewport=size)
    page.goto(f"{planned['Season 2027']}/room")
    assert faults_of(page) == []
    page.set_viewport_size(size)
    page.emulate_media(color_scheme="light")
    page.goto(f"{planned['Season 2027']}/room")

    # The board is one stop of the tab key; arrows go from session to session.
    page.locator("a.bar[tabindex='0']").focus()
    first = page.evaluate("document.activeElement.dataset.session")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.session") != first

    code = pick_up(page)
    refusal = go_until(page, "Not possible", "ArrowRight", "ArrowLeft")
    assert re.search(r"Not possible\. \w+", refusal), "with its reason"
    page.keyboard.press("Enter")
    assert status_of(page) == refusal  # it stays in the hand, and says why once more
    said = go_until(page, r"\. (Free|Possible with other people)[.:]", "Shift+ArrowRight", "Shift+ArrowLeft")
    slot = said.split(". Free")[0].split(". Possible")[0]
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert f"Moved to {slot}" in page.get_by_role("main").inner_text()
    bar = page.locator(f"a.bar[data-session='{code}']").first
    assert "fixed by hand" in str(bar.get_attribute("aria-label"))
    assert slot.split(": ")[-1] in str(bar.get_attribute("aria-label"))

    # What it did stands there, with the way back.
    change = page.get_by_role("region", name="Changed by hand")
    assert "Needs served" in change.inner_text()
    assert change.get_by_role("button", name="Let the planner mend the rest around this").is_visible()
    change.get_by_role("button", name=re.compile("^Undo")).click()
    page.get_by_text("Taken back.").wait_for()
    bar = page.locator(f"a.bar[data-session='{code}']").first
    assert "fixed by hand" not in str(bar.get_attribute("aria-label"))
    page.get_by_role("button", name=re.compile("^Do again")).wait_for()


def test_escape_leaves_a_session_where_it_is(visit: Any, planned: dict[str, str]) -> None:
    page = visit("coordinator")
    page.goto(f"{planned['Season 2027']}/room?by=place")
    page.locator("a.bar[tabindex='0']").focus()
    pick_up(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    assert status_of(page) == "It stays where it is."
    assert page.locator(".ghost, .where").count() == 0


def test_a_session_is_pulled_with_the_mouse(visit: Any, planned: dict[str, str]) -> None:
    page = visit("coordinator")
    page.goto(f"{planned['Season 2027']}/room")
    bar = page.locator("a.bar:not(.online)").first
    bar.scroll_into_view_if_needed()
    box = bar.locator(".held").bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + 8, steps=3)
    page.locator(".ghost").wait_for(state="attached")
    page.mouse.move(box["x"] + 60, box["y"] + 8, steps=5)
    said = status_of(page)
    assert re.search(r"Free|Possible|Not possible|Here it is", said)
    page.keyboard.press("Escape")


class Finger:
    """A finger on the middle of the first session in person."""

    def __init__(self, page: Any) -> None:
        self._session = page.context.new_cdp_session(page)
        held = page.locator("a.bar:not(.online) .held").first
        held.scroll_into_view_if_needed()
        box = held.bounding_box()
        self._x, self._y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self._touch("touchStart", 0, 0)

    def moves(self, x: float, y: float) -> None:
        """To so many pixels from where it began."""
        self._touch("touchMove", x, y)

    def is_lost(self) -> None:
        self._session.send("Input.dispatchTouchEvent", {"type": "touchCancel", "touchPoints": []})

    def _touch(self, kind: str, x: float, y: float) -> None:
        points = [{"x": self._x + x, "y": self._y + y}]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_a_session_is_pulled_with_a_finger_that_rests_on_it_first(
    visit: Any, planned: dict[str, str]
) -> None:
    page = visit("coordinator", viewport=PHONE, has_touch=True)
    page.goto(f"{planned['Opening of 2027']}/room")
    finger = Finger(page)
    page.locator(".ghost").wait_for(state="attached")  # after a moment it is in the hand
    before, scrolled = status_of(page), page.evaluate("scrollY")
    for n in range(1, 6):
        finger.moves(12 * n, 4 * n)
    assert page.evaluate("scrollY") == scrolled
    assert status_of(page) != before
    assert re.search(r"Free|Possible|Not possible|Here it is", status_of(page))
    finger.is_lost()
    assert page.locator(".ghost, .where").count() == 0


def test_a_finger_that_moves_at_once_picks_nothing_up(visit: Any, planned: dict[str, str]) -> None:
    page = visit("coordinator", viewport=PHONE, has_touch=True)
    page.clock.install()
    page.goto(f"{planned['Opening of 2027']}/room")
    finger = Finger(page)
    finger.moves(0, 40)
    page.clock.run_for(2000)
    assert status_of(page) == ""
    finger.is_lost()


def test_without_javascript_a_session_is_moved_by_its_page(visit: Any, planned: dict[str, str]) -> None:
    page = visit("coordinator", java_script_enabled=False)
    page.goto(f"{planned['Season 2027']}/room?as=table")
    page.get_by_role("table").get_by_role("link").first.click()
    page.get_by_role("heading", name="Where it can go").wait_for()
    page.get_by_role("table", name="The best of them").get_by_role("link", name="Look").first.click()
    slot = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name=re.compile("here$")).click()
    page.get_by_role("heading", name="Where it can go").wait_for()
    assert slot in page.get_by_role("region", name="Changed by hand").inner_text()
    page.get_by_role("button", name=re.compile("^Undo")).click()
    page.get_by_text("Taken back.").wait_for()


def test_two_browsers_on_one_draft_lose_nothing(visit: Any, planned: dict[str, str]) -> None:
    room = f"{planned['Season 2027']}/room"
    one, other = visit("coordinator"), visit("coordinator", answers={409})
    one.goto(f"{room}?as=table")
    links = one.get_by_role("table").get_by_role("link")
    first, second = links.nth(0).get_attribute("href"), links.nth(1).get_attribute("href")
    one.goto(str(first))
    other.goto(str(second))
    one.get_by_role("button", name="Fix it where and when it is").click()
    one.get_by_role("button", name="Fix nothing by hand any more").wait_for()

    other.get_by_role("button", name="Fix it where and when it is").click()
    other.get_by_role("heading", level=1, name="The draft has changed").wait_for()
    assert "Fixed where and when it is" in other.get_by_role("main").inner_text()
    other.get_by_role("button", name="Apply mine to the draft as it is now").click()
    other.get_by_role("button", name="Fix nothing by hand any more").wait_for()

    # The first one hears of it without asking, and both changes are there.
    with_news = one.get_by_text("Somebody else has changed this draft.")
    with_news.wait_for(timeout=30_000)
    for address in (first, second):
        one.goto(str(address))
        one.get_by_role("button", name="Fix nothing by hand any more").click()
        one.get_by_role("button", name="Fix it where and when it is").wait_for()
