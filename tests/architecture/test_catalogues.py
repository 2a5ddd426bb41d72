"""Every text is there in every language, whole; and no page has words that could not be translated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

import config
from tools.catalogues import LANGUAGES, TRANSLATIONS, extract

TEMPLATES = config.PROJECT / "templates"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|%[sd]")

TAG = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)
EXPRESSION = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
WORD = re.compile(r"[^\W\d_]{2,}")
ATTRIBUTE = re.compile(r"\b(?:alt|title|placeholder|aria-label|aria-description)=\"([^\"]*)\"")

NOT_FOR_READERS = {"styleguide.html"}
"""Shown in development alone."""

CLASS_NAMES = re.compile(r"\{% block page_class %\}[a-z ]*\{% endblock %\}")

SAME_IN_EVERY_LANGUAGE = {"Baraza", "CSV", "JSON", "amp", "nbsp", "middot", "ndash", "mdash", "rarr", "larr"}
"""Proper names, formats, and characters that are written by their names."""


@pytest.fixture(scope="session")
def in_use(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Every text that code and templates use now."""
    file = tmp_path_factory.mktemp("texts") / "messages.pot"
    extract(file)
    with file.open("rb") as template:
        return read_po(template)


def catalogue(language: str) -> Catalog:
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def texts(message: Message) -> list[str]:
    """The text, or its plural forms."""
    return list(message.string) if isinstance(message.string, list | tuple) else [message.string]


def name_of(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, list | tuple) else message.id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_none_is_fuzzy(language: str, in_use: Catalog) -> None:
    translated = {name_of(m): m for m in catalogue(language) if m.id and all(texts(m)) and not m.fuzzy}
    missing = [name_of(m) for m in in_use if m.id and name_of(m) not in translated]
    assert missing == [], f"make catalogues, then translate {len(missing)} texts"


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_placeholders_of_the_text(language: str, in_use: Catalog) -> None:
    used = {name_of(message) for message in in_use if message.id}
    for message in catalogue(language):
        if name_of(message) not in used:
            continue
        sources = list(message.id) if isinstance(message.id, list | tuple) else [message.id]
        wanted = set(PLACEHOLDER.findall(sources[-1]))
        for text in filter(None, texts(message)):
            found = set(PLACEHOLDER.findall(text))
            # A singular form may write the number as a word; nothing else may be left out or added.
            number = {p for p in wanted if "num" in p or "count" in p} if len(sources) > 1 else set()
            assert wanted - number <= found <= wanted, f"{language}: {text}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_in_the_plural_have_every_form_of_the_language(language: str) -> None:
    known = catalogue(language)
    for message in known:
        if isinstance(message.id, list | tuple):
            assert len(texts(message)) == known.num_plurals, name_of(message)


def untranslatable(template: Path) -> Iterator[str]:
    """Words that a template shows as they stand in it."""
    without = EXPRESSION.sub(" ", CLASS_NAMES.sub(" ", template.read_text(encoding="utf-8")))
    shown = [*ATTRIBUTE.findall(without), TAG.sub(" ", without)]
    for text in shown:
        for line in text.splitlines():
            words = [word for word in WORD.findall(line) if word not in SAME_IN_EVERY_LANGUAGE]
            if words:
                yield " ".join(words)


def readable_templates() -> list[str]:
    names = {file.relative_to(TEMPLATES).as_posix() for file in TEMPLATES.rglob("*.html")}
    return sorted(names - NOT_FOR_READERS)


@pytest.mark.parametrize("name", readable_templates())
def test_a_template_shows_no_words_of_its_own(name: str) -> None:
    assert list(untranslatable(TEMPLATES / name)) == []


def test_this_test_sees_words(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text('{# a note #}<p class="big">Dear {{ name }}</p>\n{% if x %}{{ _("Hello") }}{% endif %}')
    assert list(untranslatable(file)) == ["Dear"]
    file.write_text('<img alt="A tree">')
    assert list(untranslatable(file)) == ["tree"]
