"""Why: asked of a draft, worked out by the planner as a job, and read when it is there."""

from __future__ import annotations

from flask import url_for

from app import clock
from app.access import allow, coordinator
from app.api import paging, shapes
from app.api.explained import AskExplanation, Explanation, explanation_as_shape
from app.api.views.blueprint import blueprint
from app.api.views.operations import Asked, Done, Listed, operation
from app.errors import NotFound
from app.jobs.queue import wake
from app.planning import asking, queries


@blueprint.get("/drafts/<int:draft_id>/explanations")
@allow(coordinator)
@operation(
    "List what has been asked about a draft as it is now, newest first",
    answers=shapes.Listing[Explanation],
    query=paging.Page,
    refuses=(404,),
)
def explanations(asked: Asked, draft_id: int) -> Listed:
    draft = queries.draft_for(asked.db, actor=asked.actor, draft_id=draft_id)
    questions, cursor = paging.of_rows(
        asking.explanations_of(asked.db, draft=draft), asked.query, lambda question: question.id
    )
    return Listed([explanation_as_shape(each, draft) for each in questions], cursor)


@blueprint.post("/drafts/<int:draft_id>/explanations")
@allow(coordinator)
@operation(
    "Ask why a workshop is left out of a draft, or why its session is where it is",
    scope="plan",
    answers=Explanation,
    status=202,
    takes=AskExplanation,
    refuses=(404,),
    detail="The planner works it out; ask for the address in `Location` every second or so while `state` is"
    " `queued` or `running`. What somebody has asked already is answered at once; what failed is worked out"
    " anew. A draft that was changed since is asked about as it is now.",
)
def ask_explanation(asked: Asked, draft_id: int) -> Done:
    draft = queries.draft_for(asked.db, actor=asked.actor, draft_id=draft_id)
    question = asking.ask_why(
        asked.db, actor=asked.actor, draft=draft, workshop=asked.body.workshop, now=clock.now(), wake=wake
    )
    location = url_for("api.explanation", explanation_id=question.id)
    return Done(explanation_as_shape(question, draft), location)


@blueprint.get("/explanations/<int:explanation_id>")
@allow(coordinator)
@operation(
    "One explanation: how far it is, and the reasons once they are there", answers=Explanation, refuses=(404,)
)
def explanation(asked: Asked, explanation_id: int) -> Explanation:
    question = asking.question_for(asked.db, actor=asked.actor, question_id=explanation_id)
    if question.kind != "explain" or question.draft is None:
        raise NotFound
    return explanation_as_shape(question, question.draft)
