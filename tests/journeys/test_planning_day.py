"""A coordinator's day, at a desk and on a phone: a round is planned, changed by hand, planned on, compared,
published; a facilitator falls out, and the plan is repaired. axe looks at every page on the way.

Which sessions it is about depends on what the planner made: they are chosen from what the pages offer.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import PATIENCE_SECONDS, Door, Service, serving, text_of, wait_for
from tests.journeys.test_every_page import DESK, found_by_axe, sticking_out
from tests.journeys.test_planning_room import PHONE, go_until, pick_up, status_of

PICTURES = os.environ.get("PICTURES")
"""Where to keep a picture of each page, for whoever wants to look."""

ON, BACK = "Shift+ArrowRight", "Shift+ArrowLeft"
Looks = Callable[[str], None]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service of its own, in which nothing has been planned."""
    (tmp_path / "service").mkdir()
    with serving(tmp_path / "service") as running:
        yield running


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280", "390"])
def test_a_day_in_the_planning_room(browser: Any, service: Service, size: dict[str, int]) -> None:
    door = Door(browser, service)
    with looking(door, "coordinator", size) as (page, looks):
        draft = a_round_is_planned(page, looks)
        moved, its_slot = a_session_is_moved_by_keyboard(page, looks)
        a_refusal_names_the_rule_and_the_people(page)
        pinned = another_is_pinned(page, looks, but=moved)
        newer = it_is_planned_on(page, looks, draft)
        for code in (moved, pinned):
            assert "fixed by hand" in label_of(page, code)
        assert its_slot in label_of(page, moved)
        two_drafts_are_compared(page, looks, draft, newer)
        everybody_is_asked(page, looks)
        it_is_published(page, looks, newer)

    with looking(door, None, size) as (page, looks):
        person = a_facilitator_declines(page, looks, service)

    with looking(door, "coordinator", size) as (page, looks):
        it_is_repaired(page, looks, person)
        a_change_is_undone(page, looks)
        the_repair_is_thrown_away_and_another_taken(page, looks)


@contextmanager
def looking(door: Door, role: str | None, size: dict[str, int]) -> Iterator[tuple[Any, Looks]]:
    """A page at this size, and what holds it against axe and its window, under a name for its picture."""
    with door.opened(role, bypass_csp=True, viewport=size) as page:

        def looks(name: str) -> None:
            if PICTURES:
                page.screenshot(path=f"{PICTURES}/{size['width']}-{name}.png", full_page=True)
            assert [*found_by_axe(page), *sticking_out(page)] == [], name

        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        yield page, looks


def a_round_is_planned(page: Any, looks: Looks) -> str:
    """Returns the number of the draft, whose board is open then."""
    page.goto("/rounds")
    page.get_by_role("link", name="Opening of 2027", exact=True).click()
    page.get_by_role("radio", name="10 seconds").check()
    looks("round")
    page.get_by_role("button", name="Plan", exact=True).click()
    page.get_by_role("heading", name="The planner").wait_for()
    looks("planner-at-work")
    number = newest_draft(page, "1")
    page.get_by_role("link", name="Board", exact=True).click()
    page.locator("a.bar").first.wait_for()
    looks("board")
    return number


def newest_draft(page: Any, number: str) -> str:
    """On the page of a round: open this draft once the planner has made it; returns its number."""
    page.get_by_role("main").get_by_role("link", name=f"Draft {number}", exact=True).first.click()
    page.get_by_role("heading", level=1, name=f"Draft {number}").wait_for()
    return number


def a_session_is_moved_by_keyboard(page: Any, looks: Looks) -> tuple[str, str]:
    """Returns the session's code, and when it is now."""
    page.locator("a.bar[tabindex='0']").focus()
    code = pick_up(page)
    said = go_until(page, r"\. (Free|Possible with other people)[.:]", ON, BACK)
    looks("in-the-hand")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    slot = re.split(r"\. (?:Free|Possible)", said)[0]
    page.get_by_text(f"Moved to {slot}").first.wait_for()
    looks("moved")
    when = slot.partition(": ")[2]
    assert when in label_of(page, code)
    return code, when


def a_refusal_names_the_rule_and_the_people(page: Any) -> None:
    """Of one of the sessions, some days are refused because of people."""
    for bar in page.locator("a.bar").all():
        bar.focus()
        pick_up(page)
        try:
            refusal = go_until(page, r"Not possible\. .*: \w", "ArrowRight", "ArrowLeft")
        except AssertionError:
            page.keyboard.press("Escape")
            continue
        page.keyboard.press("Enter")
        assert status_of(page) == refusal, "it stays in the hand, and says why once more"
        page.keyboard.press("Escape")
        return
    raise AssertionError("no session is refused because of people")


def another_is_pinned(page: Any, looks: Looks, but: str) -> str:
    bar = page.locator(f"a.bar:not([data-session='{but}'])").first
    code = str(bar.get_attribute("data-session"))
    bar.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Where it can go").wait_for()
    looks("session")
    page.get_by_role("button", name="Fix it where and when it is").click()
    page.get_by_role("button", name="Fix nothing by hand any more").wait_for()
    page.get_by_role("link", name="To the board").click()
    page.locator("a.bar").first.wait_for()
    return code


