"""Reading what was changed in a draft by hand. Who may see the draft may see its history."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.planning.models import Draft
from app.planning.room.models import DraftEdit


@dataclass(frozen=True, slots=True)
class NextSteps:
    """The change that undoing would take back, and the one that would be made again."""

    undo: DraftEdit | None
    redo: DraftEdit | None


def next_steps(db: Session, draft: Draft) -> NextSteps:
    """Undoing goes back from the last change made; what was undone after it can be made again, in order."""
    done = db.scalars(
        select(DraftEdit)
        .where(DraftEdit.draft_id == draft.id, DraftEdit.undone_at.is_(None))
        .order_by(DraftEdit.number.desc())
        .limit(1)
    ).first()
    undone = db.scalars(
        select(DraftEdit)
        .where(
            DraftEdit.draft_id == draft.id,
            DraftEdit.undone_at.is_not(None),
            DraftEdit.number > (done.number if done else 0),
        )
        .order_by(DraftEdit.number)
        .limit(1)
    ).first()
    return NextSteps(done, undone)


def history_of(db: Session, draft: Draft) -> list[DraftEdit]:
    """Every change by hand, the newest first."""
    return list(
        db.scalars(select(DraftEdit).where(DraftEdit.draft_id == draft.id).order_by(DraftEdit.number.desc()))
    )


def edits_since(db: Session, draft: Draft, revision: int) -> list[DraftEdit]:
    """What was made, undone or made again since somebody saw a revision, in order."""
    return list(
        db.scalars(
            select(DraftEdit)
            .where(DraftEdit.draft_id == draft.id, DraftEdit.revision > revision)
            .order_by(DraftEdit.revision)
        )
    )


def last_number(db: Session, draft: Draft) -> int:
    return db.scalar(select(func.max(DraftEdit.number)).where(DraftEdit.draft_id == draft.id)) or 0


def first_edit_of(db: Session, draft: Draft, workshop: str) -> DraftEdit | None:
    """The first change to a workshop: what it was before is what the planner made."""
    return db.scalars(
        select(DraftEdit)
        .where(DraftEdit.draft_id == draft.id, DraftEdit.workshop == workshop)
        .order_by(DraftEdit.number)
        .limit(1)
    ).first()
