"""A version in pictures, each with its table: the map, whom it serves, the season, the funds."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.access import allow, coordinator
from app.db import database
from app.geo import place_on_map
from app.i18n import country_name, format_money, format_number, in_language, region_name
from app.planning.pictures import CountryServed, FundOverTime, PlaceShown, pictures_of
from app.planning.queries import titles_of
from app.schedule import queries
from app.schedule.views.blueprint import blueprint

LEVELS = 5
"""Of shading: from next to none of a country's wishes served to all of them."""


@blueprint.get("/schedule/versions/<int:version_id>/pictures")
@allow(coordinator)
def pictures(version_id: int) -> ResponseReturnValue:
    db = database.session()
    version = queries.version_for(db, version_id=version_id)
    codes = [workshop["id"] for workshop in version.round_document["workshops"]]
    titles = {code: in_language(each) for code, each in titles_of(db, codes).items()}
    found = pictures_of(version.round_document, version.schedule_document, titles)
    return render_template(
        "schedule/pictures.html",
        version=version,
        pictures=found,
        points=[_point(place) for place in found.places],
        shades={each.country: _level(each) for each in found.countries if each.served},
        served=[_bar(each) for each in found.countries],
        lanes=[
            {"label": region_name(region), "spans": [_span(span) for span in spans]}
            for region, spans in found.regions
        ],
        funds=[_line(fund, found.first_day, found.currency) for fund in found.funds if fund.left],
    )


def _point(place: PlaceShown) -> dict[str, Any]:
    position = place_on_map(place.latitude, place.longitude)
    sessions = ngettext("%(num)s session", "%(num)s sessions", place.sessions)
    travel = _(
        "%(people)s people travel %(mean)s km on average, at most %(most)s km",
        people=place.people,
        mean=format_number(place.mean_km),
        most=format_number(place.farthest_km),
    )
    return {
        "label": f"{place.name}, {country_name(place.country)}",
        "x": position.x,
        "y": position.y,
        "size": min(4 + place.sessions, 12),
        "text": f"{sessions}; {travel}",
    }


def _level(country: CountryServed) -> int:
    return 1 + (LEVELS - 1) * country.served // country.wished


def _bar(country: CountryServed) -> dict[str, Any]:
    """The share of a country's wishes that is served, in per cent, so that countries can be compared."""
    return {
        "label": country_name(country.country),
        "value": 100 * country.served / country.wished,
        "text": _("%(held)s of %(total)s", held=country.served, total=country.wished),
    }


def _span(span: Any) -> dict[str, Any]:
    return {"label": span.label, "first": span.first, "last": span.last, "state": "published"}


def _line(fund: FundOverTime, first_day: Any, currency: str) -> dict[str, Any]:
    """What is left of a fund, by days since the round began; each session is a step."""
    points = [(0, fund.amount)]
    for day, _title, left in fund.left:
        points += [((day - first_day).days, points[-1][1]), ((day - first_day).days, left)]
    rows = [(day, title, format_money(left, currency)) for day, title, left in fund.left]
    return {
        "title": fund.title,
        "points": points,
        "rows": rows,
        "amount": format_money(fund.amount, currency),
    }
