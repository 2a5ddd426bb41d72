"""What became of the needs of a call: how many asked, how many were served, and why not; and, the other way
round, which needs are behind a request.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.access import Actor
from app.needs.models import NeedsAnswer, NeedsCall, NeedsLine
from app.needs.queries.scope import answers_seen_by
from app.network.models import Topic
from app.propositions import queries
from app.propositions.models import Proposition, PropositionMember, workshop_need
from app.propositions.served import served_people
from app.workshops.models import Workshop


@dataclass(frozen=True, slots=True)
class NeedFate:
    """What became of one need: `asked`, `proposed`, `requested`, `served`; if `asked`, `why` it is left."""

    line: NeedsLine
    stage: str
    people: int = 0
    why: Mapping[str, object] | None = None


def report(db: Session, *, call: NeedsCall, now: datetime) -> Sequence[NeedFate]:
    """Every need of a call and how far it has come; in six queries."""
    lines = queries.lines_asked(db, call)
    found = queries.set_of(db, call)
    proposed: set[int] = set()
    left: dict[int, Mapping[str, object]] = {}
    if found is not None:
        left = {int(each["line"]): each["reasons"][0] for each in found.left if each["reasons"]}
        members = db.scalars(
            select(PropositionMember.line_id)
            .join(PropositionMember.proposition)
            .where(Proposition.set_id == found.id, Proposition.state.in_(queries.COUNTING))
        )
        proposed = {line_id for line_id in members if line_id is not None}
    workshops: dict[int, list[int]] = {}
    for line_id, workshop_id in db.execute(
        select(workshop_need.c.line_id, workshop_need.c.workshop_id)
        .join(Workshop, Workshop.id == workshop_need.c.workshop_id)
        .where(workshop_need.c.line_id.in_(lines), Workshop.state != "withdrawn")
    ):
        workshops.setdefault(line_id, []).append(workshop_id)
    learnt = served_people(db, {each for ids in workshops.values() for each in ids}, now)
    fates = []
    for line in lines.values():
        people = sum(
            learnt.get((workshop, line.answer.organisation_id), 0) for workshop in workshops.get(line.id, ())
        )
        if people:
            fates.append(NeedFate(line, "served", people))
        elif line.id in workshops:
            fates.append(NeedFate(line, "requested"))
        elif line.id in proposed:
            fates.append(NeedFate(line, "proposed"))
        else:
            fates.append(NeedFate(line, "asked", why=left.get(line.id)))
    return fates


@dataclass(frozen=True, slots=True)
class TopicFate:
    """What became of the needs of one topic."""

    topic: Topic
    fates: Sequence[NeedFate]

    def count(self, stage: str) -> int:
        return sum(fate.stage == stage for fate in self.fates)

    @property
    def left(self) -> Sequence[NeedFate]:
        return [fate for fate in self.fates if fate.stage == "asked"]


def by_topic(fates: Sequence[NeedFate]) -> Sequence[TopicFate]:
    """Those of each topic together, the topic that most ask for first."""
    topics: dict[int, list[NeedFate]] = {}
    for fate in fates:
        topics.setdefault(fate.line.topic_id, []).append(fate)
    found = [TopicFate(each[0].line.topic, each) for each in topics.values()]
    return sorted(found, key=lambda each: (-len(each.fates), each.topic.code))


def reasons_counted(fates: Sequence[NeedFate]) -> Sequence[tuple[str, int]]:
    """Why needs are left, by the code of the reason, and how many for each: the most frequent first."""
    counted = Counter(str((fate.why or {}).get("code", "")) for fate in fates if fate.stage == "asked")
    return counted.most_common()


# -- The needs behind a request


@dataclass(frozen=True, slots=True)
class Behind:
    """What a request answers: how many `platforms` asked for it in which call, and of these the `lines` that
    the reader may see; with the `proposition` that it came from, where they may see that."""

    call: NeedsCall
    platforms: int
    lines: Sequence[NeedsLine]
    proposition: Proposition | None


def needs_behind(db: Session, *, actor: Actor, workshop: Workshop) -> Behind | None:
    """The needs that a request came from, which the actor sees; `None` where it did not come from any."""
    threaded = select(workshop_need.c.line_id).where(workshop_need.c.workshop_id == workshop.id)
    row = db.execute(
        select(NeedsCall, func.count(NeedsAnswer.id.distinct()))
        .join(NeedsAnswer, NeedsAnswer.call_id == NeedsCall.id)
        .join(NeedsLine, NeedsLine.answer_id == NeedsAnswer.id)
        .where(NeedsLine.id.in_(threaded))
        .group_by(NeedsCall.id)
    ).first()
    if row is None:
        return None
    lines = db.scalars(
        select(NeedsLine)
        .join(NeedsLine.answer)
        .where(NeedsLine.id.in_(threaded), answers_seen_by(actor))
        .options(joinedload(NeedsLine.answer).joinedload(NeedsAnswer.organisation))
        .order_by(NeedsLine.how_much.desc(), NeedsLine.id)
    ).all()
    came_from = [id for id in (workshop.id, workshop.follows_id) if id is not None]
    proposition = db.scalars(
        select(Proposition).where(Proposition.workshop_id.in_(came_from), queries.seen_by(actor))
    ).first()
    return Behind(row[0], row[1], lines, proposition)
