"""The reader's language all the way: on the pages, in dates, in the letters; nothing left in English."""

from __future__ import annotations

import re
from email.message import EmailMessage
from typing import Any

import pytest

from tests.journeys.conftest import Service, text_of, wait_for

ENGLISH = frozenset(
    re.findall(
        r"\w+",
        """
        the your you which who whom what when where have been this that from until with without whose add
        address again apply approve approved asked available back before between calendar calendars cancel
        cancelled changed changes choose clear close day days discard download draft drafts every everybody
        gathering hand held home invited languages last least left missing month more most name network
        nothing open people planned planner publish published remove request requested requests
        return round rounds save schedule seat seats search show sign since state subscribe team their
        there topic unavailable waiting weeks welcome workshop workshops year
        january february march april june july august september october november december
        monday tuesday wednesday thursday friday saturday sunday
        """,
    )
)
"""Words of our interface that are no words of French, Spanish or Portuguese (as "has" and "plan" are)."""

MONTHS = {
    "en": r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept|Oct|Nov) 2027",
    "fr": r"\b(janv\.|févr\.|mars|avr\.|mai|juin|juil\.|août|sept\.|oct\.|nov\.) 2027",
    "es": r"\b(ene|feb|mar|abr|may|jun|jul|ago|sept|oct|nov) 2027",
    "pt": r"\b(jan|fev|mar|abr|mai|jun|jul|ago|set|out|nov)\. (de )?2027",
}
"""A month of the demonstration's year, as a date has it."""

HEADINGS = {
    "en": {"/workshops": "Workshops", "/schedule": "Schedule", "/calendars": "Calendars"},
    "fr": {"/workshops": "Ateliers", "/schedule": "Programme", "/calendars": "Calendriers"},
    "es": {"/workshops": "Talleres", "/schedule": "Programa", "/calendars": "Calendarios"},
    "pt": {"/workshops": "Oficinas", "/schedule": "Programa", "/calendars": "Calendários"},
}

INTERFACE = """() => {
  const copy = document.body.cloneNode(true);
  for (const content of copy.querySelectorAll("bdi, [lang], option, script")) content.remove();
  const told = [...copy.querySelectorAll("[placeholder], [aria-label]")].map(
    part => `${part.getAttribute("placeholder") || ""} ${part.getAttribute("aria-label") || ""}`);
  document.body.append(copy);
  const text = copy.innerText;
  copy.remove();
  return [document.title, text, ...told].join("\\n");
}"""
"""What the page says itself: names (`bdi`), texts marked as another language, and choices are left out."""


INVENTED = re.compile(r"Member of the working group \d+, \w+")
"""Names of the demonstration's people, which sentences may hold."""


def english_in(text: str) -> list[str]:
    """Each English word with what stands around it."""
    text = INVENTED.sub("", text)
    return [
        text[max(0, word.start() - 20) : word.end() + 20]
        for word in re.finditer(r"[^\W\d_]+", text)
        if word.group().lower() in ENGLISH
    ]


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("language", ["fr", "es", "pt"])
def test_pages_speak_the_readers_language(visit: Any, planned: dict[str, str], language: str) -> None:
    page = visit("coordinator", language=language)
    draft = planned["Season 2027"]
    addresses = (
        "/", "/account", "/availability", "/calendars", "/network", "/rounds", "/workshops", "/workshops/new",
        "/schedule", "/schedule/sessions/1", "/schedule/versions/1", draft, f"{draft}/left-out",
    )  # fmt: skip
    left = {}
    for address in addresses:
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == language
        if heading := HEADINGS[language].get(address):
            assert page.get_by_role("heading", level=1).inner_text() == heading
        left[address] = english_in(page.evaluate(INTERFACE))
    assert {address: words for address, words in left.items() if words} == {}
    page.goto("/schedule/versions/1")
    assert re.search(MONTHS[language], page.get_by_role("main").inner_text())


def test_in_english_the_search_finds_english(visit: Any) -> None:
    page = visit("coordinator")
    for address, heading in HEADINGS["en"].items():
        page.goto(address)
        assert page.get_by_role("heading", level=1).inner_text() == heading
        assert len(english_in(page.evaluate(INTERFACE))) > 10


@pytest.mark.usefixtures("published")
def test_invitations_are_in_the_language_of_whoever_gets_them(service: Service) -> None:
    def by_language() -> dict[str, list[EmailMessage]] | None:
        letters: dict[str, list[EmailMessage]] = {language: [] for language in HEADINGS}
        for letter in service.mailbox.letters:
            if any(part.get_content_type() == "text/calendar" for part in letter.walk()):
                letters[language_of(letter)].append(letter)
        return letters if all(letters.values()) else None

    letters = wait_for("invitations in four languages", by_language)
    for language in ("fr", "es", "pt"):
        for letter in letters[language]:
            assert english_in(re.sub(r"https?://\S+", "", text_of(letter))) == []
    for language, written in letters.items():
        assert [
            text_of(letter) for letter in written if not re.search(MONTHS[language], text_of(letter))
        ] == []


def language_of(letter: EmailMessage) -> str:
    """The language that the HTML of a letter says it is in."""
    body = letter.get_body(("html",))
    assert body is not None
    found = re.search(r'<html lang="(\w+)"', body.get_content())
    assert found is not None
    return found[1]
