"""What goes wrong in use, and what people are then told: clear words, nothing lost, never a 500."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.journeys.conftest import Service


def summary_of(page: Any) -> list[str]:
    """What the error summary says; it must have the focus, and the title must say that something is wrong."""
    page.locator(".error-summary:focus").wait_for()
    assert page.title().startswith("Error: ")
    return [str(text) for text in page.locator(".error-summary li").all_inner_texts()]


def test_an_empty_form_and_a_wrong_code(visit: Any) -> None:
    page = visit(answers=(422,))
    page.goto("/sign-in")
    page.get_by_role("button", name="Send me a code").click()
    assert summary_of(page) == ["Enter your e-mail address."]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "email"

    page.keyboard.type("facilitator-03@example")
    page.keyboard.press("Enter")
    assert summary_of(page) == ["This is no e-mail address, such as name@example.org."]
    assert page.get_by_label("E-mail address").input_value() == "facilitator-03@example"

    page.get_by_label("E-mail address").fill("facilitator-03@example.org")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Enter the code").wait_for()
    page.get_by_label("Code").fill("no code")
    page.get_by_role("button", name="Sign in").click()
    [problem] = summary_of(page)
    assert "code" in problem
    page.goto("/schedule")
    assert page.get_by_role("heading", level=1, name="Sign in").is_visible()


def test_a_link_is_used_once(visit: Any, service: Service) -> None:
    link = service.links()["participant"]["sign_in"]
    first = visit()
    first.goto(link)
    first.get_by_role("main").get_by_role("button", name="Sign in").click()
    first.wait_for_url(f"{service.address}/")

    second = visit(answers=(410,))
    assert second.goto(link).status == 410
    assert second.get_by_role("heading", level=1).inner_text() == "This link has been used already"
    second.get_by_role("link", name="Ask for a new link").click()
    second.get_by_role("heading", level=1, name="Sign in").wait_for()


def test_a_strangers_feed_address_tells_nothing(visit: Any, service: Service) -> None:
    own = service.links()["facilitator"]["feed"]
    feed, _, signature = own.rpartition("/")[2].removesuffix(".ics").partition("-")
    page = visit(answers=(404,))
    forged = f"/calendar/{feed}-{signature[::-1]}.ics"
    another = f"/calendar/{int(feed) + 1}-{signature}.ics"
    none_at_all = f"/calendar/99999-{signature}.ics"
    told = set()
    for address in (forged, another, none_at_all):
        assert page.goto(address).status == 404
        told.add(page.get_by_role("main").inner_text())
    assert len(told) == 1
    assert page.request.get(own).status == 200


def test_a_request_that_contradicts_itself(visit: Any) -> None:
    page = visit("officer", answers=(422,))
    page.goto("/workshops/new")
    page.get_by_label("What it is about").fill("Typed before anything was chosen")
    page.get_by_role("button", name="Save and continue").click()
    assert {"Choose a topic.", "Choose a kind."} <= set(summary_of(page))
    assert page.get_by_label("What it is about").input_value() == "Typed before anything was chosen"
    page.get_by_role("link", name="Choose a kind.").click()
    assert page.evaluate("document.activeElement.name") == "kind"

    begin_request(page, "Contradictions")
    page.get_by_role("radio", name="In person").check()
    page.get_by_label("Days, in person").fill("5")
    page.get_by_label("Not before").fill("2027-06-10")
    page.get_by_label("Over by").fill("2027-06-01")
    page.get_by_role("button", name="Save and continue").click()
    assert summary_of(page) == ["The last day is before the first day."]
    page.get_by_role("link", name="The last day is before the first day.").click()
    assert page.evaluate("document.activeElement.name") == "window_last"
    assert page.get_by_label("Not before").input_value() == "2027-06-10"
    assert page.get_by_label("Days, in person").input_value() == "5"

    page.get_by_label("Over by").fill("2027-06-12")
    page.get_by_role("button", name="Save and continue").click()
    assert summary_of(page) == ["5 days do not fit between these dates."]
    page.get_by_label("Over by").fill("2027-06-30")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("heading", level=1, name="Where and languages").wait_for()

    # The venues are folded away: the problem unfolds them.
    page.get_by_role("button", name="Save and continue").click()
    assert summary_of(page) == ["Choose at least one venue where it could be held."]
    page.get_by_role("link", name="Choose at least one venue where it could be held.").click()
    assert page.evaluate("document.activeElement.name") == "venue_ids"


def test_files_that_are_no_tables(visit: Any, tmp_path: Path) -> None:
    page = visit("coordinator", answers=(413, 422))

    def upload(name: str, content: bytes) -> None:
        file = tmp_path / name
        file.write_bytes(content)
        page.goto("/network/spreadsheets/people")
        page.get_by_label(re.compile("^File")).set_input_files(file)
        page.get_by_role("button", name="Show what it would do").click()

    upload("empty.csv", b"")
    assert summary_of(page) != []
    upload("picture.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(400))
    assert summary_of(page) != []
    upload("no-headings.csv", b'code,name\n"open quote, and no end\n')
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.get_by_role("button", name=re.compile("^Apply")).count() == 0

    upload("large.csv", b"code,name\n" + b"x,y\n" * (5 * 1024 * 1024))
    page.get_by_role("heading", level=1, name="This file is too large").wait_for()
    assert page.get_by_text("Files may have up to 10 MB. Nothing was saved.").is_visible()


def test_a_form_sent_twice_is_one_request(visit: Any) -> None:
    page = visit("officer")
    page.goto("/workshops/new")
    fill_first_page(page, "Clicked twice")
    page.get_by_role("button", name="Save and continue").dblclick()
    page.get_by_role("heading", level=1, name="When and how long").wait_for()
    assert requests_called(page, "Clicked twice") == 1

    # Back, and the same form once more: the same request.
    page.goto("/workshops")
    page.get_by_role("link", name="Ask for a workshop").click()
    fill_first_page(page, "Sent twice")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("heading", level=1, name="When and how long").wait_for()
    page.go_back()
    assert page.get_by_label("English").input_value() == "Sent twice"
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("heading", level=1, name="When and how long").wait_for()
    assert requests_called(page, "Sent twice") == 1


def test_days_sent_twice_are_said_once(visit: Any) -> None:
    page = visit("facilitator")
    page.goto("/availability")
    page.get_by_label("First day").fill("2027-09-06")
    page.get_by_label("Note").fill("Twice")
    page.get_by_role("button", name="Add", exact=True).dblclick()
    page.get_by_role("row", name="Twice").first.wait_for()
    page.goto("/availability")
    assert page.get_by_role("row", name="Twice").count() == 1


def begin_request(page: Any, title: str) -> None:
    fill_first_page(page, title)
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("heading", level=1, name="When and how long").wait_for()


def fill_first_page(page: Any, title: str) -> None:
    page.get_by_label("English").fill(title)
    page.get_by_label("Topic").select_option(index=1)
    page.get_by_role("radio", name="Peer exchange").check()


def requests_called(page: Any, title: str) -> int:
    page.goto("/workshops?state=drafted")
    return int(page.get_by_role("link", name=title, exact=True).count())
