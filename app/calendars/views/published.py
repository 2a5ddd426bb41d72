"""Calendars over HTTP: the feeds themselves, one session as a file, letters that could not be written."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, anybody, coordinator, signed_in
from app.accounts.identity import cookieless, current_account, current_actor
from app.calendars import composing, links, queries, services, serving, subjects, writing
from app.calendars.addresses import feed_address, is_address_of
from app.calendars.queries import FeedHead, Shown
from app.calendars.reading_times import ReadingTimes
from app.calendars.subjects import Subject
from app.calendars.views.blueprint import blueprint
from app.calendars.views.own import subscribe_choices
from app.db import database, unit_of_work
from app.errors import NotFound
from app.i18n import LANGUAGES, choose_zone, language
from app.jobs.queue import wake
from app.schedule import queries as schedule
from app.schedule.models import WorkshopSession


@blueprint.get("/calendar/<int:feed_id>-<string:signature>.ics")
@allow(anybody)
@cookieless
def feed(feed_id: int, signature: str) -> Response:
    """A feed, for calendar programs: one small query when they have it already."""
    head = queries.feed_head(database.session(), feed_id)
    if head is None or head.is_public or not is_address_of(head, signature):
        raise NotFound
    return _answer(head)


@blueprint.get("/calendar/public-<string:code>.ics")
@allow(anybody)
@cookieless
def public_feed(code: str) -> Response:
    """What is public, in one language, for everybody."""
    if code not in LANGUAGES:
        raise NotFound
    head = queries.public_head(database.session(), code)
    if head is None:
        with unit_of_work() as db:
            services.open_public_feed(db, language=code, now=clock.now())
            head = queries.public_head(db, code)
    if head is None:
        raise NotFound
    return _answer(head)


def _answer(head: FeedHead) -> Response:
    now, body = clock.now(), None
    if not serving.is_fresh(head, now):
        with unit_of_work() as db:
            writing.write_if_stale(db, feed_id=head.id, now=now)
            head = queries.feed_head(db, head.id) or head
    gzipped = serving.takes_gzip(request.headers.get("Accept-Encoding", ""))
    if not serving.not_modified(head, request.environ):
        body = queries.stored_bytes(database.session(), head.id, gzipped=gzipped)
    response = Response(body or b"", status=304 if body is None else 200)
    response.headers.clear()
    response.headers.extend(serving.headers_of(head, gzipped=gzipped, body=body))
    times: ReadingTimes = current_app.extensions["baraza.reading_times"]
    times.note(head.id, head.read_at, now)
    if times.is_due():
        response.call_on_close(times.write)
    return response


@blueprint.post("/schedule/versions/<int:version_id>/invitations")
@allow(coordinator)
def write_invitations(version_id: int) -> ResponseReturnValue:
    """Write the letters of a version that could not be written."""
    with unit_of_work() as db:
        version = schedule.version_for(db, version_id=version_id)
        services.write_invitations_again(
            db, actor=current_actor(), version=version, now=clock.now(), wake=wake
        )
    flash(_("The letters are being written once more."), "success")
    return redirect(url_for("schedule.version", version_id=version_id), 303)


@blueprint.get("/schedule/sessions/<int:session_id>.ics")
@allow(signed_in)
def session_file(session_id: int) -> Response:
    """One session as a file to save."""
    session = schedule.session_for(database.session(), session_id=session_id)
    body = composing.feed_of_entries(
        [_entry(session)],
        name=current_app.extensions["baraza.settings"].network_name,
        description="",
        address="",
        page="",
    )
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="baraza-{session_id}.ics"'
    return response


@blueprint.post("/schedule/sessions/<int:session_id>/join")
@allow(signed_in)
def tell_how_to_join(session_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        services.tell_how_to_join(
            db,
            actor=current_actor(),
            session=schedule.session_for(db, session_id=session_id, actor=current_actor()),
            address=request.form.get("join_url", "").strip(),
            now=clock.now(),
        )
    flash(
        _("Saved. Those in the session are written to, and calendars show it when they look the next time."),
        "success",
    )
    return redirect(url_for("schedule.show", session_id=session_id), 303)


@blueprint.app_context_processor
def for_templates() -> dict[str, Any]:
    return {
        "session_links": session_choices,
        "feed_of": _feed_of,
        "may_follow": _follows,
        "is_mine": _is_mine,
        "may_tell_how_to_join": services.may_tell_how_to_join,
        "unwritten_letters": lambda planning_round: queries.unwritten_letters(
            database.session(), round_id=planning_round.id
        ),
    }


def _feed_of(kind: str, key: int) -> dict[str, Any] | None:
    """The reader's own feed about something, with the ways to subscribe to it; `None` when there is none."""
    db = database.session()
    found = queries.feed_about(db, actor=current_actor(), kind=kind, key=str(key))
    if found is None:
        return None
    title = subjects.titles_of(db, [found]).get(Subject(kind, str(key)), "")
    name = composing.feed_name(kind, title, person=current_account().name, language=language())
    address = feed_address(found, public_url=_public_url())
    return {"address": address, "links": subscribe_choices(address, name)}


def _is_mine(session: WorkshopSession) -> bool:
    return session.id in subjects.sessions_with(database.session(), current_actor().person_id)


def _follows(kind: str, key: int) -> bool:
    """Whether the reader may have a feed about something."""
    subject = Subject(kind, str(key))
    return subjects.may_follow(database.session(), actor=current_actor(), subject=subject)


def session_choices(session: WorkshopSession) -> list[dict[str, str]]:
    """The ways to add one session to a calendar, once."""
    file = url_for("calendars.session_file", session_id=session.id)
    to = links.add_links(_entry(session), _public_url() + file)
    return [
        {"label": _("Google Calendar"), "url": to.google, "hint": ""},
        {"label": _("Outlook.com"), "url": to.outlook, "hint": ""},
        {"label": _("Microsoft 365"), "url": to.microsoft365, "hint": ""},
        {"label": _("Apple and others: a file"), "url": file, "hint": ""},
    ]


def _entry(session: WorkshopSession) -> Any:
    """A session as its present reader may have it."""
    actor = current_actor()
    mine = subjects.sessions_with(database.session(), actor.person_id)
    shown = Shown(
        session,
        session.is_cancelled,
        session.sequence,
        session.changed_at,
        detail=queries.detail_for("full", session, actor, mine),
        is_mine=session.id in mine,
    )
    return composing.entry_of(shown, language=language(), zone=choose_zone(), public_url=_public_url())


def _public_url() -> str:
    url: str = current_app.extensions["baraza.settings"].public_url
    return url
