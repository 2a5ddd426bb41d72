"""The style guide in headless Chromium: accessible, within small screens, under the security policy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from werkzeug.serving import make_server

from tests.app.test_components import pages

__all__ = ["pages"]

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.fixture(scope="module")
def address(pages: Flask) -> Iterator[str]:
    """The style guide on a free port, under the policy of the service."""

    @pages.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    server = make_server("127.0.0.1", 0, pages, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/styleguide"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def opened(browser: Any, address: str, **options: Any) -> Iterator[Any]:
    """The page in a context of its own; fails on anything that the browser complains about."""
    complaints: list[str] = []
    context = browser.new_context(**options)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    yield page
    context.close()
    assert complaints == []


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_axe_finds_nothing(browser: Any, address: str, width: int, scheme: str) -> None:
    # Only here may a script come from elsewhere: axe itself.
    options = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme, "bypass_csp": True}
    with opened(browser, address, **options) as page:
        page.add_script_tag(path=AXE)
        for summary in page.query_selector_all(".disclosure > summary"):
            summary.click()
        found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_nothing_sticks_out_sideways(browser: Any, address: str, direction: str) -> None:
    with opened(browser, address) as page:
        page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        excess = {}
        for width in (320, 360, 768, 1024, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            excess[width] = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
    assert excess == {320: 0, 360: 0, 768: 0, 1024: 0, 1280: 0}


def test_without_javascript_the_menu_opens_and_the_question_is_asked(browser: Any, address: str) -> None:
    with opened(browser, address, viewport={"width": 320, "height": 800}, java_script_enabled=False) as page:
        page.get_by_text("Menu", exact=True).click()
        assert page.get_by_role("link", name="Workshops").first.is_visible()
        assert not page.get_by_text("This cannot be taken back").is_visible()
        page.get_by_text("Cancel this session").click()
        assert page.get_by_text("This cannot be taken back").is_visible()
        assert not page.get_by_role("button", name="Copy").first.is_visible()


def test_the_question_is_a_dialog_that_gives_the_focus_back(browser: Any, address: str) -> None:
    with opened(browser, address) as page:
        page.get_by_text("Cancel this session").click()
        dialog = page.get_by_role("dialog", name="Cancel “Budget advocacy”?")
        assert dialog.is_visible()
        page.keyboard.press("Escape")
        assert not dialog.is_visible()
        assert page.evaluate("document.activeElement.textContent.trim()") == "Cancel this session"


def test_the_chosen_theme_stays(browser: Any, address: str) -> None:
    with opened(browser, address, color_scheme="light") as page:
        dark = page.get_by_role("button", name="Dark")
        dark.click()
        assert page.locator("html").get_attribute("data-theme") == "dark"
        assert dark.get_attribute("aria-pressed") == "true"
        page.reload()
        assert page.locator("html").get_attribute("data-theme") == "dark"
        page.get_by_role("button", name="As the device").click()
        page.reload()
        assert page.locator("html").get_attribute("data-theme") is None


def test_the_address_is_copied_and_the_button_says_so(browser: Any, address: str) -> None:
    with opened(browser, address, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.locator("[data-copy='feed-2']").click()
        page.get_by_role("button", name="Copied").wait_for()
        assert (
            page.evaluate("navigator.clipboard.readText()")
            == "webcal://baraza.example/feeds/3f9c1e77a2d84f.ics"
        )


def test_the_error_summary_has_the_focus_and_leads_to_the_field(browser: Any, address: str) -> None:
    with opened(browser, address) as page:
        assert "error-summary" in page.evaluate("document.activeElement.className")
        page.get_by_role("link", name="Say what the workshop is called").click()
        assert page.evaluate("document.activeElement.id") == "wrong-title"


def test_the_browser_says_its_time_zone(browser: Any, address: str) -> None:
    with opened(browser, address, timezone_id="Pacific/Fiji") as page:
        assert page.locator("input[data-timezone]").first.input_value() == "Pacific/Fiji"


def test_a_menu_closes_on_escape_and_on_a_click_elsewhere(browser: Any, address: str) -> None:
    with opened(browser, address) as page:
        language = page.locator("details.drop", has_text="Language:")
        language.locator("summary").click()
        assert page.get_by_role("button", name="Français").is_visible()
        page.keyboard.press("Escape")
        assert not page.get_by_role("button", name="Français").is_visible()
        language.locator("summary").click()
        page.get_by_role("heading", level=1).first.click()
        assert not page.get_by_role("button", name="Français").is_visible()
