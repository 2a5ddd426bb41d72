"""One draft: list, month, by person, by place, money, what it leaves out, and beside another."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, coordinator
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import NotFound
from app.i18n import in_language
from app.planning import queries, services
from app.planning.draft_reading import DraftReading
from app.planning.draft_writer import document_bytes
from app.planning.drawing import picture_file
from app.planning.models import Draft
from app.planning.picture_words import charts_of
from app.planning.pictures import Pictures, pictures_of
from app.planning.views.blueprint import blueprint
from app.planning.views.planner import download
from app.planning.words import MENDED_ON, mend, reason_sentence, rule_title

PER_PAGE = 100


@blueprint.get("/drafts/<int:draft_id>")
@allow(coordinator)
def draft(draft_id: int) -> ResponseReturnValue:
    chosen, reading = _read(draft_id)
    page, pages, sessions = _page_of(reading.sessions)
    return _tab("list", chosen, reading, sessions=sessions, page=page, pages=pages)


@blueprint.get("/drafts/<int:draft_id>/month")
@allow(coordinator)
def draft_month(draft_id: int) -> ResponseReturnValue:
    chosen, reading = _read(draft_id)
    earliest, latest = reading.round.first_day.replace(day=1), reading.round.last_day.replace(day=1)
    first = _month_asked_for(earliest, latest) or min(
        (each.first_day.replace(day=1) for each in reading.sessions), default=earliest
    )
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    entries: dict[date, list[dict[str, Any]]] = {}
    for session in reading.sessions:
        for day in (day for week in weeks for day in week if session.first_day <= day <= session.last_day):
            entries.setdefault(day, []).append(
                {"title": session.title, "note": session.place or _("Online"), "state": "draft"}
            )
    return _tab(
        "month",
        chosen,
        reading,
        first=first,
        weeks=weeks,
        entries=entries,
        previous=f"{first - timedelta(days=1):%Y-%m}" if first > earliest else None,
        next=f"{first + timedelta(days=31):%Y-%m}" if first < latest else None,
    )


@blueprint.get("/drafts/<int:draft_id>/people")
@allow(coordinator)
def draft_people(draft_id: int) -> ResponseReturnValue:
    chosen, reading = _read(draft_id)
    page, pages, people = _page_of(reading.people())
    return _tab("people", chosen, reading, people=people, page=page, pages=pages)


@blueprint.get("/drafts/<int:draft_id>/places")
@allow(coordinator)
def draft_places(draft_id: int) -> ResponseReturnValue:
    chosen, reading = _read(draft_id)
    return _tab("places", chosen, reading, places=reading.places())


@blueprint.get("/drafts/<int:draft_id>/money")
@allow(coordinator)
def draft_money(draft_id: int) -> ResponseReturnValue:
    chosen, reading = _read(draft_id)
    return _tab("money", chosen, reading, funds=reading.funds(), sessions=reading.sessions)


@blueprint.get("/drafts/<int:draft_id>/pictures")
@allow(coordinator)
def draft_pictures(draft_id: int) -> ResponseReturnValue:
    chosen, reading = _read(draft_id)
    return _tab(
        "pictures",
        chosen,
        reading,
        charts=charts_of(_pictures(chosen, reading), "draft"),
        file=lambda name: url_for("planning.draft_picture", draft_id=draft_id, name=name),
    )


@blueprint.get("/drafts/<int:draft_id>/pictures/<name>.svg")
@allow(coordinator)
def draft_picture(draft_id: int, name: str) -> ResponseReturnValue:
    """One of the pictures as a file."""
    chosen, reading = _read(draft_id)
    title = f"{chosen.planning_round.title} · {_('Draft %(number)s', number=draft_id)}"
    found = picture_file(name, _pictures(chosen, reading), subtitle=title, file=_name(chosen))
    if found is None:
        raise NotFound
    return found


@blueprint.get("/drafts/<int:draft_id>/left-out")
@allow(coordinator)
def draft_left_out(draft_id: int) -> ResponseReturnValue:
    chosen, reading = _read(draft_id)
    db = database.session()
    found = reading.left_out()
    ids = queries.ids_of(db, [each.code for each in found])
    left_out = [
        {
            "code": each.code,
            "title": f"{each.title} · {each.requested_by}",
            "url": url_for("workshops.show", workshop_id=ids[each.code]) if each.code in ids else None,
            "reasons": [
                {
                    "text": reason_sentence(
                        reason, people=reading.person_names, workshops=reading.workshop_titles
                    ),
                    "hint": rule_title(reason.rule),
                    **_where_to_mend(reason.rule, ids.get(each.code)),
                }
                for reason in each.reasons
            ],
        }
        for each in found
    ]
    absent = [
        each
        for each in queries.entries_of(db, chosen.planning_round)
        if each.code not in reading.round.workshops
    ]
    return _tab("left_out", chosen, reading, left_out=left_out, absent=absent)


@blueprint.get("/drafts/<int:draft_id>/compare")
@allow(coordinator)
def draft_compare(draft_id: int) -> ResponseReturnValue:
    chosen, reading = _read(draft_id)
    others = [
        each for each in queries.drafts_of(database.session(), chosen.planning_round) if each.id != draft_id
    ]
    asked = request.args.get("with", others[0].id if others else None, type=int)
    other = next((each for each in others if each.id == asked), None)
    if asked is not None and other is None:
        raise NotFound  # of another round, or discarded
    differences = reading.differences_from(_read(other.id)[1]) if other is not None else []
    return _tab("compare", chosen, reading, others=others, other=other, differences=differences)


@blueprint.get("/drafts/<int:draft_id>/round.json")
@allow(coordinator)
def draft_round(draft_id: int) -> ResponseReturnValue:
    """The round exactly as the planner got it."""
    chosen = _draft(draft_id)
    return download(document_bytes(chosen.round_document), f"{_name(chosen)}-round.json")


@blueprint.get("/drafts/<int:draft_id>/schedule.json")
@allow(coordinator)
def draft_schedule(draft_id: int) -> ResponseReturnValue:
    """The schedule exactly as the planner gave it."""
    chosen = _draft(draft_id)
    return download(document_bytes(chosen.schedule_document), f"{_name(chosen)}-schedule.json")


@blueprint.post("/drafts/<int:draft_id>/discard")
@allow(coordinator)
def discard(draft_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        chosen = queries.draft_for(db, actor=current_actor(), draft_id=draft_id)
        round_id = chosen.round_id
        services.discard_draft(db, actor=current_actor(), draft=chosen, now=clock.now())
    flash(_("The draft has been discarded."), "success")
    return redirect(url_for("planning.show", round_id=round_id), 303)


# -- What they share


def _draft(draft_id: int) -> Draft:
    return queries.draft_for(database.session(), actor=current_actor(), draft_id=draft_id)


def _name(draft: Draft) -> str:
    return f"{draft.planning_round.code}-draft-{draft.id}"


def _read(draft_id: int) -> tuple[Draft, DraftReading]:
    draft = _draft(draft_id)
    codes = [workshop["id"] for workshop in draft.round_document["workshops"]]
    titles = queries.titles_of(database.session(), codes)
    return draft, DraftReading(draft, {code: in_language(each) for code, each in titles.items()})


def _pictures(draft: Draft, reading: DraftReading) -> Pictures:
    return pictures_of(draft.round_document, draft.schedule_document, reading.workshop_titles)


def _tab(name: str, draft: Draft, reading: DraftReading, **context: Any) -> ResponseReturnValue:
    return render_template(
        f"planning/draft_{name}.html",
        tab=name,
        draft=draft,
        planning_round=draft.planning_round,
        currency=reading.round.currency,
        total=len(reading.round.workshops),
        left_out_count=len(reading.schedule.unscheduled),
        **context,
    )


def _where_to_mend(rule: str, workshop_id: int | None) -> dict[str, str]:
    """The page of the request on which more room can be given where this rule keeps it out."""
    step = MENDED_ON.get(rule)
    if step is None or workshop_id is None:
        return {}
    return {
        "url": url_for("workshops.page", workshop_id=workshop_id, step=step, then="check"),
        "link": mend(step),
    }


def _month_asked_for(earliest: date, latest: date) -> date | None:
    """The first day of the month asked for with `?month=2027-03`, if it is one of the round's."""
    try:
        asked = date.fromisoformat(request.args.get("month", "") + "-01")
    except ValueError:
        return None
    return asked if earliest <= asked <= latest else None


def _page_of(rows: list[Any]) -> tuple[int, int, list[Any]]:
    """The page asked for, how many there are, and its rows."""
    pages = max(1, -(-len(rows) // PER_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    return page, pages, rows[(page - 1) * PER_PAGE : page * PER_PAGE]
