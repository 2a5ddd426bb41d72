"""Changing a draft by hand: look where a session can go, move it, swap, seat, unpin, undo, do again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.access import allow, coordinator
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict, NotFound
from app.jobs.queue import wake
from app.planning import queries
from app.planning import services as planning
from app.planning.models import Draft
from app.planning.room import editing, people, services
from app.planning.room.editing import Edit, Figures, Refused
from app.planning.room.models import DraftEdit
from app.planning.room.moving import exchanged, moves_as_data
from app.planning.room.opened import Opened, opened, read_start
from app.planning.room.pages import KEPT, open_session, recent, session_context, stale_page, steps_context
from app.planning.room.queries import edits_since, history_of
from app.planning.room.words import (
    difference,
    effects,
    obstacle,
    refusal,
    slot,
    terms_in_words,
    what_was_done,
)
from app.planning.views.blueprint import blueprint
from app.planning.words import refusal as planning_refusal

LEARNERS = 60
"""So many people are offered a seat on one page."""

Change = Callable[[Session, Draft], DraftEdit | Refused]


# -- Moving


@blueprint.get("/drafts/<int:draft_id>/room/<code>/move")
@allow(coordinator)
def room_look(draft_id: int, code: str) -> ResponseReturnValue:
    """What moving a session to one place and time would do, or why it cannot be there."""
    draft, state, reading = open_session(draft_id, code)
    if not request.args.get("start"):
        return redirect(url_for("planning.room_session", draft_id=draft_id, code=code))
    venue, start = _slot_asked_for(state, code, request.args)
    edit = editing.move_to(state, code, venue, start)
    if edit is None:
        raise NotFound
    context = session_context(draft, state, reading, code)
    if isinstance(edit, Refused):
        return render_template(
            "planning/room/look.html",
            **context,
            slot=slot(state.round, code, venue, start),
            reasons=_reasons(edit, reading),
            effects=[],
        )
    return render_template(
        "planning/room/look.html",
        **context,
        slot=slot(state.round, code, venue, start),
        reasons=[],
        effects=_effects_of(state, edit),
        exchanged=exchanged(state.sessions.get(code), edit.session, reading) if edit.session else "",
        fields={"venue": venue or "", "start": request.args.get("start", "")},
    )


@blueprint.get("/drafts/<int:draft_id>/room/<code>/moves.json")
@allow(coordinator)
def room_moves(draft_id: int, code: str) -> ResponseReturnValue:
    """Where a session can go, for the board's script."""
    draft, state, reading = open_session(draft_id, code)
    return jsonify(revision=draft.revision, moves=moves_as_data(state, code, reading))


@blueprint.post("/drafts/<int:draft_id>/room/<code>/move")
@allow(coordinator)
def room_move(draft_id: int, code: str) -> ResponseReturnValue:
    _draft, state, _reading = open_session(draft_id, code)
    venue, start = _slot_asked_for(state, code, request.form)

    def change(db: Session, draft: Draft) -> DraftEdit | Refused:
        return services.move_session(db, venue=venue, start=start, **_said(draft, code))

    return _change(draft_id, code, change)


@blueprint.post("/drafts/<int:draft_id>/room/<code>/leave-out")
@allow(coordinator)
def room_leave_out(draft_id: int, code: str) -> ResponseReturnValue:
    return _change(draft_id, code, lambda db, draft: services.leave_out(db, **_said(draft, code)))


@blueprint.post("/drafts/<int:draft_id>/room/<code>/pin")
@allow(coordinator)
def room_pin(draft_id: int, code: str) -> ResponseReturnValue:
    return _change(draft_id, code, lambda db, draft: services.fix_session(db, **_said(draft, code)))


@blueprint.post("/drafts/<int:draft_id>/room/<code>/unpin")
@allow(coordinator)
def room_unpin(draft_id: int, code: str) -> ResponseReturnValue:
    return _change(draft_id, code, lambda db, draft: services.let_go(db, **_said(draft, code)))


# -- People


