"""The letters of a needs call: text and HTML say the same in each language, with the link, and are light."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.i18n import LANGUAGES
from app.mail.rendering import MAX_BYTES, render
from tests.factories import make_needs_answer, make_needs_call
from tests.pages import Page

LINK = "https://baraza.example.org/needs/by-link/abc"


def words_of_html(html: str) -> list[str]:
    """What a reader of the HTML sees, with the address of each link after its label."""
    body = Page(html).root.one("body")
    for link in body.all("a"):
        link.children.append(f": {link.attributes['href']}")
    return words(body.text)


def words(text: str) -> list[str]:
    return re.sub(r"\s+:(?=\s|$)", ":", text).split()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("answered", [0, 1, 7])
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("needs_asked", "invitation"),
        ("needs_asked", "reminder"),
        ("needs_asked", "last_days"),
        ("needs_link", "link"),
        ("needs_confirm", "confirmation"),
    ],
)
def test_text_and_html_say_the_same(
    app: Flask, db: Session, name: str, kind: str, answered: int, language: str
) -> None:
    call = make_needs_call(db, closes_on=date(2026, 12, 31), about={"en": "From it we propose workshops."})
    answer = make_needs_answer(db, call, answered_by="Fatou Ba")
    letter = render(
        name,
        language=language,
        kind=kind,
        name="Awa Diop",
        call=call,
        answer=answer,
        topics=9,
        answered=answered,
        link=LINK,
    )
    assert words_of_html(letter.html) == words(letter.text)
    assert LINK in letter.text
    assert letter.subject
    assert letter.subject not in letter.text
    assert len(letter.text.encode()) + len(letter.html.encode()) < MAX_BYTES / 4
