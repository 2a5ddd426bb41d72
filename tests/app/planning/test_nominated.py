"""Who may be seated: what nominations, seats in force and refusals make of it in the planner's round."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.access import system
from app.nominations import queries, services
from app.nominations.rules import Named
from app.planning.readiness import findings
from app.planning.round_builder import build_round
from app.planning.words import finding_sentence
from app.schedule import commitments  # noqa: F401 (answers to planning)
from app.seats.queries import line_of
from app.seats.services import give_up
from tests.app.nominations.halls import Hall, make_hall
from tests.app.schedule.seasons import make_season
from tests.app.seats.arenas import make_arena
from tests.conftest import NOW
from tests.factories import make_round


@pytest.fixture
def hall(db: Session) -> Hall:
    return make_hall(db)


def test_without_nominations_everybody_invited_who_wants_the_topic_may_be_seated(
    hall: Hall, db: Session
) -> None:
    hall.opened()
    built = build_round(db, make_round(db, workshops=[hall.workshop]))
    assert built.round.workshops[hall.workshop.code].nominated is None


def test_of_an_organisation_that_named_people_only_these_of_others_who_wants_it(
    hall: Hall, db: Session
) -> None:
    hall.names(hall.opened(), "Ama", substitutes=("Binta",), need=3)
    built = build_round(db, make_round(db, workshops=[hall.workshop]))
    names = {person.id: person.name for person in built.round.people.values()}
    found = built.round.workshops[hall.workshop.code].nominated
    assert found is not None
    assert {names[code]: need for code, need in found.items()} == {
        "Ama": 3, "Losa": 2, "Mere": 2, "Sione": 2,
    }  # fmt: skip
    assert built.defects == ()


def test_who_is_named_need_not_have_said_that_they_want_the_topic(hall: Hall, db: Session) -> None:
    hall.people["Ama"].wants = []
    hall.names(hall.opened(), "Ama")
    built = build_round(db, make_round(db, workshops=[hall.workshop]))
    found = built.round.workshops[hall.workshop.code].nominated
    assert found is not None
    assert hall.people["Ama"].code in found


def test_too_few_nominated_is_said_before_planning(hall: Hall, db: Session) -> None:
    call = hall.opened()
    hall.names(call, "Ama")
    services.save_list(
        db, actor=system("test"), call=call, organisation=hall.fiji,
        entries=[Named(hall.people["Losa"].id, 1, "")], now=NOW,
    )  # fmt: skip
    hall.workshop.seats_min = 3
    built = build_round(db, make_round(db, workshops=[hall.workshop]))
    [finding] = [each for each in findings(built) if each.code == "too_few_nominated"]
    assert finding_sentence(finding, currency="EUR").startswith(
        "It needs 3 participants. 2 people are nominated"
    )


def test_who_gave_a_seat_up_is_not_seated_again_and_who_has_one_may_keep_it(db: Session) -> None:
    season = make_season(db)
    season.publish(season.meets())
    session = season.session_of(season.meeting)
    chidi = line_of(db, session_id=session.id, person_id=season.chidi.id)
    give_up(db, actor=system("test"), line=chidi, now=NOW)
    built = build_round(db, season.round)
    found = built.round.workshops[season.meeting.code].nominated
    assert found is not None
    assert set(found) == {season.dede.code, season.esi.code}
    assert built.round.workshops[season.webinar.code].nominated is None


def test_a_seat_in_force_outlasts_a_list_that_does_not_name_its_holder(db: Session) -> None:
    arena = make_arena(db)
    dede = queries.nomination_of(db, workshop_id=arena.season.meeting.id, person_id=arena.season.dede.id)
    assert dede is not None
    dede.state, dede.rank = "declined", None
    db.flush()
    found = build_round(db, arena.season.round).round.workshops[arena.season.meeting.code].nominated
    assert found is not None
    assert set(found) == {p.code for p in (arena.season.chidi, arena.season.dede, arena.faye, arena.gana)}
