"""Planning rounds: what they are, their documents, the planner at work on them, schedules brought in."""

from __future__ import annotations

import json
from typing import Any

from flask import current_app, url_for

from app import clock
from app.access import allow, coordinator
from app.api import paging, shapes
from app.api import queries as api_queries
from app.api.views.blueprint import blueprint
from app.api.views.operations import Asked, Done, Listed, operation
from app.api.views.writing import drafts_as_shapes, planning_as_shape, round_as_shape
from app.errors import Conflict, NotFound
from app.jobs.queue import wake
from app.planning import queries, services
from app.planning.documents import read_round_at, read_schedule_at, require_right
from app.planning.draft_writer import Verified, write_draft
from app.planning.round_builder import build_round
from app.schedule.queries import published_drafts


@blueprint.get("/rounds")
@allow(coordinator)
@operation("List planning rounds, newest first", answers=shapes.Listing[shapes.Round], query=paging.Page)
def rounds(asked: Asked) -> Listed:
    found, cursor = paging.of_rows(
        queries.rounds(asked.db, actor=asked.actor), asked.query, lambda each: each.planning_round.id
    )
    return Listed([round_as_shape(each) for each in found], cursor)


@blueprint.get("/rounds/<int:round_id>")
@allow(coordinator)
@operation("One planning round", answers=shapes.Round, refuses=(404,))
def round_(asked: Asked, round_id: int) -> shapes.Round:
    return round_as_shape(api_queries.round_summary(asked.db, actor=asked.actor, round_id=round_id))


@blueprint.get("/rounds/<int:round_id>/document")
@allow(coordinator)
@operation(
    "The round as the planner would get it now",
    refuses=(404,),
    detail="A `planning-round/1` document: change what might be otherwise and send it to `/plans`.",
)
def round_document(asked: Asked, round_id: int) -> Any:
    planning_round = queries.round_for(asked.db, actor=asked.actor, round_id=round_id)
    return json.loads(build_round(asked.db, planning_round).document)


@blueprint.get("/rounds/<int:round_id>/planning")
@allow(coordinator)
@operation(
    "How far the planner is with a round",
    answers=shapes.RoundPlanning,
    refuses=(404,),
    detail="Ask again every few seconds while `state` is `queued` or `running`.",
)
def planning(asked: Asked, round_id: int) -> shapes.RoundPlanning:
    planning_round = queries.round_for(asked.db, actor=asked.actor, round_id=round_id)
    job = queries.last_job(asked.db, planning_round)
    if job is None:
        raise NotFound
    return planning_as_shape(job, draft_id=queries.draft_of_job(asked.db, job.id))


@blueprint.post("/rounds/<int:round_id>/planning")
@allow(coordinator)
@operation(
    "Set the planner to work on a round",
    scope="plan",
    answers=shapes.RoundPlanning,
    status=202,
    takes=shapes.StartPlanning,
    refuses=(404, 409),
    detail="One that is at work already goes on as it is. It ends in a draft.",
)
def start_planning(asked: Asked, round_id: int) -> Done:
    settings = current_app.extensions["baraza.settings"]
    job = services.start_planning(
        asked.db,
        actor=asked.actor,
        planning_round=queries.round_for(asked.db, actor=asked.actor, round_id=round_id),
        seconds=asked.body.seconds,
        seed=asked.body.seed,
        workers=settings.planner_workers,
        helpers=settings.planner_helpers,
        now=clock.now(),
        wake=wake,
    )
    return Done(planning_as_shape(job, draft_id=None), url_for("api.planning", round_id=round_id))


@blueprint.post("/rounds/<int:round_id>/planning/stop")
@allow(coordinator)
@operation(
    "Have the planner stop and use the best so far",
    scope="plan",
    answers=shapes.RoundPlanning,
    takes=shapes.Nothing,
    refuses=(404, 409),
)
def stop_planning(asked: Asked, round_id: int) -> Done:
    planning_round = queries.round_for(asked.db, actor=asked.actor, round_id=round_id)
    job = services.stop_planning(asked.db, actor=asked.actor, planning_round=planning_round, now=clock.now())
    if not job.is_over:
        wake(job.id)
    return Done(planning_as_shape(job, draft_id=None))


@blueprint.get("/rounds/<int:round_id>/drafts")
@allow(coordinator)
@operation(
    "List the drafts of a round, newest first",
    answers=shapes.Listing[shapes.Draft],
    query=paging.Page,
    refuses=(404,),
)
def drafts(asked: Asked, round_id: int) -> Listed:
    planning_round = queries.round_for(asked.db, actor=asked.actor, round_id=round_id)
    found, cursor = paging.of_rows(
        queries.drafts_of(asked.db, planning_round), asked.query, lambda draft: draft.id
    )
    return Listed(drafts_as_shapes(found, published_drafts(asked.db, round_id=round_id)), cursor)


@blueprint.post("/rounds/<int:round_id>/drafts")
@allow(coordinator)
@operation(
    "Bring a schedule in as a draft of a round",
    scope="plan",
    answers=shapes.Draft,
    status=201,
    takes=shapes.BringSchedule,
    refuses=(404, 409),
    detail="A `schedule/1` document for the round as it stands now (`/rounds/{round_id}/document`). It is"
    " held against every rule, its figures against its sessions; what does not fit is told with its place.",
)
def bring_schedule(asked: Asked, round_id: int) -> Done:
    planning_round = queries.round_for(asked.db, actor=asked.actor, round_id=round_id)
    if planning_round.state != "open":
        raise Conflict("round_closed")
    built = build_round(asked.db, planning_round)
    if built.defects:
        raise Conflict("round_malformed")
    document = json.loads(built.document)
    planned = read_round_at(document, "round")
    schedule = read_schedule_at(asked.body.schedule, planned, "schedule")
    require_right(planned, schedule, "schedule")
    draft = write_draft(
        asked.db,
        actor=asked.actor,
        round_id=round_id,
        job_id=None,
        verified=Verified(schedule, document, asked.body.schedule),
        seconds=0.0,
        now=clock.now(),
    )
    return Done(drafts_as_shapes([draft], {})[0], url_for("api.draft", draft_id=draft.id))
