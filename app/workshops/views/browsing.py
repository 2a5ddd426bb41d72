"""Reading requests: the list, and one with its story."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app import clock
from app.access import Actor, allow, involved, requester
from app.accounts.identity import current_actor
from app.db import database
from app.i18n import in_language
from app.network.models import Group
from app.workshops import life, queries, words
from app.workshops.forms import ReturnForm
from app.workshops.initiatives import queries as initiatives
from app.workshops.life import LIFE
from app.workshops.models import KINDS, Workshop
from app.workshops.views.blueprint import blueprint


def row_id(text: str) -> int:
    """An id out of an address. Raises `ValueError` for what no row can have."""
    number = int(text)
    if not 0 < number < 2**31:
        raise ValueError(text)
    return number


@blueprint.get("")
@allow(involved)
def index() -> ResponseReturnValue:
    db, actor = database.session(), current_actor()
    asked = request.args
    wanted = queries.WorkshopFilter(
        stand=asked.get("state", "") if asked.get("state") in LIFE else "",
        requested_by_id=asked.get("coalition", type=row_id),
        kind=asked.get("kind", "") if asked.get("kind") in KINDS else "",
        topic_id=asked.get("topic", type=row_id),
        group_id=asked.get("group", type=row_id),
    )
    return render_template(
        "workshops/index.html",
        found=queries.workshops(
            db, actor=actor, wanted=wanted, now=clock.now(), page=asked.get("page", 1, type=int)
        ),
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


@blueprint.get("/earlier")
@allow(requester)
def earlier() -> ResponseReturnValue:
    """The requests that the actor may copy, the latest first."""
    page = request.args.get("page", 1, type=int)
    found = queries.earlier_requests(database.session(), actor=current_actor(), page=page)
    return render_template("workshops/earlier.html", found=found, words=words)


@blueprint.get("/<int:workshop_id>")
@allow(involved)
def show(workshop_id: int) -> ResponseReturnValue:
    return page_of(workshop_id, ReturnForm(formdata=None))


@blueprint.app_context_processor
def for_templates() -> dict[str, object]:
    """What pages of the network say about requests."""
    return {"requests_of_group": _requests_of_group}


def _requests_of_group(group: Group) -> queries.WorkshopPage:
    """The first of the requests of a group that the reader sees."""
    wanted = queries.WorkshopFilter(group_id=group.id)
    return queries.workshops(database.session(), actor=current_actor(), wanted=wanted, now=clock.now())


def page_of(workshop_id: int, form: ReturnForm) -> str:
    """The page of a request, with the secretariat's form of a return where it may be used."""
    db, actor = database.session(), current_actor()
    workshop = queries.workshop_for(db, actor=actor, workshop_id=workshop_id)
    now = clock.now()
    course = life.courses_of(db, [workshop]).get(workshop.id)
    stand = life.stand_of(workshop, course, now=now)
    may_ask = queries.may_ask_as(actor, workshop)
    seen = queries.seen_among(db, actor=actor, workshops=[workshop.follows, *workshop.followers])
    return render_template(
        "workshops/show.html",
        workshop=workshop,
        follows=workshop.follows if workshop.follows_id in seen else None,
        initiative_seen=workshop.initiative_id
        in initiatives.seen_among(
            db, actor=actor, ids=[workshop.initiative_id] if workshop.initiative_id else []
        ),
        followers=[follower for follower in workshop.followers if follower.id in seen],
        words=words,
        stand=stand,
        asked=_asked_of(actor, workshop, stand, may_ask=may_ask),
        story=words.story_of(
            queries.history_of(db, kind="workshop", subject_id=workshop.id),
            life.events_of(db, workshop),
            now=now,
        ),
        form=form,
        may_change=queries.may_change(actor, workshop),
        may_request=may_ask,
        may_report=may_ask and life.may_have_been_held(workshop, stand, today=now.date()),
        may_decide=actor.is_coordinator and workshop.state == "submitted",
    )


def _asked_of(actor: Actor, workshop: Workshop, stand: str, *, may_ask: bool) -> object:
    """What is asked of the reader now; nothing of those who only read."""
    own = workshop.requested_by_id in actor.organisations_as("coordinator")
    if actor.is_coordinator and not (own and stand in ("drafted", "returned", "held")):
        return words.ASKED_OF_WHO_DECIDES[stand]
    return words.ASKED_OF_WHO_ASKS[stand] if may_ask else ""
