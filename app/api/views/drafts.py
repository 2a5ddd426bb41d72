"""Drafts: their documents, whether they are right, what they leave out, moves in them, publishing."""

from __future__ import annotations

from typing import Any

from flask import url_for
from pydantic import BaseModel, Field

from app import clock
from app.access import allow, coordinator
from app.api import shapes
from app.api.views.blueprint import blueprint
from app.api.views.operations import Asked, Done, operation
from app.api.views.writing import change_as_shape, drafts_as_shapes, version_as_shape
from app.planning import queries, services
from app.planning.documents import check_draft, moves_in
from app.planning.models import Draft
from app.schedule import queries as published
from app.schedule.services import publish_draft


class OfWorkshop(BaseModel):
    workshop: str = Field(max_length=100, description="Its id in the round's document.")


@blueprint.get("/drafts/<int:draft_id>")
@allow(coordinator)
@operation("One draft", answers=shapes.Draft, refuses=(404,))
def draft(asked: Asked, draft_id: int) -> shapes.Draft:
    return _as_shape(asked, _draft(asked, draft_id))


@blueprint.get("/drafts/<int:draft_id>/round")
@allow(coordinator)
@operation("The round that a draft was planned in, a `planning-round/1` document", refuses=(404,))
def draft_round(asked: Asked, draft_id: int) -> Any:
    return _draft(asked, draft_id).round_document


@blueprint.get("/drafts/<int:draft_id>/schedule")
@allow(coordinator)
@operation("The schedule of a draft, a `schedule/1` document", refuses=(404,))
def draft_schedule(asked: Asked, draft_id: int) -> Any:
    return _draft(asked, draft_id).schedule_document


@blueprint.get("/drafts/<int:draft_id>/check")
@allow(coordinator)
@operation("Whether a draft keeps every rule of its round", answers=shapes.Check, refuses=(404,))
def draft_check(asked: Asked, draft_id: int) -> shapes.Check:
    found = [shapes.Breach(**each) for each in check_draft(_draft(asked, draft_id))]
    return shapes.Check(ok=not found, violations=found)


@blueprint.get("/drafts/<int:draft_id>/left-out")
@allow(coordinator)
@operation("The workshops that a draft does not hold, and why", answers=shapes.LeftOuts, refuses=(404,))
def draft_left_out(asked: Asked, draft_id: int) -> shapes.LeftOuts:
    chosen = _draft(asked, draft_id)
    titles = {each["id"]: each["title"] for each in chosen.round_document["workshops"]}
    return shapes.LeftOuts(
        workshops=[
            shapes.LeftOut(
                workshop=each["workshop"],
                title=titles[each["workshop"]],
                reasons=[shapes.LeftOutReason(**reason) for reason in each["reasons"]],
            )
            for each in chosen.schedule_document["unscheduled"]
        ]
    )


@blueprint.get("/drafts/<int:draft_id>/moves")
@allow(coordinator)
@operation(
    "Where a session of a draft could be",
    answers=shapes.Moves,
    query=OfWorkshop,
    refuses=(404,),
    detail="Every venue and first day while all else stands: free, possible at a cost, or impossible."
    " `clashes` say why.",
)
def draft_moves(asked: Asked, draft_id: int) -> shapes.Moves:
    found = moves_in(_draft(asked, draft_id), asked.query.workshop)
    return shapes.Moves(workshop=asked.query.workshop, moves=[shapes.Move(**each) for each in found])


@blueprint.get("/drafts/<int:draft_id>/changes")
@allow(coordinator)
@operation("What publishing a draft would change", answers=shapes.Changes, refuses=(404,))
def draft_changes(asked: Asked, draft_id: int) -> shapes.Changes:
    chosen = _draft(asked, draft_id)
    latest = published.latest_version(asked.db, round_id=chosen.round_id)
    changes = published.changes_by_publishing(asked.db, draft=chosen)
    return shapes.Changes(
        against=latest.number if latest else None,
        changes=[change_as_shape(each, names_shown=True) for each in changes],
    )


@blueprint.post("/drafts/<int:draft_id>/publish")
@allow(coordinator)
@operation(
    "Publish a draft as the next version of its round",
    scope="publish",
    answers=shapes.Version,
    status=201,
    takes=shapes.Publish,
    refuses=(404, 409),
    detail="Calendars and invitations follow, to those whom it touches.",
)
def draft_publish(asked: Asked, draft_id: int) -> Done:
    chosen = _draft(asked, draft_id)
    version = publish_draft(asked.db, actor=asked.actor, draft=chosen, note=asked.body.note, now=clock.now())
    return Done(version_as_shape(version), url_for("api.version", version_id=version.id))


@blueprint.post("/drafts/<int:draft_id>/discard")
@allow(coordinator)
@operation(
    "Throw a draft away; versions published from it stay",
    scope="plan",
    answers=shapes.Draft,
    takes=shapes.Nothing,
    refuses=(404,),
)
def draft_discard(asked: Asked, draft_id: int) -> Done:
    chosen = _draft(asked, draft_id)
    shape = _as_shape(asked, chosen)
    services.discard_draft(asked.db, actor=asked.actor, draft=chosen, now=clock.now())
    return Done(shape)


def _draft(asked: Asked, draft_id: int) -> Draft:
    return queries.draft_for(asked.db, actor=asked.actor, draft_id=draft_id)


def _as_shape(asked: Asked, chosen: Draft) -> shapes.Draft:
    versions = published.published_drafts(asked.db, round_id=chosen.round_id)
    return drafts_as_shapes([chosen], versions)[0]
