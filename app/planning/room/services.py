"""The verbs of the room: change a draft by hand, undo it, do it again.

Whoever changes a draft says which `revision` of it they saw. If somebody else was quicker, nothing is written
and the answer is Conflict("draft_changed"): nobody's change is lost, and none is made that was not meant.
A change that would break a rule is a value, `Refused`, and changes nothing either.

Before these are called, `opened(draft)` is best called once outside of the unit of work: reading a large
round takes a second, in which others would have to wait.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from sqlalchemy.orm import Session

from app.access import Actor, require
from app.db import after_commit
from app.errors import Conflict
from app.facts import record
from app.planning.models import Draft
from app.planning.room import editing, people
from app.planning.room.editing import Edit, Refused
from app.planning.room.facts import DraftEdited, DraftEditRedone, DraftEditUndone
from app.planning.room.models import DraftEdit
from app.planning.room.opened import Opened, keep, opened, pin_row, read_pin
from app.planning.room.queries import first_edit_of, last_number, next_steps
from solver import write_schedule
from solver.moves import Clash

Proposal = Callable[[Opened], Edit | Refused]

GONE = Refused((Clash("gone"),))
"""There is no such session, person or place to change any more."""


def move_session(
    db: Session,
    *,
    actor: Actor,
    draft: Draft,
    revision: int,
    workshop: str,
    venue: str | None,
    start: date | datetime,
    now: datetime,
) -> DraftEdit | Refused:
    """Move a session to another place and time, or hold a workshop that was left out; it is fixed there.

    Raises Forbidden, Conflict("draft_changed" | "round_closed").
    """
    return _make(
        db,
        actor=actor,
        draft=draft,
        revision=revision,
        now=now,
        propose=lambda state: editing.move_to(state, workshop, venue, start) or GONE,
    )


def leave_out(
    db: Session, *, actor: Actor, draft: Draft, revision: int, workshop: str, now: datetime
) -> DraftEdit | Refused:
    """Take a workshop's session off, and fix that it has none. Raises as `move_session`."""
    return _make(
        db,
        actor=actor,
        draft=draft,
        revision=revision,
        now=now,
        propose=lambda state: editing.leave_out(state, workshop) if workshop in state.sessions else GONE,
    )


def fix_session(
    db: Session, *, actor: Actor, draft: Draft, revision: int, workshop: str, now: datetime
) -> DraftEdit | Refused:
    """Fix a session where and when it is. Raises as `move_session`."""
    return _make(
        db,
        actor=actor,
        draft=draft,
        revision=revision,
        now=now,
        propose=lambda state: editing.fix_here(state, workshop) if workshop in state.sessions else GONE,
    )


def let_go(
    db: Session, *, actor: Actor, draft: Draft, revision: int, workshop: str, now: datetime
) -> DraftEdit | Refused:
    """Fix nothing of a workshop by hand any more; the plan stays as it is. Raises as `move_session`."""
    return _make(
        db,
        actor=actor,
        draft=draft,
        revision=revision,
        now=now,
        propose=lambda state: editing.let_go(state, workshop) if workshop in state.pins else GONE,
    )


def hand_on_place(
    db: Session,
    *,
    actor: Actor,
    draft: Draft,
    revision: int,
    workshop: str,
    person: str,
    by: str,
    now: datetime,
) -> DraftEdit | Refused:
    """Give somebody's place in a team to somebody else, who is fixed in it. Raises as `move_session`."""

    def propose(state: Opened) -> Edit | Refused:
        try:
            found = people.stand_ins(state, workshop, person)
        except LookupError:
            return GONE
        chosen = next((each for each in found if each.person == by), None)
        return editing.with_team(state, chosen.session, person, by) if chosen else GONE

    return _make(db, actor=actor, draft=draft, revision=revision, now=now, propose=propose)


def give_seat(
    db: Session, *, actor: Actor, draft: Draft, revision: int, workshop: str, person: str, now: datetime
) -> DraftEdit | Refused:
    """Seat somebody in a session, and fix it. Raises as `move_session`."""

    def propose(state: Opened) -> Edit | Refused:
        session = state.sessions.get(workshop)
        if session is None or person not in state.round.people or person in session.people:
            return GONE
        refused = people.refusal_of(state, people.with_seat(session, person), [person])
        return refused or editing.with_seat(state, workshop, person)

    return _make(db, actor=actor, draft=draft, revision=revision, now=now, propose=propose)


def take_seat(
    db: Session, *, actor: Actor, draft: Draft, revision: int, workshop: str, person: str, now: datetime
) -> DraftEdit | Refused:
    """Take somebody off their seat in a session. Raises as `move_session`."""

    def propose(state: Opened) -> Edit | Refused:
        session = state.sessions.get(workshop)
        if session is None or person not in session.seats:
            return GONE
        edit = editing.without_seat(state, workshop, person)
        assert edit.session is not None  # noqa: S101 - it only lost a seat
        freed = editing.with_pin(state, workshop, edit.pin)
        return people.refusal_of(freed, edit.session, [person]) or edit

    return _make(db, actor=actor, draft=draft, revision=revision, now=now, propose=propose)


