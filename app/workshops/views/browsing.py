"""Reading requests: the list, and one with its story."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.access import allow, staff
from app.accounts.identity import current_actor
from app.db import database
from app.i18n import in_language
from app.workshops import queries, words
from app.workshops.forms import ReturnForm
from app.workshops.models import KINDS, STATES
from app.workshops.views.blueprint import blueprint


def row_id(text: str) -> int:
    """An id out of an address. Raises `ValueError` for what no row can have."""
    number = int(text)
    if not 0 < number < 2**31:
        raise ValueError(text)
    return number


@blueprint.get("")
@allow(staff)
def index() -> ResponseReturnValue:
    db, actor = database.session(), current_actor()
    asked = request.args
    wanted = queries.WorkshopFilter(
        state=asked.get("state", "") if asked.get("state") in STATES else "",
        requested_by_id=asked.get("coalition", type=row_id),
        kind=asked.get("kind", "") if asked.get("kind") in KINDS else "",
        topic_id=asked.get("topic", type=row_id),
    )
    return render_template(
        "workshops/index.html",
        found=queries.workshops(db, actor=actor, wanted=wanted, page=asked.get("page", 1, type=int)),
        wanted=wanted,
        words=words,
        requesters=queries.requesters_seen(db, actor=actor),
        topics=[
            (topic.id, in_language(topic.titles))
            for _area, topics in queries.topics_by_area(db)
            for topic in topics
        ],
        may_request=bool(queries.requesters(db, actor=actor)),
    )


@blueprint.get("/<int:workshop_id>")
@allow(staff)
def show(workshop_id: int) -> ResponseReturnValue:
    return page_of(workshop_id, ReturnForm(formdata=None))


def page_of(workshop_id: int, form: ReturnForm) -> str:
    """The page of a request, with the secretariat's form of a return where it may be used."""
    db, actor = database.session(), current_actor()
    workshop = queries.workshop_for(db, actor=actor, workshop_id=workshop_id)
    seen = queries.seen_among(db, actor=actor, workshops=[workshop.follows, *workshop.followers])
    return render_template(
        "workshops/show.html",
        workshop=workshop,
        follows=workshop.follows if workshop.follows_id in seen else None,
        followers=[follower for follower in workshop.followers if follower.id in seen],
        words=words,
        story=words.story_of(queries.history_of(db, kind="workshop", subject_id=workshop.id)),
        form=form,
        may_change=queries.may_change(actor, workshop),
        may_request=queries.may_request_for(actor, workshop.requested_by_id),
        may_decide=actor.is_coordinator and workshop.state == "submitted",
    )
