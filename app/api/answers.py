"""A write that a program sends again, because the answer got lost, acts once.

The `Idempotency-Key` header does for programs what `app.once` does for forms. The key is taken in the unit
of work of the write itself: a second sending at the same instant waits for the first, then gets its answer.
What failed has kept nothing and may be sent again; another body under the same key is refused.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from flask import Response, request
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.access import Actor
from app.api.models import KeptAnswer
from app.db import insert_or_not
from app.errors import Conflict, Invalid

HEADER = "Idempotency-Key"
LONGEST = 255
KEPT_FOR = timedelta(days=2)


def earlier_answer(db: Session, *, actor: Actor, now: datetime) -> Response | None:
    """The answer to this very request, if it has been answered before; else its key is taken.

    Raises Invalid (no key can look like this), Conflict("key_used": for something else).
    """
    given = request.headers.get(HEADER)
    if given is None:
        return None
    if not 1 <= len(given) <= LONGEST or not given.isprintable():
        raise Invalid(f"?{HEADER}", "not_a_key")
    key, said = _key(actor, given), _said()
    if insert_or_not(
        db, KeptAnswer, ["key"], key=key, account_id=actor.account_id, said=said, status=0, answered_at=now
    ):
        return None
    kept = db.get_one(KeptAnswer, key, populate_existing=True)
    if kept.said != said:
        raise Conflict("key_used")
    response = Response(kept.body, status=kept.status, mimetype="application/json")
    response.headers["Idempotent-Replayed"] = "true"
    if kept.location:
        response.headers["Location"] = kept.location
    return response


def keep_answer(db: Session, response: Response, *, actor: Actor) -> None:
    """Keep the answer of this request with its key, in the transaction of what it did."""
    if (given := request.headers.get(HEADER)) is not None:
        db.execute(
            update(KeptAnswer)
            .where(KeptAnswer.key == _key(actor, given))
            .values(
                status=response.status_code,
                location=response.headers.get("Location", ""),
                body=response.get_data(as_text=True),
            )
        )


def forget_old(db: Session, *, now: datetime) -> None:
    """Drop answers that nobody asks for again."""
    db.execute(delete(KeptAnswer).where(KeptAnswer.answered_at < now - KEPT_FOR))


def _key(actor: Actor, given: str) -> str:
    return hashlib.sha256(f"{actor.account_id} {given}".encode()).hexdigest()


def _said() -> str:
    said = f"{request.method} {request.full_path}\n".encode() + request.get_data(cache=True)
    return hashlib.sha256(said).hexdigest()
