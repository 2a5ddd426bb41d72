"""The pictures of a schedule as the charts of a page take them, in the reader's words and numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import gettext, ngettext

from app.geo import place_on_map
from app.i18n import country_name, format_money, format_number, region_name
from app.planning.pictures import CountryServed, FundOverTime, Pictures, PlaceShown, Span

_: Callable[..., str] = gettext

LEVELS = 5
"""Of shading: from next to none of a country's wishes served to all of them."""


def charts_of(pictures: Pictures, state: str) -> dict[str, Any]:
    """What the templates of the page draw; `state` is that of its sessions, "draft" or "published"."""
    return {
        "pictures": pictures,
        "points": [_point(place) for place in pictures.places],
        "shades": shades(pictures),
        "levels": level_labels(),
        "served": [_bar(each) for each in pictures.countries],
        "lanes": [
            {"label": region_name(region), "spans": [_span(span, state) for span in spans]}
            for region, spans in pictures.regions
        ],
        "funds": [_line(each, pictures.first_day, pictures.currency) for each in funds_used(pictures)],
    }


def shades(pictures: Pictures) -> dict[str, int]:
    """Country -> how much of its wishes is served, 1 to `LEVELS`; countries with none are left out."""
    return {
        each.country: 1 + (LEVELS - 1) * each.served // each.wished
        for each in pictures.countries
        if each.served
    }


def level_labels() -> list[str]:
    """The share of wishes that each shade stands for, from the lightest on."""
    step = 100 // (LEVELS - 1)
    parts = [f"{max(1, n * step)}–{(n + 1) * step - 1}\N{NO-BREAK SPACE}%" for n in range(LEVELS - 1)]
    return [*parts, "100\N{NO-BREAK SPACE}%"]


def funds_used(pictures: Pictures) -> list[FundOverTime]:
    """The funds that pay for a session."""
    return [fund for fund in pictures.funds if fund.left]


def place_words(place: PlaceShown) -> str:
    """'3 sessions; 25 people travel 700 km on average, at most 2,000 km'."""
    sessions = ngettext("%(num)s session", "%(num)s sessions", place.sessions)
    travel = _(
        "%(people)s people travel %(mean)s km on average, at most %(most)s km",
        people=place.people,
        mean=format_number(place.mean_km),
        most=format_number(place.farthest_km),
    )
    return f"{sessions}; {travel}"


def place_name(place: PlaceShown) -> str:
    return f"{place.name}, {country_name(place.country)}"


def served_words(country: CountryServed) -> str:
    return _("%(held)s of %(total)s", held=country.served, total=country.wished)


def _point(place: PlaceShown) -> dict[str, Any]:
    position = place_on_map(place.latitude, place.longitude)
    return {
        "label": place_name(place),
        "x": position.x,
        "y": position.y,
        "size": min(4 + place.sessions, 12),
        "text": place_words(place),
    }


def _bar(country: CountryServed) -> dict[str, Any]:
    """The share of a country's wishes that is served, in per cent, so that countries can be compared."""
    return {
        "label": country_name(country.country),
        "value": 100 * country.served / country.wished,
        "text": served_words(country),
    }


def _span(span: Span, state: str) -> dict[str, Any]:
    return {"label": span.label, "first": span.first, "last": span.last, "state": state}


def _line(fund: FundOverTime, first_day: date, currency: str) -> dict[str, Any]:
    """What is left of a fund, by days since the round began; each session is a step."""
    points = [(0, fund.amount)]
    for day, _title, left in fund.left:
        points += [((day - first_day).days, points[-1][1]), ((day - first_day).days, left)]
    return {
        "title": fund.title,
        "points": points,
        "rows": [(day, title, format_money(left, currency)) for day, title, left in fund.left],
        "amount": format_money(fund.amount, currency),
    }
