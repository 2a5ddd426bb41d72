"""Letters as their readers see them: the same words in text and HTML, whole, light and harmless."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app import i18n
from app.mail.rendering import MAX_BYTES, render
from tests.pages import Page

WHEN = datetime(2026, 11, 21, 9, 15, tzinfo=UTC)
LETTERS: dict[str, dict[str, Any]] = {
    "sign_in": {
        "name": "Awa Diop",
        "code": "123 456",
        "link": "http://127.0.0.1:8000/sign-in/link/abc",
        "expires_at": WHEN,
        "zone": "Pacific/Apia",
    },
    "password_changed": {
        "name": "Awa Diop",
        "removed": False,
        "changed_at": WHEN,
        "zone": "Africa/Dakar",
        "account_url": "http://127.0.0.1:8000/account",
    },
    "account_opened": {
        "name": "Awa Diop",
        "opened_by": "Ama",
        "sign_in_url": "http://127.0.0.1:8000/sign-in",
    },
    "availability_ask": {
        "person": {"name": "Awa Diop"},
        "ask": {
            "title": "Season 2027",
            "first_day": WHEN.date(),
            "last_day": WHEN.date(),
            "closes_on": WHEN.date(),
            "message": "Dear friends",
        },
        "is_reminder": False,
        "link": "/when/abc",
    },
    "availability_thanks": {
        "person": {"name": "Awa Diop"},
        "ask": {"title": "Season 2027", "first_day": WHEN.date(), "last_day": WHEN.date()},
        "link": "/when/abc",
    },
}


def words_of_html(html: str) -> list[str]:
    """What a reader of the HTML sees, with the address of each link after its label."""
    body = Page(html).root.one("body")
    for link in body.all("a"):
        link.children.append(f": {link.attributes['href']}")
    return words(body.text)


def words(text: str) -> list[str]:
    """Words in order; a colon belongs to the word before it, with or without the space of French."""
    return re.sub(r"\s+:(?=\s|$)", ":", text).split()


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("name", LETTERS)
def test_text_and_html_say_the_same_words(app: Flask, name: str, language: str) -> None:
    letter = render(name, language=language, **LETTERS[name])
    assert words_of_html(letter.html) == words(letter.text)


@pytest.mark.parametrize("name", LETTERS)
def test_letters_are_light_and_ask_nothing_of_other_servers(app: Flask, name: str) -> None:
    letter = render(name, language="en", **LETTERS[name])
    assert len(letter.text.encode()) + len(letter.html.encode()) < MAX_BYTES / 4
    document = Page(letter.html).root
    assert not [
        element.tag for tag in ("script", "img", "link", "style", "form") for element in document.all(tag)
    ]
    assert all("http" not in element.attributes.get("style", "") for element in document.all())


def test_the_subject_is_the_first_line_and_in_no_other_place(app: Flask) -> None:
    letter = render("sign_in", language="en", **LETTERS["sign_in"])
    assert letter.subject == "Your code to sign in to Baraza"
    assert letter.text.startswith("Hello Awa Diop,\n\nthis is the code")
    assert letter.subject not in letter.text
    assert "123 456" not in letter.subject


def test_a_moment_is_told_in_the_readers_own_zone(app: Flask) -> None:
    letter = render("sign_in", language="en", **LETTERS["sign_in"])
    assert "Sat 21 Nov 2026, 22:15 (Apia)" in letter.text


def test_the_html_says_its_language(app: Flask) -> None:
    letter = render("account_opened", language="pt", **LETTERS["account_opened"])
    assert Page(letter.html).root.one("html").attributes["lang"] == "pt"


def test_names_cannot_bring_markup_into_the_html_and_stay_as_they_are_in_the_text(app: Flask) -> None:
    name = '<b onclick="x">O\'Neill & Söhne</b>'
    letter = render("account_opened", language="en", **{**LETTERS["account_opened"], "name": name})
    assert f"Hello {name}," in letter.text
    assert Page(letter.html).root.all("b") == []
    assert f"Hello {name}," in Page(letter.html).text


def test_a_letter_has_no_runs_of_empty_lines(app: Flask) -> None:
    for name, context in LETTERS.items():
        assert not re.search(r"\n{3,}", render(name, language="en", **context).text)


def test_a_letter_that_is_too_heavy_is_not_made(app: Flask) -> None:
    with pytest.raises(ValueError, match="weighs"):
        render("account_opened", language="en", **{**LETTERS["account_opened"], "name": "x" * MAX_BYTES})
