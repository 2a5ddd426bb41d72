"""A version in pictures, each with its table and as a file: map, needs served, the season, the funds."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access import allow, coordinator
from app.db import database
from app.errors import NotFound
from app.i18n import in_language
from app.planning.drawing import picture_file
from app.planning.picture_words import charts_of
from app.planning.pictures import Pictures, pictures_of
from app.planning.queries import titles_of
from app.schedule import queries
from app.schedule.models import Version
from app.schedule.views.blueprint import blueprint


@blueprint.get("/schedule/versions/<int:version_id>/pictures")
@allow(coordinator)
def pictures(version_id: int) -> ResponseReturnValue:
    version = queries.version_for(database.session(), version_id=version_id)
    return render_template(
        "schedule/pictures.html",
        version=version,
        charts=charts_of(_pictures(version), "published"),
        file=lambda name: url_for("schedule.picture", version_id=version_id, name=name),
    )


@blueprint.get("/schedule/versions/<int:version_id>/pictures/<name>.svg")
@allow(coordinator)
def picture(version_id: int, name: str) -> ResponseReturnValue:
    """One of the pictures as a file."""
    version = queries.version_for(database.session(), version_id=version_id)
    planning_round = version.planning_round
    found = picture_file(
        name,
        _pictures(version),
        subtitle=f"{planning_round.title} · {_('Version %(number)s', number=version.number)}",
        file=f"{planning_round.code}-version-{version.number}",
    )
    if found is None:
        raise NotFound
    return found


def _pictures(version: Version) -> Pictures:
    codes = [workshop["id"] for workshop in version.round_document["workshops"]]
    titles = {code: in_language(each) for code, each in titles_of(database.session(), codes).items()}
    return pictures_of(version.round_document, version.schedule_document, titles)
