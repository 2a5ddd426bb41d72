"""The network at a glance, and finding anything in it by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app.access import allow, staff
from app.db import database
from app.geo import place_on_map
from app.i18n import country_name, format_list
from app.network.models import Organisation, Place
from app.network.queries import overview
from app.network.views.blueprint import acting, asked_for, blueprint
from app.network.wording import KINDS_COUNTED

NAMED_ON_MAP = 3


@blueprint.get("")
@allow(staff)
def index() -> ResponseReturnValue:
    """Counts, the map, and what bears the name that was asked for."""
    db, actor, sought = database.session(), acting(), asked_for("q")
    if sought:
        found = overview.find(db, actor=actor, sought=sought)
        return render_template("network/found.html", sought=sought, found=found)
    return render_template(
        "network/index.html",
        counts=overview.counts(db, actor=actor),
        kinds=KINDS_COUNTED,
        points=points_of(overview.seats(db)),
    )


def points_of(seats: Mapping[Place, Sequence[Organisation]]) -> list[dict[str, Any]]:
    """A dot for each place with its organisations, as the map component takes them."""
    points = []
    for place, organisations in seats.items():
        x, y = place_on_map(place.latitude, place.longitude)
        points.append(
            {
                "label": f"{place.name}, {country_name(place.country)}",
                "x": x,
                "y": y,
                "text": _named(organisations),
                "url": url_for("network.place", code=place.code),
                "size": 3 + min(len(organisations), 4),
            }
        )
    return points


def _named(organisations: Sequence[Organisation]) -> str:
    names = [organisation.short_name for organisation in organisations[:NAMED_ON_MAP]]
    if more := len(organisations) - len(names):
        names.append(ngettext("%(num)s more", "%(num)s more", more))
    return format_list(names)
