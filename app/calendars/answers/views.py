"""What came by mail: answers that counted, wishes, and what was kept aside with the reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import clock
from app.access import allow, coordinator
from app.accounts.identity import current_actor
from app.calendars.answers import queries, services
from app.db import database, unit_of_work
from app.mail.bounces import address_works
from app.network.models import Person

blueprint = Blueprint("answers", __name__)

ANSWER_WORDS = {
    "accepted": _l("Comes"),
    "declined": _l("Does not come"),
    "tentative": _l("Perhaps"),
    "delegated": _l("Sends somebody else"),
    "counter": _l("Would rather have another date"),
}

OUTCOME_WORDS = {
    "taken": (_l("Counted"), "success"),
    "wish": (_l("A wish"), "info"),
    "aside": (_l("Kept aside"), "warning"),
    "bounce": (_l("Letter came back"), "danger"),
}

REASON_WORDS = {
    "too_large": _l("too large to be an answer"),
    "too_deep": _l("too many parts within parts"),
    "too_many_parts": _l("too many parts"),
    "malformed": _l("it cannot be read"),
    "no_answer": _l("it says neither yes nor no"),
    "only_words": _l("words for a person to read"),
    "auto_reply": _l("an automatic answer"),
    "other_system": _l("about no session of ours"),
    "not_invited": _l("from somebody who was not invited"),
    "forged": _l("neither from the address that was invited nor to the one that is signed for it"),
    "called_off": _l("the invitation had been called off"),
    "session_over": _l("the session is over"),
    "stale": _l("to an earlier date or place than the present one"),
    "not_ours": _l("to something that was never sent"),
    "overtaken": _l("older than an answer that is there already"),
    "no_seat": _l("the seat had been given back"),
    "no_place": _l("no place of theirs in it"),
    "not_proposed": _l("no place of theirs in it"),
    "bounce_unknown": _l("a report about no letter of ours"),
    "bounce_for_now": _l("the letter is late, and still being tried"),
}


@blueprint.get("/calendars/answers")
@allow(coordinator)
def index() -> ResponseReturnValue:
    db = database.session()
    open_only = request.args.get("all", "") != "yes"
    total = queries.how_many(db, open_only=open_only)
    pages = max(1, -(-total // queries.PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    return render_template(
        "calendars/answers/index.html",
        answers=queries.answers(db, open_only=open_only, page=page),
        bouncing=queries.bouncing(db),
        open_only=open_only,
        total=total,
        page=page,
        pages=pages,
        answer_words=ANSWER_WORDS,
        outcome_words=OUTCOME_WORDS,
        reason_words=REASON_WORDS,
    )


@blueprint.post("/calendars/answers/<int:answer_id>/seen")
@allow(coordinator)
def seen(answer_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        services.mark_seen(
            db, actor=current_actor(), answer=queries.answer(db, answer_id=answer_id), now=clock.now()
        )
    return redirect(url_for("calendars.answers.index"), 303)


@blueprint.post("/calendars/addresses/works")
@allow(coordinator)
def works() -> ResponseReturnValue:
    """An address that letters came back from is written to again."""
    with unit_of_work() as db:
        address_works(
            db, actor=current_actor(), address=request.form.get("address", "", type=str), now=clock.now()
        )
    flash(_("What they have not heard is written to them now."), "success")
    return redirect(url_for("calendars.answers.index"), 303)


# -- What other pages say


@blueprint.app_context_processor
def for_templates() -> dict[str, Any]:
    return {"letters_come_back_since": _come_back_since}


def _come_back_since(person: Person) -> datetime | None:
    """Since when letters come back from somebody's address, for coordinators: they can find the right one."""
    if not current_actor().is_coordinator:
        return None
    return queries.bounced_since(database.session(), person=person)
