"""What has been published: versions, what each changed, and the sessions in force."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from app.access import allow, coordinator, signed_in
from app.api import paging, queries, shapes
from app.api.views.blueprint import blueprint
from app.api.views.operations import Asked, Listed, operation
from app.api.views.writing import change_as_shape, session_as_shape, version_as_shape
from app.errors import NotFound
from app.schedule import queries as published
from app.seats.queries import counts


class Versions(paging.Page):
    round: int | None = Field(None, ge=1, le=2**31 - 1, description="Only of the round with this id.")


class Sessions(paging.Page):
    region: shapes.Text = Field("", max_length=100, description="Of whoever asked for the workshop.")
    topic: shapes.Text = Field("", max_length=100, description="The topic's code.")
    first: date | None = Field(None, description="Those that are not over before this day.")
    last: date | None = Field(None, description="Those that have begun by this day.")
    mine: bool = Field(False, description="Only those in which the token's owner takes part.")


@blueprint.get("/versions")
@allow(signed_in)
@operation("List published versions, newest first", answers=shapes.Listing[shapes.Version], query=Versions)
def versions(asked: Asked) -> Listed:
    page = asked.query
    found = queries.versions(asked.db, round_id=page.round, before_id=page.after, limit=page.limit + 1)
    return _page([version_as_shape(version) for version in found], page.limit)


@blueprint.get("/versions/<int:version_id>")
@allow(signed_in)
@operation("One published version", answers=shapes.Version, refuses=(404,))
def version(asked: Asked, version_id: int) -> shapes.Version:
    return version_as_shape(published.version_for(asked.db, version_id=version_id))


@blueprint.get("/versions/<int:version_id>/changes")
@allow(signed_in)
@operation(
    "What a version changed",
    answers=shapes.Changes,
    query=shapes.Than,
    refuses=(404,),
    detail="Who is in a team is told to coordinators.",
)
def version_changes(asked: Asked, version_id: int) -> shapes.Changes:
    chosen = published.version_for(asked.db, version_id=version_id)
    numbers = [
        each
        for each in queries.versions(asked.db, round_id=chosen.round_id, before_id=None, limit=1000)
        if each.number < chosen.number and asked.query.than in {None, each.number}
    ]
    if asked.query.than is not None and not numbers:
        raise NotFound
    older = numbers[0] if numbers else None
    changes = published.changes_between_versions(older, chosen)
    hidden = published.hidden_from(
        asked.db, actor=asked.actor, codes={change.session.workshop for change in changes}
    )
    return shapes.Changes(
        against=older.number if older else None,
        changes=[
            change_as_shape(each, names_shown=asked.actor.is_coordinator)
            for each in changes
            if each.session.workshop not in hidden
        ],
    )


@blueprint.get("/versions/<int:version_id>/round")
@allow(coordinator)
@operation("The round of a version, a `planning-round/1` document", refuses=(404,))
def version_round(asked: Asked, version_id: int) -> Any:
    return published.version_for(asked.db, version_id=version_id).round_document


@blueprint.get("/versions/<int:version_id>/schedule")
@allow(coordinator)
@operation("The schedule of a version, a `schedule/1` document", refuses=(404,))
def version_schedule(asked: Asked, version_id: int) -> Any:
    return published.version_for(asked.db, version_id=version_id).schedule_document


@blueprint.get("/sessions")
@allow(signed_in)
@operation(
    "List sessions as people have been told them",
    answers=shapes.Listing[shapes.Session],
    query=Sessions,
    detail="Those that were called off are among them, with `state` `cancelled`.",
)
def sessions(asked: Asked) -> Listed:
    page = asked.query
    found = queries.sessions(
        asked.db,
        actor=asked.actor,
        region=page.region,
        topic=page.topic,
        first=page.first,
        last=page.last,
        mine=page.mine,
        after_id=page.after,
        limit=page.limit + 1,
    )
    seats = counts(asked.db, session_ids=[each.id for each in found])
    return _page([session_as_shape(each, seats=seats[each.id].held) for each in found], page.limit)


@blueprint.get("/sessions/<int:session_id>")
@allow(signed_in)
@operation("One session", answers=shapes.Session, refuses=(404,))
def session(asked: Asked, session_id: int) -> shapes.Session:
    found = published.session_for(asked.db, session_id=session_id, actor=asked.actor)
    return session_as_shape(found, seats=counts(asked.db, session_ids=[session_id])[session_id].held)


def _page(items: list[Any], limit: int) -> Listed:
    """The first of one more than were asked for, and where the next page begins."""
    more = len(items) > limit
    return Listed(items[:limit], paging.cursor_of(items[limit - 1].id) if more else None)
