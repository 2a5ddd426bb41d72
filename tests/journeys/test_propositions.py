"""From what members need to requests: the secretariat has propositions worked out and makes them its own."""

from __future__ import annotations

import re
from typing import Any

from tests.journeys.conftest import wait_for
from tests.journeys.test_every_page import faults_of


def test_propositions_are_worked_out_changed_and_turned_into_requests(visit: Any) -> None:
    page = visit("coordinator", bypass_csp=True)  # only for axe, as on every other page
    page.goto("/propositions")
    page.get_by_role("link", name="What we need to learn in 2027").click()
    page.get_by_label("Budget").fill("120000")
    page.get_by_role("button", name="Work out propositions").click()
    cards = page.get_by_role("heading", level=2).get_by_role("link")
    wait_for("propositions", cards.count)
    assert page.get_by_text("Together these answer").is_visible()
    assert faults_of(page) == []

    # One that three platforms or more are in: why it is there; split in two and put together again.
    whole = page.url
    page.get_by_role("main").get_by_role(
        "link", name=re.compile("in (French|English|Spanish)$")
    ).first.click()
    page.get_by_role("heading", name="Why this").wait_for()
    assert page.get_by_text("come together here").is_visible()
    assert faults_of(page) == []
    page.reload()
    before = page.get_by_role("table", name="The group").get_by_role("row").count()
    page.get_by_text("Split it in two").click()
    page.get_by_role("group", name="Platforms that get a proposition of their own").get_by_role(
        "checkbox"
    ).first.check()
    page.get_by_role("button", name="Split", exact=True).click()
    page.get_by_text("Those platforms have a proposition of their own now").wait_for()
    page.get_by_text("Merge another into it").click()
    rest = page.get_by_label("The proposition to take in")
    rest.select_option(index=0)
    page.get_by_role("button", name="Merge", exact=True).click()
    page.get_by_text("The two are one now.").wait_for()
    assert page.get_by_role("table", name="The group").get_by_role("row").count() >= before - 1

    # Dropped and brought back; then a request, which leads back to the needs.
    page.locator("summary", has_text="Drop it").click()
    page.get_by_role("button", name="Drop it").click()
    page.get_by_role("button", name="Bring it back").click()
    page.get_by_text("The proposition counts again.").wait_for()
    page.get_by_role("button", name="Turn it into requests").click()
    page.get_by_role("heading", name="The needs behind it").wait_for()
    assert faults_of(page) == []
    page.get_by_role("link", name="The proposition that it came from").click()
    assert page.get_by_text("In requests").is_visible()

    page.goto(whole)
    page.get_by_role("link", name="What became of it").click()
    page.get_by_role("heading", name="Topic by topic").wait_for()
    assert faults_of(page) == []