# -- Undoing


def undo(db: Session, *, actor: Actor, draft: Draft, revision: int, now: datetime) -> DraftEdit:
    """Take back the last change by hand, whoever made it.

    Raises Forbidden, Conflict("draft_changed" | "round_closed" | "nothing_to_undo").
    """
    _require_unchanged(db, actor, draft, revision)
    edit = next_steps(db, draft).undo
    if edit is None:
        raise Conflict("nothing_to_undo")
    _turn_to(db, draft, edit, edit.before, now)
    edit.undone_at, edit.undone_by = now, actor.name
    db.flush()
    record(db, actor=actor, fact=DraftEditUndone(draft.id, edit.number, edit.kind, edit.workshop), now=now)
    return edit


def redo(db: Session, *, actor: Actor, draft: Draft, revision: int, now: datetime) -> DraftEdit:
    """Make again what was taken back last.

    Raises Forbidden, Conflict("draft_changed" | "round_closed" | "nothing_to_redo").
    """
    _require_unchanged(db, actor, draft, revision)
    edit = next_steps(db, draft).redo
    if edit is None:
        raise Conflict("nothing_to_redo")
    _turn_to(db, draft, edit, edit.after, now)
    edit.undone_at = edit.undone_by = None
    db.flush()
    record(db, actor=actor, fact=DraftEditRedone(draft.id, edit.number, edit.kind, edit.workshop), now=now)
    return edit


# -- What they share


def _require_unchanged(db: Session, actor: Actor, draft: Draft, revision: int) -> None:
    """Lock the draft; raise unless the actor may change it and it is as they saw it."""
    require(actor.is_coordinator)
    db.refresh(draft, ["revision"], with_for_update=True)
    if draft.revision != revision:
        raise Conflict("draft_changed")
    if draft.planning_round.state != "open":
        raise Conflict("round_closed")


def _make(
    db: Session, *, actor: Actor, draft: Draft, revision: int, now: datetime, propose: Proposal
) -> DraftEdit | Refused:
    _require_unchanged(db, actor, draft, revision)
    state = opened(draft)
    proposed = propose(state)
    if isinstance(proposed, Refused):
        return proposed
    before = editing.kept(state, proposed.workshop)
    changed = editing.made(state, proposed, bound=_bound_after(db, draft, state, proposed))
    _store(db, draft, state, changed)
    edit = DraftEdit(
        draft_id=draft.id,
        number=last_number(db, draft) + 1,
        revision=draft.revision,
        kind=proposed.kind,
        workshop=proposed.workshop,
        people=list(proposed.people),
        before=before,
        after=editing.kept(changed, proposed.workshop),
        made_at=now,
        made_by=actor.name,
    )
    db.add(edit)
    db.flush()
    record(
        db,
        actor=actor,
        fact=DraftEdited(draft.id, edit.number, edit.kind, edit.workshop),
        now=now,
        before=before["figures"],
        after=edit.after["figures"],
    )
    return edit


def _bound_after(db: Session, draft: Draft, state: Opened, edit: Edit) -> int | None:
    """The bound was proven under the pins that the planner was given: it holds while these are kept."""
    first = first_edit_of(db, draft, edit.workshop)
    if first is None:
        planned = state.pins.get(edit.workshop)
    else:
        planned = read_pin(state.round, first.before["pin"]) if first.before["pin"] else None
    return state.schedule.bound if editing.implies(edit.pin, planned) else None


def _turn_to(db: Session, draft: Draft, edit: DraftEdit, row: dict[str, object], now: datetime) -> None:
    """Make the workshop of an edit what it was before or after it."""
    state = opened(draft)
    recalled = editing.recalled(state.round, edit.kind, edit.workshop, row)
    figures = row["figures"]
    assert isinstance(figures, dict)  # noqa: S101 - `kept` made it
    changed = editing.made(state, recalled, bound=figures["bound"])
    _store(db, draft, state, changed)
    edit.revision = draft.revision


def _store(db: Session, draft: Draft, before: Opened, after: Opened) -> None:
    """Write a changed draft as its next revision; this process has it open once that is committed."""
    schedule = after.schedule
    draft.schedule_document = json.loads(write_schedule(schedule))
    if after.round.pins != before.round.pins:
        pins = [pin_row(pin) for pin in after.round.pins]
        draft.round_document = {**draft.round_document, "pins": pins}
    draft.objective, draft.bound, draft.cost = schedule.objective, schedule.bound, schedule.cost
    draft.held = len(schedule.sessions)
    draft.revision += 1
    db.flush()
    after_commit(db, partial(keep, draft, draft.revision, after))
