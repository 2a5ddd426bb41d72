"""Calendars: the page to subscribe from, the feeds themselves, one session as a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, anybody, coordinator, signed_in
from app.accounts.identity import cookieless, current_account, current_actor
from app.accounts.local_paths import local_path
from app.calendars import composing, links, queries, services, serving
from app.calendars.addresses import feed_address, is_address_of
from app.calendars.answers import views as answers
from app.calendars.letters import views as letters
from app.calendars.models import FEED_KINDS
from app.calendars.queries import Shown
from app.db import database, unit_of_work
from app.errors import NotFound
from app.i18n import choose_zone, in_language, language, region_name
from app.jobs.queue import wake
from app.schedule import queries as schedule
from app.schedule.models import WorkshopSession

blueprint = Blueprint("calendars", __name__)
blueprint.register_blueprint(letters.blueprint)
blueprint.register_blueprint(answers.blueprint)


@blueprint.get("/calendar/<int:feed_id>-<string:signature>.ics")
@allow(anybody)
@cookieless
def feed(feed_id: int, signature: str) -> Response:
    """A feed, for calendar programs: one small query when they have it already."""
    db, now = database.session(), clock.now()
    head = queries.feed_head(db, feed_id)
    if head is None or not is_address_of(head, signature):
        raise NotFound
    body = None
    if not serving.is_fresh(head, now):
        with unit_of_work() as work:
            stale = queries.feed_to_write(work, feed_id)
            if not serving.is_fresh(stale, now):  # else somebody who asked at the same time has written it
                services.write_feed(
                    work,
                    feed=stale,
                    address=feed_address(stale, public_url=_public_url()),
                    public_url=_public_url(),
                    now=now,
                )
            head = queries.feed_head(work, feed_id) or head
    if not serving.not_modified(head, request):
        body = queries.stored_bytes(db, feed_id, gzipped=serving.takes_gzip(request))
    return serving.answer(head, request, body)


@blueprint.get("/calendars")
@allow(signed_in)
def index() -> ResponseReturnValue:
    """The reader's own feeds, and what else one can subscribe to."""
    account, actor = current_account(), current_actor()
    db = database.session()
    feeds = queries.feeds_of(db, actor=actor)
    titles = queries.subject_titles(db, feeds)
    named = [
        (
            one,
            composing.feed_name(
                one.kind, titles.get((one.kind, one.key), ""), person=account.name, language=language()
            ),
        )
        for one in feeds
    ]
    return render_template(
        "calendars/index.html",
        feeds=[
            {
                "feed": one,
                "name": name,
                "address": (address := feed_address(one, public_url=_public_url())),
                "links": subscribe_choices(address, name),
            }
            for one, name in named
        ],
        lacks_own=account.person_id is not None and not any(one.kind == "person" for one in feeds),
        choices=_choices(),
    )


@blueprint.post("/calendars")
@allow(signed_in)
def open_feed() -> ResponseReturnValue:
    kind, _colon, key = request.form.get("subject", "").partition(":")
    if kind not in FEED_KINDS:
        raise NotFound
    with unit_of_work() as db:
        if kind == "person":
            services.feed_of_person(db, account=current_account(), now=clock.now())
        else:
            services.open_feed(db, actor=current_actor(), kind=kind, key=key, now=clock.now())
    flash(_("The calendar has an address now. Subscribe to it."), "success")
    then = request.form.get("then", "")
    return redirect(local_path(then, url_for("calendars.index")), 303)


@blueprint.post("/calendars/<int:feed_id>/renew")
@allow(signed_in)
def renew(feed_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        found = queries.feed_for(db, actor=current_actor(), feed_id=feed_id)
        services.renew_feed(db, actor=current_actor(), feed=found, now=clock.now())
    flash(
        _("The address is a new one. Subscribe again on each of your devices; the old address is gone."),
        "success",
    )
    return redirect(url_for("calendars.index"), 303)


@blueprint.post("/calendars/<int:feed_id>/close")
@allow(signed_in)
def close(feed_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        found = queries.feed_for(db, actor=current_actor(), feed_id=feed_id)
        services.close_feed(db, actor=current_actor(), feed=found, now=clock.now())
    flash(_("The calendar is closed. Whoever subscribed to it sees nothing new any more."), "success")
    return redirect(url_for("calendars.index"), 303)


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


@blueprint.app_context_processor
def for_templates() -> dict[str, Any]:
    return {
        "session_links": session_choices,
        "feed_of": _feed_of,
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
    title = queries.subject_titles(db, [found]).get((kind, str(key)), "")
    name = composing.feed_name(kind, title, person=current_account().name, language=language())
    address = feed_address(found, public_url=_public_url())
    return {"address": address, "links": subscribe_choices(address, name)}


def subscribe_choices(address: str, name: str) -> list[dict[str, str]]:
    """The ways to subscribe to a feed, with how often each client looks for changes."""
    to = links.subscribe_links(address, name)
    return [
        {
            "label": _("Apple, Thunderbird, Outlook for desktop"),
            "url": to.webcal,
            "hint": _("opens your calendar program"),
        },
        {"label": _("Google Calendar"), "url": to.google, "hint": _("looks for changes every 4 to 24 hours")},
        {"label": _("Outlook.com"), "url": to.outlook, "hint": _("looks for changes about every 3 hours")},
        {
            "label": _("Microsoft 365"),
            "url": to.microsoft365,
            "hint": _("looks for changes about every 3 hours"),
        },
        {"label": _("Download once"), "url": to.download, "hint": _("a file that will not change any more")},
    ]


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
    shown = Shown(session, session.is_cancelled, session.sequence, session.changed_at)
    return composing.entry_of(shown, language=language(), zone=choose_zone(), public_url=_public_url())


def _choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """What one can subscribe to besides one's own sessions: heading, then (subject, title) pairs."""
    db = database.session()
    headings = {"organisation": _("Organisations"), "topic": _("Topics"), "group": _("Groups")}
    regions = [(f"region:{name}", region_name(name)) for name in schedule.regions(db)]
    others = [
        (headings[kind], [(f"{kind}:{key}", in_language(title)) for key, title in found])
        for kind, found in queries.subjects(db)
    ]
    return [(heading, found) for heading, found in ((_("Regions"), regions), *others) if found]


def _public_url() -> str:
    url: str = current_app.extensions["baraza.settings"].public_url
    return url
