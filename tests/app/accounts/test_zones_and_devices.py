"""Time zones by town, and devices by name."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest
from flask import Flask

from app import i18n
from app.accounts import zones
from app.accounts.devices import device_name


@pytest.mark.parametrize(
    ("language", "typed", "zone"),
    [
        ("en", "Dakar", "Africa/Dakar"),
        ("en", " dakar (senegal) ", "Africa/Dakar"),
        ("en", "pacific/apia", "Pacific/Apia"),
        ("en", "Addis Ababa", "Africa/Addis_Ababa"),
        ("fr", "Le Caire", "Africa/Cairo"),
        ("en", "utc", "UTC"),
        ("en", "Atlantis", None),
        ("en", "", None),
    ],
)
def test_a_zone_is_found_by_a_town(app: Flask, language: str, typed: str, zone: str | None) -> None:
    with i18n.reading(language):
        assert zones.zone_of_town(typed) == zone


def test_every_zone_is_offered_once_under_its_part_of_the_world(app: Flask) -> None:
    with i18n.reading("en"):
        grouped = zones.by_region()
    assert grouped["Africa"]["Africa/Dakar"] == "Dakar (Senegal)"
    assert grouped["Pacific Ocean"]["Pacific/Apia"] == "Apia (Samoa)"
    offered = [zone for group in grouped.values() for zone in group]
    assert len(offered) == len(set(offered)) > 400
    assert set(offered) <= available_timezones()
    assert all(grouped.values())


def test_an_older_name_that_somebody_has_chosen_is_still_offered(app: Flask) -> None:
    with i18n.reading("en"):
        assert zones.by_region("Asia/Calcutta")["Chosen now"] == {"Asia/Calcutta": "Kolkata"}
        assert "Chosen now" not in zones.by_region("Asia/Kolkata")


WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("(X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox, Linux"),
        (f"(Linux; Android 10; K) {WEBKIT} Chrome/130.0.0.0 Mobile Safari/537.36", "Chrome, Android"),
        (
            f"(Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
            "Edge, Windows",
        ),
        (f"(iPhone; CPU iPhone OS 17_6 like Mac OS X) {WEBKIT} Version/17.6 Safari/604.1", "Safari, iOS"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_a_device_is_called_by_browser_and_system(user_agent: str, name: str) -> None:
    assert device_name(user_agent and f"Mozilla/5.0 {user_agent}") == name
