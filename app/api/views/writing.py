"""From rows to the shapes in which the API writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.api import shapes
from app.jobs.models import Job
from app.planning.models import Draft, gap_between
from app.planning.queries import RoundSummary
from app.schedule.changes import PlannedSession, SessionChange
from app.schedule.models import Version, WorkshopSession
from app.schedule.queries import PublishedAs


def round_as_shape(summary: RoundSummary) -> shapes.Round:
    row = summary.planning_round
    columns = {name: getattr(row, name) for name in shapes.Round.model_fields if hasattr(row, name)}
    counts = {"requests": summary.requests, "drafts": summary.drafts, "is_planning": summary.is_planning}
    return shapes.Round(**(columns | counts))


def planning_as_shape(job: Job, *, draft_id: int | None) -> shapes.RoundPlanning:
    return shapes.RoundPlanning(**_job(job), draft_id=draft_id)


def plan_as_shape(job: Job, *, schedule: dict[str, Any] | None) -> shapes.Plan:
    return shapes.Plan(**_job(job), schedule=schedule)


def _job(job: Job) -> dict[str, Any]:
    told = job.progress
    return {
        "job_id": job.id,
        "state": job.state,
        "stop_requested": job.stop_requested,
        "error": job.error,
        "queued_at": job.queued_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "elapsed": told.get("elapsed", 0.0),
        "gap": gap_between(told.get("objective"), told.get("bound")),
        **{name: told.get(name) for name in ("time_limit", "phase", "objective", "bound", "held", "total")},
    }


def drafts_as_shapes(
    drafts: Sequence[Draft], published: Mapping[int, Sequence[PublishedAs]]
) -> list[shapes.Draft]:
    return [
        shapes.Draft(
            **{name: getattr(draft, name) for name in shapes.Draft.model_fields if name != "published_as"},
            published_as=[version.id for version in published.get(draft.id, ())],
        )
        for draft in drafts
    ]


def version_as_shape(version: Version) -> shapes.Version:
    return shapes.Version(
        **{name: getattr(version, name) for name in shapes.Version.model_fields if name != "round"},
        round=version.planning_round.title,
    )


def change_as_shape(change: SessionChange, *, names_shown: bool) -> shapes.Change:
    return shapes.Change(
        kind=change.kind,  # type: ignore[arg-type]  # one of the four, by its own words
        workshop=change.session.workshop,
        title=change.session.title,
        before=_planned(change.before, names_shown=names_shown),
        after=_planned(change.after, names_shown=names_shown),
        people_touched=len(change.people_touched),
    )


def _planned(planned: PlannedSession | None, *, names_shown: bool) -> shapes.PlannedSession | None:
    if planned is None:
        return None
    return shapes.PlannedSession(
        venue=planned.venue,
        place=planned.place_name,
        first_day=planned.first_day,
        last_day=planned.last_day,
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        team=list(planned.team) if names_shown else None,
        seats=len(planned.seats),
    )


def session_as_shape(session: WorkshopSession, *, seats: int) -> shapes.Session:
    workshop, venue = session.workshop, session.venue
    return shapes.Session(
        **{
            name: getattr(session, name)
            for name in ("id", "uid", "sequence", "state", "first_day", "last_day", "starts_at", "ends_at")
        },
        workshop=workshop.code,
        titles=workshop.titles,
        kind=workshop.kind,
        mode=workshop.mode,
        topic=shapes.Topic(code=workshop.topic.code, titles=workshop.topic.titles),
        requested_by=shapes.Organisation(
            code=workshop.requested_by.code,
            name=workshop.requested_by.name,
            region=workshop.requested_by.region,
        ),
        venue=shapes.Venue(
            code=venue.code,
            name=venue.name,
            place=shapes.Place(
                **{name: getattr(venue.place, name) for name in shapes.Place.model_fields},
            ),
        )
        if venue
        else None,
        team=[shapes.Facilitator(name=each.person.name, role=each.role) for each in session.team],  # type: ignore[arg-type]
        seats=seats,
        version_id=session.version_id,
        changed_at=session.changed_at,
    )
