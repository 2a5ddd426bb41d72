"""Letters of a version before they go: what waits and until when, holding it, letting it go, reading it."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, coordinator
from app.accounts.identity import current_actor
from app.calendars.due import wanted_after
from app.calendars.invitations import Composed, Post, write_again
from app.calendars.letters import queries, services
from app.calendars.queries import letting_of
from app.db import database, unit_of_work
from app.errors import NotFound
from app.jobs.queue import wake
from app.mail.views import LETTER_POLICY
from app.schedule import queries as schedule
from app.web import CONTENT_SECURITY_POLICY
from config import Settings

blueprint = Blueprint("letters", __name__)

PAGE = 50


@blueprint.get("/schedule/versions/<int:version_id>/letters")
@allow(coordinator)
def index(version_id: int) -> ResponseReturnValue:
    """What waits to be written, session by session."""
    db, now = database.session(), clock.now()
    version = schedule.version_for(db, version_id=version_id)
    found = queries.what_waits(db, version=version, wait=_wait(), now=now)
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    return render_template(
        "calendars/letters/index.html",
        version=version,
        sessions=queries.sessions_of(db, found[(page - 1) * PAGE : page * PAGE]),
        letters=sum(len(each.messages) for each in found),
        letting=letting_of(db, version_id=version_id),
        not_reached=queries.not_reached(db, version=version, now=now),
        wait_minutes=_wait() // timedelta(minutes=1),
        page=page,
        pages=pages,
        total=len(found),
    )


@blueprint.post("/schedule/versions/<int:version_id>/letters/hold")
@allow(coordinator)
def hold(version_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        version = schedule.version_for(db, version_id=version_id)
        services.hold_letters(db, actor=current_actor(), version=version, now=clock.now())
    flash(_("The letters are held: none is written until somebody lets them go."), "success")
    return redirect(url_for("calendars.letters.index", version_id=version_id), 303)


@blueprint.post("/schedule/versions/<int:version_id>/letters/go")
@allow(coordinator)
def let_go(version_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        version = schedule.version_for(db, version_id=version_id)
        services.let_letters_go(db, actor=current_actor(), version=version, now=clock.now(), wake=wake)
    flash(_("The letters are on their way."), "success")
    return redirect(url_for("calendars.letters.index", version_id=version_id), 303)


@blueprint.get("/schedule/sessions/<int:session_id>/letters")
@allow(coordinator)
def of_session(session_id: int) -> ResponseReturnValue:
    """Person by person: what waits, what they were told, what they answered."""
    db = database.session()
    session = queries.session_for(db, session_id=session_id)
    return render_template(
        "calendars/letters/session.html",
        session=session,
        people=queries.people_of(db, session=session, now=clock.now()),
    )


@blueprint.get("/schedule/sessions/<int:session_id>/letters/<int:person_id>")
@allow(coordinator)
def preview(session_id: int, person_id: int) -> ResponseReturnValue:
    """A letter as its reader will have it."""
    session = queries.session_for(database.session(), session_id=session_id)
    page = render_template(
        "calendars/letters/preview.html", session=session, letter=_composed(session_id, person_id)
    )
    return page, {"Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"}


@blueprint.get("/schedule/sessions/<int:session_id>/letters/<int:person_id>/html")
@allow(coordinator)
def preview_html(session_id: int, person_id: int) -> ResponseReturnValue:
    headers = {"Content-Security-Policy": LETTER_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return Response(_composed(session_id, person_id).words.html, mimetype="text/html", headers=headers)


@blueprint.post("/schedule/sessions/<int:session_id>/letters/<int:person_id>/again")
@allow(coordinator)
def again(session_id: int, person_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        write_again(db, actor=current_actor(), session_id=session_id, person_id=person_id, now=clock.now())
    flash(_("The letter is sent once more."), "success")
    return redirect(url_for("calendars.letters.of_session", session_id=session_id), 303)


def _composed(session_id: int, person_id: int) -> Composed:
    """What somebody is to hear of a session as it is now, without the link that is theirs alone."""
    db = database.session()
    session = queries.session_for(db, session_id=session_id)
    wanted = [
        each
        for each in wanted_after(db, version_id=session.version_id, now=clock.now(), session_ids=[session_id])
        if each.person_id == person_id
    ]
    if not wanted:
        raise NotFound
    return Post(db, wanted).compose(wanted[0], for_reader=False)


def _wait() -> timedelta:
    settings: Settings = current_app.extensions["baraza.settings"]
    return timedelta(minutes=settings.letters_wait_minutes)
