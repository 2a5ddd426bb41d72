"""The same call on paper and as a spreadsheet: for one organisation with what it has said, or blank."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app import clock
from app.access import allow, staff
from app.accounts.identity import current_actor
from app.db import database
from app.i18n import in_language
from app.needs import queries, words
from app.needs.models import NeedsAnswer, NeedsCall
from app.needs.queries.calls import call_for
from app.needs.sheets import ANSWERS, AnswerLedger
from app.needs.views.blueprint import blueprint
from app.needs.views.doors import Door, two_doors
from app.spreadsheets.views import sheet_file


@two_doors("/paper", "GET")
def paper(door: Door) -> ResponseReturnValue:
    """One organisation's form to print, with what it has said so far."""
    found = door.answer(database.session())
    return _paper(found.call, found)


@blueprint.get("/calls/<int:call_id>/paper")
@allow(staff)
def blank_paper(call_id: int) -> ResponseReturnValue:
    """The form without a name, to be copied."""
    return _paper(call_for(database.session(), actor=current_actor(), call_id=call_id), None)


def _paper(call: NeedsCall, answer: NeedsAnswer | None) -> str:
    return render_template(
        "needs/paper.html",
        call=call,
        answer=answer,
        words=words,
        areas=queries.areas_of(call),
        lines={line.topic_id: line for line in answer.lines} if answer else {},
        offers={offer.topic_id: offer for offer in answer.offers} if answer else {},
    )


@blueprint.get("/calls/<int:call_id>/answers.<extension>")
@allow(staff)
def call_rows(call_id: int, extension: str) -> ResponseReturnValue:
    """The rows of a call within the reader's reach; `blank=1` for one organisation without a name."""
    db, actor = database.session(), current_actor()
    call = call_for(db, actor=actor, call_id=call_id)
    if request.args.get("blank"):
        return sheet_file(ANSWERS, extension, _blank(call), f"{call.code}-blank")
    rows = _rows(AnswerLedger(db, actor, call_id=call.id))
    return sheet_file(ANSWERS, extension, rows, f"{call.code}-{clock.today().isoformat()}")


@two_doors("/answer.<extension>", "GET")
def answer_rows(door: Door, extension: str) -> ResponseReturnValue:
    """One organisation's rows, with what it has said so far."""
    db = database.session()
    found = door.answer(db)
    rows = _rows(AnswerLedger(db, door.actor, answer_id=found.id))
    return sheet_file(ANSWERS, extension, rows, f"{found.call.code}-{found.organisation.code}")


def _rows(ledger: AnswerLedger) -> list[list[object]]:
    headings: list[object] = [str(column.title) for column in _COLUMNS]
    return [
        headings,
        *([column.write(values[column.name]) for column in _COLUMNS] for values in ledger.in_reach()),
    ]


def _blank(call: NeedsCall) -> list[list[object]]:
    rows: list[list[object]] = [[str(column.title) for column in _COLUMNS]]
    for _area, topics in queries.areas_of(call):
        for topic in topics:
            known = {"call": call.code, "topic": topic.code, "topic_title": in_language(topic.titles)}
            rows.append([known.get(column.name, "") for column in _COLUMNS])
    return rows


_COLUMNS = [column for column in ANSWERS.columns if column.name != "code"]