def it_is_planned_on(page: Any, looks: Looks, draft: str) -> str:
    """From here, with other weights; returns the number of the new draft, whose board is open then."""
    page.get_by_role("link", name="Plan on…").click()
    page.get_by_role("slider", name=re.compile("^Reach")).focus()
    worth = page.locator("#reach-worth")
    assert worth.inner_text() == "Organisations reached: as much as €500"
    page.keyboard.press("ArrowRight")
    assert worth.inner_text() == "Organisations reached: as much as €1,000"
    page.get_by_role("slider", name=re.compile("^Thrift")).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert worth.inner_text() == "Organisations reached: as much as €250"
    page.get_by_role("radio", name="10 seconds").check()
    looks("plan-on")
    page.get_by_role("button", name="Plan on", exact=True).click()
    page.get_by_role("heading", name="The planner").wait_for()
    number = newest_draft(page, str(int(draft) + 1))
    page.get_by_role("link", name="Board", exact=True).click()
    page.locator("a.bar").first.wait_for()
    return number


def label_of(page: Any, code: str) -> str:
    return str(page.locator(f"a.bar[data-session='{code}']").first.get_attribute("aria-label"))


def two_drafts_are_compared(page: Any, looks: Looks, first: str, second: str) -> None:
    page.get_by_role("link", name="Opening of 2027").click()
    page.get_by_role("link", name="Scenarios", exact=True).click()
    learning = page.get_by_role("table", name="Learning")
    for number in (first, second):
        assert f"Draft {number}" in learning.inner_text()
    assert "Needs served" in learning.inner_text()
    looks("scenarios")
    card = page.get_by_role("main").get_by_role("listitem").filter(has_text=f"Draft {second}")
    card.get_by_role("button", name="Choose this one").click()
    page.get_by_text("This draft is the chosen one now.").wait_for()
    page.get_by_role("link", name="Pictures", exact=True).click()
    looks("pictures")
    page.get_by_role("link", name="Board", exact=True).click()


def everybody_is_asked(page: Any, looks: Looks) -> None:
    """From the board; so everybody in a team has a letter by which to answer."""
    page.get_by_role("link", name="Ask before announcing").click()
    page.get_by_role("heading", level=1, name="Ask before announcing").wait_for()
    looks("ask")
    page.get_by_role("button", name=re.compile(r"^Ask \d+ p")).click()
    page.get_by_role("heading", level=1, name="Who has answered").wait_for()
    looks("asked")
    assert page.locator(".site-header [aria-current=page]").first.text_content() == "Rounds"


def it_is_published(page: Any, looks: Looks, draft: str) -> None:
    page.goto(f"/rounds/drafts/{draft}/room")
    page.get_by_role("link", name="Publish…").click()
    looks("publish")
    page.get_by_role("button", name=re.compile("^Publish and tell")).click()
    page.get_by_role("heading", level=1, name="Version 1").wait_for()
    looks("version")


def a_facilitator_declines(page: Any, looks: Looks, service: Service) -> str:
    """By the link of their letter, in their own language; returns the name of who does."""
    letter = wait_for("a letter that asks a facilitator", lambda: first_asked(service))
    [link, *_others] = re.findall(r"http\S+/confirm/\S+answer=declined", text_of(letter))
    page.goto(link)
    looks("decline")
    page.locator("form:has(input[name=answer][value=declined]) button[type=submit]").first.click()
    page.locator("form:has(input[name=answer][value=accepted])").first.wait_for()  # "I can after all"
    looks("declined")
    return str(letter["To"])


def first_asked(service: Service) -> Any:
    return next((each for each in service.mailbox.letters if "answer=declined" in text_of(each)), None)


def it_is_repaired(page: Any, looks: Looks, person: str) -> None:
    page.goto("/confirmations")
    looks("withdrawn")
    withdrawn = page.get_by_role("table", name="Withdrawn after the announcement")
    withdrawn.get_by_role("row").nth(1).get_by_role("link").first.click()
    page.get_by_role("heading", name="Who could take the place").wait_for()
    looks("place")
    page.get_by_role("link", name="Or have the whole plan repaired around these days").click()
    assert page.get_by_label("What happened").input_value().startswith("person:")
    looks("something-happened")
    page.get_by_role("button", name="Show repairs").click()
    page.get_by_role("heading", name="Repairs", exact=True).wait_for()
    page.get_by_role("button", name="Take this one").first.wait_for()  # others may follow
    looks("repairs")
    page.get_by_role("button", name="Take this one").first.click()
    page.get_by_text("The repair is a draft now").wait_for()
    looks("repaired")


def a_change_is_undone(page: Any, looks: Looks) -> None:
    page.get_by_role("link", name="Board", exact=True).click()
    bars = page.locator("a.bar")
    bars.first.focus()
    before = bars.count()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Leave it out").click()
    page.get_by_text("This request has no session in this draft.").wait_for()
    looks("left-out-by-hand")
    page.get_by_role("button", name=re.compile("^Undo")).click()
    page.get_by_text("Taken back.").wait_for()
    bars.first.wait_for()
    assert bars.count() == before


def the_repair_is_thrown_away_and_another_taken(page: Any, looks: Looks) -> None:
    page.locator("summary", has_text="Discard").click()
    page.get_by_role("button", name="Discard the draft").click()
    page.get_by_text("The draft has been discarded.").wait_for()
    looks("round-at-the-end")
    page.get_by_role("link", name="Somebody is not available").click()
    page.get_by_role("button", name="Take this one").last.click()
    page.get_by_text("The repair is a draft now").wait_for()
    page.get_by_role("link", name="All the repairs that were offered").click()
    page.get_by_role("heading", name="Repairs", exact=True).wait_for()
