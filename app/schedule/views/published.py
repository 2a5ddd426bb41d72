"""What has been published: sessions as a list and by month, versions and how they differ."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, coordinator, signed_in
from app.accounts.identity import current_actor
from app.db import database
from app.i18n import in_language, region_name
from app.network.models import Group
from app.planning.queries import titles_of
from app.planning.room.pages import version_board
from app.planning.words import reason_of_rule
from app.schedule import attending, commitments, course, queries  # noqa: F401 (three answer to earlier stages)
from app.schedule.changes import planned_sessions
from app.schedule.models import WorkshopSession
from app.schedule.standing import standing_of
from app.schedule.views.blueprint import blueprint
from app.web import row_id


@blueprint.get("/schedule")
@allow(signed_in)
def index() -> ResponseReturnValue:
    db, actor = database.session(), current_actor()
    wanted = queries.SessionFilter(
        region=request.args.get("region", ""),
        topic_id=request.args.get("topic", type=row_id),
        mine=request.args.get("mine") == "1",
    )
    return render_template(
        "schedule/index.html",
        sessions=queries.sessions(db, actor=actor, wanted=wanted),
        wanted=wanted,
        region_options=[("", _("All regions"))]
        + [(region, region_name(region)) for region in queries.regions(db)],
        topic_options=[("", _("All topics"))]
        + [(topic.id, in_language(topic.titles)) for topic in queries.topics(db)],
    )


@blueprint.get("/schedule/month")
@allow(signed_in)
def month() -> ResponseReturnValue:
    db, actor = database.session(), current_actor()
    first = _month_asked_for() or _month_of_next_session() or clock.today().replace(day=1)
    listed = queries.sessions(db, actor=actor, wanted=queries.SessionFilter(month=first))
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    entries: dict[date, list[dict[str, Any]]] = {}
    for session in listed:
        for day in (day for week in weeks for day in week if session.day <= day <= session.last):
            entries.setdefault(day, []).append(
                {
                    "title": in_language(session.workshop.titles),
                    "url": url_for("schedule.show", session_id=session.id),
                    "state": "cancelled" if session.is_cancelled else "",
                }
            )
    return render_template(
        "schedule/month.html",
        first=first,
        weeks=weeks,
        entries=entries,
        listed=listed,
        previous=f"{first - timedelta(days=1):%Y-%m}",
        next=f"{first + timedelta(days=31):%Y-%m}",
    )


@blueprint.get("/schedule/sessions/<int:session_id>")
@allow(signed_in)
def show(session_id: int) -> ResponseReturnValue:
    db, actor = database.session(), current_actor()
    session = queries.session_for(db, session_id=session_id, actor=actor)
    return render_template(
        "schedule/show.html", session=session, seated=queries.seats_seen_by(actor, session)
    )


@blueprint.get("/schedule/versions")
@allow(signed_in)
def versions() -> ResponseReturnValue:
    return render_template("schedule/versions.html", versions=queries.versions(database.session()))


@blueprint.get("/schedule/versions/<int:version_id>")
@allow(signed_in)
def version(version_id: int) -> ResponseReturnValue:
    db = database.session()
    chosen = queries.version_for(db, version_id=version_id)
    of_round = [v for v in queries.versions(db) if v.round_id == chosen.round_id]
    older = _version_to_compare_with(of_round, chosen)
    sessions = planned_sessions(chosen.round_document, chosen.schedule_document)
    changes = queries.changes_between_versions(older, chosen)
    codes = {*sessions, *(change.session.workshop for change in changes)}
    hidden = queries.hidden_from(db, actor=current_actor(), codes=codes)
    return render_template(
        "schedule/version.html",
        version=chosen,
        of_round=of_round,
        older=older,
        older_options=[
            (v.number, _("Version %(number)s", number=v.number)) for v in of_round if v.number < chosen.number
        ],
        sessions=[session for code, session in sessions.items() if code not in hidden],
        changes=[change for change in changes if change.session.workshop not in hidden],
        titles=titles_of(db, codes - hidden),
        session_ids=queries.session_ids(db, actor=current_actor(), codes=codes - hidden),
        names_shown=current_actor().is_coordinator,
    )


@blueprint.get("/schedule/versions/<int:version_id>/board")
@allow(coordinator)
def board(version_id: int) -> ResponseReturnValue:
    """A version on the board, to be read: as it was planned, days of travel and who cannot when included."""
    chosen = queries.version_for(database.session(), version_id=version_id)
    return version_board(
        "schedule.board",
        chosen.round_document,
        chosen.schedule_document,
        version=chosen,
        version_id=version_id,
    )


@blueprint.app_context_processor
def for_templates() -> dict[str, Any]:
    """What pages of earlier stages say about the schedule."""
    return {
        "standing_of": lambda workshop: standing_of(database.session(), workshop=workshop),
        "reason_of_rule": reason_of_rule,
        "sessions_of_group": _coming_of_group,
        "published_drafts": lambda planning_round: queries.published_drafts(
            database.session(), round_id=planning_round.id
        ),
    }


def _coming_of_group(group: Group) -> list[WorkshopSession]:
    """The published sessions of a group from today on, in order of time."""
    wanted = queries.SessionFilter(group_id=group.id)
    found = queries.sessions(database.session(), actor=current_actor(), wanted=wanted)
    return [each for each in found if each.last >= clock.today() and not each.is_cancelled]


def _version_to_compare_with(of_round: list[Any], chosen: Any) -> Any:
    """The version asked for with `?than=`, else the one before."""
    than = request.args.get("than", type=row_id)
    earlier = [version for version in of_round if version.number < chosen.number]
    return next((version for version in earlier if version.number == than), earlier[0] if earlier else None)


def _month_asked_for() -> date | None:
    try:
        asked = date.fromisoformat(request.args.get("month", "") + "-01")
    except ValueError:
        return None
    return asked if 1900 <= asked.year <= 2199 else None  # what a round may lie in


def _month_of_next_session() -> date | None:
    """The month of the reader's next session, else of the next of all."""
    db, actor, today = database.session(), current_actor(), clock.today()
    coming = [session.day for session in queries.sessions_of_person(db, person_id=actor.person_id)]
    coming += [s.day for s in queries.sessions(db, actor=actor, wanted=queries.SessionFilter())]
    return next((day.replace(day=1) for day in coming if day >= today), None)
