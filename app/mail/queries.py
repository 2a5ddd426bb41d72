"""Reading the outbox. Whether a reader may see it at all, the routes decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, load_only

from app.errors import NotFound
from app.mail.models import OutboxLetter

PAGE = 50


def letters(db: Session, *, state: str = "", page: int = 1) -> Sequence[OutboxLetter]:
    """One page of the outbox, newest first, without the words of the letters."""
    wanted = select(OutboxLetter).order_by(OutboxLetter.created_at.desc(), OutboxLetter.id.desc())
    if state:
        wanted = wanted.where(OutboxLetter.state == state)
    lean = load_only(
        OutboxLetter.kind,
        OutboxLetter.to_name,
        OutboxLetter.to_address,
        OutboxLetter.subject,
        OutboxLetter.state,
        OutboxLetter.attempts,
        OutboxLetter.created_at,
        OutboxLetter.due_at,
        OutboxLetter.sent_at,
        OutboxLetter.error,
    )
    return db.scalars(wanted.options(lean).limit(PAGE).offset((page - 1) * PAGE)).all()


def counts_by_state(db: Session) -> Mapping[str, int]:
    """How many letters there are in each state."""
    counted = db.execute(select(OutboxLetter.state, func.count()).group_by(OutboxLetter.state))
    return dict(counted.all())


def letter(db: Session, letter_id: int) -> OutboxLetter:
    """Raises NotFound."""
    found = db.get(OutboxLetter, letter_id)
    if found is None:
        raise NotFound
    return found