@blueprint.get("/drafts/<int:draft_id>/room/<code>/team")
@allow(coordinator)
def room_team(draft_id: int, code: str) -> ResponseReturnValue:
    """Who could take a place in the team, the best first; the lead's, where the address names nobody."""
    draft, state, reading = open_session(draft_id, code)
    session = state.sessions.get(code)
    person = request.args.get("person") or next(iter(session.facilitators if session else ()), "")
    if session is None or person not in session.facilitators:
        raise NotFound
    found = people.stand_ins(state, code, person)
    return render_template(
        "planning/room/team.html",
        **session_context(draft, state, reading, code),
        person=state.round.people[person],
        found=found,
        round=state.round,
        difference=difference,
        terms_in_words=terms_in_words,
    )


@blueprint.post("/drafts/<int:draft_id>/room/<code>/team")
@allow(coordinator)
def room_swap(draft_id: int, code: str) -> ResponseReturnValue:
    person, by = request.form.get("person", ""), request.form.get("by", "")

    def change(db: Session, draft: Draft) -> DraftEdit | Refused:
        return services.hand_on_place(db, person=person, by=by, **_said(draft, code))

    return _change(draft_id, code, change)


@blueprint.get("/drafts/<int:draft_id>/room/<code>/seats")
@allow(coordinator)
def room_seats(draft_id: int, code: str) -> ResponseReturnValue:
    """Who has a seat, and who could have one."""
    draft, state, reading = open_session(draft_id, code)
    session = state.sessions.get(code)
    if session is None:
        raise NotFound
    found = people.learners(state, code)
    return render_template(
        "planning/room/seats.html",
        **session_context(draft, state, reading, code),
        seated=sorted((state.round.people[each] for each in session.seats), key=lambda each: each.name),
        organisations=state.round.organisations,
        most=state.round.workshops[code].seats.max,
        found=[(each, _reasons(each.refused, reading) if each.refused else []) for each in found[:LEARNERS]],
        more=max(0, len(found) - LEARNERS),
    )


@blueprint.post("/drafts/<int:draft_id>/room/<code>/seats")
@allow(coordinator)
def room_seat(draft_id: int, code: str) -> ResponseReturnValue:
    """Give a seat (`give`) or take one away (`take`)."""
    give, take = request.form.get("give"), request.form.get("take", "")

    def change(db: Session, draft: Draft) -> DraftEdit | Refused:
        if give:
            return services.give_seat(db, person=give, **_said(draft, code))
        return services.take_seat(db, person=take, **_said(draft, code))

    return _change(draft_id, code, change)


# -- The history


@blueprint.post("/drafts/<int:draft_id>/undo")
@allow(coordinator)
def room_undo(draft_id: int) -> ResponseReturnValue:
    return _turn(draft_id, services.undo, _("Taken back."))


@blueprint.post("/drafts/<int:draft_id>/redo")
@allow(coordinator)
def room_redo(draft_id: int) -> ResponseReturnValue:
    return _turn(draft_id, services.redo, _("Made again."))


@blueprint.get("/drafts/<int:draft_id>/changes")
@allow(coordinator)
def room_history(draft_id: int) -> ResponseReturnValue:
    """Everything that was changed by hand: who, when, and what it did."""
    draft = queries.light_draft_for(database.session(), actor=current_actor(), draft_id=draft_id)
    state = opened(draft)
    return render_template(
        "planning/room/history.html",
        draft=draft,
        planning_round=draft.planning_round,
        edits=recent(state, history_of(database.session(), draft)),
        **steps_context(draft, state),
    )


@blueprint.get("/drafts/<int:draft_id>/news")
@allow(coordinator)
def room_news(draft_id: int) -> ResponseReturnValue:
    """What others changed since the reader's page was made, as a fragment that asks for itself again."""
    draft = queries.light_draft_for(database.session(), actor=current_actor(), draft_id=draft_id)
    seen = request.args.get("revision", draft.revision, type=_known)
    found = edits_since(database.session(), draft, seen) if seen < draft.revision else []
    return render_template(
        "planning/room/_news.html",
        draft=draft,
        seen=seen,
        news=recent(opened(draft), found) if found else [],
    )


