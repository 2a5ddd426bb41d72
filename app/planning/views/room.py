"""The planning room: the board of a draft, and one session of it with all places where it can go."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, coordinator
from app.db import database
from app.i18n import format_time
from app.planning.models import Draft
from app.planning.room.conflicts import conflicts_of
from app.planning.room.moving import Option, Options
from app.planning.room.opened import Opened
from app.planning.room.pages import (
    board_context,
    board_of,
    conflict_words,
    here,
    open_draft,
    open_session,
    session_context,
    steps_context,
)
from app.planning.room.words import MOVES, fixed, slot, where
from app.planning.views.blueprint import blueprint

FACES = {"free": "available", "possible": "if_need_be", "impossible": "unavailable"}


@blueprint.get("/drafts/<int:draft_id>/room")
@allow(coordinator)
def room(draft_id: int) -> ResponseReturnValue:
    """The board; with `fragment=lanes` the next lanes alone."""
    draft, state, titles = open_draft(draft_id)
    board = board_of(
        state,
        found=conflicts_of(database.session(), draft, state, now=clock.now()),
        titles=titles,
        endpoint="planning.room_session",
        draft_id=draft_id,
    )
    if request.args.get("fragment") == "lanes":
        address = here("planning.room", draft_id=draft_id)
        return render_template("planning/room/_lanes.html", board=board, here=address)
    return render_template(
        "planning/room/board.html",
        tab="room",
        draft=draft,
        planning_round=draft.planning_round,
        currency=state.round.currency,
        total=len(state.round.workshops),
        left_out_count=len(state.schedule.unscheduled),
        board=board,
        says=says(),
        moves=[(name, str(label)) for name, label in MOVES.items()],
        seen=draft.revision,
        **steps_context(draft, state),
        **board_context("planning.room", board, draft_id=draft_id),
    )


def says() -> dict[str, str]:
    """What the board's script says to whoever listens."""
    return {
        "looking": _("Looking where it can go …"),
        "failed": _("The answer did not come. Please try again."),
        "begun": _("Arrows move it, Enter drops it, Escape leaves it where it is."),
        "stays": _("It stays where it is."),
    }


@blueprint.get("/drafts/<int:draft_id>/room/<code>")
@allow(coordinator)
def room_session(draft_id: int, code: str) -> ResponseReturnValue:
    """One workshop of a draft: its session, what is wrong with it, and where it can go."""
    draft, state, reading = open_session(draft_id, code)
    found = conflicts_of(database.session(), draft, state, now=clock.now())
    options = Options(state, code, reading)
    pin, session = state.pins.get(code), state.sessions.get(code)
    best = [(each, slot(state.round, code, each.venue, each.start)) for each in options.best]
    return render_template(
        "planning/room/session.html",
        **session_context(draft, state, reading, code),
        wrong=[conflict_words(each, code, reading) for each in found.of(code)],
        checked_at=found.at,
        seen=draft.revision,
        news=[],
        members=[
            {
                "code": each.person,
                "name": reading.person_names[each.person],
                "lead": each.role == "lead",
                "pinned": pin is not None and each.person in pin.team,
            }
            for each in (session.team if session else ())
        ],
        pinned=fixed(pin, state.round) if pin else [],
        counts=options.counts,
        best=best,
        **steps_context(draft, state),
        **_days(draft, state, options),
    )


def _days(draft: Draft, state: Opened, options: Options) -> dict[str, Any]:
    """The days of one venue and month, each with what can be there."""
    workshop, session = state.round.workshops[options.code], state.sessions.get(options.code)
    best = options.best
    usual = session.venue if session else best[0].venue if best else next(iter(workshop.venues), None)
    asked = request.args.get("venue")
    venue = asked if asked in workshop.venues else usual
    there = options.of(venue)
    months = sorted({each.day.replace(day=1) for each in there}) or [workshop.window.first.replace(day=1)]
    here = next((each for each in there if each.is_here), None)
    likely = here or next((each for each in there if each.state != "impossible"), None)
    first = next(
        (each for each in months if f"{each:%Y-%m}" == request.args.get("month")),
        likely.day.replace(day=1) if likely else months[0],
    )
    entries: dict[date, list[dict[str, Any]]] = {}
    for each in there:
        if each.day.replace(day=1) == first:
            entries.setdefault(each.day, []).append(_entry(draft, options.code, each))
    return {
        "venue": venue,
        "venue_options": [(each, where(state.round, each)) for each in workshop.venues],
        "month": f"{first:%Y-%m}",
        "month_options": [(f"{each:%Y-%m}", each) for each in months],
        "first": first,
        "weeks": calendar.Calendar().monthdatescalendar(first.year, first.month),
        "entries": entries,
        "previous": f"{first - timedelta(days=1):%Y-%m}" if first > months[0] else None,
        "next": f"{first + timedelta(days=31):%Y-%m}" if first < months[-1] else None,
    }


def _entry(draft: Draft, code: str, option: Option) -> dict[str, Any]:
    """One day of the calendar: a word, and the page that says more."""
    if option.is_here:
        return {"title": _("Here it is now"), "state": "pinned"}
    time = f"{format_time(option.start)} · " if isinstance(option.start, datetime) else ""
    words = option.value if option.state != "impossible" else ""
    return {
        "title": f"{time}{MOVES[option.state]}",
        "note": words,
        "state": FACES[option.state],
        "url": url_for(
            "planning.room_look", draft_id=draft.id, code=code, venue=option.venue, start=option.given
        ),
    }
