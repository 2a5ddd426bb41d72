"""The planning room: the board of a draft, and one session of it."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app import clock
from app.access import allow, coordinator
from app.accounts.identity import current_actor
from app.db import database
from app.errors import NotFound
from app.planning import queries
from app.planning.draft_reading import DraftReading
from app.planning.models import Draft
from app.planning.room.conflicts import conflicts_of
from app.planning.room.opened import Opened, opened
from app.planning.room.pages import board_context, board_of, conflict_words, here, titles_in
from app.planning.views.blueprint import blueprint


@blueprint.get("/drafts/<int:draft_id>/room")
@allow(coordinator)
def room(draft_id: int) -> ResponseReturnValue:
    """The board; with `fragment=lanes` the next lanes alone, as a fragment."""
    draft, state, titles = _open(draft_id)
    board = board_of(
        state,
        found=conflicts_of(database.session(), draft, state, now=clock.now()),
        titles=titles,
        endpoint="planning.room_session",
        draft_id=draft_id,
    )
    if request.args.get("fragment") == "lanes":
        return render_template(
            "planning/room/_lanes.html", board=board, here=here("planning.room", draft_id=draft_id)
        )
    return render_template(
        "planning/room/board.html",
        tab="room",
        draft=draft,
        planning_round=draft.planning_round,
        currency=state.round.currency,
        total=len(state.round.workshops),
        left_out_count=len(state.schedule.unscheduled),
        board=board,
        **board_context("planning.room", board, draft_id=draft_id),
    )


@blueprint.get("/drafts/<int:draft_id>/room/<code>")
@allow(coordinator)
def room_session(draft_id: int, code: str) -> ResponseReturnValue:
    """One workshop of a draft: its session, and what is wrong with it."""
    draft, state, titles = _open(draft_id)
    if code not in state.round.workshops:
        raise NotFound
    found = conflicts_of(database.session(), draft, state, now=clock.now())
    reading = DraftReading(None, titles, (state.round, state.schedule))
    return render_template(
        "planning/room/session.html",
        draft=draft,
        planning_round=draft.planning_round,
        currency=state.round.currency,
        code=code,
        title=reading.workshop_titles[code],
        session=next((each for each in reading.sessions if each.code == code), None),
        requested_by=state.round.organisations[state.round.workshops[code].requested_by].name,
        window=state.round.workshops[code].window,
        pin=state.pins.get(code),
        wrong=[conflict_words(each, code, reading) for each in found.of(code)],
        checked_at=found.at,
    )


def _open(draft_id: int) -> tuple[Draft, Opened, dict[str, str]]:
    draft = queries.light_draft_for(database.session(), actor=current_actor(), draft_id=draft_id)
    state = opened(draft)
    return draft, state, titles_in(state)
