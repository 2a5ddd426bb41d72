"""Having letters stopped, for tests of what is written then."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.access import Actor
from app.mail import subscriptions
from tests.conftest import NOW


def stop_letters(db: Session, address: str, kind: str) -> None:
    """Stop what the link in a letter of this kind stops; committed."""
    one = subscriptions.subscription_of(db, kind=kind, address=address, language="en")
    subscriptions.stop(db, actor=Actor(link=(subscriptions.LINK, one.id)), subscription=one, now=NOW)
    db.commit()
