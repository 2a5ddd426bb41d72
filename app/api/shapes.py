"""The resources of the API as they are written, and what bodies and query strings may hold.

What is described here is what goes out: a view fills a shape, and `spec` describes the same shape.
Amounts are whole units of the round's currency, objectives hundredths of a point, as in the documents.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Item = TypeVar("Item")
Document = dict[str, Any]


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("no text holds NUL")
    return text


Text = Annotated[str, AfterValidator(_without_nul)]


class Listing(BaseModel, Generic[Item]):
    """A page of a list; `next` is the cursor of the page after it, null on the last."""

    items: list[Item]
    next: str | None


class Role(BaseModel):
    role: str
    organisation_id: int


class Me(BaseModel):
    """Whom the token stands for, and what it may do."""

    name: str
    language: str
    timezone: str
    roles: list[Role]
    scopes: list[str]
    expires_at: datetime


class Round(BaseModel):
    """A planning round. `weights` say what matters how much, in points."""

    id: int
    code: str
    title: str
    first_day: date
    last_day: date
    currency: str
    base_fare: int
    fare_per_100_km: int
    per_diem: int
    weights: dict[str, int]
    state: Literal["open", "closed"]
    created_at: datetime
    requests: int
    drafts: int
    is_planning: bool


class Planning(BaseModel):
    """The planner at work on a round, or how its last work ended. Times in seconds."""

    job_id: int
    state: Literal["queued", "running", "done", "failed"]
    stop_requested: bool
    error: str = Field(description="Why it failed, as a code; empty otherwise.")
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    elapsed: float
    time_limit: float | None
    phase: str | None
    objective: int | None
    bound: int | None = Field(description="No schedule can be worth more than this.")
    gap: float | None
    held: int | None
    total: int | None


class RoundPlanning(Planning):
    draft_id: int | None = Field(description="The draft that it ended in.")


class Plan(Planning):
    """The plan of a document; `schedule` is there once `state` is done."""

    schedule: Document | None = Field(description="schedule/1")


class Draft(BaseModel):
    id: int
    round_id: int
    created_at: datetime
    objective: int
    bound: int | None
    gap: float | None
    cost: int
    held: int
    seconds: float
    published_as: list[int] = Field(description="Ids of the versions that were published from it.")


class Breach(BaseModel):
    """One rule that a schedule breaks."""

    rule: str
    breach: str
    workshop: str | None
    people: list[str]
    workshops: list[str]
    sentence: str = Field(description="In English.")


class Check(BaseModel):
    ok: bool
    violations: list[Breach]


class Clash(BaseModel):
    rule: str
    people: list[str]
    workshops: list[str]


class Member(BaseModel):
    person: str
    role: Literal["lead", "facilitator"]


class Move(BaseModel):
    """One place and time for a session, with the team and seats that it would have there."""

    venue: str | None
    start: str
    state: Literal["free", "possible", "impossible"]
    difference: int | None
    clashes: list[Clash]
    team: list[Member]
    seats: list[str]


class Moves(BaseModel):
    workshop: str
    moves: list[Move]


class LeftOutReason(BaseModel):
    rule: str
    people: list[str]
    workshops: list[str]


class LeftOut(BaseModel):
    """A workshop of the round that a draft does not hold, and the rules that keep it out."""

    workshop: str
    title: str
    reasons: list[LeftOutReason]


class LeftOuts(BaseModel):
    workshops: list[LeftOut]


class Version(BaseModel):
    """A schedule as it was published."""

    id: int
    number: int
    round_id: int
    round: str
    note: str
    published_at: datetime
    published_by: str
    draft_id: int | None


class PlannedSession(BaseModel):
    """In person it has days and a venue, online instants."""

    venue: str | None
    place: str
    first_day: date | None
    last_day: date | None
    starts_at: datetime | None
    ends_at: datetime | None
    team: list[str] | None = Field(description="Codes; null for readers who may not see them.")
    seats: int


class Change(BaseModel):
    kind: Literal["new", "moved", "cancelled", "people"]
    workshop: str
    title: str
    before: PlannedSession | None
    after: PlannedSession | None
    people_touched: int


class Changes(BaseModel):
    against: int | None = Field(description="The number of the older version; null: against nothing.")
    changes: list[Change]


class Place(BaseModel):
    code: str
    name: str
    country: str
    timezone: str
    latitude: float
    longitude: float


class Venue(BaseModel):
    code: str
    name: str
    place: Place


class Topic(BaseModel):
    code: str
    titles: dict[str, str]


class Organisation(BaseModel):
    code: str
    name: str
    region: str


class Facilitator(BaseModel):
    name: str
    role: Literal["lead", "facilitator"]


class Session(BaseModel):
    """A session as people have been told it, with the UID that calendars know it by."""

    id: int
    uid: str
    sequence: int
    state: Literal["confirmed", "cancelled"]
    workshop: str
    titles: dict[str, str]
    kind: str
    mode: str
    topic: Topic
    requested_by: Organisation
    first_day: date | None
    last_day: date | None
    starts_at: datetime | None
    ends_at: datetime | None
    venue: Venue | None
    team: list[Facilitator]
    seats: int
    version_id: int
    changed_at: datetime


class Problem(BaseModel):
    """RFC 9457: why something was not done, in the language of Accept-Language."""

    type: str
    title: str
    status: int
    code: str
    instance: str
    detail: str | None = None
    scope: str | None = None
    errors: list[dict[str, str]] | None = None


# -- What is sent


class Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class StartPlanning(Sent):
    seconds: int = Field(60, ge=1, le=3600, description="How long the planner may take.")
    seed: int = Field(1, ge=0, le=2**31 - 1)


class StartPlan(StartPlanning):
    round: Document = Field(description="planning-round/1")


class CheckDocuments(Sent):
    round: Document = Field(description="planning-round/1")
    schedule: Document = Field(description="schedule/1")


class BringSchedule(Sent):
    schedule: Document = Field(description="schedule/1 for the round as it stands now")


class Publish(Sent):
    note: Text = Field("", max_length=2000, description="Shown with the version.")


class Nothing(Sent):
    """An empty object."""


class Than(BaseModel):
    than: int | None = Field(
        None, ge=1, le=2**31 - 1, description="Number of the older version; the one before."
    )
