"""Documents from outside: checked, or planned without becoming part of a round here."""

from __future__ import annotations

from flask import current_app, url_for

from app import clock
from app.access import allow, coordinator
from app.api import shapes
from app.api.views.blueprint import blueprint
from app.api.views.operations import Asked, Done, operation
from app.api.views.writing import plan_as_shape
from app.jobs.queue import wake
from app.planning import plans
from app.planning.documents import check_documents


@blueprint.post("/check")
@allow(coordinator)
@operation(
    "Hold a schedule against a round",
    answers=shapes.Check,
    takes=shapes.CheckDocuments,
    detail="Nothing is stored.",
)
def check(asked: Asked) -> Done:
    found = check_documents(asked.body.round, asked.body.schedule)
    return Done(shapes.Check(ok=not found, violations=[shapes.Breach(**each) for each in found]))


@blueprint.post("/plans")
@allow(coordinator)
@operation(
    "Have a document planned",
    scope="plan",
    answers=shapes.Plan,
    status=202,
    takes=shapes.StartPlan,
    refuses=(409,),
    detail="For trying things out: a `planning-round/1` document, changed as you like. No round here changes;"
    " whoever sent it finds the schedule at the address in `Location`. One at a time.",
)
def start_plan(asked: Asked) -> Done:
    job = plans.start_plan(
        asked.db,
        actor=asked.actor,
        document=asked.body.round,
        seconds=asked.body.seconds,
        seed=asked.body.seed,
        workers=current_app.extensions["baraza.settings"].planner_workers,
        now=clock.now(),
        wake=wake,
    )
    return Done(plan_as_shape(job, schedule=None), url_for("api.plan", plan_id=job.id))


@blueprint.get("/plans/<int:plan_id>")
@allow(coordinator)
@operation(
    "The plan of a document: how far it is, and the schedule once it is done",
    answers=shapes.Plan,
    refuses=(404,),
)
def plan(asked: Asked, plan_id: int) -> shapes.Plan:
    job = plans.plan_for(asked.db, actor=asked.actor, job_id=plan_id)
    return plan_as_shape(job, schedule=plans.schedule_of(job))


@blueprint.post("/plans/<int:plan_id>/stop")
@allow(coordinator)
@operation(
    "Have the planner stop and use the best so far",
    scope="plan",
    answers=shapes.Plan,
    takes=shapes.Nothing,
    refuses=(404, 409),
)
def stop_plan(asked: Asked, plan_id: int) -> Done:
    job = plans.plan_for(asked.db, actor=asked.actor, job_id=plan_id)
    plans.stop_plan(asked.db, actor=asked.actor, job=job, now=clock.now())
    return Done(plan_as_shape(job, schedule=None))
