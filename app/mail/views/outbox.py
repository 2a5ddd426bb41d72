"""The outbox in the browser.

Coordinators see what became of each letter, and what an invitation says, without the links in it that are
its reader's alone; of no other letter its words. Where no mail server is configured outside of
production, letters go nowhere: there everybody may read them, which is how one signs in on a fresh
installation."""

from __future__ import annotations

import re

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import clock
from app.access import NOBODY, Actor, allow, coordinator, require
from app.db import database, unit_of_work
from app.errors import NotFound
from app.mail import queries, services
from app.mail.models import STATES, OutboxLetter
from app.web import CONTENT_SECURITY_POLICY
from config import Settings

blueprint = Blueprint("mail", __name__)

STATE_WORDS = {
    "queued": (_l("Waiting"), "info"),
    "sending": (_l("Being sent"), "info"),
    "sent": (_l("Sent"), "success"),
    "kept": (_l("Kept: no mail server"), "neutral"),
    "failed": (_l("Failed"), "danger"),
    "replaced": (_l("Overtaken by a later one"), "neutral"),
    "unwanted": (_l("Not sent: its reader does not want such letters"), "neutral"),
}
"""State -> what people call it, and its tone."""

KIND_WORDS = {
    "sign_in": _l("Sign-in code"),
    "password": _l("Password changed"),
    "account_opened": _l("Account opened"),
    "invitation": _l("Invitation"),
    "nomination": _l("Nomination"),
    "nomination_news": _l("News of a nomination"),
    "names_wanted": _l("Asked for names"),
    "names_wanted_reminder": _l("Reminder"),
    "put_yourself_forward": _l("Asked to put oneself forward"),
    "proposition": _l("Proposition"),
    "needs_invitation": _l("Asked for needs"),
    "needs_reminder": _l("Reminder"),
    "needs_last_days": _l("Reminder"),
    "needs_link": _l("Link to an answer"),
    "needs_confirmation": _l("Asked to confirm an answer"),
    "availability_ask": _l("Asked for availability"),
    "availability_reminder": _l("Reminder"),
    "availability_thanks": _l("Link to an answer"),
    "confirmation": _l("Asked to confirm"),
    "confirmation_reminder": _l("Reminder"),
    "own_calendar": _l("Calendar not readable"),
    "seat": _l("Offer of a seat"),
    "test": _l("Test letter"),
    "webhook": _l("Webhook stopped"),
}

_SECRET = re.compile(r"(?<=/)[A-Za-z0-9_.-]{40,}")
"""The part of an address that lets somebody in (`app.personal_links`)."""

LETTER_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
        "sandbox allow-popups allow-popups-to-escape-sandbox",
    )
)
"""For a letter's HTML: its style stands inline, and it may do nothing but open a link in a window of its
own."""


def letters_are_open() -> bool:
    """Whether anybody may read the letters: they go nowhere else, and this is no production."""
    settings: Settings = current_app.extensions["baraza.settings"]
    return settings.environment != "production" and not settings.mail_server


def outbox_reader(actor: Actor) -> bool:
    """May see which letters there are."""
    return letters_are_open() or coordinator(actor)


def letter_reader(actor: Actor) -> bool:
    """May read what letters say to the letter."""
    return letters_are_open()


def may_read(letter: OutboxLetter) -> bool:
    """Whether a coordinator may read this one: it tells what everybody is told."""
    return letters_are_open() or letter.kind == "invitation"


def _as_shown(text: str) -> str:
    """The words of a letter for somebody else than its reader: what lets one in is left out."""
    return text if letters_are_open() else _SECRET.sub("…", text)


@blueprint.app_template_filter("letter_kind")
def letter_kind(kind: str) -> str:
    return str(KIND_WORDS.get(kind, kind))


@blueprint.get("/outbox")
@allow(outbox_reader)
def index() -> ResponseReturnValue:
    state = request.args.get("state", "")
    counts = queries.counts_by_state(database.session())
    state = state if state in STATES else ""
    total = counts.get(state, 0) if state else sum(counts.values())
    pages = max(1, -(-total // queries.PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    return render_template(
        "mail/outbox/index.html",
        letters=queries.letters(database.session(), state=state, page=page),
        counts=counts,
        state=state,
        state_words=STATE_WORDS,
        page=page,
        pages=pages,
        total=total,
        is_open=letters_are_open(),
    )


@blueprint.get("/outbox/<int:letter_id>")
@allow(outbox_reader)
def show(letter_id: int) -> ResponseReturnValue:
    letter = queries.letter(database.session(), letter_id)
    page = render_template(
        "mail/outbox/show.html",
        letter=letter,
        words={"text": _as_shown(letter.text)},
        state_words=STATE_WORDS,
        is_open=letters_are_open(),
        may_read=may_read(letter),
    )
    return page, {"Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"}


@blueprint.get("/outbox/<int:letter_id>/html")
@allow(outbox_reader)
def html(letter_id: int) -> ResponseReturnValue:
    """A letter's HTML as it was sent, for the frame on its page. Raises Forbidden."""
    letter = _letter(letter_id)
    require(may_read(letter))
    headers = {"Content-Security-Policy": LETTER_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return Response(_as_shown(letter.html), mimetype="text/html", headers=headers)


@blueprint.get("/outbox/<int:letter_id>/invite.ics")
@allow(letter_reader)
def calendar(letter_id: int) -> ResponseReturnValue:
    letter = _letter(letter_id)
    if letter.calendar is None:
        raise NotFound
    headers = {"Content-Disposition": 'attachment; filename="invite.ics"'}
    return Response(letter.calendar, content_type="text/calendar; charset=utf-8", headers=headers)


@blueprint.post("/outbox/<int:letter_id>/retry")
@allow(coordinator)
def retry(letter_id: int) -> ResponseReturnValue:
    actor: Actor = g.get("actor", NOBODY)  # as app.accounts.identity puts it there; mail knows no stage
    with unit_of_work() as db:
        services.retry_letter(db, actor=actor, letter=queries.letter(db, letter_id), now=clock.now())
    flash(_("The letter will be sent again."), "success")
    return redirect(url_for("mail.show", letter_id=letter_id), 303)


def _letter(letter_id: int) -> OutboxLetter:
    return queries.letter(database.session(), letter_id)
