"""What published sessions mean for the rounds planned after them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from app.planning.commitments import commitments_of
from tests.app.schedule.seasons import make_season
from tests.factories import make_round


def test_other_rounds_find_people_and_venues_taken(db: Session) -> None:
    season = make_season(db)
    season.publish(season.meets(seats=[season.chidi]))
    found = commitments_of(db, make_round(db))
    assert found.busy_venues == {season.dakar.id: ((date(2027, 3, 9), date(2027, 3, 10)),)}
    with_travel = (
        (date(2027, 3, 8), date(2027, 3, 11)),
    )  # everybody lives in another place, up to 3,000 km off
    assert found.busy_people == {season.ama.id: with_travel, season.chidi.id: with_travel}
    assert found.published is None


def test_its_own_round_finds_what_was_announced(db: Session) -> None:
    season = make_season(db)
    season.publish(season.webinar_at())
    found = commitments_of(db, season.round)
    assert (found.busy_people, found.busy_venues) == ({}, {})
    assert found.published is not None
    [announced] = found.published
    assert announced.start == datetime(2027, 4, 6, 14, 0, tzinfo=UTC)
    assert (announced.team, announced.seats) == (((season.ama.id, "lead"),), (season.chidi.id,))


def test_what_was_cancelled_takes_nobody(db: Session) -> None:
    season = make_season(db)
    season.publish(season.meets(), season.webinar_at())
    season.publish(season.webinar_at())
    assert season.dakar.id not in commitments_of(db, make_round(db)).busy_venues
