"""How amounts and regions are written for readers of the four languages."""

from __future__ import annotations

import pytest
from flask import Flask

from app.i18n import format_money, reading, region_name


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "€30,000"),
        ("fr", "30\N{NARROW NO-BREAK SPACE}000\N{NO-BREAK SPACE}€"),
        ("es", "30.000\N{NO-BREAK SPACE}€"),
        ("pt", "30\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}€"),
    ],
)
def test_money_stands_as_each_language_writes_it(app: Flask, language: str, written: str) -> None:
    with app.test_request_context(), reading(language):
        assert format_money(30_000, "EUR") == written


@pytest.mark.parametrize(("language", "written"), [("en", "West Africa"), ("fr", "Afrique de l’Ouest")])
def test_a_well_known_region_is_named_in_the_reader_s_language(
    app: Flask, language: str, written: str
) -> None:
    with app.test_request_context(), reading(language):
        assert region_name("West Africa") == written
        assert region_name("Valley of the upper river") == "Valley of the upper river"
