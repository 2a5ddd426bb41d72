"""A needs call from the first word to its end.

    draft ──open──▶ open ──close──▶ closed
      │               ▲                │
     drop             └─────reopen─────┘

Who is asked is settled when a call is opened. When it closes, what is begun counts as it stands.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.db import Base
from app.errors import Conflict, Invalid
from app.facts import record
from app.needs.asking import Page, What, When, Whom
from app.needs.facts import (
    CallChanged,
    CallClosed,
    CallDrafted,
    CallDropped,
    CallOpened,
    CallReopened,
    CallWidened,
)
from app.needs.models import NeedsAnswer, NeedsCall, NeedsLine, NeedsOffer
from app.needs.queries.calls import organisations_asked
from app.network.models import Group, Organisation, Topic
from app.spreadsheets.codes import NewCodes

Row = TypeVar("Row", bound=Base)


def draft_call(
    db: Session, *, actor: Actor, what: What, closes_on: date, languages: Collection[str], now: datetime
) -> NeedsCall:
    """Begin a call with its first page; the other two begin with what is usual.

    Raises Forbidden, Invalid(titles | topic_ids).
    """
    require(actor.is_coordinator)
    title = what.titles.get("en") or next((text for text in what.titles.values() if text), "")
    call = NeedsCall(
        code=NewCodes(db.scalars(select(NeedsCall.code))).make(title, "needs"),
        closes_on=closes_on,
        languages=list(languages),
        created_at=now,
        changed_at=now,
    )
    db.add(call)
    with db.no_autoflush:
        _set(db, call, what, now)
    db.flush()
    record(db, actor=actor, fact=CallDrafted(call.id), now=now, after=_says(call))
    return call


def change_call(db: Session, *, actor: Actor, call: NeedsCall, page: Page, now: datetime) -> NeedsCall:
    """Put one page of a call differently. Once it is open, topics that were answered stay, and whom it
    asks is not changed here (`ask_one_more`).

    Raises Forbidden, Conflict("call_closed" | "call_open"), Invalid(titles | topic_ids | closes_on | …).
    """
    require(actor.is_coordinator)
    _lock(db, call)
    if call.state == "closed":
        raise Conflict("call_closed")
    if call.state == "open" and isinstance(page, Whom):
        raise Conflict("call_open")
    before = _says(call)
    with db.no_autoflush:
        _set(db, call, page, now)
    if (after := _says(call)) != before:
        call.changed_at = now
        db.flush()
        record(db, actor=actor, fact=CallChanged(call.id), now=now, before=before, after=after)
    return call


def drop_call(db: Session, *, actor: Actor, call: NeedsCall, now: datetime) -> None:
    """Throw a draft away. Raises Forbidden, Conflict("call_open")."""
    require(actor.is_coordinator)
    _lock(db, call)
    if call.state != "draft":
        raise Conflict("call_open")
    call_id, before = call.id, _says(call)
    db.delete(call)
    db.flush()
    record(db, actor=actor, fact=CallDropped(call_id), now=now, before=before)


def open_call(db: Session, *, actor: Actor, call: NeedsCall, now: datetime) -> int:
    """Ask everybody whom the call names; returns how many. Letters follow within a minute.

    Raises Forbidden, Conflict("call_open"), Invalid(closes_on | chosen_ids).
    """
    require(actor.is_coordinator)
    _lock(db, call)
    if call.state != "draft":
        raise Conflict("call_open")
    _require_day_ahead(call.closes_on, now)
    asked = organisations_asked(db, call)
    if not asked:
        raise Invalid("chosen_ids", "nobody_asked")
    call.state, call.opened_at, call.changed_at = "open", now, now
    db.add_all(NeedsAnswer(call=call, organisation=organisation, asked_at=now) for organisation in asked)
    db.flush()
    record(db, actor=actor, fact=CallOpened(call.id, len(asked)), now=now, after={"state": "open"})
    return len(asked)


def ask_one_more(
    db: Session, *, actor: Actor, call: NeedsCall, organisation_id: int, now: datetime
) -> NeedsAnswer:
    """Ask one more organisation after a call has been opened; nothing happens where it is asked already.

    Raises Forbidden, Conflict("call_closed"), Invalid(organisation_id, "unknown").
    """
    require(actor.is_coordinator)
    _lock(db, call)
    if not call.takes_answers(now):
        raise Conflict("call_closed")
    organisation = _known(db, Organisation, organisation_id, "organisation_id")
    there = db.scalars(
        select(NeedsAnswer).where(
            NeedsAnswer.call_id == call.id, NeedsAnswer.organisation_id == organisation.id
        )
    ).first()
    if there is not None:
        return there
    answer = NeedsAnswer(call=call, organisation=organisation, asked_at=now)
    db.add(answer)
    db.flush()
    record(db, actor=actor, fact=CallWidened(call.id, organisation.id), now=now)
    return answer


def close_call(db: Session, *, actor: Actor, call: NeedsCall, now: datetime) -> None:
    """Take no more answers; what has been begun counts from now on as it stands.

    Raises Forbidden, Conflict("call_closed").
    """
    require(actor.is_coordinator)
    _lock(db, call)
    if call.state != "open":
        raise Conflict("call_closed")
    call.state, call.closed_at, call.changed_at = "closed", now, now
    said = select(NeedsLine.answer_id).union(select(NeedsOffer.answer_id))
    begun = db.scalars(
        select(NeedsAnswer).where(
            NeedsAnswer.call_id == call.id, NeedsAnswer.state == "begun", NeedsAnswer.id.in_(said)
        )
    )
    for answer in begun:
        answer.state, answer.handed_in_at = "handed_in", now
    db.flush()
    record(
        db,
        actor=actor,
        fact=CallClosed(call.id),
        now=now,
        before={"state": "open"},
        after={"state": "closed"},
    )


def reopen_call(db: Session, *, actor: Actor, call: NeedsCall, closes_on: date, now: datetime) -> None:
    """Take answers again, until a later day. Raises Forbidden, Conflict("call_open"), Invalid(closes_on)."""
    require(actor.is_coordinator)
    _lock(db, call)
    if call.state != "closed":
        raise Conflict("call_open")
    _require_day_ahead(closes_on, now)
    before = _says(call)
    call.state, call.closed_at, call.closes_on, call.changed_at = "open", None, closes_on, now
    db.flush()
    record(db, actor=actor, fact=CallReopened(call.id), now=now, before=before, after=_says(call))


def _lock(db: Session, call: NeedsCall) -> None:
    """See the state as it is, and let nobody else decide meanwhile."""
    db.refresh(call, ["state", "closes_on"], with_for_update=True)


def _set(db: Session, call: NeedsCall, page: Page, now: datetime) -> None:
    match page:
        case What():
            _set_what(db, call, page)
        case Whom():
            call.region = page.region
            call.group = _known(db, Group, page.group_id, "group_id") if page.group_id else None
            call.chosen = _all_known(db, Organisation, page.chosen_ids, "chosen_ids")
        case When():
            if page.closes_on != call.closes_on:
                _require_day_ahead(page.closes_on, now)
            if not page.languages:
                raise Invalid("languages", "no_language")
            call.closes_on, call.languages = page.closes_on, list(page.languages)
            call.remind_every = page.remind_every


def _set_what(db: Session, call: NeedsCall, what: What) -> None:
    titles = {code: title for code, title in what.titles.items() if title}
    if not titles:
        raise Invalid("titles", "no_title")
    if not what.topic_ids:
        raise Invalid("topic_ids", "no_topic")
    if call.id is not None and call.state == "open":
        of_call = select(NeedsAnswer.id).where(NeedsAnswer.call_id == call.id)
        answered = set(db.scalars(select(NeedsLine.topic_id).where(NeedsLine.answer_id.in_(of_call))))
        answered |= set(db.scalars(select(NeedsOffer.topic_id).where(NeedsOffer.answer_id.in_(of_call))))
        if answered - what.topic_ids:
            raise Invalid("topic_ids", "answered_topic")
    call.titles = titles
    call.about = {code: text for code, text in what.about.items() if text}
    call.topics = _all_known(db, Topic, what.topic_ids, "topic_ids")


def _require_day_ahead(closes_on: date, now: datetime) -> None:
    if closes_on < now.date():
        raise Invalid("closes_on", "already_over")
    if closes_on.year > now.year + 2:
        raise Invalid("closes_on", "too_far")


def _known(db: Session, table: type[Row], row_id: int, field: str) -> Row:
    row = db.get(table, row_id)
    if row is None:
        raise Invalid(field, "unknown")
    return row


def _all_known(db: Session, table: Any, ids: Collection[int], field: str) -> list[Any]:
    rows = list(db.scalars(select(table).where(table.id.in_(ids)).order_by(table.code)))
    if len(rows) != len(ids):
        raise Invalid(field, "unknown")
    return rows


def _says(call: NeedsCall) -> dict[str, object]:
    return {
        "titles": dict(call.titles),
        "about": dict(call.about or {}),
        "region": call.region or "",
        "group": call.group.code if call.group else None,
        "chosen": sorted(organisation.code for organisation in call.chosen),
        "topics": sorted(topic.code for topic in call.topics),
        "closes_on": call.closes_on,
        "languages": list(call.languages),
        "remind_every": call.remind_every,
        "state": call.state,
    }