@blueprint.post("/drafts/<int:draft_id>/mend")
@allow(coordinator)
def room_mend(draft_id: int) -> ResponseReturnValue:
    """Have the planner plan the rest around what was fixed by hand; it makes a draft of its own."""
    settings = current_app.extensions["baraza.settings"]
    draft = queries.draft_for(database.session(), actor=current_actor(), draft_id=draft_id)
    try:
        with unit_of_work() as db:
            planning.start_planning(
                db,
                actor=current_actor(),
                planning_round=queries.round_for(db, actor=current_actor(), round_id=draft.round_id),
                seconds=min(settings.planner_seconds, planning.LONGEST_SECONDS),
                workers=settings.planner_workers,
                helpers=settings.planner_helpers,
                around=draft,
                now=clock.now(),
                wake=wake,
            )
    except Conflict as conflict:
        flash(planning_refusal(conflict.reason), "warning")
    else:
        flash(
            _("The planner mends the rest around what was fixed by hand. It makes another draft."),
            "success",
        )
    return redirect(url_for("planning.show", round_id=draft.round_id), 303)


# -- What they share


def _change(draft_id: int, code: str, change: Change) -> ResponseReturnValue:
    """Make one change; a page says why it was not made, or what somebody else changed meanwhile."""
    _draft, state, reading = open_session(draft_id, code)  # read before the unit of work, not in it
    try:
        with unit_of_work() as db:
            made = change(db, queries.light_draft_for(db, actor=current_actor(), draft_id=draft_id))
    except Conflict as conflict:
        if conflict.reason == "draft_changed":
            return stale_page(draft_id, _revision())
        flash(refusal(conflict.reason), "warning")
        return redirect(url_for("planning.room_session", draft_id=draft_id, code=code), 303)
    if isinstance(made, Refused):
        draft, state, reading = open_session(draft_id, code)
        page = render_template(
            "planning/room/look.html",
            **session_context(draft, state, reading, code),
            slot=None,
            reasons=_reasons(made, reading),
            effects=[],
        )
        return page, 422
    flash(what_was_done(made.kind, made.people, made.after, round=state.round), "success")
    if request.form.get("then") == "board":
        back: dict[str, Any] = {name: request.form[name] for name in KEPT if request.form.get(name)}
        return redirect(url_for("planning.room", draft_id=draft_id, **back), 303)
    return redirect(url_for("planning.room_session", draft_id=draft_id, code=code), 303)


def _turn(draft_id: int, turn: Callable[..., DraftEdit], words: str) -> ResponseReturnValue:
    """Undo or do again."""
    opened(queries.light_draft_for(database.session(), actor=current_actor(), draft_id=draft_id))
    try:
        with unit_of_work() as db:
            draft = queries.light_draft_for(db, actor=current_actor(), draft_id=draft_id)
            turn(db, actor=current_actor(), draft=draft, revision=_revision(), now=clock.now())
    except Conflict as conflict:
        if conflict.reason == "draft_changed":
            return stale_page(draft_id, _revision())
        flash(refusal(conflict.reason), "warning")
    else:
        flash(words, "success")
    return redirect(url_for("planning.room", draft_id=draft_id), 303)


def _said(draft: Draft, code: str) -> dict[str, Any]:
    """What every change says: who makes it, when, to which workshop of the draft as they saw it."""
    return {
        "actor": current_actor(),
        "draft": draft,
        "revision": _revision(),
        "workshop": code,
        "now": clock.now(),
    }


def _revision() -> int:
    """The revision that the reader saw; one that no draft has where the form does not say."""
    return request.form.get("revision", -1, type=_known)


def _known(text: str) -> int:
    """A revision as pages write it. Raises ValueError for what no draft can have."""
    number = int(text)
    if not 0 <= number < 2**31:
        raise ValueError("no draft has this revision")
    return number


def _slot_asked_for(state: Opened, code: str, given: Any) -> tuple[str | None, Any]:
    """The venue and the start that an address or a form names. Raises `NotFound`."""
    try:
        return given.get("venue") or None, read_start(state.round, code, given.get("start", ""))
    except ValueError:
        raise NotFound from None


def _reasons(refused: Refused, reading: Any) -> list[str]:
    return [
        obstacle(
            each.rule, each.people, each.workshops, names=reading.person_names, titles=reading.workshop_titles
        )
        for each in refused.clashes
    ]


def _effects_of(state: Opened, edit: Edit) -> list[tuple[str, str, str]]:
    after = editing.made(state, edit, bound=None)
    before = editing.kept(state, edit.workshop)["figures"]
    figures = Figures.of(after.round, after.schedule)
    changed = {name: getattr(figures, name) for name in Figures.__slots__}
    return effects(before, changed, state.round.currency)
