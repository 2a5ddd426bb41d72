"""A sound request to start from, and its pages as plain values."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.network.models import Organisation
from app.workshops.answers import Answers, Money, What, When, Where, Who
from app.workshops.models import Workshop
from tests.factories import make_organisation, make_person, make_workshop

SOUND = Answers(
    what=What(requested_by_id=1, titles={"fr": "Plaidoyer"}, topic_id=1, kind="peer_exchange"),
    when=When(
        mode="in_person",
        days=3,
        minutes=None,
        window_first=date(2027, 3, 1),
        window_last=date(2027, 4, 30),
    ),
    where=Where(venue_ids=frozenset({1}), languages=("fr",)),
    who=Who(
        team_min=1,
        team_max=2,
        team_leads=1,
        seats_min=4,
        seats_max=12,
        invited_ids=frozenset({5, 6}),
        seats_per_organisation=3,
        organisations_min=2,
    ),
    money=Money(fund_ids=frozenset(), budget=None, priority=3),
)


def make_coalition(db: Session, *, platforms: int = 2, **values: Any) -> Organisation:
    """A coalition with platforms that each have one person, and so can be invited."""
    coalition: Organisation = make_organisation(db, kind="coalition", **values)
    for _number in range(platforms):
        platform = make_organisation(db, kind="platform", bodies=[coalition])
        make_person(db, organisation=platform)
    return coalition


def make_request(db: Session, coalition: Organisation, **values: Any) -> Workshop:
    """A complete draft of the coalition, ready to be handed in."""
    given = {"state": "drafted", "requested_by": coalition, "invited": list(coalition.members)}
    request: Workshop = make_workshop(db, **{**given, **values})
    return request
