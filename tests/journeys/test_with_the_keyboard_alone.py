"""Nothing but Tab, Enter, Space, arrows, Escape and typing: no mouse, and the focus always in sight."""

from __future__ import annotations

import re
from typing import Any

FARTHEST = 150
FOCUS = """() => {
  const here = document.activeElement;
  const label = here.labels && here.labels.length ? here.labels[0].innerText : "";
  const look = getComputedStyle(here);
  return {
    name: (here.getAttribute("aria-label") || label || here.innerText || "").trim(),
    outlined: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2,
  };
}"""


def focus_of(page: Any) -> str:
    """The name of what has the focus."""
    return str(page.evaluate(FOCUS)["name"])


def tab_to(page: Any, name: str) -> None:
    """Press Tab until the focus is on what has this name (a pattern); on the way it can always be seen."""
    before = focus_of(page)
    for _step in range(FARTHEST):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        within = focus["name"] == before  # a part of a field, as the month of a date: the browser marks it
        assert focus["outlined"] or within or not focus["name"], f"no outline around {focus['name']!r}"
        before = focus["name"]
        if re.search(name, focus["name"]):
            return
    raise AssertionError(f"Tab never came to {name!r}")


def test_the_first_tab_leads_past_the_menu(visit: Any) -> None:
    page = visit("coordinator")
    page.keyboard.press("Tab")
    assert focus_of(page) == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_menu_of_a_phone_and_the_language(visit: Any) -> None:
    page = visit("coordinator", viewport={"width": 360, "height": 740})
    tab_to(page, "^Menu$")
    page.keyboard.press("Enter")
    tab_to(page, "^Schedule$")
    page.keyboard.press("Escape")
    assert focus_of(page) == "Menu"
    assert page.get_by_role("navigation", name="Main menu").get_by_role("link").count() == 0
    page.keyboard.press("Space")
    tab_to(page, "^Schedule$")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Schedule").wait_for()

    for button, code, heading in (("^Español$", "es", "Programa"), ("^English$", "en", "Schedule")):
        tab_to(page, r"\b(EN|ES)$")
        page.keyboard.press("Enter")
        tab_to(page, button)
        page.keyboard.press("Enter")
        page.locator(f"html[lang={code}]").wait_for(state="attached")
        assert page.get_by_role("heading", level=1).inner_text() == heading


def test_days_are_said_with_arrows_and_typing(visit: Any) -> None:
    page = visit("coordinator")
    page.goto("/availability")
    tab_to(page, "^Unavailable$")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert focus_of(page) == "Available, and would rather"
    tab_to(page, "^First day$")
    page.keyboard.type("10102027")  # reads the same in either order of day and month
    tab_to(page, "^Last day$")
    page.keyboard.type("11112027")
    tab_to(page, "^Note")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    row = page.get_by_role("row", name="By keyboard")
    row.wait_for()
    assert re.search(r"10 Oct\W+11 Nov 2027", row.inner_text())
    assert "Preferred" in row.inner_text()


def test_a_question_is_left_by_escape_and_a_draft_published(visit: Any, planned: dict[str, str]) -> None:
    page = visit("coordinator")
    page.goto(planned["Season 2027"])
    title = page.get_by_role("heading", level=1).inner_text()
    tab_to(page, "^Discard$")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Discard this draft?")
    dialog.wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert focus_of(page) == "Discard"
    assert page.get_by_role("heading", level=1).inner_text() == title

    for _step in range(3):  # past "Choose this one" and "Plan on…"
        page.keyboard.press("Shift+Tab")
    assert focus_of(page) == "Publish…"
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Publish this draft").wait_for()
    tab_to(page, "^A note on this version")
    page.keyboard.type("All of 2027")
    tab_to(page, "^Publish and tell")
    page.keyboard.press("Space")
    page.get_by_role("heading", level=1, name=re.compile(r"^Version \d+$")).wait_for()
    assert page.get_by_text("All of 2027").is_visible()
