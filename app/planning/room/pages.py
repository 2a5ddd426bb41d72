"""What the pages of the room share, and what a published version's board takes of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.accounts.identity import current_actor
from app.db import database
from app.errors import NotFound
from app.i18n import in_language
from app.planning import queries
from app.planning.draft_reading import DraftReading
from app.planning.draft_writer import document_bytes
from app.planning.models import Draft
from app.planning.room.board import Board, asked
from app.planning.room.conflicts import Conflict, Found, conflicts_within
from app.planning.room.models import DraftEdit
from app.planning.room.opened import Opened, opened
from app.planning.room.queries import edits_since, next_steps
from app.planning.room.words import GROUPS, ZOOMS, effects, obstacle, what_was_done
from solver import read_round, read_schedule

TABLE_ROWS = 100
KEPT = ("by", "zoom", "from", "person", "as")
"""What an address of the board may say."""
NOT_SAID = frozenset({"csrf_token", "revision"})


def board_of(
    state: Opened, *, found: Found, titles: dict[str, str], endpoint: str | None, **values: Any
) -> Board:
    """The board that the present address asks for."""
    topics = queries.topic_titles_of(
        database.session(), {workshop.topic for workshop in state.round.workshops.values()}
    )
    reading = DraftReading(None, titles, (state.round, state.schedule))
    return Board(
        state,
        asked(request.args, state),
        found,
        titles=reading.workshop_titles,
        topics={code: in_language(each) for code, each in topics.items()},
        drafted={each.code: each for each in reading.sessions},
        address=(lambda code: url_for(endpoint, code=code, **values)) if endpoint else None,
    )


def here(endpoint: str, **values: Any) -> Any:
    """The present view of the board with something else in its address."""
    kept = {name: request.args[name] for name in KEPT if request.args.get(name)}

    def address(**changed: Any) -> str:
        wanted = {name: value for name, value in {**kept, **changed}.items() if value}
        return url_for(endpoint, **values, **wanted)

    return address


def board_context(endpoint: str, board: Board, **values: Any) -> dict[str, Any]:
    """What the template of the board needs beside it."""
    rows = board.rows if board.wanted.table else []
    pages = max(1, -(-len(rows) // TABLE_ROWS))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    return {
        "here": here(endpoint, **values),
        "groups": [(name, str(label)) for name, label in GROUPS.items()],
        "zooms": [(name, str(label)) for name, label in ZOOMS.items()],
        "people_options": [("", _("Nobody")), *board.facilitators],
        "rows": rows[(page - 1) * TABLE_ROWS : page * TABLE_ROWS],
        "page": page,
        "pages": pages,
    }


def titles_in(state: Opened) -> dict[str, str]:
    """The titles of the workshops that are still there, in the reader's language."""
    found = queries.titles_of(database.session(), list(state.round.workshops))
    return {code: in_language(each) for code, each in found.items()}


def version_board(
    endpoint: str, round_document: dict[str, Any], schedule_document: dict[str, Any], **values: Any
) -> str:
    """The page `schedule/board.html`: a published version, which never changes, on the board."""
    round = read_round(document_bytes(round_document))
    state = Opened(round, read_schedule(document_bytes(schedule_document), round))
    found = conflicts_within(state, now=clock.now())
    board = board_of(state, found=found, titles=titles_in(state), endpoint=None)
    address = {"version_id": values["version_id"]}
    alone = request.args.get("fragment") == "lanes"
    template = "planning/room/_lanes.html" if alone else "schedule/board.html"
    return render_template(template, board=board, **board_context(endpoint, board, **address), **values)


def conflict_words(conflict: Conflict, code: str, reading: DraftReading) -> str:
    """What is wrong with the session of a workshop."""
    others = [*conflict.others, *(each for each in conflict.workshops if each != code)]
    return obstacle(
        conflict.rule, conflict.people, others, names=reading.person_names, titles=reading.workshop_titles
    )


# -- One session


def open_draft(draft_id: int) -> tuple[Draft, Opened, dict[str, str]]:
    """A draft of the room, as this process has it open, with titles in the reader's language."""
    draft = queries.light_draft_for(database.session(), actor=current_actor(), draft_id=draft_id)
    state = opened(draft)
    return draft, state, titles_in(state)


def open_session(draft_id: int, code: str) -> tuple[Draft, Opened, DraftReading]:
    """A draft of the room, for a page about one workshop of it. Raises `NotFound`."""
    draft, state, titles = open_draft(draft_id)
    if code not in state.round.workshops:
        raise NotFound
    return draft, state, DraftReading(None, titles, (state.round, state.schedule))


def session_context(draft: Draft, state: Opened, reading: DraftReading, code: str) -> dict[str, Any]:
    """What every page about one workshop of a draft shows."""
    workshop = state.round.workshops[code]
    return {
        "draft": draft,
        "planning_round": draft.planning_round,
        "currency": state.round.currency,
        "code": code,
        "title": reading.workshop_titles[code],
        "requested_by": state.round.organisations[workshop.requested_by].name,
        "session": next((each for each in reading.sessions if each.code == code), None),
        "window": workshop.window,
        "pin": state.pins.get(code),
    }


# -- Changes by hand


def steps_context(draft: Draft, state: Opened) -> dict[str, Any]:
    """What can be undone and done again, and what the last change did."""
    steps = next_steps(database.session(), draft)
    return {
        "undo": recent(state, [steps.undo])[0] if steps.undo else None,
        "redo": recent(state, [steps.redo])[0] if steps.redo else None,
    }


def recent(state: Opened, edits: Iterable[DraftEdit]) -> list[dict[str, Any]]:
    """Changes by hand in words, with what each did to the draft."""
    titles = titles_in(state)
    return [
        {
            "number": edit.number,
            "code": edit.workshop,
            "title": titles.get(edit.workshop) or state.round.workshops[edit.workshop].title,
            "what": what_was_done(edit.kind, edit.people, edit.after, round=state.round),
            "who": edit.made_by,
            "when": edit.made_at,
            "effects": effects(edit.before["figures"], edit.after["figures"], state.round.currency),
            "undone_by": edit.undone_by,
            "undone_at": edit.undone_at,
        }
        for edit in edits
    ]


def stale_page(draft_id: int, seen: int) -> tuple[str, int]:
    """What somebody else changed before a change could be made, and how to make it all the same."""
    draft = queries.light_draft_for(database.session(), actor=current_actor(), draft_id=draft_id)
    state = opened(draft)
    return (
        render_template(
            "planning/room/stale.html",
            draft=draft,
            planning_round=draft.planning_round,
            news=recent(state, edits_since(database.session(), draft, seen)),
            again=request.path,
            fields={name: value for name, value in request.form.items() if name not in NOT_SAID},
        ),
        409,
    )
