"""A sign-in link and a feed address for one person of each role."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.accounts.services import issue_link
from app.calendars.addresses import feed_address
from app.calendars.services import feed_of_person
from app.demo.load import cast

VALID_FOR = timedelta(days=7)


def links(db: Session, *, public_url: str, now: datetime) -> dict[str, dict[str, str]]:
    """Role -> name, sign-in link (works once), feed address; empty without the demonstration."""
    return {
        role: {
            "name": account.name,
            "sign_in": public_url + issue_link(db, account=account, now=now, valid_for=VALID_FOR),
            "feed": feed_address(feed_of_person(db, account=account, now=now), public_url=public_url),
        }
        for role, account in cast(db).items()
    }


def as_text(found: Mapping[str, Mapping[str, str]]) -> str:
    """The links as lines for a terminal."""
    lines = []
    for role, person in found.items():
        lines += [
            f"{role.replace('_', ' ').capitalize()}: {person['name']}",
            f"  sign in (works once)  {person['sign_in']}",
            f"  calendar feed         {person['feed']}",
        ]
    return "\n".join(lines)
