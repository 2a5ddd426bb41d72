"""A request from the first idea to a round, by an officer and a coordinator whose browsers run no script."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.journeys.conftest import Service, read_in, text_of

PLAIN = {"java_script_enabled": False}


@pytest.mark.usefixtures("published")
def test_from_a_code_typed_in_to_a_request_in_a_round_and_a_calendar(visit: Any, service: Service) -> None:
    page = visit(**PLAIN, locale="fr-FR")

    # The officer signs in by the code of the letter.
    page.goto("/calendars")
    page.get_by_label("Adresse e-mail").fill("officer-repaoc@example.org")
    page.get_by_role("main").get_by_role("button").click()
    letter = service.mailbox.wait_for_letter("officer-repaoc@example.org", having="/sign-in/link/")
    [code] = re.findall(r"^\s*(\d{3} ?\d{3})\s*$", text_of(letter), re.MULTILINE)
    page.locator("input[name=code]").fill(code)
    page.get_by_role("main").get_by_role("button").first.click()
    assert page.url == f"{service.address}/calendars"  # where they had wanted to go

    # Português stays: on the next page, and in another browser.
    read_in(page, "pt")
    page.goto("/workshops")
    assert page.locator("html").get_attribute("lang") == "pt"
    assert page.get_by_role("heading", level=1).inner_text() == "Oficinas"
    again = visit("officer", language=None, **PLAIN)
    again.goto("/schedule")
    assert again.locator("html").get_attribute("lang") == "pt"
    page.goto("/availability")
    read_in(page, "en")

    # They say when they cannot.
    page.get_by_role("radio", name="Unavailable").check()
    page.get_by_label("First day").fill("2027-05-03")
    page.get_by_label("Last day").fill("2027-05-07")
    page.get_by_label("Note").fill("Assembly of members")
    page.get_by_role("button", name="Add", exact=True).click()
    row = page.get_by_role("row", name="Assembly of members")
    assert "3–7 May 2027" in row.inner_text()
    assert "Unavailable" in row.inner_text()

    # They ask for a workshop, page by page.
    page.goto("/workshops")
    page.get_by_role("link", name="Ask for a workshop").click()
    page.get_by_label("English").fill("Budget advocacy in Dakar")
    page.get_by_label("Topic").select_option(index=1)
    page.get_by_role("radio", name="Peer exchange").check()
    save_and_continue(page, "When and how long")
    page.get_by_role("radio", name="In person").check()
    page.get_by_label("Days, in person").fill("2")
    page.get_by_label("Not before").fill("2027-05-10")
    page.get_by_label("Over by").fill("2027-06-25")
    save_and_continue(page, "Where and languages")
    page.get_by_role("checkbox", name="French").check()
    page.get_by_text("Senegal", exact=False).first.click()  # unfolds the venues there
    page.get_by_role("group", name="Possible venues").get_by_role("checkbox").first.check()
    save_and_continue(page, "Who")
    page.get_by_role("checkbox", name="Invite all").check()
    save_and_continue(page, "Money and weight")
    page.get_by_role("radio", name="4: it matters much").check()
    save_and_continue(page, "Check the request")
    page.get_by_role("button", name="Hand it in").click()
    assert page.get_by_text("The request has been handed in").is_visible()
    request = page.url

    # The coordinator approves it, and takes it into the year's round.
    desk = visit("coordinator", **PLAIN)
    desk.get_by_role("link", name=re.compile("wait for your decision")).click()
    desk.get_by_role("link", name="Budget advocacy in Dakar").click()
    desk.get_by_role("button", name="Approve").click()
    assert desk.get_by_text("The request has been approved").is_visible()
    desk.goto("/rounds")
    desk.get_by_role("link", name="Season 2027", exact=True).click()
    desk.get_by_role("main").get_by_role("link", name="Requests", exact=True).click()
    desk.get_by_role("checkbox", name=re.compile("Budget advocacy in Dakar")).check()
    desk.get_by_role("button", name="Take in").click()
    assert desk.get_by_role("table").get_by_role("link", name="Budget advocacy in Dakar").is_visible()

    # The officer reads that in its story, and subscribes to the calendar of the region.
    page.goto(request)
    assert page.get_by_text("Approved").first.is_visible()
    page.goto("/calendars")
    region = page.get_by_label("Regions")
    region.select_option(index=1)
    region.locator("xpath=ancestor::form").get_by_role("button").click()
    page.get_by_text("Subscribe", exact=True).last.click()
    address = page.get_by_label("Address for other calendars").last
    assert address.is_visible()
    answer = page.request.get(address.input_value())
    assert answer.status == 200
    assert answer.text().startswith("BEGIN:VCALENDAR\r\n")


def save_and_continue(page: Any, heading: str) -> None:
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("heading", level=1, name=heading).wait_for()
