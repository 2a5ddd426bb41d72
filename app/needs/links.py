"""The personal links by which a focal point answers without an account.

A link names the answer, the number that its links have at present, and whom it was made for. It outlives
the call, so that whoever opens it late is told kindly what has become of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.access import Actor
from app.errors import NotFound
from app.needs.models import NeedsAnswer
from app.needs.queries.answers import answer_for
from app.needs.queries.calls import Recipient, recipient_named
from app.needs.queries.scope import PURPOSE
from app.personal_links import LinkExpired, link_token, read_link_token

GRACE = timedelta(days=180)
"""How long after a call's end its links still say something."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who came by a link to which answer; `recipient` is `None` when whom it was made for has left."""

    actor: Actor
    answer: NeedsAnswer
    recipient: Recipient | None


def link_path(answer: NeedsAnswer, recipient: Recipient) -> str:
    """The path of somebody's present link to an answer, whose call is loaded."""
    subject: dict[str, int | str] = {"answer": answer.id, "number": answer.link_number, "to": recipient.key}
    token = link_token(PURPOSE, subject, answer.call.closes_at + GRACE)
    return f"/needs/by-link/{token}"


def open_link(db: Session, *, token: str, now: datetime) -> Caller:
    """Whoever holds this link, and the answer that it names.

    Raises NotFound, LinkExpired (also where a newer link has taken its place).
    """
    subject = read_link_token(PURPOSE, token, now)
    try:
        answer_id, number, key = int(subject["answer"]), int(subject["number"]), str(subject["to"])
    except (KeyError, ValueError) as strange:
        raise NotFound from strange
    recipient = recipient_named(db, key)
    actor = Actor(
        person_id=recipient.person_id if recipient else None,
        name=recipient.name if recipient else "",
        link=(PURPOSE, answer_id),
    )
    answer = answer_for(db, actor=actor, answer_id=answer_id)
    if answer.link_number != number:
        raise LinkExpired(subject, now)
    return Caller(actor, answer, recipient)
