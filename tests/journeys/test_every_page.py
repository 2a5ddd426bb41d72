"""Every kind of page, as each role meets it: accessible in both themes, within small screens, quiet, our own.

What a browser complains about in the console, or asks of anybody else, fails in `visit`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.journeys.conftest import AXE

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
NARROWEST = {"width": 320, "height": 640}

FIRST_PAGES = {
    "officer": (
        "/",
        "/network",
        "/workshops",
        "/workshops/new",
        "/availability",
        "/schedule",
        "/calendars",
        "/account",
    ),
    "facilitator": ("/", "/availability", "/schedule", "/schedule/month", "/calendars", "/account"),
    "participant": ("/", "/availability", "/schedule", "/calendars"),
}


@pytest.mark.usefixtures("published")
def test_every_kind_of_page_that_a_coordinator_can_get_to(visit: Any) -> None:
    page = visit("coordinator", bypass_csp=True)  # only here may a script come from elsewhere: axe itself
    looked_at = {kind: faults_of(page) for kind in walk(page)}
    assert {kind: faults for kind, faults in looked_at.items() if faults} == {}
    # The walk really got to what the service is about.
    assert {
        "/",
        "/network/people",
        "/workshops/_",
        "/rounds/_",
        "/rounds/drafts/_",
        "/rounds/drafts/_/money",
        "/rounds/drafts/_/left-out",
        "/rounds/drafts/_/room",
        "/rounds/drafts/_/room/_",
        "/rounds/drafts/_/room/_/move",
        "/rounds/drafts/_/room/_/team",
        "/rounds/drafts/_/room/_/seats",
        "/schedule/publish/_",
        "/schedule/sessions/_",
        "/schedule/versions/_",
        "/calendars",
        "/availability",
    } <= looked_at.keys()


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("role", "language"), [("officer", "fr"), ("facilitator", "en"), ("participant", "en")]
)
def test_the_main_pages_of_the_others(visit: Any, role: str, language: str) -> None:
    page = visit(role, language=language, bypass_csp=True)
    faults = {}
    for address in FIRST_PAGES[role]:
        assert page.goto(address).status == 200
        assert page.locator("html").get_attribute("lang") == language
        faults[address] = faults_of(page)
    assert {address: found for address, found in faults.items() if found} == {}


def test_the_pages_before_signing_in(visit: Any) -> None:
    page = visit(bypass_csp=True)
    for address in ("/sign-in", "/sign-in/password", "/about"):
        page.goto(address)
        assert faults_of(page) == []


def walk(page: Any) -> Iterator[str]:
    """Open one page of every kind that links lead to, beginning at home; yields each kind."""
    waiting, seen = ["/"], set[str]()
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        if kind in seen:
            continue
        seen.add(kind)
        answer = page.goto(address)
        assert answer.status == 200, address
        yield kind
        links = page.eval_on_selector_all(
            "a[href^='/']:not([download])", "links => links.map(link => link.getAttribute('href'))"
        )
        # files are no pages, nor is the HTML of a letter by itself
        waiting += [link for link in links if not re.search(r"\.\w+$|/html$", urlsplit(link).path)]


def kind_of(address: str) -> str:
    """The address without what tells one row from another: '/rounds/2?x=1' -> '/rounds/_'."""
    path = re.sub(r"/\d+(?=/|$)", "/_", urlsplit(address).path)
    path = re.sub(r"(?<=/area/)[^/]+", "_", path)
    path = re.sub(r"(?<=/room/)[^/]+", "_", path)
    return re.sub(
        r"^(/network/(?:organisations|people|places|venues|groups|topics)/)(?!new$)[^/]+", r"\1_", path
    )


def faults_of(page: Any) -> list[Any]:
    """What axe finds at a desk in light and on a phone in dark, and how far the page sticks out at 320 px."""
    page.evaluate("() => document.querySelectorAll('.disclosure').forEach(part => { part.open = true })")
    faults: list[Any] = []
    for size, scheme in ((DESK, "light"), (PHONE, "dark")):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        faults += [(scheme, *fault) for fault in found_by_axe(page)]
    page.set_viewport_size(NARROWEST)
    return faults + sticking_out(page)


def found_by_axe(page: Any) -> list[tuple[str, list[str]]]:
    """What axe finds on a page as it is now: the rule, and the HTML of what breaks it."""
    if not page.evaluate("() => 'axe' in window"):
        page.add_script_tag(path=AXE)
    found = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", RULES)
    return [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in found["violations"]]


def sticking_out(page: Any) -> list[str]:
    """By how much a page is wider than its window."""
    excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"sticks out by {excess} px"] if excess else []
