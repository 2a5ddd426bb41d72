"""The resource of an explanation, as it is written: `explanation/1` of the planner, with its state.

`becomes` and `gone` make the schedule that is offered out of the one explained: sessions as `schedule/1`
writes them, and the ids of workshops that are not held any more. Differences are hundredths of a point.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from app.api.shapes import Document, Member, Sent, Text
from app.planning.models import Draft, Question

GivesWay = Field(
    description="The schedule offered against the one explained: `cancelled`, `moved`, `restaffed`,"
    " `reseated` and `new` sessions, and the figures of both."
)
Becomes = Field(description="Sessions that are new or otherwise, as in schedule/1.")
Gone = Field(description="Workshops that would not be held any more.")


class AskExplanation(Sent):
    workshop: Text = Field(max_length=100, description="Its id in the round's document.")


class ExplainedSession(BaseModel):
    workshop: str
    venue: str | None
    start: str
    team: list[Member]
    seats: list[str]


class Obstacle(BaseModel):
    """One fact that stands in the way: a rule about somebody or something (`subject`)."""

    rule: str
    what: str
    subject: str
    text: str = Field(description="In English.")
    people: list[str]
    workshops: list[str]
    days: list[tuple[date, date]]
    venue: str | None
    fund: str | None
    needed: int = Field(description="The figure that is demanded.")
    able: int = Field(description="How many people could meet it.")


class Offer(BaseModel):
    """A right schedule in which the workshop is held while the round stays as it is."""

    session: ExplainedSession
    difference: int
    gives_way: Document = GivesWay
    free: list[str]
    proven: bool
    becomes: list[Document] = Becomes
    gone: list[str] = Gone


class Newcomer(BaseModel):
    home: str
    languages: list[str]
    teaches: dict[str, int]
    fee_per_day: int


class FundRaised(BaseModel):
    fund: str
    amount: int


class Relaxation(BaseModel):
    """A change of the round that lets the workshop in; verified with a whole schedule."""

    kind: Literal["window", "venue", "person", "money", "seats"]
    text: str = Field(description="In English.")
    amount: int = Field(description="Days, km, people, money or seats, by `kind`.")
    difference: int
    session: ExplainedSession
    window: tuple[date, date] | None
    venue: str | None
    person: Newcomer | None
    budget: int | None
    funds: list[FundRaised]
    seats: int | None
    gives_way: Document | None = GivesWay
    becomes: list[Document] = Becomes
    gone: list[str] = Gone


class Instead(BaseModel):
    """The best that a session could be instead; nulls: nothing else is right while the rest stands."""

    of: Literal["date", "venue", "member"]
    member: str | None
    replacement: str | None
    difference: int | None
    session: ExplainedSession | None


class Binds(BaseModel):
    """Of `all` venues and starts in its window so many are `free`; `rules` say how many each forbids."""

    free: int
    all: int
    rules: dict[str, int]


class Reasons(BaseModel):
    """Of a workshop left out `obstacles`, `offer` and `relaxations`; of one held `alternatives` and `binds`.

    The obstacles are a smallest set: together they forbid the workshop, without any of them it could be
    held. `alone`: they do so whatever else is planned.
    """

    held: bool
    alone: bool
    obstacles: list[Obstacle]
    offer: Offer | None
    relaxations: list[Relaxation]
    alternatives: list[Instead]
    binds: Binds | None = None
    fixed: list[Document] = Field(
        default=[],
        description="Its pins, as in planning-round/1; the rest is told without them.",
    )


class Explanation(BaseModel):
    """Why a workshop is left out of a draft, or why its session is where it is."""

    id: int
    draft_id: int
    workshop: str
    is_current: bool = Field(description="Whether the draft is still as it was when this was asked.")
    asked_at: datetime
    state: Literal["queued", "running", "done", "failed"]
    error: str = Field(description="Why it failed, as a code; empty otherwise.")
    reasons: Reasons | None = Field(description="There once `state` is done.")


def explanation_as_shape(question: Question, draft: Draft) -> Explanation:
    """A question of kind "explain" with its job and its draft."""
    job = question.job
    if question.answer:
        state, error = "done", ""
    elif job is None or job.is_over:
        state, error = "failed", job.error if job is not None else "stopped"
    else:
        state, error = job.state, ""
    return Explanation(
        id=question.id,
        draft_id=draft.id,
        workshop=question.topic,
        is_current=question.revision == draft.revision,
        asked_at=question.asked_at,
        state=state,  # type: ignore[arg-type]  # one of the four
        error=error,
        reasons=Reasons.model_validate(question.answer) if question.answer else None,
    )
