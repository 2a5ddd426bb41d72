"""The main job as a coordinator does it: sign in, plan, publish; and what people's calendars make of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import icalendar
import pytest

from tests.app.calendars.subscriber import Subscriber
from tests.journeys.conftest import PATIENCE_SECONDS, Door, Service, in_seconds, serving, text_of, wait_for


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service of its own, in which nothing has been planned."""
    (tmp_path / "service").mkdir()
    with serving(tmp_path / "service") as running:
        yield running


@pytest.fixture
def page(browser: Any, service: Service) -> Iterator[Any]:
    with Door(browser, service).opened(None) as opened:
        yield opened


def test_from_signing_in_to_an_invitation_and_a_calendar(page: Any, service: Service, tmp_path: Path) -> None:
    # The coordinator signs in with the link of a letter.
    page.goto("/")
    page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).fill("secretariat-1@example.org")
    page.get_by_role("main").get_by_role("button").first.click()
    letter = service.mailbox.wait_for_letter("secretariat-1@example.org", having="/sign-in/link/")
    link = re.search(r"http://\S+/sign-in/link/\S+", text_of(letter))
    assert link is not None
    page.goto(link.group())
    page.get_by_role("main").get_by_role("button").click()
    page.get_by_role("heading", level=1, name=re.compile("Welcome")).wait_for()

    # They have the small round planned, and watch.
    page.get_by_role("link", name="Opening of 2027", exact=True).click()
    page.get_by_role("radio", name="10 seconds").check()
    page.get_by_role("button", name="Plan", exact=True).click()
    page.get_by_role("heading", name="The planner").wait_for()
    with in_seconds(page, PATIENCE_SECONDS):
        page.get_by_role("main").get_by_role("link", name=re.compile(r"^Draft \d+$")).first.click()
        page.get_by_role("heading", level=1, name=re.compile(r"^Draft \d+$")).wait_for()

    # They publish, seeing first what that will do.
    page.get_by_role("link", name=re.compile("Publish")).first.click()
    page.get_by_label(re.compile("note", re.IGNORECASE)).fill("Opening, 2027")
    page.get_by_role("button", name=re.compile("Publish and tell")).click()
    page.get_by_role("heading", level=1, name="Version 1").wait_for()

    # A facilitator gets the invitation by SMTP, as a request that calendars understand.
    page.goto("/schedule")
    page.get_by_role("main").get_by_role("link", name=re.compile("peer exchange")).first.click()
    page.get_by_role("heading", level=1, name=re.compile("peer exchange")).wait_for()
    session = page.url
    invited = wait_for(
        "an invitation to it", lambda: [one for one in invitations(service) if session in text_of(one)]
    )
    calendar = calendar_in(invited[0])
    assert calendar.get_param("method") == "REQUEST"
    [event] = icalendar.Calendar.from_ical(calendar.get_payload(decode=True)).events
    attendee = str(event["ATTENDEE"]).removeprefix("mailto:")
    assert attendee in str(invited[0]["To"])
    assert str(event["URL"]) == session

    # And a stock calendar program reads the feed of the region.
    page.goto("/calendars")
    region = page.get_by_label("Regions")
    region.select_option(index=0)
    region.locator("xpath=ancestor::form").get_by_role("button").click()
    address = page.locator("input[value$='.ics']").last.input_value()
    program = Subscriber(address, tmp_path)
    events = program.sync()
    assert program.shows("{uid}") == {str(event["UID"]) for event in events}
    subscribed = {which_and_when(event) for event in events}
    assert subscribed
    wait_for("all invitations", lambda: subscribed <= {which_and_when(one) for one in all_events(service)})


def which_and_when(event: Any) -> tuple[str, str, str]:
    """What a session is known by here: its page, since vdirsyncer replaces the UIDs of a feed."""
    return str(event["URL"]), event["DTSTART"].to_ical().decode(), event["DTEND"].to_ical().decode()


def calendar_in(letter: EmailMessage) -> Any:
    """The part of a letter that calendars read; `None` where there is none."""
    return next((part for part in letter.walk() if part.get_content_type() == "text/calendar"), None)


def invitations(service: Service) -> list[EmailMessage]:
    """The letters with a calendar in them that have arrived by now."""
    return [letter for letter in service.mailbox.letters if calendar_in(letter) is not None]


def all_events(service: Service) -> list[icalendar.Event]:
    """The events of every invitation sent."""
    return [
        event
        for letter in invitations(service)
        for event in icalendar.Calendar.from_ical(calendar_in(letter).get_payload(decode=True)).events
    ]
